package portrait.stages.unification;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import portrait.foundation.model.ColumnType;
import portrait.foundation.warehouse.Sql;
import portrait.foundation.warehouse.WarehouseRow;
import portrait.foundation.warehouse.WarehouseSession;
import portrait.stages.unification.Matching.Side;
import portrait.stages.unification.UnificationDefinition.MatchRule;

/// The keys of rows, made in the warehouse from the texts that [Matching] laid out: the same texts that a whole run
/// compares.
final class LiveKeys {

  /// One row a key: `tab`, `key` of the row, `rule`, `side`, `text`, `checks`.
  static final String NEXT = "_unification_key_next";
  /// One row a row, with the state of its keys that the profile store has: `tab`, `key`, `state`.
  static final String TOLD = "_unification_key_told";

  private static final String STATES = """
      SELECT tab, key, CAST(bit_xor(hash(rule, side, text, checks)) AS VARCHAR) AS state FROM %s GROUP BY tab, key"""
      .formatted(NEXT);

  private final WarehouseSession session;
  private final LivePlan plan;

  LiveKeys(WarehouseSession session, LivePlan plan) {
    this.session = session;
    this.plan = plan;
  }

  /// A row whose keys are not those that the profile store has.
  record Changed(int tab, String key) {}

  /// Writes the keys of all rows aside.
  void write(List<UnifiedSource> sources) {
    session.execute("CREATE TABLE IF NOT EXISTS " + TOLD + " (tab INTEGER, key VARCHAR, state VARCHAR)");
    session.execute("CREATE OR REPLACE TABLE " + NEXT
        + " (tab INTEGER, key VARCHAR, rule INTEGER, side INTEGER, text VARCHAR, checks VARCHAR)");
    sources.forEach(source -> {
      var parts = parts(source);
      if (!parts.isEmpty()) {
        session.execute(Sql.format("INSERT INTO " + NEXT + " {}", Sql.join(" UNION ALL ", parts)));
      }
    });
  }

  /// The keys of the rows in one scratch table, as queries.
  private List<Sql> parts(UnifiedSource source) {
    var parts = new ArrayList<Sql>();
    plan.rules().forEach((number, rule) -> {
      if (rule.isDeduplication()) {
        if (rule.left().equals(source.name())) {
          parts.add(part(source, number, rule, Side.BOTH));
        }
        return;
      }
      if (rule.left().equals(source.name())) {
        parts.add(part(source, number, rule, Side.LEFT));
      }
      if (rule.right().equals(source.name())) {
        parts.add(part(source, number, rule, Side.RIGHT));
      }
    });
    return parts;
  }

  private static Sql part(UnifiedSource source, int number, MatchRule rule, Side side) {
    boolean left = side != Side.RIGHT;
    var exact = rule.hasExact() ? Matching.textColumn(number, left)
        : Sql.name(Matching.checkColumn(number, Matching.strictest(rule), left));
    var texts = rule.hasExact() ? exact : MatchFunctions.blocks(exact);
    var checked = rule.checks().stream().map(place -> Sql.name(Matching.checkColumn(number, place, left))).toList();
    var checks = checked.isEmpty() ? Sql.of("''")
        : Sql.format("CAST(to_json([{}]) AS VARCHAR)", Sql.join(", ", checked));
    return Sql.format("""
        SELECT DISTINCT %d AS tab, _key AS key, %d AS rule, %d AS side, left(md5(text), %d) AS text, checks
        FROM (SELECT _key, {} AS text, {} AS checks FROM {} WHERE {} IS NOT NULL)""".formatted(source.rank(), number,
        side.ordinal(), MatchKey.DIGEST_LENGTH), texts, checks, Matching.scratch(source), exact);
  }

  /// The keys of the rows in one scratch table.
  Map<String, List<MatchKey>> of(UnifiedSource source) {
    var found = new HashMap<String, List<MatchKey>>();
    var parts = parts(source);
    if (!parts.isEmpty()) {
      session.each(Sql.join(" UNION ALL ", parts), row -> found.computeIfAbsent(row.text(2), _ -> new ArrayList<>())
          .add(key(row)));
    }
    return found;
  }

  private static MatchKey key(WarehouseRow row) {
    return new MatchKey((int) row.number(3), row.text(5), 0, Side.values()[(int) row.number(4)], (int) row.number(1),
        row.text(6));
  }

  /// Rows whose keys are new, others, or gone, in the order in which they are handed on.
  List<Changed> changed() {
    return session.query(Sql.of("""
        SELECT coalesce(next.tab, told.tab), coalesce(next.key, told.key)
        FROM (%s) AS next FULL JOIN %s AS told ON next.tab = told.tab AND next.key = told.key
        WHERE next.state IS DISTINCT FROM told.state ORDER BY 1, 2""".formatted(STATES, TOLD)),
        row -> new Changed((int) row.number(1), row.text(2)));
  }

  /// Rows of one table whose keys the profile store was told, and as they still are.
  List<String> unchanged(int tab) {
    return session.query(Sql.of("""
        SELECT told.key FROM %s AS told JOIN (%s) AS next ON next.tab = told.tab AND next.key = told.key
        WHERE told.tab = ? AND told.state = next.state ORDER BY 1""".formatted(TOLD, STATES), tab),
        row -> row.text(1));
  }

  /// The keys of some rows of one table.
  Map<String, List<MatchKey>> of(int tab, List<String> keys) {
    var found = new HashMap<String, List<MatchKey>>();
    session.each(Sql.format("SELECT tab, key, rule, side, text, checks FROM " + NEXT + " WHERE tab = " + tab
        + " AND key IN ({})", Sql.join(", ", keys.stream().map(key -> Sql.of("?", key)).toList())),
        row -> found.computeIfAbsent(row.text(2), _ -> new ArrayList<>()).add(key(row)));
    return found;
  }

  /// From now on the profile store has these.
  void told() {
    session.execute("CREATE OR REPLACE TABLE %s AS %s".formatted(TOLD, STATES));
  }

  /// The profile store has others for these rows, made in between.
  void toldBetween(int tab, List<String> keys) {
    forget(tab, keys);
    session.execute(
        Sql.format("INSERT INTO " + TOLD + " SELECT " + tab + ", key, 'between' FROM (VALUES {}) AS rows (key)",
            Sql.join(", ", keys.stream().map(key -> Sql.of("(?)", key)).toList())));
  }

  private void forget(int tab, List<String> keys) {
    session.execute(Sql.format("DELETE FROM " + TOLD + " WHERE tab = " + tab + " AND key IN ({})",
        Sql.join(", ", keys.stream().map(key -> Sql.of("?", key)).toList())));
  }

  /// Types of the columns that rules look at, by `table.column`.
  Map<String, ColumnType> types(List<UnifiedSource> sources) {
    var types = new TreeMap<String, ColumnType>();
    plan.rules().values().forEach(rule -> rule.allConditions().forEach(condition -> sources.forEach(source -> {
      if (source.name().equals(rule.left())) {
        types.put(rule.left() + "." + condition.left(), source.type(condition.left()));
      }
      if (source.name().equals(rule.right())) {
        types.put(rule.right() + "." + condition.right(), source.type(condition.right()));
      }
    })));
    return types;
  }
}
