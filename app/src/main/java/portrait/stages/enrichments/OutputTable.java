package portrait.stages.enrichments;

import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import portrait.foundation.database.Database;
import portrait.foundation.model.ColumnType;
import portrait.foundation.model.Schema;
import portrait.foundation.model.Schema.Column;
import portrait.foundation.warehouse.Warehouse;
import portrait.foundation.warehouse.WarehouseSession;

/// The output table of an enrichment in the warehouse: a row for each customer about whom something is known.
final class OutputTable {

  static final String ENRICHED_AT = "EnrichedAt";
  private static final int SLICE = 2_000;

  private final EnrichmentDefinition enrichment;
  private final AnswerTable answers;

  OutputTable(EnrichmentDefinition enrichment) {
    this.enrichment = enrichment;
    this.answers = new AnswerTable(enrichment.name());
  }

  /// Replaces the table.
  void write(Database database, Warehouse warehouse) {
    var types = types(database);
    var columns = new ArrayList<>(List.of(Column.of(enrichment.idColumn(), ColumnType.STRING)));
    enrichment.attributes().forEach((name, kept) -> columns.add(Column.of(name,
        types.getOrDefault(name, kept.type().orElse(ColumnType.STRING)))));
    columns.add(Column.of(ENRICHED_AT, ColumnType.TIMESTAMP));
    warehouse.write(session -> {
      session.create(enrichment.output(), new Schema(columns));
      return database.read(tx -> {
        var slice = new ArrayList<@Nullable Object[]>();
        answers.eachShown(tx, entry -> {
          slice.add(row(entry, columns));
          if (slice.size() == SLICE) {
            flush(session, slice);
          }
        });
        flush(session, slice);
        return true;
      });
    });
  }

  private void flush(WarehouseSession session, List<@Nullable Object[]> slice) {
    session.append(enrichment.output(), slice.stream());
    slice.clear();
  }

  private static @Nullable Object[] row(AnswerTable.Entry entry, List<Column> columns) {
    var row = new @Nullable Object[columns.size()];
    row[0] = entry.customer().toString();
    for (int place = 1; place < columns.size() - 1; place++) {
      row[place] = value(entry.attributes().get(columns.get(place).name()), columns.get(place).type());
    }
    row[columns.size() - 1] = entry.saidAt();
    return row;
  }

  private static @Nullable Object value(@Nullable Object value, ColumnType type) {
    return switch (type) {
      case STRING, JSON -> value instanceof Instant moment
          ? LocalDateTime.ofInstant(moment, ZoneOffset.UTC).toString()
          : value == null ? null : value.toString();
      case NUMBER -> value instanceof Number number ? (Object) number.doubleValue() : null;
      case INTEGER, BOOLEAN, DATE, TIMESTAMP -> value;
    };
  }

  /// The type that holds all values of an attribute.
  private Map<String, ColumnType> types(Database database) {
    var types = new TreeMap<String, ColumnType>();
    database.read(tx -> {
      answers.eachShown(tx, entry -> entry.attributes().forEach((name, value) -> {
        if (value != null) {
          types.merge(name, type(value), OutputTable::common);
        }
      }));
      return true;
    });
    return types;
  }

  private static ColumnType common(ColumnType one, ColumnType other) {
    boolean areNumbers = Set.of(ColumnType.INTEGER, ColumnType.NUMBER).containsAll(List.of(one, other));
    return one == other ? one : areNumbers ? ColumnType.NUMBER : ColumnType.STRING;
  }

  private static ColumnType type(Object value) {
    return switch (value) {
      case Long _ -> ColumnType.INTEGER;
      case Double _ -> ColumnType.NUMBER;
      case Boolean _ -> ColumnType.BOOLEAN;
      case LocalDate _ -> ColumnType.DATE;
      case Instant _ -> ColumnType.TIMESTAMP;
      case Object _ -> ColumnType.STRING;
    };
  }
}
