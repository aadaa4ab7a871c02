package portrait.stages.unification;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import portrait.foundation.model.CustomerId;
import portrait.foundation.model.Identity;
import portrait.foundation.model.Problem;
import portrait.foundation.warehouse.Sql;
import portrait.foundation.warehouse.WarehouseSession;
import portrait.stages.matching.MatchTask;

/// The table of households, read.
final class Households {

  private static final int TIES_MAX = 200;

  private final WarehouseSession session;

  Households(WarehouseSession session) {
    this.session = session;
  }

  /// @param cursor `customers|id` of the last of the page before; empty for the first
  Household.Page page(String cursor, int limit) {
    if (!session.exists(LikelyMatches.HOUSEHOLDS)) {
      return new Household.Page(List.of(), "", 0);
    }
    var after = Cursor.of(cursor);
    var found = session.query(Sql.of("""
        SELECT id, members FROM (
          SELECT "HouseholdId" AS id, count(*) AS customers, string_agg("CustomerId", ',' ORDER BY "CustomerId") AS members
          FROM %s GROUP BY 1)
        WHERE customers < ? OR customers = ? AND id > ? ORDER BY customers DESC, id LIMIT %d"""
        .formatted(LikelyMatches.HOUSEHOLDS, limit + 1), after.customers(), after.customers(), after.id()),
        row -> new Household(row.text(1), customers(row.text(2))));
    boolean isMore = found.size() > limit;
    var shown = isMore ? found.subList(0, limit) : found;
    long total = session.first(Sql.of("SELECT count(DISTINCT \"HouseholdId\") FROM " + LikelyMatches.HOUSEHOLDS),
        row -> row.number(1)).orElse(0L);
    return new Household.Page(shown,
        isMore ? "%d|%s".formatted(shown.getLast().customers().size(), shown.getLast().id())
            : "",
        total);
  }

  private record Cursor(long customers, String id) {

    static Cursor of(String written) {
      if (written.isEmpty()) {
        return new Cursor(Long.MAX_VALUE, "");
      }
      if (!written.matches("[0-9]{1,9}\\|.{1,64}")) {
        throw Problem.of(Problem.Code.INVALID_PARAMETER, "cursor was '%s' but must be the next of an earlier answer"
            .formatted(written)).asException();
      }
      int bar = written.indexOf('|');
      return new Cursor(Long.parseLong(written.substring(0, bar)), written.substring(bar + 1));
    }
  }

  private static List<CustomerId> customers(String joined) {
    return Stream.of(joined.split(",")).map(CustomerId::of).toList();
  }

  /// The household that one of these customers belonged to when the tables were made.
  Optional<Household> of(List<CustomerId> customers) {
    if (!session.exists(LikelyMatches.HOUSEHOLDS) || customers.isEmpty()) {
      return Optional.empty();
    }
    var ids = Sql.join(", ", customers.stream().map(customer -> Sql.of("?", customer.toString())).toList());
    return session.first(Sql.format("""
        SELECT "HouseholdId", string_agg("CustomerId", ',' ORDER BY "CustomerId") FROM %1$s
        WHERE "HouseholdId" = (SELECT min("HouseholdId") FROM %1$s WHERE "CustomerId" IN ({})) GROUP BY 1"""
        .formatted(LikelyMatches.HOUSEHOLDS), ids), row -> new Household(row.text(1), customers(row.text(2))));
  }

  /// Why these customers are a household: pairs of their records.
  ///
  /// @param definition whose rules say so
  /// @param sources its tables
  List<Household.Tie> ties(Household household, UnificationDefinition definition, List<UnifiedSource> sources) {
    var members = Sql.join(", ",
        household.customers().stream().map(customer -> Sql.of("?", customer.toString())).toList());
    var namespaces = Sql.join(" ", sources.stream()
        .map(source -> Sql.of("WHEN " + source.rank() + " THEN ?", source.table().namespace())).toList());
    var ties = new ArrayList<Household.Tie>();
    for (int place = 0; place < definition.likely().size(); place++) {
      var rule = definition.likely().get(place);
      String edges = new MatchTask("rule" + place, rule.rule(), Sql.of("")).edges();
      if (!rule.active() || sources.isEmpty() || !session.exists(edges)) {
        continue;
      }
      ties.addAll(session.query(Sql.format("""
          WITH record AS (
            SELECT record.id, assignment.namespace, assignment.value, assignment.customer
            FROM %s AS record JOIN %s AS assignment
              ON assignment.value = record.key AND assignment.namespace = CASE record.tab {} END
            WHERE assignment.customer IN ({}))
          SELECT one.namespace, one.value, one.customer, other.namespace, other.value, other.customer, edge.probability
          FROM %s AS edge JOIN record AS one ON one.id = edge.one JOIN record AS other ON other.id = edge.other
          WHERE edge.class = 'related' AND one.customer <> other.customer
          ORDER BY edge.probability DESC, edge.one, edge.other LIMIT %d"""
          .formatted(Matching.RECORDS, Identities.ASSIGNMENTS, edges, TIES_MAX), namespaces, members),
          row -> new Household.Tie(new Identity(row.text(1), row.text(2)), CustomerId.of(row.text(3)),
              new Identity(row.text(4), row.text(5)), CustomerId.of(row.text(6)), rule.name(), row.decimal(7))));
    }
    return ties;
  }
}
