package portrait.stages.matching;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import portrait.foundation.jobs.Progress;
import portrait.foundation.model.ColumnType;
import portrait.foundation.model.Problem;
import portrait.foundation.model.Schema;
import portrait.foundation.model.Schema.Column;
import portrait.foundation.warehouse.WarehouseSession;
import portrait.stages.matching.ProbabilisticRule.Pairs;

/// Finds the pairs of records that are one person, without being told examples.
public final class MatchEngine {

  /// Even odds: with a model that knows how many candidates are coincidences, this is where false and missed matches
  /// weigh the same, whatever the number of records.
  private static final double THRESHOLD = 0.5;
  private static final int SUSPICIOUS_MAX = 20;

  private MatchEngine() {}

  /// Learns from the records, scores the pairs and groups them. Everything it says is a function of the records and the
  /// rule: the same input gives the same tables, whatever its order and however many threads there are.
  public static MatchSummary run(WarehouseSession session, MatchTask task, Progress progress) {
    var comparisons = Comparisons.of(task.rule().fields());
    checkSize(comparisons);
    var records = new Records(session, task, comparisons);
    progress.expect(records.size());
    records.frequencies(comparisons);
    records.words(comparisons);
    progress.check();
    var blocking = new Blocking(session, task.rule(), comparisons, records, progress).run();
    progress.expect(blocking.candidates());
    progress.done(records.size());
    var compared = new Compared(session, task, comparisons);
    var chance = Chance.of(session, comparisons, records, compared);
    progress.check();
    compared.compare("SELECT one, other FROM _match_candidate", "_match_compared");
    compared.keep(List.of("_match_chance", "_match_compared"));
    progress.check();
    var patterns = Patterns.of(session, comparisons);
    progress.done(blocking.candidates());
    var model = new Learning(comparisons, patterns, chance, blocking.blocks(), records.pairs())
        .learn(task.rule().relatives());
    double threshold = task.rule().threshold().orElse(THRESHOLD);
    score(session, patterns, model);
    var grouping = Grouping.of(session, task, bits(threshold / (1 - threshold)),
        task.rule().pairs() == Pairs.BETWEEN);
    progress.check();
    var results = new Results(session, task, comparisons);
    results.write(grouping, model, bits(threshold / (1 - threshold)));
    return new MatchSummary(records.size(), blocking.candidates(), results.count(task.edges(), "class = 'match'"),
        results.count(task.refused(), "true"), results.count(task.edges(), "class = 'related'"), threshold,
        blocking.report(), results.suspicious(SUSPICIOUS_MAX));
  }

  /// What speaks for and against one pair of the last run; empty when it was not kept.
  public static Optional<Explanation> explain(WarehouseSession session, MatchTask task, int one, int other) {
    return Explanations.of(session, task, one, other);
  }

  /// How far two values of a type may agree, from the strongest agreement down to none.
  public static List<String> levels(SemanticType type) {
    return Comparisons.of(List.of(new ProbabilisticRule.Field("value", List.of("value"), type, false))).getFirst()
        .levels().stream().map(Comparison.Level::label).toList();
  }

  /// Levels of all fields must fit into one number.
  private static void checkSize(List<Comparison> comparisons) {
    double patterns = comparisons.stream().mapToDouble(Comparison::size).reduce(1, (one, other) -> one * other);
    if (comparisons.isEmpty() || patterns > Long.MAX_VALUE) {
      throw Problem.of(Problem.Code.INVALID_DEFINITION,
          "a probabilistic rule compares %d fields but must compare between 1 and about 20"
              .formatted(comparisons.size()),
          comparisons.isEmpty()
              ? "List the attributes to compare: no attribute's name tells its type."
              : "List the attributes to compare, and leave out those that say little about a person.")
          .asException();
    }
  }

  /// `_match_scored` (one, other, pattern, weight, related, rarities): how many bits speak for a match.
  private static void score(WarehouseSession session, Patterns patterns, Model model) {
    var schema = new ArrayList<>(List.of(Column.of("pattern", ColumnType.INTEGER)));
    List.of("match", "related", "coincidence").forEach(name -> schema.add(Column.of(name, ColumnType.NUMBER)));
    session.createTemporary("_match_pattern", new Schema(schema));
    session.append("_match_pattern", IntStream.range(0, patterns.size()).mapToObj(place -> {
      int[] pattern = patterns.levels(place);
      return new @Nullable Object[]{patterns.code(place), bits(model.match(pattern)), bits(model.related(pattern)),
          bits(model.coincidence(pattern))};
    }));
    session.execute("""
        CREATE OR REPLACE TEMP TABLE _match_scored AS
        SELECT one, other, pattern, chance_rarity, related_rarity, match - log2(related + coincidence) AS weight,
          related / (pow(2, match) + related + coincidence) AS related
        FROM (SELECT one, other, pattern, chance_rarity, related_rarity, match, pow(2, related + related_rarity) AS related,
            pow(2, coincidence + chance_rarity) AS coincidence
          FROM _match_pair JOIN _match_pattern USING (pattern))""");
    session.execute(
        "DROP TABLE _match_pattern; DROP TABLE _match_pair; DROP TABLE _match_candidate; DROP TABLE _match_chance; DROP TABLE _match_compared; DROP TABLE IF EXISTS _match_rarity");
  }

  /// A probability as binary logarithm; so small a one that it could not be told from none stays above all others' reach.
  static double bits(double probability) {
    return Math.max(-200, Math.log(probability) / Math.log(2));
  }
}
