package portrait.stages.unification;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import portrait.foundation.jobs.Progress;
import portrait.foundation.model.ColumnType;
import portrait.foundation.warehouse.Sql;
import portrait.foundation.warehouse.WarehouseSession;
import portrait.stages.unification.UnificationDefinition.Condition;
import portrait.stages.unification.UnificationDefinition.MatchRule;
import portrait.stages.unification.UnificationDefinition.RulesTried;

/// Finds the pairs of records that the rules hold for one person.
///
/// Each table is read once: its records get dense numbers in the order of (table, key), and beside each number stand
/// the normalised texts of each rule. The exact conditions of a rule are one text; all these texts go into one long
/// table of blocks (rule, text, record), which is joined with itself: records of a block agree on all exact conditions.
/// One code path for every rule, and sizes of blocks known before the join. Pairs of rules with rough conditions or
/// exceptions are then looked at one by one ([#checked]).
///
/// No rule compares everybody with everybody. Where a rough rule has no exact condition, records share a block when the
/// text of its strictest condition begins or ends alike or has a word in common. Where its exact conditions leave a
/// block too large, the block is divided the same way. What is still too large is left out and reported.
final class Matching implements AutoCloseable {

  static final String RECORDS = "_unification_record";
  static final String PAIRS = "_unification_pair";
  /// Pairs that share a block, before they are looked at.
  static final String CANDIDATES = "_candidate";

  private static final Sql SEPARATOR = Sql.of(" || chr(31) || ");
  /// Pairs that a rough rule looks at for each record, on average; the smallest blocks first.
  private static final int CANDIDATES_PER_RECORD = 200;
  /// Of the histogram of a preview.
  private static final int STEPS = 20;

  private final WarehouseSession session;
  private final UnificationDefinition definition;
  private final List<UnifiedSource> sources;
  private final Map<Integer, MatchRule> rules = new LinkedHashMap<>();
  /// Rules of which two records may share several blocks.
  private final Set<Integer> repeating = new TreeSet<>();
  private final Map<String, String> customTables;
  private final Vocabulary vocabulary;
  private final Instant now;
  private final Progress progress;
  private final String table;
  private final boolean isComplete;
  private final List<LikelyReport.Rule> likely = new ArrayList<>();

  /// @param customTables tables of custom matches, by the name in the definition, as they are called in the warehouse
  /// @param now the moment of the report
  Matching(WarehouseSession session, UnificationDefinition definition, List<UnifiedSource> sources,
      Map<String, String> customTables, Instant now, Progress progress) {
    this(session, definition, sources, customTables, now, progress, "TABLE", true);
  }

  private Matching(WarehouseSession session, UnificationDefinition definition, List<UnifiedSource> sources,
      Map<String, String> customTables, Instant now, Progress progress, String table, boolean isComplete) {
    this(session, definition, sources, customTables, Vocabulary.open(session, definition.custom(), customTables), now,
        progress, table, isComplete);
  }

  private Matching(WarehouseSession session, UnificationDefinition definition, List<UnifiedSource> sources,
      Map<String, String> customTables, Vocabulary vocabulary, Instant now, Progress progress, String table,
      boolean isComplete) {
    this.isComplete = isComplete;
    this.session = session;
    this.definition = definition;
    this.sources = sources;
    this.customTables = customTables;
    this.vocabulary = vocabulary;
    this.now = now;
    this.progress = progress;
    this.table = table;
    var loaded = sources.stream().map(UnifiedSource::name).toList();
    for (int number = 0; number < definition.rules().size(); number++) {
      var rule = definition.rules().get(number);
      if (rule.active() && loaded.contains(rule.left()) && loaded.contains(rule.right())) {
        rules.put(number, rule);
      }
    }
  }

  /// All matching, whose tables end with the session.
  static Matching rehearsal(WarehouseSession session, UnificationDefinition definition, List<UnifiedSource> sources,
      Map<String, String> customTables, Instant now, Progress progress) {
    return new Matching(session, definition, sources, customTables, now, progress, "TEMP TABLE", true);
  }

  /// Matching by the rules with conditions alone, whose tables end with the session.
  static Matching trial(WarehouseSession session, UnificationDefinition definition, List<UnifiedSource> sources,
      Map<String, String> customTables, Instant now, Progress progress) {
    return new Matching(session, definition, sources, customTables, now, progress, "TEMP TABLE", false);
  }

  /// For the texts of a few rows: the words are those of the last whole run.
  static Matching ofRows(WarehouseSession session, UnificationDefinition definition, List<UnifiedSource> sources,
      Vocabulary vocabulary, Instant now) {
    vocabulary.open();
    return new Matching(session, definition, sources, Map.of(), vocabulary, now, Progress.silent(), "TEMP TABLE",
        false);
  }

  private boolean isTrial() {
    return table.startsWith("TEMP");
  }

  /// What the probabilistic rules found in the last [#run].
  LikelyReport likely() {
    return new LikelyReport(now, likely);
  }

  /// Fills [#RECORDS] (id, tab, key) and [#PAIRS] (one, other, rule, score), where `one` is of the more important table.
  MatchReport run() {
    session.execute("CREATE OR REPLACE " + table + " " + RECORDS + " (id INTEGER, tab INTEGER, key VARCHAR)");
    long records = 0;
    var all = new ArrayList<Long>();
    var rows = new ArrayList<Long>();
    for (var source : sources) {
      all.add(count(Sql.format("SELECT count(*) FROM {}", source.from())));
      progress.expect(all.getLast());
      rows.add(number(source, records));
      records += rows.getLast();
      progress.done(all.getLast());
    }
    blocks();
    var leftOut = leaveOutLargeBlocks(records);
    candidates();
    pairs();
    var custom = new ArrayList<MatchReport.RuleResult>();
    if (isComplete) {
      custom.addAll(new CustomMatches(session, definition.custom(), customTables, sources).apply(table));
      var likelyMatches = new LikelyMatches(session, definition, sources, isTrial());
      likely.addAll(likelyMatches.apply(progress));
      likely.forEach(found -> custom.add(found.result()));
    }
    return report(records, all, rows, leftOut, custom);
  }

  @Override
  public void close() {
    vocabulary.close();
  }

  private MatchReport report(long records, List<Long> all, List<Long> rows, Map<Integer, long[]> leftOut,
      List<MatchReport.RuleResult> custom) {
    var counts = new MatchCounts(session, Math.toIntExact(records));
    var matched = counts.matchedByTable();
    var tables = new ArrayList<MatchReport.TableResult>();
    int before = 0;
    for (int place = 0; place < sources.size(); place++) {
      int last = before + Math.toIntExact(rows.get(place));
      var source = sources.get(place);
      tables.add(new MatchReport.TableResult(source.name(), rows.get(place), all.get(place) - rows.get(place),
          counts.duplicates(before + 1, last), matched.getOrDefault(source.rank(), 0L)));
      before = last;
    }
    var names = sources.stream().collect(Collectors.toMap(UnifiedSource::rank, UnifiedSource::name));
    var pairs = perRule(PAIRS, "count(*)");
    var joined = perRule(PAIRS, "count(DISTINCT other)");
    var compared = perRule(CANDIDATES, "count(*)");
    var found = new ArrayList<MatchReport.RuleResult>();
    rules.forEach((number, rule) -> {
      long[] left = leftOut.getOrDefault(number, new long[2]);
      found.add(new MatchReport.RuleResult(rule.name(), compared.getOrDefault(number, 0L),
          pairs.getOrDefault(number, 0L), joined.getOrDefault(number, 0L), left[0], left[1]));
    });
    found.addAll(custom);
    return new MatchReport(now, records, counts.unique(), counts.matched(),
        count(Sql.of("SELECT count(*) FROM (SELECT DISTINCT one, other FROM " + PAIRS + ")")), tables,
        counts.between(names), found);
  }

  private Map<Integer, Long> perRule(String of, String count) {
    var counts = new LinkedHashMap<Integer, Long>();
    session.each(Sql.of("SELECT rule, " + count + " FROM " + of + " GROUP BY rule ORDER BY rule"),
        row -> counts.put((int) row.number(1), row.number(2)));
    return counts;
  }

  private long number(UnifiedSource source, long before) {
    lay(source, before);
    return session.execute(Sql.format("INSERT INTO " + RECORDS + " SELECT id, " + source.rank() + ", _key FROM {}",
        scratch(source)));
  }

  /// Lays the numbered records of a table, with the texts that rules look at, into its scratch table.
  void lay(UnifiedSource source, long before) {
    var texts = new ArrayList<Sql>();
    rules.forEach((number, rule) -> {
      if (rule.left().equals(source.name())) {
        texts.addAll(texts(number, rule, source, true));
      }
      if (rule.right().equals(source.name()) && !rule.isDeduplication()) {
        texts.addAll(texts(number, rule, source, false));
      }
    });
    session.execute(Sql.format("CREATE OR REPLACE TEMP TABLE {} AS SELECT CAST(row_number() OVER (ORDER BY _key) + "
        + before + " AS INTEGER) AS id, * FROM (SELECT {} AS _key{} FROM {}) WHERE _key <> ''",
        scratch(source), source.key(), Sql.join("", texts.stream().map(text -> Sql.format(", {}", text)).toList()),
        source.from()));
  }

  /// The exact conditions as one text, null when one of its values is missing so that such records match nobody; and
  /// what is compared pair by pair, a column each.
  private List<Sql> texts(int number, MatchRule rule, UnifiedSource source, boolean left) {
    var texts = new ArrayList<Sql>();
    var exact = rule.conditions().stream().filter(Condition::isExact).map(condition -> text(rule, condition, source,
        left)).toList();
    if (!exact.isEmpty()) {
      texts.add(Sql.format("{} AS {}", Sql.join(SEPARATOR.text(), exact), textColumn(number, left)));
    }
    var all = rule.allConditions();
    for (int place : rule.checks()) {
      texts.add(Sql.format("{} AS {}", text(rule, all.get(place), source, left),
          Sql.name(checkColumn(number, place, left))));
    }
    return texts;
  }

  private Sql text(MatchRule rule, Condition condition, UnifiedSource source, boolean left) {
    return source.comparable(left ? condition.left() : condition.right(), condition.normalise(),
        isNumeric(rule, condition), vocabulary);
  }

  /// Numbers of two types are compared as numbers: 5 is 5.0.
  private boolean isNumeric(MatchRule rule, Condition condition) {
    return areCompared(source(rule.left()).type(condition.left()), source(rule.right()).type(condition.right()));
  }

  /// Whether values of the two types are compared as numbers.
  static boolean areCompared(ColumnType left, ColumnType right) {
    return left != right && isNumber(left) && isNumber(right);
  }

  private static boolean isNumber(ColumnType type) {
    return type == ColumnType.INTEGER || type == ColumnType.NUMBER;
  }

  private void blocks() {
    session.execute("CREATE OR REPLACE TEMP TABLE _block (rule INTEGER, side TINYINT, text VARCHAR, id INTEGER)");
    rules.forEach((number, rule) -> {
      boolean hasExact = rule.hasExact();
      for (Side side : rule.isDeduplication() ? List.of(Side.BOTH) : List.of(Side.LEFT, Side.RIGHT)) {
        var source = source(side == Side.RIGHT ? rule.right() : rule.left());
        var text = hasExact ? textColumn(number, side != Side.RIGHT)
            : Sql.name(checkColumn(number, strictest(rule), side != Side.RIGHT));
        session.execute(Sql.format("INSERT INTO _block SELECT " + number + ", " + side.ordinal()
            + ", {}, id FROM {} WHERE {} IS NOT NULL", hasExact ? text : MatchFunctions.blocks(text), scratch(source),
            text));
        progress.check();
      }
      if (!hasExact) {
        repeating.add(number);
      }
    });
  }

  /// The place of the rough condition that says most about who may match.
  static int strictest(MatchRule rule) {
    var conditions = rule.conditions();
    return IntStream.range(0, conditions.size()).filter(place -> !conditions.get(place).isExact()).boxed()
        .max(Comparator.comparingInt((Integer place) -> conditions.get(place).percent())
            .thenComparing(Comparator.reverseOrder()))
        .orElseThrow();
  }

  /// One value in half of all rows says nothing about anybody and would make a quarter of all pairs.
  ///
  /// @return rule by rule, how many blocks are left out and how many records they hold
  private Map<Integer, long[]> leaveOutLargeBlocks(long records) {
    String large = """
        SELECT rule, text FROM _block GROUP BY rule, text HAVING count(*) > %d""".formatted(definition.blockSizeMax());
    session.execute("CREATE OR REPLACE TEMP TABLE _large AS " + large);
    rules.forEach((number, rule) -> {
      if (rule.isRough() && rule.hasExact()) {
        divideLargeBlocks(number, rule);
      }
    });
    session.execute("CREATE OR REPLACE TEMP TABLE _large AS " + large);
    rules.forEach((number, rule) -> {
      if (rule.isRough()) {
        keepSmallestBlocks(number, records);
      }
    });
    var leftOut = new LinkedHashMap<Integer, long[]>();
    session.each(Sql.of("""
        SELECT rule, count(DISTINCT text), count(DISTINCT id) FROM _block JOIN _large USING (rule, text)
        GROUP BY rule ORDER BY rule"""),
        row -> leftOut.put((int) row.number(1), new long[]{row.number(2), row.number(3)}));
    return leftOut;
  }

  private void divideLargeBlocks(int number, MatchRule rule) {
    for (Side side : rule.isDeduplication() ? List.of(Side.BOTH) : List.of(Side.LEFT, Side.RIGHT)) {
      var source = source(side == Side.RIGHT ? rule.right() : rule.left());
      var text = Sql.format("record.{}", Sql.name(checkColumn(number, strictest(rule), side != Side.RIGHT)));
      long divided = session.execute(Sql.format("""
          INSERT INTO _block
          SELECT rule, side, text || chr(30) || key, id FROM (
            SELECT block.rule, block.side, block.text, {} AS key, block.id
            FROM _block AS block JOIN _large USING (rule, text) JOIN {} AS record USING (id)
            WHERE block.rule = %d AND block.side = %d AND {} IS NOT NULL)""".formatted(number, side.ordinal()),
          MatchFunctions.blocks(text), scratch(source), text));
      if (divided > 0) {
        repeating.add(number);
      }
    }
    session.execute(
        "DELETE FROM _block USING _large WHERE _block.rule = %d AND _large.rule = _block.rule AND _large.text = _block.text"
            .formatted(number));
    progress.check();
  }

  /// However the blocks of a rough rule come out, its work is bounded.
  private void keepSmallestBlocks(int number, long records) {
    session.execute("""
        INSERT INTO _large
        SELECT %1$d, text FROM (
          SELECT text, sum(pairs) OVER (ORDER BY pairs, text) AS before FROM (
            SELECT text, count_if(side = %2$d)::HUGEINT * count_if(side = %3$d)
              + count_if(side = %4$d)::HUGEINT * (count_if(side = %4$d) - 1) / 2 AS pairs
            FROM _block ANTI JOIN _large USING (rule, text) WHERE rule = %1$d GROUP BY text))
        WHERE before > %5$d""".formatted(number, Side.LEFT.ordinal(), Side.RIGHT.ordinal(), Side.BOTH.ordinal(),
        Math.max(100_000, records * CANDIDATES_PER_RECORD)));
  }

  /// Records of one exact text meet once. Records that share a derived block may share several, so those pairs are told
  /// apart; for the others that would cost more than the join.
  private void candidates() {
    session.execute(Sql.format("CREATE OR REPLACE TEMP TABLE _candidate AS {} UNION ALL SELECT DISTINCT * FROM ({})",
        Sql.of(meeting("rule NOT IN (%s)")), Sql.of(meeting("rule IN (%s)"))));
    progress.check();
  }

  private String meeting(String which) {
    String rest = "ANTI JOIN _large USING (rule, text)";
    String some = which
        .formatted(repeating.stream().map(String::valueOf).reduce("-1", (one, other) -> one + ", " + other));
    return """
        SELECT least(l.id, r.id) AS one, greatest(l.id, r.id) AS other, l.rule
        FROM (SELECT * FROM _block %1$s WHERE side = %2$d AND %5$s) AS l
        JOIN (SELECT * FROM _block %1$s WHERE side = %3$d AND %5$s) AS r ON l.rule = r.rule AND l.text = r.text
        UNION ALL
        SELECT l.id, r.id, l.rule
        FROM (SELECT * FROM _block %1$s WHERE side = %4$d AND %5$s) AS l
        JOIN (SELECT * FROM _block WHERE side = %4$d AND %5$s) AS r
          ON l.rule = r.rule AND l.text = r.text AND l.id < r.id"""
        .formatted(rest, Side.LEFT.ordinal(), Side.RIGHT.ordinal(), Side.BOTH.ordinal(), some);
  }

  private void pairs() {
    var parts = new ArrayList<Sql>();
    var plain = rules.entrySet().stream().filter(rule -> rule.getValue().checks().isEmpty())
        .map(rule -> String.valueOf(rule.getKey())).toList();
    if (!plain.isEmpty()) {
      parts.add(Sql.of("SELECT one, other, rule, CAST(1 AS DOUBLE) AS score FROM _candidate WHERE rule IN (%s)"
          .formatted(String.join(", ", plain))));
    }
    rules.forEach((number, rule) -> {
      if (!rule.checks().isEmpty()) {
        parts.add(checked(number, rule));
      }
    });
    session.execute(parts.isEmpty()
        ? Sql.of("CREATE OR REPLACE " + table + " " + PAIRS
            + " (one INTEGER, other INTEGER, rule INTEGER, score DOUBLE)")
        : Sql.format("CREATE OR REPLACE " + table + " " + PAIRS + " AS SELECT one, other, rule, score FROM ({})"
            + firstHits(), Sql.join(" UNION ALL ", parts)));
    progress.check();
  }

  /// The candidates of a rule for which all rough conditions hold and no exception does. The score of a pair is that of
  /// its weakest condition.
  private Sql checked(int number, MatchRule rule) {
    return Sql.format("SELECT pair.one, pair.other, pair.rule, {} AS score {} WHERE pair.rule = " + number + " AND {}",
        weakest(number, rule), candidatesOf(rule), conditionsHold(number, rule));
  }

  private static Sql conditionsHold(int number, MatchRule rule) {
    var holds = new ArrayList<Sql>();
    for (int place : rule.checks()) {
      if (place < rule.conditions().size()) {
        var condition = rule.conditions().get(place);
        holds.add(Sql.format("{} >= " + condition.threshold(), score(number, rule, place, condition.threshold())));
      } else {
        var exception = rule.exceptions().get(place - rule.conditions().size());
        double threshold = exception.condition().threshold();
        holds.add(Sql.format("NOT coalesce({} %s %s, false)".formatted(exception.differs() ? "<" : ">=", threshold),
            score(number, rule, place, threshold)));
      }
    }
    return holds.isEmpty() ? Sql.of("true") : Sql.format("coalesce({}, false)", Sql.join(" AND ", holds));
  }

  /// The score of a pair: that of its weakest condition.
  private static Sql weakest(int number, MatchRule rule) {
    var scores = rule.checks().stream().filter(place -> place < rule.conditions().size())
        .map(place -> score(number, rule, place, 0)).toList();
    return scores.isEmpty() ? Sql.of("CAST(1 AS DOUBLE)") : Sql.format("least({})", Sql.join(", ", scores));
  }

  /// The candidates with the texts of both records, as `pair`, `l` and `r`.
  private Sql candidatesOf(MatchRule rule) {
    return Sql.format("FROM _candidate AS pair JOIN {} AS l ON l.id = pair.%s JOIN {} AS r ON r.id = pair.%s"
        .formatted(isLeftFirst(rule) ? "one" : "other", isLeftFirst(rule) ? "other" : "one"),
        scratch(source(rule.left())), scratch(source(rule.right())));
  }

  private static Sql score(int number, MatchRule rule, int place, double floor) {
    return MatchFunctions.score(rule.allConditions().get(place).compare(), floor,
        "l." + Sql.quoted(checkColumn(number, place, true)),
        "r." + Sql.quoted(checkColumn(number, place, rule.isDeduplication())));
  }

  /// What the only rule found, pair by pair. Call it after [#run].
  RulePreview preview(MatchReport report, int samplesMax) {
    int number = rules.keySet().iterator().next();
    var rule = rules.values().iterator().next();
    var result = report.rules().getFirst();
    long records = report.tables().stream().filter(each -> each.table().equals(lesser(rule))).findFirst()
        .map(MatchReport.TableResult::rows).orElse(0L);
    var scores = Sql.format("SELECT pair.one, pair.other, {} AS score, {} AS holds {} WHERE pair.rule = " + number,
        weakest(number, rule), conditionsHold(number, rule), candidatesOf(rule));
    session.execute(Sql.format("CREATE OR REPLACE TEMP TABLE _preview AS {}", scores));
    var histogram = new ArrayList<Long>(Collections.nCopies(STEPS, 0L));
    session.each(Sql.of("""
        SELECT least(CAST(floor(coalesce(score, 0) * %1$d + 1e-9) AS INTEGER), %1$d - 1) AS step, count(*) FROM _preview
        GROUP BY step ORDER BY step""".formatted(STEPS)),
        row -> histogram.set((int) row.number(1), row.number(2)));
    var samples = new ArrayList<RulePreview.Sample>();
    samples.addAll(samples(number, rule, "holds ORDER BY score, one, other", samplesMax, true));
    samples.addAll(
        samples(number, rule, "NOT holds ORDER BY score DESC NULLS LAST, one, other", samplesMax, false));
    return new RulePreview(rule.name(), records, rule.isDeduplication() ? duplicated() : result.matched(),
        result.compared(), result.pairs(), result.largeGroups(), result.recordsInLargeGroups(), histogram, samples);
  }

  /// Records that are the same as another one.
  private long duplicated() {
    return count(Sql.of("SELECT count(*) FROM (SELECT one FROM %1$s UNION SELECT other FROM %1$s)".formatted(PAIRS)));
  }

  private String lesser(MatchRule rule) {
    return source(rule.left()).rank() > source(rule.right()).rank() ? rule.left() : rule.right();
  }

  private List<RulePreview.Sample> samples(int number, MatchRule rule, String which, int max, boolean isMatch) {
    var columns = new ArrayList<Sql>();
    var all = rule.allConditions();
    for (int place = 0; place < all.size(); place++) {
      for (boolean left : new boolean[]{true, false}) {
        var source = source(left ? rule.left() : rule.right());
        columns.add(Sql.format("{} AS %s".formatted(left ? "l" + place : "r" + place),
            Sql.format("(SELECT {} FROM {} WHERE {} = %s)".formatted(
                isLeftFirst(rule) == left ? "one.key" : "other.key"), text(rule, all.get(place), source, left),
                source.from(), source.key())));
      }
    }
    return session.query(Sql.format("""
        SELECT one.key, other.key, coalesce(pair.score, 0), {}
        FROM (SELECT * FROM _preview WHERE %1$s LIMIT %2$d) AS pair
        JOIN %3$s AS one ON one.id = pair.one JOIN %3$s AS other ON other.id = pair.other
        ORDER BY pair.score %4$s NULLS LAST, pair.one, pair.other""".formatted(which, max, RECORDS,
        isMatch ? "" : "DESC"), Sql.join(", ", columns)), row -> {
          var compared = new ArrayList<RulePreview.Compared>();
          for (int place = 0; place < all.size(); place++) {
            compared.add(compared(rule, place, row.textOrNull(4 + 2 * place), row.textOrNull(5 + 2 * place)));
          }
          return new RulePreview.Sample(row.text(1), row.text(2), row.decimal(3), isMatch, compared);
        });
  }

  private static RulePreview.Compared compared(MatchRule rule, int place, @Nullable String left,
      @Nullable String right) {
    var condition = rule.allConditions().get(place);
    boolean isException = place >= rule.conditions().size();
    Optional<Double> score = left == null || right == null ? Optional.empty()
        : Optional.of(condition.compare().of(left, right, 0));
    boolean agrees = score.filter(found -> found >= condition.threshold()).isPresent();
    boolean holds = isException && rule.exceptions().get(place - rule.conditions().size()).differs()
        ? score.isPresent() && !agrees
        : agrees;
    return new RulePreview.Compared(condition.left(), condition.right(), Optional.ofNullable(left),
        Optional.ofNullable(right), score, isException, holds);
  }

  private boolean isLeftFirst(MatchRule rule) {
    return source(rule.left()).rank() <= source(rule.right()).rank();
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

  private UnifiedSource source(String name) {
    return sources.stream().filter(source -> source.name().equals(name)).findFirst().orElseThrow();
  }

  static Sql scratch(UnifiedSource source) {
    return Sql.name("_match_" + source.rank());
  }

  static Sql textColumn(int rule, boolean left) {
    return Sql.name((left ? "left_" : "right_") + rule);
  }

  static String checkColumn(int rule, int place, boolean left) {
    return (left ? "left_" : "right_") + rule + "_" + place;
  }

  private long count(Sql sql) {
    return session.first(sql, row -> row.number(1)).orElseThrow();
  }

  /// Which side of a rule a block entry stands on.
  enum Side {
    LEFT, RIGHT, BOTH
  }
}
