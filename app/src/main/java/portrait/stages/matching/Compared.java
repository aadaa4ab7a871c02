package portrait.stages.matching;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.List;
import java.util.stream.Collectors;
import portrait.foundation.warehouse.Sql;
import portrait.foundation.warehouse.WarehouseSession;

/// Compares pairs of records, and remembers the answers until the next run.
///
/// What a pair's levels are follows from what its two records say and from nothing else, so where neither record says
/// anything new, the answer of the last run is that of this one. Comparing is the dearest step of matching; after a few
/// changed rows, few pairs are left to compare. A record is told by the hash of its normalised values: a number says
/// nothing, since a new row moves those of all rows behind it.
final class Compared {

  private final WarehouseSession session;
  private final MatchTask task;
  private final List<Comparison> comparisons;
  private final long stamp;
  private final boolean isAnyKnown;

  Compared(WarehouseSession session, MatchTask task, List<Comparison> comparisons) {
    this.session = session;
    this.task = task;
    this.comparisons = comparisons;
    this.stamp = stamp();
    this.isAnyKnown = session.exists(task.known());
  }

  /// Tells ways to compare apart: those of other fields, another version of the product or of the engine.
  private long stamp() {
    String engine = session.first(Sql.of("SELECT version()"), row -> row.text(1)).orElseThrow();
    var derived = comparisons.stream().map(Comparison::derived).toList();
    try {
      return ByteBuffer.wrap(MessageDigest.getInstance("SHA-256").digest(
          (engine + derived + Patterns.levels(comparisons)).getBytes(StandardCharsets.UTF_8))).getLong();
    } catch (NoSuchAlgorithmException everyPlatformHasIt) {
      throw new IllegalStateException(everyPlatformHasIt);
    }
  }

  /// Makes a table (one, other, one_said, other_said, pattern).
  ///
  /// @param pairs a query of `one`, `other`
  void compare(String pairs, String into) {
    String both = """
        SELECT pair.one, pair.other, l.said AS one_said, r.said AS other_said%s FROM (%s) AS pair
        JOIN _match_record AS l ON l.id = pair.one JOIN _match_record AS r ON r.id = pair.other""";
    if (isAnyKnown) {
      session.execute("CREATE OR REPLACE TEMP TABLE _match_met AS SELECT met.*, pattern FROM ("
          + both.formatted("", pairs)
          + ") AS met LEFT JOIN (SELECT one AS one_said, other AS other_said, any_value(pattern) AS pattern FROM "
          + task.known() + " WHERE stamp = " + stamp + " GROUP BY one, other) USING (one_said, other_said)");
      session.execute("CREATE OR REPLACE TEMP TABLE " + into
          + " AS SELECT * FROM _match_met WHERE pattern IS NOT NULL UNION ALL " + compared(both.formatted(
              ", " + Patterns.levels(comparisons), "SELECT one, other FROM _match_met WHERE pattern IS NULL")));
      session.execute("DROP TABLE _match_met");
    } else {
      session.execute("CREATE OR REPLACE TEMP TABLE " + into + " AS "
          + compared(both.formatted(", " + Patterns.levels(comparisons), pairs)));
    }
  }

  private String compared(String levels) {
    return "SELECT one, other, one_said, other_said, " + Patterns.code(comparisons) + " AS pattern FROM (" + levels
        + ")";
  }

  /// Keeps what these tables say for the next run, and nothing else. Records that say the same are told apart by the next
  /// run only: a first run, which has most to do, need not look for them.
  void keep(List<String> tables) {
    if (!task.isTrial()) {
      session.execute("CREATE OR REPLACE TABLE " + task.known() + " AS SELECT CAST(" + stamp
          + " AS BIGINT) AS stamp, one_said AS one, other_said AS other, pattern FROM ("
          + tables.stream().map(table -> "SELECT one_said, other_said, pattern FROM " + table)
              .collect(Collectors.joining(" UNION ALL "))
          + ")");
    }
  }
}
