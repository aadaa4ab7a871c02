package portrait.stages.unification;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import portrait.foundation.expressions.EventProperties;
import portrait.foundation.jobs.Progress;
import portrait.foundation.model.ColumnType;
import portrait.foundation.model.Identity;
import portrait.foundation.model.Schema;
import portrait.foundation.warehouse.Sql;
import portrait.foundation.warehouse.Warehouse;
import portrait.foundation.warehouse.WarehouseRow;
import portrait.foundation.warehouse.WarehouseSession;
import tools.jackson.databind.json.JsonMapper;

/// Tells which rows of the unified tables changed since they were last taken in.
///
/// [#STATE] (source, key, state) holds the hash of each row and of the mapping when the row was handed on. It is replaced
/// only after every change was handed on, so a run that fails in between hands the same rows on again, which does no
/// harm.
final class Records {

  static final String STATE = "_unification_state";

  private static final String NEXT = "_unification_next";
  private static final String COLUMNS = " (source VARCHAR, key VARCHAR, state VARCHAR)";
  private static final int SLICE = 5_000;
  private static final JsonMapper JSON = JsonMapper.shared();

  private final Warehouse warehouse;
  private final List<UnifiedSource> sources;

  Records(Warehouse warehouse, List<UnifiedSource> sources) {
    this.warehouse = warehouse;
    this.sources = sources;
  }

  static void create(WarehouseSession session) {
    session.execute("CREATE TABLE IF NOT EXISTS " + STATE + COLUMNS);
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
      sources.forEach(
          source -> rows(session, source, "next.state IS DISTINCT FROM known.state", listener, progress));
      gone(session, listener, progress);
      return expected;
    });
    warehouse.write(session -> session.execute("CREATE OR REPLACE TABLE " + STATE + " AS FROM " + NEXT));
    return expected;
  }

  /// Hands on every row that is as it was when it was taken in; those that changed since wait for the next refresh.
  ///
  /// @return how many rows; nothing is known before the first refresh
  Optional<Long> handOnTakenIn(RecordListener listener, Progress progress) {
    boolean isKnown = warehouse.read(session -> session.schema(STATE).isPresent());
    if (!isKnown) {
      return Optional.empty();
    }
    warehouse.write(this::prepare);
    return Optional.of(warehouse.read(session -> {
      sources.forEach(source -> rows(session, source, "next.state = known.state", listener, progress));
      return session.first(Sql.of("SELECT count(*) FROM " + STATE), row -> row.number(1)).orElseThrow();
    }));
  }

  /// Those of the keys whose rows were not taken in.
  List<Identity> unknown(List<Identity> keys) {
    return warehouse.read(session -> {
      var taken = new HashSet<Identity>();
      keys.stream().map(Identity::namespace).distinct().forEach(source -> {
        var values = Sql.join(", ", keys.stream().filter(key -> key.namespace().equals(source))
            .map(key -> Sql.of("?", key.value())).toList());
        session.each(Sql.format("SELECT key FROM %s WHERE source = {} AND key IN ({})".formatted(STATE),
            Sql.of("?", source), values), row -> taken.add(new Identity(source, row.text(1))));
      });
      return keys.stream().filter(key -> !taken.contains(key)).toList();
    });
  }

  /// Writes the present state aside and counts how many rows differ from the last one.
  private long prepare(WarehouseSession session) {
    create(session);
    // Not `AS FROM … LIMIT 0`: DuckDB 2.0.0.1 finds no row of such a table in a join when many are inserted in the same
    // transaction.
    session.execute("CREATE OR REPLACE TABLE " + NEXT + COLUMNS);
    for (var source : sources) {
      session.execute(Sql.format("INSERT INTO " + NEXT + " {}{}", states(source), matchedOnly(source)));
    }
    return session.first(Sql.of("""
        SELECT count(*) FROM %s AS next FULL JOIN %s AS known USING (source, key)
        WHERE next.state IS DISTINCT FROM known.state""".formatted(NEXT, STATE)), row -> row.number(1)).orElseThrow();
  }

  private static Sql states(UnifiedSource source) {
    String mapping = UUID.nameUUIDFromBytes(source.mapping().getBytes(StandardCharsets.UTF_8)).toString().substring(0,
        8);
    return Sql.format("""
        SELECT {}, _key, hash || '/%s' FROM (SELECT {} AS _key, CAST(_row_hash AS VARCHAR) AS hash FROM {})
        WHERE _key <> '' AND length(_key) <= %d""".formatted(mapping, Identity.VALUE_LENGTH_MAX),
        Sql.of("?", source.name()), source.key(), source.from());
  }

  /// Remembers that the rows of a source were handed on as they are now.
  static void taken(WarehouseSession session, UnifiedSource source, List<String> keys) {
    create(session);
    session.execute(Sql.format("DELETE FROM " + STATE + " WHERE source = {} AND key IN ({})",
        Sql.of("?", source.name()), Sql.join(", ", keys.stream().map(key -> Sql.of("?", key)).toList())));
    session.execute(Sql.format("INSERT INTO " + STATE + " {}", states(source)));
  }

  /// The rows of a source, which must be few.
  static List<SourceRecord> of(WarehouseSession session, UnifiedSource source) {
    var attributes = source.attributes();
    return session.query(
        Sql.format("SELECT _key, _updated{} FROM (SELECT {} AS _key, {} AS _updated, * FROM {}) AS record"
            + " WHERE _key <> '' AND length(_key) <= %d ORDER BY _key".formatted(Identity.VALUE_LENGTH_MAX),
            selected(source), source.key(), source.updated(), source.from()),
        row -> record(row, source, source.identityColumns(), attributes));
  }

  /// What makes a record, after its key and its time.
  private static Sql selected(UnifiedSource source) {
    var selected = new ArrayList<Sql>();
    source.identityColumns().keySet().forEach(column -> selected.add(source.identity(column)));
    source.attributes().values()
        .forEach(column -> selected.add(Sql.format("record.{}", Sql.name(column.name()))));
    return Sql.join("", selected.stream().map(column -> Sql.format(", {}", column)).toList());
  }

  /// Rows that join no row of another table are left out where the definition says so.
  private Sql matchedOnly(UnifiedSource source) {
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
    source.identityColumns().forEach((column, namespace) -> others(source).forEach(other -> {
      if (other.name().equals(namespace)) {
        joined.add(sharing(source, column, other, other.key()));
      }
      other.identityColumns().forEach((otherColumn, otherNamespace) -> {
        if (otherNamespace.equals(namespace)) {
          joined.add(sharing(source, column, other, other.identity(otherColumn)));
        }
      });
    }));
    return Sql.format(" AND _key IN ({})", Sql.join(" UNION ALL ", joined));
  }

  private List<UnifiedSource> others(UnifiedSource source) {
    return sources.stream().filter(other -> other.rank() != source.rank()).toList();
  }

  private static Sql sharing(UnifiedSource source, String column, UnifiedSource other, Sql value) {
    return Sql.format("SELECT {} FROM {} WHERE {} IN (SELECT {} FROM {})", source.key(), source.from(),
        source.identity(column), value, other.from());
  }

  private static void rows(WarehouseSession session, UnifiedSource source, String which, RecordListener listener,
      Progress progress) {
    var identityColumns = source.identityColumns();
    var attributes = source.attributes();
    var slice = new ArrayList<SourceRecord>();
    var name = Sql.of("?", source.name());
    session.each(Sql.format("""
        WITH changed AS (
          SELECT key AS _changed FROM (SELECT * FROM %1$s WHERE source = {}) AS next
          LEFT JOIN (SELECT * FROM %2$s WHERE source = {}) AS known USING (key)
          WHERE %3$s)
        SELECT _key, _updated{} FROM (SELECT {} AS _key, {} AS _updated, * FROM {}) AS record
        JOIN changed ON changed._changed = record._key"""
        .formatted(NEXT, STATE, which), name, name,
        selected(source), source.key(), source.updated(), source.from()), row -> {
          slice.add(record(row, source, identityColumns, attributes));
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

  private static SourceRecord record(WarehouseRow row, UnifiedSource source, Map<String, String> identityColumns,
      Map<String, Schema.Column> attributes) {
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
    for (var attribute : attributes.entrySet()) {
      Object value = row.value(place++);
      boolean isJson = attribute.getValue().type() == ColumnType.JSON;
      Object known = isJson && value instanceof String json ? ofJson(json) : value;
      if (known != null) {
        values.put(attribute.getKey(), known);
      }
    }
    return new SourceRecord(source.name(), identities, values, row.instantOrNull(2));
  }

  /// A list stays one, so that its items can be looked at; an object is the text that it is.
  private static @Nullable Object ofJson(String text) {
    var json = JSON.readTree(text);
    return json.isArray() ? json : json.isObject() ? text : EventProperties.scalar(json);
  }

  private static void gone(WarehouseSession session, RecordListener listener, Progress progress) {
    var slice = new ArrayList<Identity>();
    session.each(Sql.of("""
        SELECT source, key FROM %s AS known ANTI JOIN %s AS next USING (source, key) ORDER BY source, key"""
        .formatted(STATE, NEXT)), row -> {
          var key = new Identity(row.text(1), row.text(2));
          if (slice.size() == SLICE || !slice.isEmpty() && !slice.getFirst().namespace().equals(key.namespace())) {
            gone(slice, listener, progress);
          }
          slice.add(key);
        });
    gone(slice, listener, progress);
  }

  private static void gone(List<Identity> slice, RecordListener listener, Progress progress) {
    if (!slice.isEmpty()) {
      listener.gone(slice.getFirst().namespace(), List.copyOf(slice));
      progress.done(slice.size());
      slice.clear();
    }
  }
}
