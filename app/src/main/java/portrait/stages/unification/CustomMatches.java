package portrait.stages.unification;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import portrait.foundation.warehouse.Sql;
import portrait.foundation.warehouse.WarehouseSession;
import portrait.stages.unification.UnificationDefinition.CustomMatch;

/// Pairs of records that people decided about, from tables with the columns `Table1`, `Table1Key`, `Table2`, `Table2Key`.
/// What they say beats every rule.
final class CustomMatches {

  /// The number of the rule "always match", above those of all rules.
  static final int ALWAYS = 1_000_000;
  static final String ALWAYS_NAME = "always match";
  static final String NEVER_NAME = "never match";
  /// Pairs that must not come together: `one_table`, `one`, `other_table`, `other`.
  static final String NEVER = "_unification_never";
  /// Every decision about two rows, those that are not there included: `always` and the columns of [#NEVER].
  static final String SAID = "_unification_said";

  private final WarehouseSession session;
  private final List<CustomMatch> custom;
  private final Map<String, String> tables;
  private final List<UnifiedSource> sources;

  /// @param tables that hold custom matches, by the name in the definition, as they are called in the warehouse
  CustomMatches(WarehouseSession session, List<CustomMatch> custom, Map<String, String> tables,
      List<UnifiedSource> sources) {
    this.session = session;
    this.custom = custom;
    this.tables = tables;
    this.sources = sources;
  }

  /// Adds the pairs that always match to those found, and takes out those that never do.
  ///
  /// @param table what is made: `TABLE`, or `TEMP TABLE` for a rehearsal
  List<MatchReport.RuleResult> apply(String table) {
    var results = new ArrayList<MatchReport.RuleResult>();
    said(CustomMatch.Type.ALWAYS, "_always");
    said(CustomMatch.Type.NEVER, "_never");
    if (uses(CustomMatch.Type.ALWAYS)) {
      long added = session
          .execute("INSERT INTO %s SELECT one, other, %d, 1 FROM _always WHERE one IS NOT NULL AND other IS NOT NULL"
              .formatted(Matching.PAIRS, ALWAYS));
      results.add(new MatchReport.RuleResult(ALWAYS_NAME, rows("_always"), added, added, 0, 0));
    }
    if (uses(CustomMatch.Type.NEVER)) {
      long removed = session.execute("""
          DELETE FROM %1$s WHERE rule <> %2$d AND EXISTS (
            SELECT 1 FROM _never WHERE _never.one = %1$s.one AND _never.other = %1$s.other)"""
          .formatted(Matching.PAIRS, ALWAYS));
      results.add(new MatchReport.RuleResult(NEVER_NAME, rows("_never"), removed, removed, 0, 0));
    }
    session.execute("""
        CREATE OR REPLACE %s %s AS SELECT DISTINCT one_table, one_key AS one, other_table, other_key AS other
        FROM _never WHERE one IS NOT NULL AND other IS NOT NULL""".formatted(table, NEVER));
    session.execute("""
        CREATE OR REPLACE %s %s AS
        SELECT DISTINCT always, one_table, one_key AS one, other_table, other_key AS other
        FROM (SELECT true AS always, * FROM _always UNION ALL SELECT false, * FROM _never)
        WHERE one_table IS NOT NULL AND other_table IS NOT NULL AND one_key IS NOT NULL AND other_key IS NOT NULL"""
        .formatted(table, SAID));
    return results;
  }

  private boolean uses(CustomMatch.Type type) {
    return custom.stream().anyMatch(match -> match.type() == type);
  }

  private long rows(String table) {
    return session.first(Sql.of("SELECT count(*) FROM " + table), row -> row.number(1)).orElseThrow();
  }

  /// One row a decision; the numbers are null where a record is not there. Tables are called as in definitions.
  private void said(CustomMatch.Type type, String into) {
    var parts = new ArrayList<Sql>();
    for (var match : custom) {
      String table = tables.get(match.table());
      if (match.type() == type && table != null) {
        parts.add(Sql.format("""
            SELECT trim("Table1") AS a, trim(CAST("Table1Key" AS VARCHAR)) AS a_key, trim("Table2") AS b,
              trim(CAST("Table2Key" AS VARCHAR)) AS b_key FROM {}""", Sql.name(table)));
      }
    }
    if (parts.isEmpty() || sources.isEmpty()) {
      session.execute("CREATE OR REPLACE TEMP TABLE " + into + " (one INTEGER, other INTEGER, one_table VARCHAR, "
          + "one_key VARCHAR, other_table VARCHAR, other_key VARCHAR)");
      return;
    }
    var ranks = Sql.join(" UNION ALL ", sources.stream().map(source -> Sql.of(
        "SELECT CAST(? AS VARCHAR) AS name, CAST(? AS VARCHAR) AS namespace, %d AS tab".formatted(source.rank()),
        source.name(), source.table().namespace())).toList());
    session.execute(Sql.format("""
        CREATE OR REPLACE TEMP TABLE %1$s AS
        WITH said AS ({}), place AS ({})
        SELECT least(l.id, r.id) AS one, greatest(l.id, r.id) AS other,
          CASE WHEN l.id <= r.id THEN p.namespace ELSE q.namespace END AS one_table,
          CASE WHEN l.id <= r.id THEN said.a_key ELSE said.b_key END AS one_key,
          CASE WHEN l.id <= r.id THEN q.namespace ELSE p.namespace END AS other_table,
          CASE WHEN l.id <= r.id THEN said.b_key ELSE said.a_key END AS other_key
        FROM said LEFT JOIN place AS p ON p.name = said.a LEFT JOIN place AS q ON q.name = said.b
        LEFT JOIN %2$s AS l ON l.tab = p.tab AND l.key = said.a_key
        LEFT JOIN %2$s AS r ON r.tab = q.tab AND r.key = said.b_key
        WHERE l.id IS DISTINCT FROM r.id OR l.id IS NULL""".formatted(into, Matching.RECORDS),
        Sql.join(" UNION ALL ", parts), ranks));
    // least() passes over a null: a decision about a record that is not there says nothing.
    session.execute(
        "UPDATE %1$s SET one = NULL WHERE one_key IS NULL OR other_key IS NULL OR one = other".formatted(into));
  }
}
