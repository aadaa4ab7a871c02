package portrait.stages.matching;

import java.util.ArrayList;
import java.util.List;
import portrait.foundation.warehouse.Sql;
import portrait.foundation.warehouse.WarehouseSession;

/// Levels of all fields of a pair as one number, and how many pairs have each: all that learning needs of the pairs.
final class Patterns {

  private final long[] codes;
  private final int[][] levels;
  private final long[] counts;

  private Patterns(long[] codes, int[][] levels, long[] counts) {
    this.codes = codes;
    this.levels = levels;
    this.counts = counts;
  }

  /// Counts the patterns of `_match_compared`, and adds to each pair how rare is what it agrees on: `_match_pair` (one,
  /// other, pattern, chance_rarity, related_rarity).
  static Patterns of(WarehouseSession session, List<Comparison> comparisons) {
    var all = new ArrayList<String>();
    var personal = new ArrayList<String>();
    for (int field = 0; field < comparisons.size(); field++) {
      if (comparisons.get(field).frequency().isPresent()) {
        String rarity = "CASE WHEN %s = 1 THEN t%d ELSE 0 END".formatted(decoded(field, comparisons), field);
        all.add(rarity);
        if (!comparisons.get(field).field().shared()) {
          personal.add(rarity);
        }
      }
    }
    session.execute("""
        CREATE OR REPLACE TEMP TABLE _match_pair AS
        SELECT one, other, pattern, CAST(%s AS FLOAT) AS chance_rarity, CAST(%s AS FLOAT) AS related_rarity
        FROM _match_compared%s""".formatted(all.isEmpty() ? "0" : String.join(" + ", all),
        personal.isEmpty() ? "0" : String.join(" + ", personal),
        all.isEmpty() ? "" : " JOIN _match_rarity ON _match_rarity.id = one"));
    var found = session.query(Sql.of("SELECT pattern, count(*) FROM _match_pair GROUP BY pattern ORDER BY pattern"),
        row -> new long[]{row.number(1), row.number(2)});
    var codes = new long[found.size()];
    var counts = new long[found.size()];
    var levels = new int[found.size()][];
    for (int place = 0; place < found.size(); place++) {
      codes[place] = found.get(place)[0];
      counts[place] = found.get(place)[1];
      levels[place] = decoded(codes[place], comparisons);
    }
    return new Patterns(codes, levels, counts);
  }

  /// Columns `f0`, `f1`, …: the level of each field of the records `l` and `r`.
  static String levels(List<Comparison> comparisons) {
    var columns = new ArrayList<String>();
    for (int field = 0; field < comparisons.size(); field++) {
      columns.add("CAST(%s AS BIGINT) AS f%d".formatted(comparisons.get(field).level(), field));
    }
    return String.join(", ", columns);
  }

  /// Those columns as one number.
  static String code(List<Comparison> comparisons) {
    var terms = new ArrayList<String>();
    long radix = 1;
    for (int field = 0; field < comparisons.size(); field++) {
      terms.add("f%d * %d".formatted(field, radix));
      radix *= comparisons.get(field).size();
    }
    return String.join(" + ", terms);
  }

  /// The level of one field in a query over `pattern`.
  static String decoded(int field, List<Comparison> comparisons) {
    long radix = 1;
    for (int before = 0; before < field; before++) {
      radix *= comparisons.get(before).size();
    }
    return "CAST(pattern // %d %% %d AS TINYINT)".formatted(radix, comparisons.get(field).size());
  }

  private static int[] decoded(long code, List<Comparison> comparisons) {
    var levels = new int[comparisons.size()];
    long rest = code;
    for (int field = 0; field < levels.length; field++) {
      levels[field] = (int) (rest % comparisons.get(field).size());
      rest /= comparisons.get(field).size();
    }
    return levels;
  }

  int size() {
    return codes.length;
  }

  long code(int place) {
    return codes[place];
  }

  int[] levels(int place) {
    return levels[place];
  }

  long count(int place) {
    return counts[place];
  }
}
