package portrait.stages.matching;

import java.util.List;
import portrait.foundation.warehouse.Sql;
import portrait.foundation.warehouse.WarehouseSession;

/// How often two records that have nothing to do with each other show each level of each field: counted on random pairs.
final class Chance {

  private static final int PAIRS = 200_000;

  private Chance() {}

  /// Leaves `_match_chance`, what was compared.
  static double[][] of(WarehouseSession session, List<Comparison> comparisons, Records records, Compared compared) {
    session.execute("""
        CREATE OR REPLACE TEMP TABLE _match_place AS
        SELECT id, source, hash(said, row_number() OVER (PARTITION BY said ORDER BY id)) AS spot FROM _match_record""");
    // Each record stands at a spot that follows from what it says, and meets those next to further such spots: a row more or
    // less touches hardly a pair of the others, so that the next run finds them compared. Records that say the same are
    // several all the same: how often that happens by chance is what is asked.
    session.execute("""
        CREATE OR REPLACE TEMP TABLE _match_random AS
        SELECT DISTINCT drawn.id AS one, other.id AS other, drawn.source AS one_source, other.source AS other_source
        FROM (SELECT id, source, hash(spot, range) AS target
            FROM (SELECT * FROM _match_place ORDER BY spot LIMIT %1$d), range(%2$d)) AS drawn
        ASOF JOIN _match_place AS other ON drawn.target <= other.spot
        WHERE drawn.id <> other.id""".formatted(PAIRS, Math.ceilDiv(PAIRS, Math.max(1, records.size()))));
    compared.compare("SELECT one, other FROM _match_random WHERE "
        + records.onlySources("one_source", "other_source"), "_match_chance");
    var chance = new double[comparisons.size()][];
    for (int field = 0; field < chance.length; field++) {
      var counted = new double[comparisons.get(field).size()];
      session.each(Sql.of("SELECT %s AS level, count(*) FROM _match_chance GROUP BY level"
          .formatted(Patterns.decoded(field, comparisons))), row -> counted[(int) row.number(1)] = row.number(2));
      chance[field] = shares(counted);
    }
    session.execute("DROP TABLE _match_place; DROP TABLE _match_random");
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
