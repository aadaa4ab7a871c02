package portrait.stages.unification;

import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import portrait.foundation.jobs.Progress;
import portrait.foundation.model.Problem;
import portrait.foundation.warehouse.Sql;
import portrait.foundation.warehouse.WarehouseSession;
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

  private final WarehouseSession session;
  private final UnificationDefinition definition;
  private final List<UnifiedSource> sources;

  LikelyMatches(WarehouseSession session, UnificationDefinition definition, List<UnifiedSource> sources) {
    this.session = session;
    this.definition = definition;
    this.sources = sources;
  }

  /// Adds what the rules find to the pairs; to be called when the pairs of all other rules, and the custom matches, are
  /// there.
  List<MatchReport.RuleResult> apply(Progress progress) {
    var results = new ArrayList<MatchReport.RuleResult>();
    for (int place = 0; place < definition.likely().size(); place++) {
      var rule = definition.likely().get(place);
      if (rule.active()) {
        results.add(apply(rule, place, progress));
      }
    }
    return results;
  }

  private MatchReport.RuleResult apply(LikelyRule rule, int place, Progress progress) {
    var task = task(rule, place);
    var summary = MatchEngine.run(session, task, progress);
    session.execute("INSERT INTO %s SELECT one, other, %d, probability FROM %s WHERE class = 'match'"
        .formatted(Matching.PAIRS, FIRST + place, task.edges()));
    long matched = session.first(Sql.of("SELECT count(DISTINCT other) FROM %s WHERE class = 'match'"
        .formatted(task.edges())), row -> row.number(1)).orElseThrow();
    long leftOut = summary.blocks().stream().mapToLong(MatchSummary.Block::leftOut).sum();
    return new MatchReport.RuleResult(rule.name(), summary.candidates(), summary.matches(), matched, leftOut, 0);
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
        Sql.of("SELECT one, other FROM _never WHERE one IS NOT NULL AND other IS NOT NULL"));
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
