package portrait.stages.unification;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.stream.Collectors;
import portrait.foundation.jobs.Progress;
import portrait.foundation.model.Identity;
import portrait.foundation.model.Problem;
import portrait.foundation.warehouse.Sql;
import portrait.foundation.warehouse.WarehouseSession;
import portrait.stages.matching.Explanation;
import portrait.stages.matching.MatchEngine;
import portrait.stages.matching.MatchSummary;
import portrait.stages.matching.MatchTask;
import portrait.stages.matching.ProbabilisticRule;
import portrait.stages.unification.UnificationDefinition.LikelyRule;

/// Runs the probabilistic rules and lays their matches beside those of the other rules.
///
/// Its pairs have rule numbers after all others', so a pair that a rule is sure of keeps that reason.
final class LikelyMatches {

  /// Number of the first probabilistic rule among the pairs.
  static final int FIRST = 500_000;
  /// One row per record of people who share a household and are not one person.
  static final String HOUSEHOLDS = "Household";
  private static final int REFUSALS_MAX = 50;
  /// Of the histogram of a preview.
  private static final int STEPS = 20;

  private final WarehouseSession session;
  private final UnificationDefinition definition;
  private final List<UnifiedSource> sources;
  private final boolean isTrial;

  /// @param isTrial whether what it finds ends with the session
  LikelyMatches(WarehouseSession session, UnificationDefinition definition, List<UnifiedSource> sources,
      boolean isTrial) {
    this.isTrial = isTrial;
    this.session = session;
    this.definition = definition;
    this.sources = sources;
  }

  /// Adds what the rules find to the pairs; to be called when the pairs of all other rules, and the custom matches, are
  /// there.
  List<LikelyReport.Rule> apply(Progress progress) {
    var results = new ArrayList<LikelyReport.Rule>();
    for (int place = 0; place < definition.likely().size(); place++) {
      var rule = definition.likely().get(place);
      if (rule.active()) {
        results.add(apply(rule, place, progress));
      }
    }
    return results;
  }

  private LikelyReport.Rule apply(LikelyRule rule, int place, Progress progress) {
    var task = task(rule, place);
    var summary = MatchEngine.run(session, task, progress);
    session.execute("INSERT INTO %s SELECT one, other, %d, probability FROM %s WHERE class = 'match'"
        .formatted(Matching.PAIRS, FIRST + place, task.edges()));
    long matched = session.first(Sql.of("SELECT count(DISTINCT other) FROM %s WHERE class = 'match'"
        .formatted(task.edges())), row -> row.number(1)).orElseThrow();
    long leftOut = summary.blocks().stream().mapToLong(MatchSummary.Block::leftOut).sum();
    return new LikelyReport.Rule(
        new MatchReport.RuleResult(rule.name(), summary.candidates(), summary.matches(), matched, leftOut, 0),
        summary.records(), summary.related(), summary.refused(), summary.threshold(),
        summary.blocks().stream().map(block -> new LikelyReport.Block(block.keys(), block.pairs(), block.leftOut()))
            .toList(),
        refusals(task), summary.suspicious().stream().map(cluster -> new LikelyReport.Cluster(
            identity(cluster.record()), cluster.records(), cluster.links())).toList());
  }

  private List<LikelyReport.Refusal> refusals(MatchTask task) {
    return session.query(Sql.of("""
        SELECT l.tab, l.key, r.tab, r.key, 1 / (1 + pow(2, -weight)), reason
        FROM (SELECT * FROM %1$s ORDER BY weight DESC, one, other LIMIT %2$d) AS pair
        JOIN %3$s AS l ON l.id = pair.one JOIN %3$s AS r ON r.id = pair.other
        ORDER BY weight DESC, pair.one, pair.other""".formatted(task.refused(), REFUSALS_MAX, Matching.RECORDS)),
        row -> new LikelyReport.Refusal(new Identity(namespace((int) row.number(1)), row.text(2)),
            new Identity(namespace((int) row.number(3)), row.text(4)), row.decimal(5), row.text(6)));
  }

  private Identity identity(int record) {
    return session.first(Sql.of("SELECT tab, key FROM %s WHERE id = ?".formatted(Matching.RECORDS), record),
        row -> new Identity(namespace((int) row.number(1)), row.text(2))).orElseThrow();
  }

  private String namespace(int rank) {
    return sources.stream().filter(source -> source.rank() == rank).findFirst().orElseThrow().table().namespace();
  }

  /// Why two records are, or are not, one person by the last run; empty when no rule kept the pair.
  Optional<PairExplanation> explain(Identity one, Identity other) {
    var first = record(one);
    var second = record(other);
    if (first.isEmpty() || second.isEmpty()) {
      return Optional.empty();
    }
    for (int place = 0; place < definition.likely().size(); place++) {
      var rule = definition.likely().get(place);
      if (rule.active()) {
        var task = task(rule, place);
        var found = MatchEngine.explain(session, task, first.get(), second.get());
        if (found.isPresent()) {
          return Optional.of(explained(rule.name(), task, one, other, first.get(), second.get(), found.get()));
        }
      }
    }
    return Optional.empty();
  }

  private Optional<Integer> record(Identity identity) {
    return sources.stream().filter(source -> source.table().namespace().equals(identity.namespace())).findFirst()
        .flatMap(source -> session.first(Sql.of("SELECT id FROM %s WHERE tab = ? AND key = ?"
            .formatted(Matching.RECORDS), source.rank(), identity.value()), row -> (int) row.number(1)));
  }

  private PairExplanation explained(String rule, MatchTask task, Identity one, Identity other, int first, int second,
      Explanation found) {
    var values = values(task, first);
    var others = values(task, second);
    var steps = found.steps().stream().map(step -> new PairExplanation.Step(step.field(), step.level(), step.bits(),
        values.getOrDefault(step.field(), ""), others.getOrDefault(step.field(), ""))).toList();
    var ids = List.of(Math.min(first, second), Math.max(first, second));
    var refused = session.first(Sql.of("SELECT reason FROM %s WHERE one = ? AND other = ?".formatted(task.refused()),
        ids.toArray()), row -> row.text(1));
    boolean isRelated = session.first(Sql.of(
        "SELECT class = 'related' FROM %s WHERE one = ? AND other = ?".formatted(task.edges()), ids.toArray()),
        row -> row.isTrue(1)).orElse(false);
    return new PairExplanation(rule, one, other, found.weight(), found.probability(), refused, isRelated, steps);
  }

  /// What a record says, field by field.
  private Map<String, String> values(MatchTask task, int record) {
    var fields = task.rule().fields();
    var columns = fields.stream().map(field -> "concat_ws(' ', %s)".formatted(
        field.attributes().stream().map(Sql::quoted).collect(Collectors.joining(", ")))).toList();
    var values = new HashMap<String, String>();
    session.first(Sql.format("SELECT " + String.join(", ", columns) + " FROM ({}) WHERE id = " + record,
        task.records()), row -> {
          for (int place = 0; place < fields.size(); place++) {
            values.put(fields.get(place).name(), row.text(place + 1));
          }
          return true;
        });
    return values;
  }

  /// The only rule of the definition, as a preview; to be called after [#apply].
  RulePreview preview(LikelyReport.Rule found, int samplesMax) {
    var task = task(definition.likely().getFirst(), 0);
    var histogram = new ArrayList<Long>(Collections.nCopies(STEPS, 0L));
    session.each(Sql.of("""
        SELECT least(CAST(floor(probability * %1$d + 1e-9) AS INTEGER), %1$d - 1) AS step, count(*) FROM %2$s
        GROUP BY step ORDER BY step""".formatted(STEPS, task.edges())),
        row -> histogram.set((int) row.number(1), row.number(2)));
    var samples = new ArrayList<RulePreview.Sample>();
    for (boolean isMatch : new boolean[]{true, false}) {
      var pairs = session.query(
          Sql.of("SELECT one, other FROM %s WHERE class = '%s' ORDER BY weight %s, one, other LIMIT %d"
              .formatted(task.edges(), isMatch ? "match" : "related", isMatch ? "" : "DESC", samplesMax)),
          row -> new int[]{(int) row.number(1), (int) row.number(2)});
      for (int[] pair : pairs) {
        MatchEngine.explain(session, task, pair[0], pair[1]).map(explanation -> explained(found.result().rule(), task,
            identity(pair[0]), identity(pair[1]), pair[0], pair[1], explanation))
            .ifPresent(explanation -> samples.add(sample(explanation, isMatch)));
      }
    }
    return new RulePreview(found.result().rule(), found.records(), found.result().matched(),
        found.result().compared(), found.result().pairs(), found.result().largeGroups(), 0, histogram, samples);
  }

  private static RulePreview.Sample sample(PairExplanation pair, boolean isMatch) {
    return new RulePreview.Sample(pair.one().value(), pair.other().value(), pair.probability(), isMatch,
        pair.steps().stream().filter(step -> !step.field().isEmpty()).map(step -> new RulePreview.Compared(step.field(),
            step.level(), Optional.of(step.left()), Optional.of(step.right()), Optional.empty(), false,
            step.bits() > 0)).toList(),
        Optional.of(pair));
  }

  private MatchTask task(LikelyRule likely, int place) {
    var taking = sources.stream().filter(source -> likely.rule().tables().isEmpty()
        || likely.rule().tables().contains(source.name())).toList();
    var known = new TreeSet<String>();
    taking.forEach(source -> known.addAll(source.attributes().keySet()));
    var rule = likely.rule().withFieldsFrom(known);
    for (String attribute : rule.attributes()) {
      if (!known.contains(attribute)) {
        throw Problem.of(Problem.Code.INVALID_DEFINITION,
            "rule '%s' compares '%s', but none of its tables has that attribute".formatted(likely.name(), attribute),
            "They have %s.".formatted(known)).asException();
      }
    }
    return new MatchTask("rule" + place, rule, records(taking, rule), List.of(),
        Sql.of("SELECT one, other FROM _never WHERE one IS NOT NULL AND other IS NOT NULL"), isTrial);
  }

  /// Records of the tables under each other, with the same attributes; what a table does not have is empty.
  private Sql records(List<UnifiedSource> taking, ProbabilisticRule rule) {
    var parts = new ArrayList<Sql>();
    for (var source : taking) {
      var columns = new ArrayList<Sql>();
      for (String attribute : rule.attributes()) {
        var column = source.attributes().get(attribute);
        columns.add(Sql.format(column == null
            ? "CAST(NULL AS VARCHAR) AS {}"
            : "CAST(source.%s AS VARCHAR) AS {}".formatted(Sql.quoted(column.name())), Sql.name(attribute)));
      }
      parts.add(Sql.format("SELECT record.id, record.tab AS source, {} FROM (SELECT {} AS _key, * FROM {}) AS source "
          + "JOIN " + Matching.RECORDS + " AS record ON record.tab = " + source.rank()
          + " AND record.key = source._key",
          Sql.join(", ", columns), source.key(), source.from()));
    }
    return parts.isEmpty()
        ? Sql.of("SELECT 0 AS id, 0 AS source%s WHERE false".formatted(rule.attributes().stream()
            .map(attribute -> ", '' AS " + Sql.quoted(attribute)).reduce("", String::concat)))
        : Sql.join(" UNION ALL ", parts);
  }

  /// Writes the table of households: customers whose records the rules hold for related and not for one person.
  void households() {
    session
        .execute("CREATE OR REPLACE TABLE %s (\"HouseholdId\" VARCHAR, \"CustomerId\" VARCHAR)".formatted(HOUSEHOLDS));
    var namespaces = Sql.join(" ", sources.stream()
        .map(source -> Sql.of("WHEN " + source.rank() + " THEN ?", source.table().namespace())).toList());
    for (int place = 0; place < definition.likely().size(); place++) {
      String table = new MatchTask("rule" + place, definition.likely().get(place).rule(), Sql.of("")).households();
      if (!definition.likely().get(place).active() || !session.exists(table) || sources.isEmpty()) {
        continue;
      }
      session.execute(Sql.format("""
          INSERT INTO %s
          SELECT DISTINCT min(customer) OVER (PARTITION BY household), customer FROM (
            SELECT household, assignment.customer, count(DISTINCT assignment.customer) OVER (PARTITION BY household)
              AS customers
            FROM %s AS member JOIN %s AS record USING (id)
            JOIN %s AS assignment ON assignment.value = record.key AND assignment.namespace = CASE record.tab {} END)
          WHERE customers > 1""".formatted(HOUSEHOLDS, table, Matching.RECORDS, Identities.ASSIGNMENTS), namespaces));
    }
  }
}
