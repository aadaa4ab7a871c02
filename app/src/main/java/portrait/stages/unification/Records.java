package portrait.stages.unification;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import portrait.foundation.jobs.Progress;
import portrait.foundation.model.Identity;
import portrait.foundation.warehouse.Sql;
import portrait.foundation.warehouse.Warehouse;
import portrait.foundation.warehouse.WarehouseRow;
import portrait.foundation.warehouse.WarehouseSession;

/// Tells which rows of a unified table changed since they were last taken in.
///
/// Beside each source table lies `_unification_state_<table>` (key, state): the hash of each row and of the mapping when
/// the row was handed on. It is replaced only after every change was handed on, so a run that fails in between hands
/// the same rows on again, which does no harm.
final class Records {

  private static final int SLICE = 5_000;

  private final Warehouse warehouse;
  private final UnifiedSource source;
  private final List<UnifiedSource> others;

  Records(Warehouse warehouse, UnifiedSource source, List<UnifiedSource> all) {
    this.warehouse = warehouse;
    this.source = source;
    this.others = all.stream().filter(other -> other.rank() != source.rank()).toList();
  }

  /// Hands on every change and then remembers the present state.
  ///
  /// @return how many rows changed or went
  long handOn(RecordListener listener, Progress progress) {
    long expected = warehouse.write(this::prepare);
    progress.expect(expected);
    if (expected == 0) {
      return 0;
    }
    warehouse.read(session -> {
      changed(session, listener, progress);
      gone(session, listener, progress);
      return expected;
    });
    warehouse.write(session -> session.execute(Sql.format("CREATE OR REPLACE TABLE {} AS SELECT * FROM {}",
        stateTable(), nextTable())));
    return expected;
  }

  /// Writes the present state aside and counts how many rows differ from the last one.
  private long prepare(WarehouseSession session) {
    session.execute(Sql.format("CREATE TABLE IF NOT EXISTS {} (key VARCHAR, state VARCHAR)", stateTable()));
    String mapping = UUID.nameUUIDFromBytes(source.mapping().getBytes(StandardCharsets.UTF_8)).toString()
        .substring(0, 8);
    session.execute(Sql.format("""
        CREATE OR REPLACE TABLE {} AS
        SELECT key, row_hash || '/%s' AS state
        FROM (SELECT {} AS key, CAST(_row_hash AS VARCHAR) AS row_hash FROM {})
        WHERE key <> '' AND length(key) <= %d{}""".formatted(mapping, Identity.VALUE_LENGTH_MAX), nextTable(),
        source.key(), source.from(), matchedOnly()));
    return session.first(Sql.format("""
        SELECT count(*) FROM {} AS next FULL JOIN {} AS known USING (key)
        WHERE next.state IS DISTINCT FROM known.state""", nextTable(), stateTable()), row -> row.number(1))
        .orElseThrow();
  }

  /// Rows that join no row of another table are left out where the definition says so.
  private Sql matchedOnly() {
    if (source.unified().includeAll()) {
      return Sql.of("");
    }
    var joined = new ArrayList<Sql>();
    joined.add(Sql.of("""
        SELECT record.key FROM %1$s AS record JOIN (
          SELECT pair.one AS id, other.tab FROM %2$s AS pair JOIN %1$s AS other ON other.id = pair.other
          UNION ALL
          SELECT pair.other, one.tab FROM %2$s AS pair JOIN %1$s AS one ON one.id = pair.one
        ) AS partner USING (id)
        WHERE record.tab = %3$d AND partner.tab <> %3$d""".formatted(Matching.RECORDS, Matching.PAIRS, source.rank())));
    source.identityColumns().forEach((column, namespace) -> others.forEach(other -> {
      if (other.name().equals(namespace)) {
        joined.add(sharing(column, other, other.key()));
      }
      other.identityColumns().forEach((otherColumn, otherNamespace) -> {
        if (otherNamespace.equals(namespace)) {
          joined.add(sharing(column, other, text(other, otherColumn)));
        }
      });
    }));
    return Sql.format(" AND key IN ({})", Sql.join(" UNION ALL ", joined));
  }

  private Sql sharing(String column, UnifiedSource other, Sql value) {
    return Sql.format("SELECT {} FROM {} WHERE {} IN (SELECT {} FROM {})", source.key(), source.from(),
        text(source, column), value, other.from());
  }

  private void changed(WarehouseSession session, RecordListener listener, Progress progress) {
    var identityColumns = source.identityColumns();
    var attributes = source.attributes();
    var selected = new ArrayList<Sql>();
    identityColumns.keySet().forEach(column -> selected.add(text(source, column)));
    attributes.values().forEach(column -> selected.add(Sql.name(column.name())));
    var slice = new ArrayList<SourceRecord>();
    session.each(Sql.format("""
        SELECT source.key, source.updated{}
        FROM (SELECT {} AS key, {} AS updated, * FROM {}) AS source
        JOIN {} AS next USING (key) LEFT JOIN {} AS known USING (key)
        WHERE next.state IS DISTINCT FROM known.state""",
        Sql.join("", selected.stream().map(column -> Sql.format(", {}", column)).toList()), source.key(),
        source.updated(), source.from(), nextTable(), stateTable()), row -> {
          slice.add(record(row, identityColumns, List.copyOf(attributes.keySet())));
          if (slice.size() == SLICE) {
            listener.changed(source.name(), List.copyOf(slice));
            progress.done(slice.size());
            slice.clear();
          }
        });
    if (!slice.isEmpty()) {
      listener.changed(source.name(), List.copyOf(slice));
      progress.done(slice.size());
    }
  }

  private SourceRecord record(WarehouseRow row, Map<String, String> identityColumns, List<String> attributes) {
    var identities = new ArrayList<Identity>();
    identities.add(new Identity(source.table().namespace(), row.text(1)));
    int place = 3;
    for (String namespace : identityColumns.values()) {
      String value = row.textOrNull(place++);
      if (value != null && !value.isBlank() && value.length() <= Identity.VALUE_LENGTH_MAX) {
        identities.add(new Identity(namespace, value));
      }
    }
    var values = new LinkedHashMap<String, Object>();
    for (String attribute : attributes) {
      Object value = row.value(place++);
      if (value != null) {
        values.put(attribute, value);
      }
    }
    return new SourceRecord(source.name(), identities, values, row.instantOrNull(2));
  }

  private void gone(WarehouseSession session, RecordListener listener, Progress progress) {
    var slice = new ArrayList<Identity>();
    session.each(Sql.format("SELECT key FROM {} AS known ANTI JOIN {} AS next USING (key)", stateTable(), nextTable()),
        row -> {
          slice.add(new Identity(source.table().namespace(), row.text(1)));
          if (slice.size() == SLICE) {
            listener.gone(source.name(), List.copyOf(slice));
            progress.done(slice.size());
            slice.clear();
          }
        });
    if (!slice.isEmpty()) {
      listener.gone(source.name(), List.copyOf(slice));
      progress.done(slice.size());
    }
  }

  /// An identity column as it is compared and kept: text without space around it.
  private static Sql text(UnifiedSource source, String column) {
    return Sql.format("trim(CAST({} AS VARCHAR))", source.column(column));
  }

  static Sql stateTable(String warehouseName) {
    return Sql.name("_unification_state_" + warehouseName);
  }

  private Sql stateTable() {
    return stateTable(source.table().warehouseName());
  }

  private Sql nextTable() {
    return Sql.name("_unification_next_" + source.table().warehouseName());
  }
}
