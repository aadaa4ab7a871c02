package portrait.stages.matching;

import java.util.List;
import portrait.foundation.warehouse.Sql;
import portrait.foundation.warehouse.WarehouseSession;

/// How often two records that have nothing to do with each other show each level of each field: counted on random pairs.
final class Chance {

  private static final int PAIRS = 200_000;

  private Chance() {}

  static double[][] of(WarehouseSession session, List<Comparison> comparisons, Records records) {
    session.execute(
        "CREATE OR REPLACE TEMP TABLE _match_place AS SELECT row_number() OVER (ORDER BY id) AS place, id, source FROM _match_record");
    session.execute("""
        CREATE OR REPLACE TEMP TABLE _match_drawn AS
        SELECT CAST(hash(range * 2) %% %1$d AS BIGINT) + 1 AS one, CAST(hash(range * 2 + 1) %% %1$d AS BIGINT) + 1 AS other
        FROM range(%2$d)""".formatted(Math.max(1, records.size()), PAIRS));
    session.execute("""
        CREATE OR REPLACE TEMP TABLE _match_random AS
        SELECT l.id AS one, r.id AS other, l.source AS one_source, r.source AS other_source
        FROM _match_drawn JOIN _match_place AS l ON l.place = _match_drawn.one JOIN _match_place AS r ON r.place = _match_drawn.other
        WHERE _match_drawn.one <> _match_drawn.other""");
    session.execute("CREATE OR REPLACE TEMP TABLE _match_random_level AS SELECT " + Patterns.levels(comparisons)
        + " FROM (SELECT one, other FROM _match_random WHERE " + records.onlySources("one_source", "other_source")
        + ") AS pair JOIN _match_record AS l ON l.id = one JOIN _match_record AS r ON r.id = other");
    var chance = new double[comparisons.size()][];
    for (int field = 0; field < chance.length; field++) {
      int number = field;
      var counted = new double[comparisons.get(field).size()];
      session.each(Sql.of("SELECT f%1$d, count(*) FROM _match_random_level GROUP BY f%1$d".formatted(field)),
          row -> counted[(int) row.number(1)] = row.number(2));
      chance[number] = shares(counted);
    }
    session.execute(
        "DROP TABLE _match_place; DROP TABLE _match_drawn; DROP TABLE _match_random; DROP TABLE _match_random_level");
    return chance;
  }

  /// A level that was never seen is as likely as half a pair.
  private static double[] shares(double[] counted) {
    double sum = 0;
    for (int level = 1; level < counted.length; level++) {
      counted[level] += 0.5;
      sum += counted[level];
    }
    for (int level = 1; level < counted.length; level++) {
      counted[level] /= sum;
    }
    counted[0] = 1;
    return counted;
  }
}
