package portrait.stages.segments;

import java.time.Clock;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.IntConsumer;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import portrait.foundation.database.Database;
import portrait.foundation.database.Migrations;
import portrait.foundation.database.Remembered;
import portrait.foundation.database.Transaction;
import portrait.foundation.definitions.Change;
import portrait.foundation.definitions.Definitions;
import portrait.foundation.definitions.Kind;
import portrait.foundation.expressions.Columns;
import portrait.foundation.expressions.Explanation;
import portrait.foundation.expressions.Expressions;
import portrait.foundation.expressions.LiveCondition;
import portrait.foundation.expressions.Subject;
import portrait.foundation.expressions.Touched;
import portrait.foundation.expressions.Uses;
import portrait.foundation.model.CustomerId;
import portrait.foundation.model.Problem;
import portrait.foundation.model.ProblemException;
import portrait.foundation.warehouse.Sql;
import portrait.foundation.warehouse.WarehouseSession;
import portrait.stages.consent.Purpose;
import portrait.stages.identity.CustomerKey;
import portrait.stages.measures.CustomerMeasure;
import portrait.stages.measures.MeasureDefinition;
import portrait.stages.measures.Measures;
import tools.jackson.databind.JsonNode;

/// Who is in which segment: for all customers in the warehouse, or for one at once.
public final class Segments {

  /// `kind: Segment`.
  public static final Kind<SegmentDefinition> KIND = new SegmentKind();

  private static final int OVERLAP_MAX = 6;
  /** About 150 bytes each. */
  private static final int ROWS_REMEMBERED_MAX = 200_000;

  private final Definitions definitions;
  private final Measures measures;
  private final Clock clock;
  private final Remembered<Long, Map<String, MembershipUpdate.Row>> recent = new Remembered<>(ROWS_REMEMBERED_MAX,
      rows -> 1 + rows.size());
  private volatile @Nullable SegmentRules rules;

  public static Migrations migrations() {
    return Migrations.beside(Segments.class);
  }

  public Segments(Definitions definitions, Database database, Measures measures, Clock clock) {
    this.definitions = definitions;
    this.measures = measures;
    this.clock = clock;
    definitions.guard(KIND, (segment, _, others) -> Purpose.notAllowed(others, segment.purpose(),
        Purpose.Place.SEGMENTS));
    definitions.onChange(changes -> changes.stream()
        .filter(change -> change.kind().equals(KIND.name()))
        .filter(change -> definitions.one(KIND, change.name()).filter(SegmentDefinition::isActive).isEmpty())
        .forEach(change -> database.write(transaction -> dissolve(transaction, change.name(),
            change.action() == Change.Action.DELETED, clock.instant()))));
  }

  /// Every segment, each after those it depends on; drafts and those switched off, too.
  public List<SegmentDefinition> definitions() {
    return rules().all().stream().map(SegmentRules.Rule::definition).toList();
  }

  /// Those that can have members, each after those it depends on.
  public List<SegmentDefinition> inForce() {
    return rules().ordered().stream().map(SegmentRules.Rule::definition).toList();
  }

  /// What all segments and measures together depend on: which events matter, and for how long they must be kept.
  public Uses uses() {
    return rules().uses();
  }

  /// Members of the static segments among these, as their lists say now.
  public Map<String, List<CustomerId>> lists(Transaction transaction, Collection<SegmentDefinition> among) {
    return among.stream().filter(SegmentDefinition::isStatic).collect(Collectors.toMap(SegmentDefinition::name,
        segment -> allMembers(transaction, segment.name())));
  }

  /// Brings the tables `Customer_Measure` and `SegmentMembership` up to date: all measures and segments together, for those
  /// customers of whom something changed since the last time.
  ///
  /// @param lists members of the static segments
  public Assessed assess(WarehouseSession session, Map<String, List<CustomerId>> lists, Instant now) {
    return new Assessment(session, measures, rules().ordered(), rules().fingerprints(), now).run(lists);
  }

  /// Writes the members of these segments into the table anew, and takes out those of segments that are gone or off. All
  /// others stay as the last refresh left them.
  public void fill(WarehouseSession session, Set<String> names, Map<String, List<CustomerId>> lists, Instant now,
      IntConsumer done) {
    MembershipTable.rewrite(session, rules().ordered(), names, lists, now, done);
  }

  /// Whom the rule of a segment fits, over all customers of the last refresh. Others it builds on are as they were then.
  public List<CustomerId> fitting(WarehouseSession session, SegmentDefinition segment, Instant now) {
    return session.query(Expressions.members(segment.where(), now, segment.zone(), Columns.of(session)),
        row -> CustomerId.of(row.text(1)));
  }

  /// Reads a rule that is not defined yet, as the `spec` of a Segment.
  ///
  /// @throws ProblemException `invalid_definition`
  public SegmentDefinition draft(JsonNode spec) {
    var names = measures.definitions().stream().map(CustomerMeasure::name).collect(Collectors.toSet());
    return KIND.parse("draft", spec).readingMeasures(names);
  }

  /// The same segment, with attributes that bear the name of a measure read as that measure.
  public SegmentDefinition readingMeasures(SegmentDefinition segment, Definitions among) {
    return segment.readingMeasures(among.all(Measures.KIND).stream().filter(CustomerMeasure.class::isInstance)
        .map(MeasureDefinition::name).collect(Collectors.toSet()));
  }

  /// Counts whom a rule fits, over all customers of the last refresh: exactly, except where it looks at so many events
  /// that somebody would have to wait.
  public Estimate estimate(WarehouseSession session, SegmentDefinition segment, Instant now) {
    return estimation(segment, now).run(session, Estimation.EVENTS_EXACT_MAX);
  }

  /// The same, exactly, however long that takes.
  public Estimate count(WarehouseSession session, SegmentDefinition segment, Instant now) {
    return estimation(segment, now).run(session, Long.MAX_VALUE / 2);
  }

  private Estimation estimation(SegmentDefinition segment, Instant now) {
    // What it respects is counted apart.
    var written = rules().all().stream().filter(rule -> rule.definition() == segment).findFirst()
        .map(SegmentRules.Rule::written).orElse(segment);
    return new Estimation(written, Purpose.respected(definitions, segment.purpose(), Purpose.Place.SEGMENTS), now);
  }

  /// Brings the memberships of one customer up to date. The subject need not know memberships; this does.
  ///
  /// @return who came and went, in the order of [#definitions]
  public List<MembershipChange> update(Transaction transaction, CustomerKey customer, Subject subject, Instant now,
      Touched touched) {
    return update(transaction, customer, subject, now, touched, List::of);
  }

  /// The same for a customer who may be on lists.
  ///
  /// @param keyRing numbers of the customer's identities; asked for only where there are lists
  public List<MembershipChange> update(Transaction transaction, CustomerKey customer, Subject subject, Instant now,
      Touched touched, Supplier<? extends Collection<Long>> keyRing) {
    return new MembershipUpdate(transaction, customer, subject, now, touched, recent, keyRing).run(rules().ordered());
  }

  /// Whether what is kept of one customer's memberships is what the rules say now. Changes nothing.
  ///
  /// @param keyRing numbers of the customer's identities
  public boolean isInLine(Transaction transaction, CustomerKey customer, Subject subject, Instant now,
      Supplier<? extends Collection<Long>> keyRing) {
    return new MembershipUpdate(transaction, customer, subject, now, Touched.everything(), recent, keyRing)
        .isInLine(rules().ordered());
  }

  /// For each segment in force what its answer depends on, in brief: its rule and those of all it builds on. Titles and
  /// the like do not matter.
  public Map<String, String> fingerprints() {
    return rules().fingerprints();
  }

  /// Puts somebody on the list of a static segment. Call [#update] with everything touched afterwards.
  ///
  /// @param identity number of the identity that is put there
  /// @param keyRing numbers of all identities of the customer
  /// @return whether they were not on it already
  public boolean enlist(Transaction transaction, String segment, long identity, Collection<Long> keyRing, Instant now) {
    return Listed.add(transaction, segment, identity, keyRing, now);
  }

  /// Takes somebody off the list of a static segment. Call [#update] with everything touched afterwards.
  ///
  /// @return whether they were on it
  public boolean delist(Transaction transaction, String segment, Collection<Long> keyRing) {
    return Listed.remove(transaction, segment, keyRing);
  }

  /// What a segment projects of one customer: a value for each column that has one.
  public Map<String, Object> project(String segment, Subject subject, Instant now) {
    var values = new LinkedHashMap<String, Object>();
    rule(segment).projections().forEach((name, formula) -> {
      var value = formula.answer(subject, now).value();
      if (value != null) {
        values.put(name, value);
      }
    });
    return values;
  }

  /// A query of the members as of the last refresh, `CustomerId` first, then a column for each projection.
  public Sql projected(SegmentDefinition segment, Instant now, Columns columns) {
    return Sql.format("""
        SELECT * FROM ({}) WHERE "CustomerId" IN (SELECT "CustomerId" FROM "SegmentMembership" WHERE "Segment" = {})
        ORDER BY ALL NULLS LAST""", Expressions.values(rule(segment.name()).outputs(), now, columns),
        Sql.of("CAST(? AS VARCHAR)", segment.name()));
  }

  private SegmentRules.Rule rule(String segment) {
    return rules().all().stream().filter(each -> each.name().equals(segment)).findFirst()
        .orElseThrow(() -> Problem.of(Problem.Code.NOT_FOUND, "there is no segment '%s'".formatted(segment),
            "GET /api/v1/definitions/Segment lists them.").asException());
  }

  /// The segments a customer is in, by name.
  public List<Membership> of(Transaction transaction, CustomerKey customer) {
    var titles = titles();
    return transaction.query("""
        SELECT segment, since, until_at FROM segment_membership
        WHERE customer_number = ? AND since IS NOT NULL ORDER BY segment""",
        row -> new Membership(row.text(1), titles.getOrDefault(row.text(1), row.text(1)), row.instant(2),
            row.instantOrNull(3)),
        customer.number());
  }

  /// The segments a customer is in as this transaction leaves them. The list is made when it is asked for, by any thread.
  public Supplier<List<Membership>> held(Transaction transaction, CustomerKey customer) {
    var rows = MembershipUpdate.rows(transaction, customer, recent);
    return () -> {
      var titles = titles();
      var held = new ArrayList<Membership>();
      new TreeMap<>(rows).forEach((segment, row) -> row.membership(segment, titles.getOrDefault(segment, segment))
          .ifPresent(held::add));
      return held;
    };
  }

  private Map<String, String> titles() {
    var titles = new HashMap<String, String>();
    rules().all().forEach(rule -> titles.put(rule.name(), rule.definition().title()));
    return titles;
  }

  /// Where a customer stands with each segment that is theirs now or may be by time alone.
  public Map<String, Standing> standings(Transaction transaction, CustomerKey customer) {
    var standings = new TreeMap<String, Standing>();
    transaction.each("""
        SELECT segment, since, until_at, recheck_at FROM segment_membership WHERE customer_number = ?""",
        row -> standings.put(row.text(1), new Standing(row.instantOrNull(2) != null,
            Optional.ofNullable(row.instantOrNull(3)), Optional.ofNullable(row.instantOrNull(4)))),
        customer.number());
    return standings;
  }

  /// Customers after this one of whom standings are kept, in the order of their numbers.
  public List<CustomerKey> customersAfter(Transaction transaction, long number, int limit) {
    return transaction.query("""
        SELECT customer_number, MAX(customer_id) FROM segment_membership WHERE customer_number > ?
        GROUP BY customer_number ORDER BY customer_number LIMIT ?""", row -> key(row.number(1), row.text(2)), number,
        limit);
  }

  /// After a merge: memberships of a customer that is no more go to the one that stays, the earlier `since` wins. Call
  /// [#update] with everything touched afterwards.
  public void move(Transaction transaction, CustomerKey from, CustomerKey to) {
    recent.forget(transaction, to.number());
    transaction.update("""
        INSERT INTO segment_membership (customer_number, segment, customer_id, since, until_at, recheck_at)
        SELECT CAST(? AS BIGINT), segment, CAST(? AS TEXT), since, until_at, recheck_at
        FROM segment_membership WHERE customer_number = ? AND since IS NOT NULL
        ON CONFLICT (customer_number, segment) DO UPDATE SET since = CASE
          WHEN segment_membership.since IS NULL OR segment_membership.since > excluded.since THEN excluded.since
          ELSE segment_membership.since END""", to.number(), to.id(), from.number());
    transaction.update("""
        INSERT INTO segment_history (customer_number, changed_at, segment, has_entered, customer_id, version, why)
        SELECT CAST(? AS BIGINT), changed_at, segment, has_entered, CAST(? AS TEXT), version, why
        FROM segment_history WHERE customer_number = ?
        ON CONFLICT DO NOTHING""", to.number(), to.id(), from.number());
    forget(transaction, from);
  }

  /// Takes customers who are forgotten off every list.
  ///
  /// @param numbers of all their identities
  public void delist(Transaction transaction, Collection<Long> numbers) {
    transaction.batch("DELETE FROM segment_listed WHERE identity_number = ?",
        numbers.stream().map(number -> new @Nullable Object[]{number}).toList());
  }

  public void forget(Transaction transaction, CustomerKey customer) {
    recent.forget(transaction, customer.number());
    transaction.update("DELETE FROM segment_membership WHERE customer_number = ?", customer.number());
    transaction.update("DELETE FROM segment_history WHERE customer_number = ?", customer.number());
  }

  /// Customers whose memberships may have changed by time alone, the longest waiting first.
  public List<CustomerKey> due(Transaction transaction, Instant now, int limit) {
    return transaction.query("""
        SELECT customer_number, customer_id FROM segment_membership WHERE recheck_at <= ?
        GROUP BY customer_number, customer_id ORDER BY MIN(recheck_at), customer_number LIMIT ?""",
        row -> key(row.number(1), row.text(2)), now, limit);
  }

  /// How many members each segment has.
  public Map<String, Long> sizes(Transaction transaction) {
    var sizes = new TreeMap<String, Long>();
    rules().all().forEach(rule -> sizes.put(rule.name(), 0L));
    transaction.each("""
        SELECT segment, COUNT(*) FROM segment_membership WHERE since IS NOT NULL GROUP BY segment""",
        row -> sizes.computeIfPresent(row.text(1), (_, _) -> row.number(2)));
    return sizes;
  }

  /// By how many members each segment has grown since a moment; those that lost some have fewer than none.
  public Map<String, Long> changes(Transaction transaction, Instant since) {
    var changes = new TreeMap<String, Long>();
    transaction.each("""
        SELECT segment, SUM(2 * has_entered - 1) FROM segment_history WHERE changed_at >= ? GROUP BY segment""",
        row -> changes.put(row.text(1), row.number(2)), since);
    return changes;
  }

  /// How many members a segment had at the end of each of the last days, UTC, oldest first: what it has now, less who came
  /// since, plus who left.
  public SortedMap<LocalDate, Long> trend(Transaction transaction, String segment, int days, Instant now) {
    long size = sizes(transaction).getOrDefault(segment, 0L);
    var changes = new HashMap<LocalDate, Long>();
    var today = LocalDate.ofInstant(now, ZoneOffset.UTC);
    transaction.each("""
        SELECT changed_at / 86400000000, SUM(2 * has_entered - 1) FROM segment_history
        WHERE segment = ? AND changed_at >= ? GROUP BY changed_at / 86400000000""",
        row -> changes.put(LocalDate.ofEpochDay(row.number(1)), row.number(2)), segment,
        today.minusDays(days - 1L).atStartOfDay(ZoneOffset.UTC).toInstant());
    var trend = new TreeMap<LocalDate, Long>();
    for (var day = today; trend.size() < days; day = day.minusDays(1)) {
      trend.put(day, size);
      size -= changes.getOrDefault(day, 0L);
    }
    return trend;
  }

  /// What two segments or more have in common.
  ///
  /// @throws ProblemException `invalid_parameter` for fewer than two or too many
  public Overlap overlap(Transaction transaction, List<String> names) {
    if (names.size() < 2 || names.size() > OVERLAP_MAX || names.stream().distinct().count() < names.size()) {
      throw Problem.of(Problem.Code.INVALID_PARAMETER,
          "%d segments were named but must be 2 to %d different ones".formatted(names.size(), OVERLAP_MAX))
          .asException();
    }
    // Each segment is one bit, so each combination is one number.
    var bits = new StringBuilder();
    var parameters = new ArrayList<@Nullable Object>();
    for (int place = 0; place < names.size(); place++) {
      bits.append(" WHEN CAST(? AS TEXT) THEN ").append(1 << place);
      parameters.add(names.get(place));
    }
    parameters.addAll(names);
    var parts = transaction.query("""
        SELECT combination, COUNT(*) FROM (
          SELECT SUM(CASE segment%s END) AS combination FROM segment_membership
          WHERE since IS NOT NULL AND segment IN (%s) GROUP BY customer_number) AS customers
        GROUP BY combination ORDER BY combination""".formatted(bits,
        String.join(", ", Collections.nCopies(names.size(), "?"))),
        row -> new Overlap.Part(named(names, row.number(1)), row.number(2)), parameters.toArray());
    var sizes = sizes(transaction);
    return new Overlap(names,
        names.stream().collect(Collectors.toMap(name -> name, name -> sizes.getOrDefault(name, 0L))), parts);
  }

  private static List<String> named(List<String> names, long combination) {
    return IntStream.range(0, names.size()).filter(place -> (combination >> place & 1) == 1).mapToObj(names::get)
        .toList();
  }

  /// What sets the members of a segment apart, as of the last refresh. Give it a transaction that may write: it makes a
  /// table for a moment.
  ///
  /// @param against another segment to compare with; everybody else when empty
  public Differences differences(WarehouseSession session, String segment, Optional<String> against) {
    return Differentiators.find(session, segment, against);
  }

  /// What customers have in one attribute or measure, as of the last refresh.
  ///
  /// @param field an attribute's name, or `measure.` and a measure's
  /// @throws ProblemException `not_found` when nobody has it
  public FieldValues values(WarehouseSession session, String field) {
    return FieldValues.of(session, field);
  }

  /// Customers of the last refresh narrowed down, and the values of indexed attributes by which one can narrow further.
  public Facets facets(WarehouseSession session, Facets.Narrowed by, int limit, int offset) {
    return Facets.of(session, definitions.one(CustomerIndex.KIND, CustomerIndex.NAME), by, limit, offset,
        clock.instant());
  }

  /// Every member of one segment: for a static one, whoever is on its list.
  public List<CustomerId> allMembers(Transaction transaction, String segment) {
    return transaction.query("""
        SELECT customer_id FROM segment_membership WHERE segment = ? AND since IS NOT NULL ORDER BY customer_id""",
        row -> CustomerId.of(row.text(1)), segment);
  }

  /// Members of one segment, in the order of their numbers.
  public MemberPage members(Transaction transaction, String segment, int limit, Optional<String> cursor) {
    long after = cursor.map(Segments::number).orElse(Long.MIN_VALUE);
    var numbers = new ArrayList<Long>();
    var members = transaction.query("""
        SELECT customer_number, customer_id, since FROM segment_membership
        WHERE segment = ? AND since IS NOT NULL AND customer_number > ? ORDER BY customer_number LIMIT ?""", row -> {
      numbers.add(row.number(1));
      return new MemberPage.Member(CustomerId.of(row.text(2)), row.instant(3));
    }, segment, after, limit + 1);
    return members.size() <= limit ? new MemberPage(members, Optional.empty())
        : new MemberPage(members.subList(0, limit), Optional.of(String.valueOf(numbers.get(limit - 1))));
  }

  /// Numbers of members of one segment after this one, in order.
  public List<Long> memberNumbers(Transaction transaction, String segment, long after, int limit) {
    return transaction.query("""
        SELECT customer_number FROM segment_membership
        WHERE segment = ? AND since IS NOT NULL AND customer_number > ? ORDER BY customer_number LIMIT ?""",
        row -> row.number(1), segment, after, limit);
  }

  /// Who came into a segment or left it since a moment, each once, in the order of their numbers.
  public List<Long> changedSince(Transaction transaction, String segment, Instant since, long after, int limit) {
    return transaction.query("""
        SELECT DISTINCT customer_number FROM segment_history
        WHERE segment = ? AND changed_at >= ? AND customer_number > ? ORDER BY customer_number LIMIT ?""",
        row -> row.number(1), segment, since, after, limit);
  }

  /// Memberships of everybody in the order of the customers' numbers.
  ///
  /// @param segment of this one only; empty for all
  public MembershipPage memberships(Transaction transaction, Optional<String> segment, int limit,
      Optional<String> cursor) {
    var after = MembershipPage.Cursor.of(cursor);
    var titles = new HashMap<String, String>();
    rules().all().forEach(rule -> titles.put(rule.name(), rule.definition().title()));
    var parameters = new ArrayList<@Nullable Object>(List.of(after.customer(), after.segment()));
    segment.ifPresent(parameters::add);
    parameters.add(limit + 1);
    var cursors = new ArrayList<MembershipPage.Cursor>();
    var found = transaction.query("""
        SELECT customer_number, customer_id, segment, since, until_at FROM segment_membership
        WHERE since IS NOT NULL AND (customer_number, segment) > (?, ?)%s
        ORDER BY customer_number, segment LIMIT ?""".formatted(segment.isPresent() ? " AND segment = ?" : ""), row -> {
      cursors.add(new MembershipPage.Cursor(row.number(1), row.text(3)));
      return new MembershipPage.Entry(CustomerId.of(row.text(2)), new Membership(row.text(3),
          titles.getOrDefault(row.text(3), row.text(3)), row.instant(4), row.instantOrNull(5)));
    }, parameters.toArray());
    return found.size() <= limit ? new MembershipPage(found, Optional.empty())
        : new MembershipPage(found.subList(0, limit), Optional.of(cursors.get(limit - 1).text()));
  }

  private static long number(String cursor) {
    try {
      return Long.parseLong(cursor);
    } catch (NumberFormatException wrong) {
      throw new ProblemException(Problem.of(Problem.Code.INVALID_PARAMETER,
          "cursor was '%s' but must be the next of an earlier answer".formatted(cursor)), wrong);
    }
  }

  /// Comings and goings of one customer, newest first.
  public List<MembershipChange> history(Transaction transaction, CustomerKey customer, int limit) {
    return transaction.query("""
        SELECT segment, has_entered, changed_at, version, why FROM segment_history
        WHERE customer_number = ? ORDER BY changed_at DESC, segment, has_entered LIMIT ?""",
        row -> new MembershipChange(customer, row.text(1), row.number(2) == 1, row.instant(3), (int) row.number(4),
            row.text(5)),
        customer.number(), limit);
  }

  /// Comings and goings of one segment, newest first.
  public ChangePage changes(Transaction transaction, String segment, int limit, Optional<String> cursor) {
    var before = cursor.map(HistoryCursor::parse).orElse(HistoryCursor.NEWEST);
    var positions = new ArrayList<HistoryCursor>();
    var changes = transaction.query("""
        SELECT customer_number, customer_id, has_entered, changed_at, version, why FROM segment_history
        WHERE segment = ? AND (changed_at, customer_number, has_entered) < (?, ?, ?)
        ORDER BY changed_at DESC, customer_number DESC, has_entered DESC LIMIT ?""", row -> {
      positions.add(new HistoryCursor(row.number(4), row.number(1), row.number(3)));
      return new MembershipChange(key(row.number(1), row.text(2)), segment, row.number(3) == 1, row.instant(4),
          (int) row.number(5), row.text(6));
    }, segment, before.changedAt(), before.customer(), before.hasEntered(), limit + 1);
    return changes.size() <= limit ? new ChangePage(changes, Optional.empty())
        : new ChangePage(changes.subList(0, limit), Optional.of(positions.get(limit - 1).text()));
  }

  /// Why a customer is in a segment, or is not.
  ///
  /// @throws ProblemException `not_found` when there is no such segment
  public Explanation explain(Transaction transaction, String segment, CustomerKey customer, Subject subject,
      Instant now) {
    var rule = rule(segment);
    var memberships = names(transaction, customer);
    boolean isOffTheList = rule.definition().isStatic() && !memberships.contains(segment);
    return (isOffTheList ? live(rule.definition()) : rule.live()).explain(subject.in(memberships::contains), now);
  }

  /// Why a rule that is not defined yet would fit a customer, or would not.
  ///
  /// @param draft what [#draft] read
  public Explanation explain(Transaction transaction, SegmentDefinition draft, CustomerKey customer, Subject subject,
      Instant now) {
    return live(draft).explain(subject.in(names(transaction, customer)::contains), now);
  }

  private static LiveCondition live(SegmentDefinition segment) {
    return Expressions.live(segment.where(), segment.zone());
  }

  private Set<String> names(Transaction transaction, CustomerKey customer) {
    return of(transaction, customer).stream().map(Membership::name).collect(Collectors.toSet());
  }

  /// Nobody is in a segment that is gone or off; the history says so.
  private int dissolve(Transaction transaction, String segment, boolean isDeleted, Instant now) {
    if (isDeleted) {
      Listed.forget(transaction, segment);
    }
    String why = isDeleted ? "the segment is gone" : "the segment was switched off";
    recent.forgetAll(transaction);
    transaction.update("""
        INSERT INTO segment_history (customer_number, changed_at, segment, has_entered, customer_id, version, why)
        SELECT customer_number, CAST(? AS BIGINT), segment, 0, customer_id, 0, CAST(? AS TEXT)
        FROM segment_membership WHERE segment = ? AND since IS NOT NULL ON CONFLICT DO NOTHING""", now, why, segment);
    return transaction.update("DELETE FROM segment_membership WHERE segment = ?", segment);
  }

  private static CustomerKey key(long number, String id) {
    return new CustomerKey(number, CustomerId.of(id));
  }

  private SegmentRules rules() {
    var known = rules;
    if (known == null || !known.areOf(definitions)) {
      known = new SegmentRules(definitions, measures.uses(), measures.fingerprints());
      rules = known;
    }
    return known;
  }
}
