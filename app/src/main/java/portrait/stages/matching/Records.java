package portrait.stages.matching;

import java.util.ArrayList;
import java.util.List;
import portrait.foundation.warehouse.Sql;
import portrait.foundation.warehouse.WarehouseSession;
import portrait.stages.matching.ProbabilisticRule.Pairs;

/// The records, normalised once: `_match_record` (id, source, derived columns, `said`: a hash of all that comparisons
/// look at).
final class Records {

  private static final int RARE = 3;
  private static final int WORDS_MAX = 6;

  private final WarehouseSession session;
  private final Pairs which;
  private final long size;
  private final double pairs;

  Records(WarehouseSession session, MatchTask task, List<Comparison> comparisons) {
    this.session = session;
    this.which = task.rule().pairs();
    var columns = new ArrayList<String>(List.of("id", "source"));
    task.unique().forEach(attribute -> columns.add(Sql.quoted(attribute) + " AS u" + task.unique().indexOf(attribute)));
    var derived = comparisons.stream().flatMap(comparison -> comparison.derived().stream())
        .map(Comparison.Derived::column).toList();
    columns.addAll(derived);
    columns.add("hash(" + String.join(", ", derived) + ") AS said");
    session.execute(Sql.format("CREATE OR REPLACE TEMP TABLE _match_record AS SELECT " + String.join(", ", columns)
        + " FROM ({})", derived(task.records(), comparisons)));
    this.size = count("SELECT count(*) FROM _match_record");
    double within = session.first(Sql.of("SELECT CAST(coalesce(sum(n * (n - 1) / 2), 0) AS DOUBLE) FROM "
        + "(SELECT count(*) AS n FROM _match_record GROUP BY source)"), row -> row.decimal(1)).orElseThrow();
    double all = 0.5 * size * (size - 1);
    this.pairs = switch (which) {
      case ALL -> all;
      case BETWEEN -> all - within;
      case WITHIN -> within;
    };
  }

  /// A query for each step: a column that builds on others takes their values, where within one query the engine would
  /// compute them again.
  private static Sql derived(Sql records, List<Comparison> comparisons) {
    int steps = comparisons.stream().mapToInt(comparison -> comparison.derived().size()).max().orElse(0);
    var sql = records;
    for (int number = 0; number < steps; number++) {
      int step = number;
      var columns = comparisons.stream().filter(comparison -> comparison.derived().size() > step)
          .map(comparison -> comparison.derived().get(step)).map(column -> column.sql() + " AS " + column.column())
          .toList();
      sql = Sql.format("SELECT *, " + String.join(", ", columns) + " FROM ({})", sql);
    }
    return sql;
  }

  static String wordTable(int field) {
    return "_match_word_" + field;
  }

  /// Lays down, of each record, the words that fewest others have: they say most, and make the smallest groups. Those that
  /// are rare, by the measure of how many records there are, become a column of `_match_record`.
  void words(List<Comparison> comparisons) {
    for (int field = 0; field < comparisons.size(); field++) {
      if (comparisons.get(field).words().isEmpty()) {
        continue;
      }
      String words = comparisons.get(field).words().get();
      session.execute("""
          CREATE OR REPLACE TEMP TABLE %1$s AS
          WITH word AS (SELECT id, unnest(%2$s) AS word FROM _match_record),
          frequency AS (SELECT word, count(*) AS records FROM word GROUP BY word HAVING count(*) > 1)
          SELECT id, word, records FROM word JOIN frequency USING (word) WHERE length(word) > 1
          QUALIFY row_number() OVER (PARTITION BY id ORDER BY records, word) <= %3$d"""
          .formatted(wordTable(field), words, WORDS_MAX));
      session.execute(
          """
          CREATE OR REPLACE TEMP TABLE _match_record AS
          SELECT record.* REPLACE (hash(said, rare.words) AS said), rare.words AS %1$s FROM _match_record AS record LEFT JOIN (
            SELECT id, list(word ORDER BY word) AS words FROM %2$s WHERE records <= %3$d GROUP BY id) AS rare USING (id)"""
              .formatted(words + Comparison.RARE, wordTable(field), Math.max(RARE, (long) Math.cbrt(size))));
    }
  }

  long size() {
    return size;
  }

  /// How many pairs there are, compared or not.
  double pairs() {
    return pairs;
  }

  /// A condition that leaves out pairs nobody asked for.
  String onlySources(String one, String other) {
    return switch (which) {
      case ALL -> "true";
      case BETWEEN -> one + " <> " + other;
      case WITHIN -> one + " = " + other;
    };
  }

  /// Adds to each record how much rarer its value is than values are on average, in bits: `t` and the number of the field.
  ///
  /// The chance that two strangers share some value is the sum of squared shares; that they share this one, its share
  /// squared, of which one factor also makes it rarer among matches. What remains is share / sum of squares.
  void frequencies(List<Comparison> comparisons) {
    var columns = new ArrayList<String>();
    var joins = new StringBuilder();
    for (int field = 0; field < comparisons.size(); field++) {
      var column = comparisons.get(field).frequency();
      if (column.isEmpty()) {
        continue;
      }
      session.execute(
          """
          CREATE OR REPLACE TEMP TABLE _match_value_%1$d AS
          SELECT %2$s AS value, count(*) AS records FROM _match_record WHERE %2$s IS NOT NULL GROUP BY %2$s HAVING count(*) >= %3$d"""
              .formatted(field, column.get(), RARE));
      double[] sums = session.first(Sql.of("""
          SELECT CAST(coalesce(sum(records), 0) AS DOUBLE), CAST(coalesce(sum(records * records), 0) AS DOUBLE),
            (SELECT CAST(count(*) AS DOUBLE) FROM _match_record WHERE %2$s IS NOT NULL) FROM _match_value_%1$d"""
          .formatted(field, column.get())), row -> new double[]{row.decimal(1), row.decimal(2), row.decimal(3)})
          .orElseThrow();
      double filled = Math.max(1, sums[2]);
      double squares = (sums[1] + (filled - sums[0])) / (filled * filled);
      columns.add("CAST(log2(coalesce(v%1$d.records, %2$d) / %3$s) AS FLOAT) AS t%1$d".formatted(field, RARE - 1,
          filled * squares));
      joins.append(" LEFT JOIN _match_value_%1$d AS v%1$d ON v%1$d.value = record.%2$s".formatted(field, column.get()));
    }
    if (columns.isEmpty()) {
      return;
    }
    session.execute("CREATE OR REPLACE TEMP TABLE _match_rarity AS SELECT record.id, " + String.join(", ", columns)
        + " FROM _match_record AS record" + joins);
  }

  long count(String sql) {
    return session.first(Sql.of(sql), row -> row.number(1)).orElseThrow();
  }
}
