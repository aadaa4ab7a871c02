package portrait.stages.unification;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import portrait.foundation.model.ColumnType;
import portrait.foundation.model.Schema;
import portrait.foundation.model.Schema.Column;
import portrait.foundation.warehouse.Sql;
import portrait.foundation.warehouse.WarehouseSession;
import portrait.stages.unification.UnificationDefinition.MatchRule;

/// The tables that show what matching did: `Deduplication_<Source>_<Table>` and `ConflationMatchPairs`.
final class MatchTables {

  private final WarehouseSession session;
  private final UnificationDefinition definition;

  MatchTables(WarehouseSession session, UnificationDefinition definition) {
    this.session = session;
    this.definition = definition;
  }

  /// One row per record of a table with rules for duplicates: its group, the winner of the group, and the rules that
  /// joined it. The winner is the most filled row; of equals, the one with the greatest key.
  void deduplication(UnifiedSource source) {
    var rules = IntStream.range(0, definition.rules().size())
        .filter(number -> isDeduplicationOf(definition.rules().get(number), source)).boxed().toList();
    if (rules.isEmpty()) {
      return;
    }
    groups(source);
    var columns = new ArrayList<Sql>();
    source.table().key().forEach(column -> columns.add(Sql.format("record.{}", source.column(column))));
    columns.add(Sql.format("""
        CASE WHEN record._key = winner.key THEN nullif(array_to_string(
          list_filter(winner.keys, lambda k: k <> winner.key), ';'), '') END AS {}""",
        Sql.name(String.join("_", source.table().key()) + "_Alternate")));
    columns.add(Sql.of("_group AS \"Deduplication_GroupId\""));
    for (int place = 0; place < rules.size(); place++) {
      String suffix = place == 0 ? "" : "_" + place;
      columns.add(Sql.of("CASE WHEN hit.scores[%d] IS NOT NULL THEN ? END AS \"Rule%s\""
          .formatted(rules.get(place), suffix), definition.rules().get(rules.get(place)).name()));
      columns.add(Sql.of("hit.scores[%d] AS \"Score%s\"".formatted(rules.get(place), suffix)));
    }
    columns.add(Sql.of("winner.key AS \"Deduplication_WinnerId\""));
    source.columns().columns().stream().filter(column -> source.table().key().stream()
        .noneMatch(key -> key.equalsIgnoreCase(column.name())))
        .forEach(column -> columns.add(Sql.format("record.{}", Sql.name(column.name()))));
    session.execute(Sql.format("""
        CREATE OR REPLACE TABLE {} AS
        WITH record AS (
          SELECT source.*, groups.id AS _id, groups.group_id AS _group
          FROM (SELECT {} AS _key, {} AS _filled, * FROM {}) AS source JOIN _dedup_group AS groups
            ON groups.key = source._key),
        winner AS (
          SELECT _group, max_by(_key, (_filled, _key)) AS key, list(_key ORDER BY _key) AS keys
          FROM record GROUP BY _group),
        hit AS (
          SELECT id, map_from_entries(list((rule, score))) AS scores
          FROM (SELECT id, rule, max(score) AS score
            FROM (SELECT one AS id, rule, score FROM %1$s UNION ALL SELECT other, rule, score FROM %1$s)
            GROUP BY id, rule)
          GROUP BY id)
        SELECT {} FROM record JOIN winner USING (_group) LEFT JOIN hit ON hit.id = record._id"""
        .formatted(Matching.PAIRS), Sql.name("Deduplication_" + source.table().warehouseName()), source.key(),
        source.filled(), source.from(), Sql.join(", ", columns)));
  }

  private static boolean isDeduplicationOf(MatchRule rule, UnifiedSource source) {
    return rule.active() && rule.isDeduplication() && rule.left().equals(source.name());
  }

  /// `_dedup_group` (id, key, group_id): the connected components of the table's own pairs.
  private void groups(UnifiedSource source) {
    int size = session.first(Sql.of("SELECT coalesce(max(id), 0) FROM " + Matching.RECORDS),
        row -> (int) row.number(1)).orElseThrow();
    var clusters = new Clusters(size);
    session.each(Sql.of("""
        SELECT pair.one, pair.other FROM %1$s AS pair JOIN %2$s AS one ON one.id = pair.one
        JOIN %2$s AS other ON other.id = pair.other WHERE one.tab = %3$d AND other.tab = %3$d"""
        .formatted(Matching.PAIRS, Matching.RECORDS, source.rank())),
        row -> clusters.join((int) row.number(1), (int) row.number(2)));
    session.create("_dedup_cluster",
        Schema.of(Column.of("id", ColumnType.INTEGER), Column.of("group_id", ColumnType.INTEGER)));
    session.append("_dedup_cluster", IntStream.rangeClosed(1, size).filter(record -> clusters.of(record) != record)
        .mapToObj(record -> new @Nullable Object[]{(long) record, (long) clusters.of(record)}));
    session.execute("""
        CREATE OR REPLACE TEMP TABLE _dedup_group AS
        SELECT record.id, record.key, coalesce(cluster.group_id, record.id) AS group_id
        FROM %s AS record LEFT JOIN _dedup_cluster AS cluster USING (id) WHERE record.tab = %d"""
        .formatted(Matching.RECORDS, source.rank()));
    session.execute("DROP TABLE _dedup_cluster");
  }

  /// One row per customer of the unified tables, matched or not: the winning key of each table, its alternates, and the
  /// winners' columns under the table's name.
  void conflation(List<UnifiedSource> sources, Instant now) {
    var columns = new ArrayList<Sql>();
    columns.add(Sql.of("row_number() OVER (ORDER BY customer.\"CustomerId\") || '__00' AS \"TrueObjectId\""));
    var joins = new ArrayList<Sql>();
    var anyKey = new ArrayList<Sql>();
    for (var source : sources) {
      Sql key = Sql.name(source.keyName());
      String row = "row_" + source.rank();
      columns.add(Sql.format("customer.{}", key));
      columns.add(Sql.format("customer.{}", Sql.name(source.keyName() + "_Alternate")));
      source.columns().columns().stream()
          .filter(column -> source.table().key().stream().noneMatch(column.name()::equalsIgnoreCase))
          .forEach(column -> columns.add(Sql.format(row + ".{} AS {}", Sql.name(column.name()),
              Sql.name(source.table().warehouseName() + "_" + column.name()))));
      joins.add(Sql.format(" LEFT JOIN (SELECT {} AS _key, * FROM {}) AS " + row + " ON " + row + "._key = customer.{}",
          source.key(), source.from(), key));
      anyKey.add(Sql.format("customer.{} IS NOT NULL", key));
    }
    columns.add(Sql.of("CAST(? AS TIMESTAMP) AS \"ConflationMatchPairs_ModifiedOn\"", now));
    if (sources.isEmpty()) {
      session.execute("DROP TABLE IF EXISTS \"ConflationMatchPairs\"");
      return;
    }
    session.execute(
        Sql.format("CREATE OR REPLACE TABLE \"ConflationMatchPairs\" AS SELECT {} FROM \"Customer\" AS customer{}"
            + " WHERE {}", Sql.join(", ", columns), Sql.join("", joins), Sql.join(" OR ", anyKey)));
  }
}
