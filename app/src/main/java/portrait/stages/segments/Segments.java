package portrait.stages.segments;

import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import portrait.foundation.database.Database;
import portrait.foundation.database.Migrations;
import portrait.foundation.database.Transaction;
import portrait.foundation.definitions.Definitions;
import portrait.foundation.definitions.Kind;
import portrait.foundation.expressions.Columns;
import portrait.foundation.expressions.Explanation;
import portrait.foundation.expressions.Subject;
import portrait.foundation.expressions.Touched;
import portrait.foundation.warehouse.Sql;
import portrait.stages.identity.CustomerKey;
import portrait.stages.measures.Measures;

/// Who is in which segment: for all customers in the warehouse, or for one at once.
public final class Segments {

  /// `kind: Segment`.
  public static final Kind<SegmentDefinition> KIND = new SegmentKind();

  public static Migrations migrations() {
    return Migrations.beside(Segments.class);
  }

  public Segments(Definitions definitions, Database database, Measures measures, Clock clock) {}

  /// Every segment, each after those it depends on.
  public List<SegmentDefinition> definitions() {
    throw new UnsupportedOperationException();
  }

  /// A query of the CustomerIds that are in the segment. Segments it depends on are read from `SegmentMembership`, so
  /// fill that in the order of [#definitions].
  public Sql members(SegmentDefinition segment, Instant now, Columns columns) {
    throw new UnsupportedOperationException();
  }

  /// Brings the memberships of one customer up to date. The subject need not know memberships; this does.
  ///
  /// @return who came and went, in the order of [#definitions]
  public List<MembershipChange> update(Transaction transaction, CustomerKey customer, Subject subject, Instant now,
      Touched touched) {
    throw new UnsupportedOperationException();
  }

  /// The segments a customer is in, by name.
  public List<Membership> of(Transaction transaction, CustomerKey customer) {
    throw new UnsupportedOperationException();
  }

  /// After a merge: memberships of a customer that is no more go to the one that stays, the earlier `since` wins. Call
  /// [#update] with everything touched afterwards.
  public void move(Transaction transaction, CustomerKey from, CustomerKey to) {
    throw new UnsupportedOperationException();
  }

  public void forget(Transaction transaction, CustomerKey customer) {
    throw new UnsupportedOperationException();
  }

  /// Customers whose memberships may have changed by time alone, the longest waiting first.
  public List<CustomerKey> due(Transaction transaction, Instant now, int limit) {
    throw new UnsupportedOperationException();
  }

  /// How many members each segment has.
  public Map<String, Long> sizes(Transaction transaction) {
    throw new UnsupportedOperationException();
  }

  /// Members of one segment, in the order of their numbers.
  public MemberPage members(Transaction transaction, String segment, int limit, Optional<String> cursor) {
    throw new UnsupportedOperationException();
  }

  /// Comings and goings of one customer, newest first.
  public List<MembershipChange> history(Transaction transaction, CustomerKey customer, int limit) {
    throw new UnsupportedOperationException();
  }

  /// Why a customer is in a segment, or is not.
  public Explanation explain(Transaction transaction, String segment, CustomerKey customer, Subject subject,
      Instant now) {
    throw new UnsupportedOperationException();
  }
}
