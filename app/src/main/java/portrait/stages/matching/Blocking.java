package portrait.stages.matching;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import portrait.foundation.jobs.Progress;
import portrait.foundation.warehouse.Sql;
import portrait.foundation.warehouse.WarehouseSession;
import portrait.stages.matching.BlockPlan.Block;
import portrait.stages.matching.BlockPlan.Candidate;
import portrait.stages.matching.Comparison.Key;

/// Fills `_match_candidate` (one, other): the pairs that have enough in common to be worth a look.
///
/// One long table (block, hash of the keys, record) serves all blocks; groups of one or of too many are dropped and one
/// self-join brings the others together. So the number of pairs is known before the join.
final class Blocking {

  private static final int SAMPLE = 50_000;
  private static final int FILL_SAMPLE = 2_000;
  private static final int GROUP_MAX = 200;
  private static final int GROUP_LEAST = 8;

  private final WarehouseSession session;
  private final ProbabilisticRule rule;
  private final List<Comparison> comparisons;
  private final Records records;
  private final Progress progress;

  Blocking(WarehouseSession session, ProbabilisticRule rule, List<Comparison> comparisons, Records records,
      Progress progress) {
    this.session = session;
    this.rule = rule;
    this.comparisons = comparisons;
    this.records = records;
    this.progress = progress;
  }

  /// @param candidates how many pairs there are in `_match_candidate`
  record Result(List<Block> blocks, List<MatchSummary.Block> report, long candidates) {}

  Result run() {
    var blocks = rule.blocks().isEmpty() ? chosen() : given();
    session.execute("CREATE OR REPLACE TEMP TABLE _match_block (hash UBIGINT, id INTEGER, block UTINYINT)");
    for (int number = 0; number < blocks.size(); number++) {
      session.execute(entries(number, blocks.get(number)));
      progress.check();
    }
    session.execute("""
        CREATE OR REPLACE TEMP TABLE _match_group AS
        SELECT hash, count(*) AS records, min(block) AS block FROM _match_block GROUP BY hash HAVING count(*) > 1""");
    progress.check();
    var report = new ArrayList<MatchSummary.Block>();
    var bounds = new StringBuilder("CASE WHEN block IS NULL THEN 0");
    for (int number = 0; number < blocks.size(); number++) {
      int max = bound(number);
      long pairs = pairs(number, max);
      long leftOut = records
          .count("SELECT count(*) FROM _match_group WHERE block = %d AND records > %d".formatted(number, max));
      report.add(new MatchSummary.Block(blocks.get(number).name(), pairs, leftOut));
      bounds.append(" WHEN block = %d THEN %d".formatted(number, max));
    }
    session.execute("CREATE OR REPLACE TEMP TABLE _match_kept AS SELECT hash, id, source FROM _match_block SEMI JOIN "
        + "(SELECT hash FROM _match_group WHERE records <= " + bounds
        + " ELSE 0 END) USING (hash) JOIN (SELECT id, source FROM _match_record) USING (id)");
    session.execute("DROP TABLE _match_block; DROP TABLE _match_group");
    session.execute("""
        CREATE OR REPLACE TEMP TABLE _match_candidate AS
        SELECT DISTINCT l.id AS one, r.id AS other FROM _match_kept AS l JOIN _match_kept AS r ON l.hash = r.hash AND l.id < r.id
        WHERE %s""".formatted(records.onlySources("l.source", "r.source")));
    session.execute("DROP TABLE _match_kept");
    progress.check();
    return new Result(blocks, report, records.count("SELECT count(*) FROM _match_candidate"));
  }

  /// The largest group that a block may have: where a key is skewed, its largest groups are given up until the others are
  /// affordable.
  private int bound(int block) {
    int max = GROUP_MAX;
    while (max > GROUP_LEAST && pairs(block, max) > budget() / 2) {
      max /= 2;
    }
    return max;
  }

  private long pairs(int block, int groupMax) {
    return records.count("SELECT CAST(coalesce(sum(records * (records - 1) // 2), 0) AS BIGINT) FROM _match_group "
        + "WHERE block = %d AND records <= %d".formatted(block, groupMax));
  }

  private double budget() {
    return Math.max(1_000_000, 3.0 * records.size());
  }

  private List<Block> given() {
    var blocks = new ArrayList<Block>();
    for (var attributes : rule.blocks()) {
      var keys = new ArrayList<Candidate>();
      for (var attribute : attributes) {
        for (int place = 0; place < comparisons.size(); place++) {
          int field = place;
          comparisons.get(place).keys().stream().filter(key -> key.attribute().equals(attribute)).findFirst()
              .ifPresent(key -> keys.add(new Candidate(field, key, 0, new BitSet())));
        }
      }
      blocks.add(new Block(keys));
    }
    return blocks;
  }

  private List<Block> chosen() {
    int step = (int) Math.max(1, records.size() / SAMPLE);
    session.execute(
        "CREATE OR REPLACE TEMP TABLE _match_sample AS SELECT * FROM _match_record WHERE id %% %d = 0".formatted(step));
    session.execute(
        "CREATE OR REPLACE TEMP TABLE _match_few AS SELECT * FROM _match_record ORDER BY hash(id), id LIMIT "
            + FILL_SAMPLE);
    var candidates = new ArrayList<Candidate>();
    for (int field = 0; field < comparisons.size(); field++) {
      for (var key : comparisons.get(field).keys()) {
        candidates.add(candidate(field, key));
      }
    }
    double total = records.pairs();
    int blocksMax = records.size() <= 200_000 ? 30 : records.size() <= 2_000_000 ? 16 : 12;
    var plan = new BlockPlan(candidates, total, budget(), blocksMax,
        (int) records.count("SELECT count(*) FROM _match_few"));
    session.execute("DROP TABLE _match_sample; DROP TABLE _match_few");
    var blocks = new ArrayList<>(plan.choose());
    // A telephone of their own keeps relatives out of view.
    var shared = IntStream.range(0, comparisons.size()).filter(field -> comparisons.get(field).field().shared()
        && comparisons.get(field).field().type() != SemanticType.PHONE).boxed().collect(Collectors.toSet());
    if (rule.relatives() && blocks.stream().noneMatch(block -> shared.containsAll(block.fields()))) {
      plan.chooseAmong(shared).ifPresent(blocks::add);
    }
    return blocks;
  }

  private Candidate candidate(int field, Key key) {
    String entries = key.isWords()
        ? "SELECT word AS key FROM " + Records.wordTable(field) + " SEMI JOIN _match_sample USING (id)"
        : "SELECT %s AS key FROM _match_sample".formatted(key.sql());
    double[] agreeing = session.first(Sql.of("""
        SELECT CAST(coalesce(sum(records * (records - 1)), 0) AS DOUBLE) FROM (
          SELECT count(*) AS records FROM (%s) WHERE key IS NOT NULL GROUP BY key)""".formatted(entries)),
        row -> new double[]{row.decimal(1)}).orElseThrow();
    double sampled = records.count("SELECT count(*) FROM _match_sample");
    var filled = new BitSet();
    var place = new int[1];
    session.each(Sql.of("SELECT %s FROM _match_few ORDER BY hash(id), id".formatted(key.isWords()
        ? "coalesce(len(%s), 0) > 0".formatted(key.sql())
        : "(%s) IS NOT NULL".formatted(key.sql()))), row -> filled.set(place[0]++, row.isTrue(1)));
    return new Candidate(field, key, agreeing[0] / Math.max(1, sampled * (sampled - 1)), filled);
  }

  private String entries(int number, Block block) {
    var sql = new ArrayList<String>();
    var from = new StringBuilder("_match_record");
    for (var candidate : block.keys()) {
      if (candidate.key().isWords()) {
        String table = Records.wordTable(candidate.field());
        from.append(" JOIN %1$s USING (id)".formatted(table));
        sql.add(table + ".word");
      } else {
        sql.add("(" + candidate.key().sql() + ")");
      }
    }
    return "INSERT INTO _match_block SELECT hash(%1$d, %2$s), id, %1$d FROM %3$s WHERE %4$s".formatted(number,
        String.join(", ", sql), from,
        sql.stream().map(key -> key + " IS NOT NULL").collect(Collectors.joining(" AND ")));
  }
}
