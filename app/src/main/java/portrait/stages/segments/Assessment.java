package portrait.stages.segments;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import portrait.foundation.expressions.Columns;
import portrait.foundation.expressions.Drift;
import portrait.foundation.expressions.Expressions;
import portrait.foundation.model.CustomerId;
import portrait.foundation.model.Fingerprint;
import portrait.foundation.warehouse.Sql;
import portrait.foundation.warehouse.WarehouseSession;
import portrait.stages.measures.Measures;
import portrait.stages.segments.SegmentRules.Rule;

/// Brings the tables of measures and memberships up to date with customers, activities, definitions and time: all
/// measures and segments in one query, and that only for customers of whom something changed since the last time.
///
/// It remembers a digest of each customer's attributes and activities, a fingerprint of the SQL of each measure and
/// segment, and the moment. So it knows what changed, whoever changed it: facts by the digest, definitions by the
/// fingerprint, and what time did by the events that dropped out of windows. What cannot be told apart so, such as ages
/// in days, is computed for everybody, and with it what builds on it.
final class Assessment {

  /// A customer's digest: one row each.
  private static final String DIGESTS = "_assessed";
  private static final String AT = "_assessed_at";
  private static final String DIGESTS_NOW = "_assessed_now";
  private static final String AMONG = "_assessing";
  private static final Expressions.Among SOME = new Expressions.Among("_assessing_customer", "_assessing_activity");
  private static final String COMPUTED = "_computed";
  private static final String LISTED = "_listed_now";
  /** One customer in so many may have changed before it is cheaper to look at everybody. */
  private static final int SHARE = 4;
  /** Fingerprints are of the SQL as of one moment, whenever they are taken. */
  private static final Instant ONE_MOMENT = Instant.parse("2000-01-01T00:00:00Z");

  private final WarehouseSession session;
  private final Measures measures;
  private final Instant now;
  private final Map<String, Expressions.Output> outputs;
  private final List<Rule> lists;
  /// Those with a rule, each after those it depends on.
  private final List<Rule> rules;
  private final Map<String, String> measureFingerprints = new LinkedHashMap<>();
  private final Map<String, String> segmentFingerprints = new LinkedHashMap<>();
  /// What has to be computed for everybody.
  private final Set<String> wholeMeasures = new HashSet<>();
  private final Set<String> wholeSegments = new HashSet<>();

  /// @param rules of the segments in force, each after those it depends on
  Assessment(WarehouseSession session, Measures measures, List<Rule> rules, Map<String, String> fingerprints,
      Instant now) {
    this.session = session;
    this.measures = measures;
    this.now = now;
    this.outputs = measures.outputs();
    this.lists = rules.stream().filter(rule -> rule.definition().isStatic()).toList();
    this.rules = rules.stream().filter(rule -> !rule.definition().isStatic()).toList();
    var columns = Columns.of(session).with(outputs);
    outputs.forEach((name, output) -> measureFingerprints.put(name,
        fingerprint(Expressions.values(Map.of(name, output), ONE_MOMENT, columns), "")));
    for (var rule : this.rules) {
      var definition = rule.definition();
      segmentFingerprints.put(rule.name(),
          fingerprint(Expressions.members(definition.where(), ONE_MOMENT, definition.zone(), columns),
              fingerprints.getOrDefault(rule.name(), "")));
    }
  }

  /// Whatever compiles to other SQL has changed, be it the definition, a column's type or the way in which it is computed.
  private static String fingerprint(Sql sql, String definition) {
    return Fingerprint.of(List.of(sql.text(), sql.parameters().toString(), definition));
  }

  /// @param members of static segments
  Assessed run(Map<String, List<CustomerId>> members) {
    MembershipTable.create(session);
    session.execute("CREATE TABLE IF NOT EXISTS " + DIGESTS + " (customer VARCHAR, digest UBIGINT)");
    session.execute("CREATE TABLE IF NOT EXISTS " + AT + " (moment TIMESTAMP)");
    var last = session.first(Sql.of("SELECT moment FROM " + AT), row -> Objects.requireNonNull(row.instantOrNull(1)))
        .filter(at -> !at.isAfter(now));
    takeDigests();
    findChanged(members, last);
    long changed = count(AMONG);
    long customers = count("Customer");
    if (last.isEmpty() || changed > customers / SHARE) {
      wholeMeasures.addAll(outputs.keySet());
      rules.forEach(rule -> wholeSegments.add(rule.name()));
    } else {
      findWhole(last.get());
    }
    int whole = wholeMeasures.size() + wholeSegments.size();
    MembershipTable.keep(session, rules.stream().map(Rule::name).toList());
    session.execute("INSERT INTO \"" + MembershipTable.NAME + "\" FROM " + LISTED);
    if (changed > 0) {
      computeChanged();
    }
    computeWhole();
    remember(changed);
    return new Assessed(changed, whole, customers);
  }

  private long count(String table) {
    return session.first(Sql.format("SELECT count(*) FROM {}", Sql.name(table)), row -> row.number(1)).orElseThrow();
  }

  /// Activities are grouped by the hash of the id, which is much quicker than by the id; should two customers share one, a
  /// change of either counts for both.
  private void takeDigests() {
    String columns = session.schema("Customer").orElseThrow().columns().stream()
        .map(column -> "c." + Sql.quoted(column.name())).collect(Collectors.joining(", "));
    session.execute("""
        CREATE OR REPLACE TEMP TABLE %s AS
        SELECT c."CustomerId" AS customer, hash(did.n, did.digest, %s) AS digest
        FROM "Customer" c LEFT JOIN (
          SELECT hash("CustomerId") AS customer, count(*) AS n, bit_xor(hash("Source", "ActivityId", "ActivityName",
            "ActivityTimestamp", "Properties")) AS digest
          FROM "UnifiedActivity" GROUP BY hash("CustomerId")) did ON did.customer = hash(c."CustomerId")"""
        .formatted(DIGESTS_NOW, columns));
  }

  /// Those who are new, differ or are gone, who came on a list or off it, and whose windows slid.
  private void findChanged(Map<String, List<CustomerId>> members, Optional<Instant> last) {
    session.createTemporary(LISTED, MembershipTable.SCHEMA);
    members.forEach((segment, customers) -> session.append(LISTED,
        customers.stream().map(customer -> new Object[]{customer.toString(), segment})));
    var parts = new ArrayList<>(List.of(Sql.of("""
        SELECT coalesce(next.customer, known.customer) AS customer
        FROM %s AS next FULL JOIN %s AS known ON known.customer = next.customer
        WHERE next.digest IS DISTINCT FROM known.digest""".formatted(DIGESTS_NOW, DIGESTS))));
    if (!lists.isEmpty()) {
      var were = Sql.format("SELECT * FROM \"SegmentMembership\" WHERE \"Segment\" IN ({})",
          MembershipTable.texts(lists.stream().map(Rule::name).toList()));
      parts.add(Sql.format("SELECT \"CustomerId\" FROM (FROM " + LISTED + " EXCEPT {})", were));
      parts.add(Sql.format("SELECT \"CustomerId\" FROM ({} EXCEPT FROM " + LISTED + ")", were));
    }
    last.ifPresent(from -> slid(from).forEach(slice -> parts.add(Sql.format(
        "SELECT \"CustomerId\" FROM \"UnifiedActivity\" WHERE \"ActivityTimestamp\" > CAST({} AS TIMESTAMP) "
            + "AND \"ActivityTimestamp\" <= CAST({} AS TIMESTAMP) AND {}",
        Sql.of("?", slice.after()), Sql.of("?", slice.until()), slice.names().isEmpty() ? Sql.of("TRUE")
            : Sql.format("\"ActivityName\" IN ({})", MembershipTable.texts(slice.names()))))));
    session.execute(Sql.format("CREATE OR REPLACE TEMP TABLE " + AMONG + " AS {}", Sql.join(" UNION ", parts)));
  }

  /// The events that dropped out of a window since then, and those that were ahead of time then.
  private Set<Drift.Slice> slid(Instant from) {
    var slices = new HashSet<>(Set.of(new Drift.Slice(Set.of(), from, now)));
    outputs.values().forEach(output -> slices
        .addAll(Expressions.drift(output.formula(), output.zone(), from, now).slices()));
    rules.forEach(rule -> slices.addAll(
        Expressions.drift(rule.definition().where(), rule.definition().zone(), from, now).slices()));
    slices.removeIf(slice -> !slice.after().isBefore(slice.until()));
    return slices;
  }

  private void findWhole(Instant from) {
    var known = measures.fingerprints(session);
    outputs.forEach((name, output) -> {
      if (!Objects.equals(measureFingerprints.get(name), known.get(name))
          || Expressions.drift(output.formula(), output.zone(), from, now).isForAll()) {
        wholeMeasures.add(name);
      }
    });
    var knownSegments = MembershipTable.fingerprints(session);
    for (var rule : rules) {
      if (!Objects.equals(segmentFingerprints.get(rule.name()), knownSegments.get(rule.name()))
          || Expressions.drift(rule.definition().where(), rule.definition().zone(), from, now).isForAll()
          || !Collections.disjoint(rule.uses().measures(), wholeMeasures)
          || !Collections.disjoint(rule.uses().segments(), wholeSegments)) {
        wholeSegments.add(rule.name());
      }
    }
  }

  /// All that is not computed for everybody anyway, for those who changed.
  private void computeChanged() {
    var values = new LinkedHashMap<>(outputs);
    values.keySet().removeAll(wholeMeasures);
    var some = rules.stream().filter(rule -> !wholeSegments.contains(rule.name())).toList();
    session.execute(Sql.format("DELETE FROM \"SegmentMembership\" WHERE \"CustomerId\" IN (SELECT customer FROM "
        + AMONG + ") AND \"Segment\" IN ({})",
        MembershipTable.texts(rules.stream().map(Rule::name).toList())));
    // Read once, however many passes there are over them.
    takeSome(SOME.customers(), "Customer");
    takeSome(SOME.activities(), "UnifiedActivity");
    compute(values, some, Optional.of(SOME), () -> {
      if (!values.isEmpty() || wholeMeasures.isEmpty()) {
        measures.renew(session, COMPUTED, List.copyOf(values.keySet()), AMONG);
      }
    });
  }

  private void takeSome(String some, String all) {
    session.execute("CREATE OR REPLACE TEMP TABLE %s AS FROM \"%s\" WHERE \"CustomerId\" IN (SELECT customer FROM %s)"
        .formatted(some, all, AMONG));
  }

  private void computeWhole() {
    var values = new LinkedHashMap<>(outputs);
    values.keySet().retainAll(wholeMeasures);
    var some = rules.stream().filter(rule -> wholeSegments.contains(rule.name())).toList();
    if (values.isEmpty() && some.isEmpty() && measures.isTableAsDefined(session)) {
      return;
    }
    MembershipTable.remove(session, some.stream().map(Rule::name).toList());
    compute(values, some, Optional.empty(), () -> {
      if (!values.isEmpty() || !measures.isTableAsDefined(session)) {
        measures.replace(session, COMPUTED, List.copyOf(values.keySet()));
      }
    });
  }

  /// @param take what to do with values, which rules of a later query may read
  private void compute(Map<String, Expressions.Output> values, List<Rule> some, Optional<Expressions.Among> among,
      Runnable take) {
    int covered = computeTogether(values, some, among);
    take.run();
    MembershipTable.insert(session, COMPUTED, some.subList(0, covered));
    while (covered < some.size()) {
      var left = some.subList(covered, some.size());
      int more = computeTogether(Map.of(), left, among);
      MembershipTable.insert(session, COMPUTED, left.subList(0, more));
      covered += more;
    }
  }

  private int computeTogether(Map<String, Expressions.Output> values, List<Rule> some,
      Optional<Expressions.Among> among) {
    var together = Expressions.together(values,
        some.stream().limit(MembershipTable.TOGETHER_MAX).map(Rule::expression).toList(), now, Columns.of(session),
        among);
    session.execute(Sql.format("CREATE OR REPLACE TEMP TABLE " + COMPUTED + " AS {}", together.query()));
    return together.rules();
  }

  private void remember(long changed) {
    if (changed > 0) {
      String some = " WHERE customer IN (SELECT customer FROM " + AMONG + ")";
      session.execute("DELETE FROM " + DIGESTS + some);
      session.execute("INSERT INTO " + DIGESTS + " FROM " + DIGESTS_NOW + some);
    }
    measures.remember(session, measureFingerprints);
    MembershipTable.remember(session, segmentFingerprints);
    session.execute("DELETE FROM " + AT);
    session.execute(Sql.of("INSERT INTO " + AT + " VALUES (CAST(? AS TIMESTAMP))", now));
  }
}
