package portrait.foundation.warehouse;

import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.duckdb.DuckDBConnection;
import org.jspecify.annotations.Nullable;
import portrait.foundation.model.Schema;

/// Statements of one warehouse transaction.
public final class WarehouseSession {

  private static final int ROWS_BETWEEN_CHECKS = 1_000;
  /// Rather too often than too seldom: it only makes the session look again.
  private static final Pattern OF_DEFINITION = Pattern.compile("\\b(?:CREATE|DROP|ALTER)\\b(?! (?:OR REPLACE )?TEMP )");

  private final DuckDBConnection connection;
  private final Cancellation cancellation;
  /// Names of the tables that were made by [#createTemporary].
  private final Set<String> temporary = new HashSet<>();
  /// What [#lasting] found and what was asked about it, until a statement may have changed it.
  private final Map<String, String> lasting = new HashMap<>();
  private final Map<String, Schema> schemas = new HashMap<>();

  WarehouseSession(DuckDBConnection connection, Cancellation cancellation) {
    this.connection = connection;
    this.cancellation = cancellation;
  }

  /// Runs a statement; several may stand in one text when they take no parameters.
  ///
  /// @return how many rows it changed
  public long execute(Sql sql) {
    try (var statement = prepared(sql)) {
      cancellation.starts(statement);
      statement.execute();
      return Math.max(0, statement.getUpdateCount());
    } catch (SQLException failure) {
      throw new WarehouseException(sql.text(), failure);
    } finally {
      cancellation.ended();
      if (OF_DEFINITION.matcher(sql.text()).find()) {
        lasting.clear();
        schemas.clear();
      }
    }
  }

  /// Runs a statement without parameters.
  public long execute(String sql) {
    return execute(Sql.of(sql));
  }

  /// Rows of a query, in its order. Ask for few: all are kept.
  public <T> List<T> query(Sql sql, Function<WarehouseRow, T> mapper) {
    var found = new ArrayList<T>();
    each(sql, row -> found.add(mapper.apply(row)));
    return found;
  }

  /// The first row of a query, if any.
  public <T> Optional<T> first(Sql sql, Function<WarehouseRow, T> mapper) {
    return query(sql, mapper).stream().findFirst();
  }

  /// The rows of a query of two texts: the second by the first.
  public Map<String, String> texts(Sql sql) {
    var texts = new TreeMap<String, String>();
    each(sql, row -> texts.put(row.text(1), row.text(2)));
    return texts;
  }

  /// Hands each row of a query to `use`, without keeping them.
  public void each(Sql sql, Consumer<WarehouseRow> use) {
    try (var statement = prepared(sql)) {
      cancellation.starts(statement);
      try (var results = statement.executeQuery()) {
        var row = new WarehouseRow(results);
        for (long count = 1; results.next(); count++) {
          use.accept(row);
          if (count % ROWS_BETWEEN_CHECKS == 0) {
            cancellation.check();
          }
        }
      }
    } catch (SQLException failure) {
      throw new WarehouseException(sql.text(), failure);
    } finally {
      cancellation.ended();
    }
  }

  /// The columns of a table or view, or empty when there is none of that name.
  public Optional<Schema> schema(String table) {
    return Optional.ofNullable(lasting().get(table)).map(qualified -> schemas.computeIfAbsent(table,
        _ -> new Schema(query(Sql.of("DESCRIBE " + qualified),
            row -> Schema.Column.of(row.text(1), ColumnTypes.of(row.text(2)))))));
  }

  /// Whether there is a table or view of that name.
  public boolean exists(String table) {
    return lasting().containsKey(table);
  }

  /// All tables and views by name, each as it is called where a temporary one may hide it. Listing them costs several times
  /// what a small statement does, so it is done once for as long as this session adds and drops none.
  private Map<String, String> lasting() {
    if (lasting.isEmpty()) {
      each(Sql.of("""
          SELECT table_name, database_name FROM duckdb_tables()
          WHERE database_name = current_database() AND schema_name = 'main'
          UNION ALL SELECT view_name, database_name FROM duckdb_views()
          WHERE database_name = current_database() AND schema_name = 'main' AND NOT internal"""),
          row -> lasting.put(row.text(1), "%s.main.%s".formatted(Sql.quoted(row.text(2)), Sql.quoted(row.text(1)))));
    }
    return lasting;
  }

  /// Creates an empty table, replacing one of that name.
  public void create(String table, Schema schema) {
    create("TABLE", table, schema);
  }

  /// Creates an empty table that ends with this session and hides a lasting one of its name until then.
  public void createTemporary(String table, Schema schema) {
    create("TEMP TABLE", table, schema);
    temporary.add(table);
  }

  private void create(String kind, String table, Schema schema) {
    execute("CREATE OR REPLACE " + kind + " " + Sql.quoted(table) + " ("
        + String.join(", ", schema.columns().stream()
            .map(column -> Sql.quoted(column.name()) + " " + ColumnTypes.name(column.type())).toList())
        + ")");
  }

  /// Adds rows in bulk: values in the order of the table's columns, null for absent ones. This is the only fast way in;
  /// single INSERTs are a hundred times slower.
  ///
  /// @return how many rows were added
  public long append(String table, Stream<@Nullable Object[]> rows) {
    long count = 0;
    try (var appender = temporary.contains(table) ? connection.createAppender("temp", "main", table)
        : connection.createAppender("main", table)) {
      for (Iterator<@Nullable Object[]> each = rows.iterator(); each.hasNext();) {
        appender.beginRow();
        for (Object value : each.next()) {
          append(appender, value);
        }
        appender.endRow();
        if (++count % ROWS_BETWEEN_CHECKS == 0) {
          cancellation.check();
        }
      }
    } catch (SQLException failure) {
      throw new WarehouseException("appending to " + table, failure);
    }
    return count;
  }

  private static void append(org.duckdb.DuckDBAppender appender, @Nullable Object value) throws SQLException {
    switch (value) {
      case null -> appender.appendNull();
      case String text -> appender.append(text);
      case Long number -> appender.append(number);
      case Integer number -> appender.append(number);
      case Double number -> appender.append(number);
      case Boolean answer -> appender.append(answer);
      case java.time.LocalDate day -> appender.append(day);
      case Instant moment -> appender.append(LocalDateTime.ofInstant(moment, ZoneOffset.UTC));
      default -> throw new IllegalArgumentException("cannot append a " + value.getClass().getName());
    }
  }

  private PreparedStatement prepared(Sql sql) throws SQLException {
    var statement = connection.prepareStatement(sql.text());
    int place = 1;
    for (Object value : sql.parameters()) {
      statement.setObject(place++, switch (value) {
        case null -> null;
        case Instant moment -> LocalDateTime.ofInstant(moment, ZoneOffset.UTC);
        default -> value;
      });
    }
    return statement;
  }
}
