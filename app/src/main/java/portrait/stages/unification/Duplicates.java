package portrait.stages.unification;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import portrait.foundation.model.ColumnType;
import portrait.foundation.model.Schema;
import portrait.foundation.model.Schema.Column;
import portrait.foundation.warehouse.Sql;
import portrait.foundation.warehouse.WarehouseSession;
import portrait.stages.matching.Clusters;
import portrait.stages.unification.UnificationDefinition.MatchRule;
import portrait.stages.unification.UnificationDefinition.Preference;

/// Rows of one table that are one person, from the pairs that [Matching] found.
///
/// `Deduplication_<Source>_<Table>` shows the groups. [#table] is what the merge reads instead of the table: the winner
/// of each group with the values of the group, the others with their identities alone, so that they are still found and
/// still match, and say nothing more about the person.
final class Duplicates {

  private final WarehouseSession session;
  private final UnificationDefinition definition;

  Duplicates(WarehouseSession session, UnificationDefinition definition) {
    this.session = session;
    this.definition = definition;
  }

  /// The name of the deduplicated table.
  static String table(UnifiedSource source) {
    return "_unification_rows_" + source.table().warehouseName();
  }

  /// Where a deduplicated table keeps an identity: rows that lost have no attributes.
  static String identityColumn(String column) {
    return "_identity_" + column;
  }

  /// Writes both tables; where nothing is a duplicate, the table itself is good enough.
  void write(UnifiedSource source) {
    var rules = IntStream.range(0, definition.rules().size())
        .filter(number -> isDeduplicationOf(definition.rules().get(number), source)).boxed().toList();
    boolean hasDuplicates = groups(source) > 0;
    session.execute(Sql.format("DROP TABLE IF EXISTS {}", Sql.name(table(source))));
    if (rules.isEmpty() && !hasDuplicates) {
      session.execute(Sql.format("DROP TABLE IF EXISTS {}", Sql.name(shown(source))));
      return;
    }
    records(source);
    show(source, rules);
    if (hasDuplicates) {
      deduplicate(source);
    }
  }

  private static String shown(UnifiedSource source) {
    return "Deduplication_" + source.table().warehouseName();
  }

  private static boolean isDeduplicationOf(MatchRule rule, UnifiedSource source) {
    return rule.active() && rule.isDeduplication() && rule.left().equals(source.name());
  }

  /// `_dedup_group` (id, key, group_id): the connected components of the table's own pairs.
  ///
  /// @return how many pairs there are
  private long groups(UnifiedSource source) {
    int size = session.first(Sql.of("SELECT coalesce(max(id), 0) FROM " + Matching.RECORDS),
        row -> (int) row.number(1)).orElseThrow();
    var clusters = new Clusters(size);
    long[] pairs = new long[1];
    session.each(Sql.of("""
        SELECT pair.one, pair.other FROM %1$s AS pair JOIN %2$s AS one ON one.id = pair.one
        JOIN %2$s AS other ON other.id = pair.other WHERE one.tab = %3$d AND other.tab = %3$d"""
        .formatted(Matching.PAIRS, Matching.RECORDS, source.rank())), row -> {
          clusters.join((int) row.number(1), (int) row.number(2));
          pairs[0]++;
        });
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
    return pairs[0];
  }

  /// `_dedup_record`: the rows with their groups; `_dedup_winner`: per group, the key of its winner, all keys, and the
  /// values of columns with a preference of their own.
  private void records(UnifiedSource source) {
    session.execute(Sql.format("""
        CREATE OR REPLACE TEMP TABLE _dedup_record AS
        SELECT source.*, groups.id AS _id, groups.group_id AS _group
        FROM (SELECT {} AS _key, {} AS _filled, * FROM {}) AS source JOIN _dedup_group AS groups
          ON groups.key = source._key""", source.key(), source.filled(), source.from()));
    var values = new ArrayList<Sql>();
    var own = columnsOfTheirOwn(source);
    for (int place = 0; place < own.size(); place++) {
      var column = Sql.name(own.get(place).name());
      values.add(Sql.format(", max_by({}, {}) FILTER ({} IS NOT NULL) AS c" + place, column,
          order(source, preference(source, own.get(place))), column));
    }
    session.execute(Sql.format(
        """
        CREATE OR REPLACE TEMP TABLE _dedup_winner AS
        SELECT _group, max_by(_key, {}) AS key, list(_key ORDER BY _key) AS keys{} FROM _dedup_record GROUP BY _group""",
        order(source, source.unified().deduplication().preference()), Sql.join("", values)));
  }

  private static List<Column> columnsOfTheirOwn(UnifiedSource source) {
    return source.columns().columns().stream().filter(column -> source.unified().deduplication().columns().keySet()
        .stream().anyMatch(column.name()::equalsIgnoreCase) && !isKey(source, column)).toList();
  }

  private static Preference preference(UnifiedSource source, Column column) {
    return source.unified().deduplication().columns().entrySet().stream()
        .filter(entry -> entry.getKey().equalsIgnoreCase(column.name())).findFirst().orElseThrow().getValue();
  }

  private static boolean isKey(UnifiedSource source, Column column) {
    return source.table().key().stream().anyMatch(column.name()::equalsIgnoreCase);
  }

  /// The greatest of this order wins.
  private static Sql order(UnifiedSource source, Preference preference) {
    var by = preference.by().or(() -> source.table().updated());
    if (by.isEmpty()) {
      return Sql.of("(_filled, _key)");
    }
    var column = source.column(by.get());
    Sql recency = switch (source.type(by.get())) {
      case INTEGER, NUMBER -> Sql.format("CAST({} AS DOUBLE)", column);
      case DATE, TIMESTAMP, STRING -> Sql.format("CAST(epoch_us(TRY_CAST({} AS TIMESTAMP)) AS DOUBLE)", column);
      case BOOLEAN, JSON -> Sql.of("CAST(NULL AS DOUBLE)");
    };
    return switch (preference.winner()) {
      case MOST_FILLED -> Sql.of("(_filled, _key)");
      case MOST_RECENT -> Sql.format("(coalesce({}, '-infinity'::DOUBLE), _filled, _key)", recency);
      case LEAST_RECENT -> Sql.format("(-coalesce({}, 'infinity'::DOUBLE), _filled, _key)", recency);
    };
  }

  /// One row per record: its group, the winner of the group, and the rules that joined it.
  private void show(UnifiedSource source, List<Integer> rules) {
    var columns = new ArrayList<Sql>();
    source.table().key().forEach(column -> columns.add(Sql.format("record.{}", source.column(column))));
    columns.add(Sql.format("""
        CASE WHEN record._key = winner.key THEN nullif(array_to_string(
          list_filter(winner.keys, lambda k: k <> winner.key), ';'), '') END AS {}""",
        Sql.name(String.join("_", source.table().key()) + "_Alternate")));
    columns.add(Sql.of("record._group AS \"Deduplication_GroupId\""));
    for (int place = 0; place < rules.size(); place++) {
      String suffix = place == 0 ? "" : "_" + place;
      columns.add(Sql.of("CASE WHEN hit.scores[%d] IS NOT NULL THEN ? END AS \"Rule%s\""
          .formatted(rules.get(place), suffix), definition.rules().get(rules.get(place)).name()));
      columns.add(Sql.of("hit.scores[%d] AS \"Score%s\"".formatted(rules.get(place), suffix)));
    }
    columns.add(Sql.of("winner.key AS \"Deduplication_WinnerId\""));
    source.columns().columns().stream().filter(column -> !isKey(source, column))
        .forEach(column -> columns.add(Sql.format("record.{}", Sql.name(column.name()))));
    session.execute(Sql.format("""
        CREATE OR REPLACE TABLE {} AS
        WITH hit AS (
          SELECT id, map_from_entries(list((rule, score))) AS scores
          FROM (SELECT id, rule, max(score) AS score
            FROM (SELECT one AS id, rule, score FROM %1$s UNION ALL SELECT other, rule, score FROM %1$s)
            GROUP BY id, rule)
          GROUP BY id)
        SELECT {} FROM _dedup_record AS record JOIN _dedup_winner AS winner USING (_group)
        LEFT JOIN hit ON hit.id = record._id""".formatted(Matching.PAIRS), Sql.name(shown(source)),
        Sql.join(", ", columns)));
  }

  private void deduplicate(UnifiedSource source) {
    var own = columnsOfTheirOwn(source);
    var columns = new ArrayList<Sql>();
    var values = new ArrayList<Sql>();
    for (var column : source.columns().columns()) {
      var name = Sql.name(column.name());
      int place = own.indexOf(column);
      Sql value = place < 0 ? Sql.format("record.{}", name) : Sql.of("winner.c" + place);
      values.add(value);
      columns.add(isKey(source, column) ? Sql.format("record.{}", name)
          : Sql.format("CASE WHEN record._key = winner.key THEN {} END AS {}", value, name));
    }
    source.identityColumns().keySet().forEach(column -> columns.add(
        Sql.format("record.{} AS {}", source.column(column), Sql.name(identityColumn(column)))));
    session.execute(Sql.format("""
        CREATE TABLE {} AS
        SELECT {}, CASE WHEN len(winner.keys) = 1 THEN CAST(record._row_hash AS VARCHAR)
          ELSE CAST(hash(winner.key, record._row_hash, {}) AS VARCHAR) END AS _row_hash
        FROM _dedup_record AS record JOIN _dedup_winner AS winner USING (_group)""", Sql.name(table(source)),
        Sql.join(", ", columns), Sql.join(", ", values)));
  }
}
