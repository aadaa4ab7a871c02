package portrait.stages.unification;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import portrait.foundation.jobs.Progress;
import portrait.foundation.model.ColumnType;
import portrait.foundation.warehouse.Sql;
import portrait.foundation.warehouse.WarehouseSession;
import portrait.stages.unification.UnificationDefinition.MatchRule;
import portrait.stages.unification.UnificationDefinition.RulesTried;

/// Finds the pairs of records that the rules hold for one person.
///
/// Each table is read once: its records get dense numbers in the order of (table, key), and beside each number stands
/// one text per rule, the normalised values of the rule's conditions. All these texts go into one long table of blocks
/// (rule, text, record), which is joined with itself: records with the same text agree on all conditions of the rule.
/// One code path for every rule, sizes of groups known before the join, and room for a rough comparison of the pairs of
/// a block after it.
final class Matching {

  static final String RECORDS = "_unification_record";
  static final String PAIRS = "_unification_pair";

  private static final Sql SEPARATOR = Sql.of(" || chr(31) || ");

  private final WarehouseSession session;
  private final UnificationDefinition definition;
  private final List<UnifiedSource> sources;
  private final Map<Integer, MatchRule> rules = new LinkedHashMap<>();
  private final Progress progress;

  Matching(WarehouseSession session, UnificationDefinition definition, List<UnifiedSource> sources, Progress progress) {
    this.session = session;
    this.definition = definition;
    this.sources = sources;
    this.progress = progress;
    var loaded = sources.stream().map(UnifiedSource::name).toList();
    for (int number = 0; number < definition.rules().size(); number++) {
      var rule = definition.rules().get(number);
      if (rule.active() && loaded.contains(rule.left()) && loaded.contains(rule.right())) {
        rules.put(number, rule);
      }
    }
  }

  /// Fills [#RECORDS] (id, tab, key) and [#PAIRS] (one, other, rule), where `one` is of the more important table.
  MatchReport run() {
    session.execute("CREATE OR REPLACE TABLE " + RECORDS + " (id INTEGER, tab INTEGER, key VARCHAR)");
    var tables = new ArrayList<MatchReport.TableResult>();
    long records = 0;
    for (var source : sources) {
      long all = count(Sql.format("SELECT count(*) FROM {}", source.from()));
      progress.expect(all);
      long rows = number(source, records);
      tables.add(new MatchReport.TableResult(source.name(), rows, all - rows));
      records += rows;
      progress.done(all);
    }
    blocks();
    var large = leaveOutLargeBlocks();
    pairs();
    var found = new ArrayList<MatchReport.RuleResult>();
    var perRule = new LinkedHashMap<Integer, Long>();
    session.each(Sql.of("SELECT rule, count(*) FROM " + PAIRS + " GROUP BY rule ORDER BY rule"),
        row -> perRule.put((int) row.number(1), row.number(2)));
    rules.forEach((number, rule) -> {
      long[] left = large.getOrDefault(number, new long[2]);
      found.add(new MatchReport.RuleResult(rule.name(), perRule.getOrDefault(number, 0L), left[0], left[1]));
    });
    long pairs = count(Sql.of("SELECT count(*) FROM (SELECT DISTINCT one, other FROM " + PAIRS + ")"));
    return new MatchReport(records, pairs, tables, found);
  }

  private long number(UnifiedSource source, long before) {
    var texts = new ArrayList<Sql>();
    rules.forEach((number, rule) -> {
      if (rule.left().equals(source.name())) {
        texts.add(Sql.format("{} AS {}", text(rule, source, true), textColumn(number, true)));
      }
      if (rule.right().equals(source.name()) && !rule.isDeduplication()) {
        texts.add(Sql.format("{} AS {}", text(rule, source, false), textColumn(number, false)));
      }
    });
    session.execute(Sql.format("CREATE OR REPLACE TEMP TABLE {} AS SELECT CAST(row_number() OVER (ORDER BY _key) + "
        + before + " AS INTEGER) AS id, * FROM (SELECT {} AS _key{} FROM {}) WHERE _key <> ''",
        scratch(source), source.key(), Sql.join("", texts.stream().map(text -> Sql.format(", {}", text)).toList()),
        source.from()));
    return session.execute(Sql.format("INSERT INTO " + RECORDS + " SELECT id, " + source.rank() + ", _key FROM {}",
        scratch(source)));
  }

  /// The values of all conditions as one text; null when one of them is missing, so that such records match nobody.
  private Sql text(MatchRule rule, UnifiedSource source, boolean left) {
    return Sql.join(SEPARATOR.text(), rule.conditions().stream().map(condition -> source
        .comparable(left ? condition.left() : condition.right(), condition.normalise(), isNumeric(rule, condition)))
        .toList());
  }

  /// Numbers of two types are compared as numbers: 5 is 5.0.
  private boolean isNumeric(MatchRule rule, UnificationDefinition.Condition condition) {
    var left = source(rule.left()).type(condition.left());
    var right = source(rule.right()).type(condition.right());
    return left != right && isNumber(left) && isNumber(right);
  }

  private static boolean isNumber(ColumnType type) {
    return type == ColumnType.INTEGER || type == ColumnType.NUMBER;
  }

  private void blocks() {
    var parts = new ArrayList<Sql>();
    rules.forEach((number, rule) -> {
      parts.add(block(number, source(rule.left()), true, rule.isDeduplication() ? Side.BOTH : Side.LEFT));
      if (!rule.isDeduplication()) {
        parts.add(block(number, source(rule.right()), false, Side.RIGHT));
      }
    });
    session.execute("CREATE OR REPLACE TEMP TABLE _block (rule INTEGER, side TINYINT, text VARCHAR, id INTEGER)");
    parts.forEach(part -> {
      session.execute(Sql.format("INSERT INTO _block {}", part));
      progress.check();
    });
  }

  private static Sql block(int number, UnifiedSource source, boolean left, Side side) {
    var text = textColumn(number, left);
    return Sql.format("SELECT " + number + ", " + side.ordinal() + ", {}, id FROM {} WHERE {} IS NOT NULL", text,
        scratch(source), text);
  }

  /// One value in half of all rows says nothing about anybody and would make a quarter of all pairs.
  private Map<Integer, long[]> leaveOutLargeBlocks() {
    session.execute(Sql.of("CREATE OR REPLACE TEMP TABLE _large AS SELECT rule, text, count(*) AS records FROM _block "
        + "GROUP BY rule, text HAVING count(*) > " + definition.blockSizeMax()));
    var large = new LinkedHashMap<Integer, long[]>();
    session.each(Sql.of("SELECT rule, count(*), sum(records)::BIGINT FROM _large GROUP BY rule ORDER BY rule"),
        row -> large.put((int) row.number(1), new long[]{row.number(2), row.number(3)}));
    return large;
  }

  private void pairs() {
    String rest = "ANTI JOIN _large USING (rule, text)";
    session.execute("""
        CREATE OR REPLACE TEMP TABLE _pair AS
        SELECT least(l.id, r.id) AS one, greatest(l.id, r.id) AS other, l.rule
        FROM (SELECT * FROM _block %1$s WHERE side = %2$d) AS l JOIN (SELECT * FROM _block %1$s WHERE side = %3$d) AS r
          ON l.rule = r.rule AND l.text = r.text
        UNION ALL
        SELECT l.id, r.id, l.rule
        FROM (SELECT * FROM _block %1$s WHERE side = %4$d) AS l JOIN (SELECT * FROM _block WHERE side = %4$d) AS r
          ON l.rule = r.rule AND l.text = r.text AND l.id < r.id"""
        .formatted(rest, Side.LEFT.ordinal(), Side.RIGHT.ordinal(), Side.BOTH.ordinal()));
    session.execute("CREATE OR REPLACE TABLE " + PAIRS + " AS SELECT DISTINCT one, other, rule FROM _pair"
        + firstHits());
    progress.check();
  }

  /// Keeps, of a record's pairs with one other table, only those of the first rule that found any.
  private String firstHits() {
    var order = new ArrayList<String>();
    rules.values().forEach(rule -> order.add(rule.isDeduplication() ? "" : tables(rule)));
    long distinct = order.stream().filter(tables -> !tables.isEmpty()).distinct().count();
    if (definition.rulesTried() == RulesTried.ALL
        || order.stream().filter(tables -> !tables.isEmpty()).count() == distinct) {
      return "";
    }
    var numbers = List.copyOf(rules.keySet());
    String cases = IntStream.range(0, numbers.size())
        .mapToObj(place -> "WHEN " + numbers.get(place) + " THEN " + order.indexOf(order.get(place)))
        .reduce("CASE rule", (one, other) -> one + " " + other) + " END";
    String duplicates = rules.entrySet().stream().filter(entry -> entry.getValue().isDeduplication())
        .map(entry -> String.valueOf(entry.getKey())).reduce("-1", (one, other) -> one + ", " + other);
    return " QUALIFY rule IN (%s) OR rule = min(rule) OVER (PARTITION BY other, %s)".formatted(duplicates, cases);
  }

  private static String tables(MatchRule rule) {
    return rule.left().compareTo(rule.right()) < 0
        ? rule.left() + " " + rule.right()
        : rule.right() + " " + rule.left();
  }

  private UnifiedSource source(String table) {
    return sources.stream().filter(source -> source.name().equals(table)).findFirst().orElseThrow();
  }

  private static Sql scratch(UnifiedSource source) {
    return Sql.name("_match_" + source.rank());
  }

  private static Sql textColumn(int rule, boolean left) {
    return Sql.name((left ? "left_" : "right_") + rule);
  }

  private long count(Sql sql) {
    return session.first(sql, row -> row.number(1)).orElseThrow();
  }

  /// Which side of a rule a block entry stands on.
  private enum Side {
    LEFT, RIGHT, BOTH
  }
}
