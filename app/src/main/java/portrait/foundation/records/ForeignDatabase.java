package portrait.foundation.records;

import java.net.UnknownHostException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;
import org.sqlite.SQLiteErrorCode;
import org.sqlite.SQLiteException;
import portrait.foundation.model.ColumnType;
import portrait.foundation.model.Problem;
import portrait.foundation.model.ProblemException;
import tools.jackson.databind.json.JsonMapper;

/// A database of somebody else, over JDBC: one connection for each question, which may only read, and one snapshot for
/// all that is read at once.
///
/// How far was read is the newest value of a column, as the database itself writes it, with its type: nothing is lost on
/// the way through another system's numbers and times.
final class ForeignDatabase implements RecordStore {

  private static final JsonMapper JSON = JsonMapper.shared();
  private static final int ROWS_A_FETCH = 2_000;
  private static final String NEWEST = "newest";
  private static final String NEWEST_TYPE = "newest_type";
  private static final Pattern TYPE = Pattern.compile("[A-Za-z0-9_ .\"]+");

  private final Dialect dialect;
  private final String name;
  private final Opening opening;

  /// @param name where it is, for messages
  ForeignDatabase(Dialect dialect, String name, Opening opening) {
    this.dialect = dialect;
    this.name = name;
    this.opening = opening;
  }

  /// Opens a connection.
  @FunctionalInterface
  interface Opening {
    Connection open() throws SQLException;
  }

  /// Where the products differ.
  ///
  /// @param isTyped whether it is columns that have types, or each value
  /// @param typeOfNewest the type of the greatest value of a column
  /// @param textOfNewest that value as text
  record Dialect(boolean isTyped, String typeOfNewest, String textOfNewest) {

    static final Dialect POSTGRESQL = new Dialect(true, "pg_typeof(max(%1$s))::text", "max(%1$s)::text");
    /// Numbers lose their last digits unless they are asked for.
    static final Dialect SQLITE = new Dialect(false, "typeof(max(%1$s))", """
        CASE typeof(max(%1$s)) WHEN 'real' THEN printf('%%!.17g', max(%1$s)) ELSE CAST(max(%1$s) AS TEXT) END""");
  }

  @Override
  public String verify() {
    return asked(connection -> {
      var product = connection.getMetaData();
      // A file is opened when it is first read.
      try (
          var statement = connection
              .prepareStatement(dialect.isTyped() ? "SELECT 1" : "SELECT count(*) FROM sqlite_schema");
          var answer = statement.executeQuery()) {
        answer.next();
      }
      return "%s %s answers".formatted(product.getDatabaseProductName(), product.getDatabaseProductVersion());
    });
  }

  @Override
  public Read read(Wanted wanted, Sink sink) {
    String rows = wanted.isQuery() ? "(" + query(wanted.what()) + "\n)" : path(wanted.what());
    String part = wanted.isQuery() ? "query" : wanted.what();
    return asked(connection -> {
      var columns = columns(connection, rows);
      var positions = new TreeMap<>(wanted.positions());
      String all = "SELECT * FROM %s AS wanted".formatted(rows);
      if (wanted.newest().isEmpty()) {
        try (var statement = connection.prepareStatement(all)) {
          stream(statement, part, sink);
        }
        return new Read(columns, positions, false);
      }
      String column = quoted(found(wanted.newest().orElseThrow(), columns));
      positions.putAll(newest(connection, rows, column));
      var type = Optional.ofNullable(wanted.positions().get(NEWEST_TYPE)).filter(TYPE.asMatchPredicate());
      try (var statement = connection.prepareStatement(all
          + type.map(written -> " WHERE %s >= CAST(? AS %s)".formatted(column, written)).orElse(""))) {
        if (type.isPresent()) {
          statement.setString(1, wanted.positions().get(NEWEST));
        }
        stream(statement, part, sink);
      }
      return new Read(columns, positions, false);
    });
  }

  /// One statement that asks: what stands behind it would be run as another one.
  private static String query(String text) {
    String query = text.strip().replaceFirst(";$", "").strip();
    if (query.contains(";")) {
      throw Problem.of(Problem.Code.INVALID_DEFINITION, "query has a ; but must be one SELECT",
          "In a text, write the character another way: chr(59) in PostgreSQL, char(59) in SQLite.").asException();
    }
    return query;
  }

  private List<Column> columns(Connection connection, String rows) throws SQLException {
    try (var statement = connection.prepareStatement("SELECT * FROM %s AS wanted LIMIT 0".formatted(rows));
        var none = statement.executeQuery()) {
      var about = none.getMetaData();
      var columns = new ArrayList<Column>();
      var used = new HashSet<String>();
      for (int place = 1; place <= about.getColumnCount(); place++) {
        String label = about.getColumnLabel(place);
        if (!used.add(label.toLowerCase(Locale.ROOT))) {
          throw Problem.of(Problem.Code.INVALID_DEFINITION, "two columns are called '%s'".formatted(label),
              "Give one of them another name in the query, with AS.").asException();
        }
        columns.add(new Column(label, dialect.isTyped() ? type(about, place) : Optional.empty()));
      }
      return columns;
    }
  }

  /// Empty for numbers of any size: their values tell.
  private static Optional<ColumnType> type(ResultSetMetaData about, int place) throws SQLException {
    return switch (about.getColumnTypeName(place)) {
      case "int2", "int4", "int8", "smallserial", "serial", "bigserial", "oid" -> Optional.of(ColumnType.INTEGER);
      case "float4", "float8" -> Optional.of(ColumnType.NUMBER);
      case "numeric" -> about.getScale(place) > 0 ? Optional.of(ColumnType.NUMBER) : Optional.empty();
      case "bool" -> Optional.of(ColumnType.BOOLEAN);
      case "date" -> Optional.of(ColumnType.DATE);
      case "timestamp", "timestamptz" -> Optional.of(ColumnType.TIMESTAMP);
      case "json", "jsonb" -> Optional.of(ColumnType.JSON);
      default -> Optional.of(ColumnType.STRING);
    };
  }

  private static String found(String wanted, List<Column> columns) {
    return columns.stream().map(Column::name).filter(wanted::equals).findFirst()
        .or(() -> columns.stream().map(Column::name).filter(wanted::equalsIgnoreCase).findFirst())
        .orElseThrow(() -> Problem.of(Problem.Code.INVALID_DEFINITION,
            "updated names the column '%s', but there are %s".formatted(wanted,
                columns.stream().map(Column::name).collect(Collectors.joining(", "))),
            "Name one of these as `updated`.").asException());
  }

  /// How far this reading goes; empty when no row has a value there.
  private Map<String, String> newest(Connection connection, String rows, String column) throws SQLException {
    String asked = "SELECT %s, %s FROM %s AS wanted".formatted(dialect.typeOfNewest(), dialect.textOfNewest(), rows);
    try (var statement = connection.prepareStatement(asked.formatted(column)); var found = statement.executeQuery()) {
      found.next();
      String text = found.getString(2);
      return found.wasNull() ? Map.of() : Map.of(NEWEST_TYPE, found.getString(1), NEWEST, text);
    }
  }

  private static void stream(PreparedStatement statement, String part, Sink sink) throws SQLException {
    statement.setFetchSize(ROWS_A_FETCH);
    try (var rows = statement.executeQuery()) {
      var about = rows.getMetaData();
      int columns = about.getColumnCount();
      for (long number = 1; rows.next(); number++) {
        var record = JSON.createObjectNode();
        for (int place = 1; place <= columns; place++) {
          record.put(about.getColumnLabel(place), text(rows, about, place));
        }
        sink.record(part, number, JSON.writeValueAsBytes(record));
        if (number % ROWS_A_FETCH == 0 && Thread.currentThread().isInterrupted()) {
          throw Problem.of(Problem.Code.CANCELLED, "cancelled while reading " + part).asException();
        }
      }
    }
  }

  /// A value as text: JSON's own numbers would be rounded on their way.
  private static @Nullable String text(ResultSet rows, ResultSetMetaData about, int place) throws SQLException {
    if (about.getColumnTypeName(place).equals("timestamptz")) {
      var moment = rows.getObject(place, OffsetDateTime.class);
      return moment == null ? null : moment.toInstant().toString();
    }
    return rows.getObject(place) instanceof Double number ? number.toString() : rows.getString(place);
  }

  private <T> T asked(Question<T> question) {
    try (var connection = opening.open()) {
      connection.setReadOnly(true);
      connection.setAutoCommit(false);
      if (dialect.isTyped()) {
        connection.setTransactionIsolation(Connection.TRANSACTION_REPEATABLE_READ);
      }
      T answer = question.ask(connection);
      connection.rollback();
      return answer;
    } catch (SQLException failure) {
      throw new ProblemException(problem(failure), failure);
    }
  }

  @FunctionalInterface
  private interface Question<T> {
    T ask(Connection connection) throws SQLException;
  }

  /// What the database says can quote values, so it is told only where it speaks of names.
  private Problem problem(SQLException failure) {
    String state = Optional.ofNullable(failure.getSQLState()).orElse("");
    if (state.startsWith("28")) {
      return unreachable("does not accept the sign-in",
          "Check user and password, and whether this machine may connect.");
    }
    if (state.equals("3D000")) {
      return unreachable("is not there: the server answers and has no such database", "Check its name.");
    }
    if (state.equals("42501")) {
      return unreachable("does not let the user read that", "Grant SELECT on it, and USAGE on its schema.");
    }
    if (state.startsWith("42") || failure instanceof SQLiteException wrong
        && wrong.getResultCode() == SQLiteErrorCode.SQLITE_ERROR) {
      return Problem.of(Problem.Code.INVALID_DEFINITION, "%s cannot answer: %s".formatted(name,
          String.valueOf(failure.getMessage()).lines().findFirst().orElse("")),
          "Check the name of the table, or the query.");
    }
    if (failure instanceof SQLiteException wrong && wrong.getResultCode() == SQLiteErrorCode.SQLITE_NOTADB) {
      return unreachable("is no database of SQLite", "Check which file it is.");
    }
    if (state.startsWith("08")) {
      return unreachable(
          causes(failure).anyMatch(UnknownHostException.class::isInstance) ? "is at a host that is not known"
              : causes(failure).anyMatch(SSLException.class::isInstance)
                  || String.valueOf(failure.getMessage()).contains("SSL")
                      ? "does not speak with the encryption that is wanted, or its certificate is not trusted"
                      : "does not answer",
          "Check host, port and encryption, and that a firewall lets this machine through.");
    }
    return unreachable("failed (%s)".formatted(state.isEmpty() ? "code " + failure.getErrorCode() : state),
        "The log of the database says more.");
  }

  private static Stream<Throwable> causes(Throwable failure) {
    return Stream.iterate(failure, Objects::nonNull, Throwable::getCause);
  }

  private Problem unreachable(String what, String hint) {
    return Problem.of(Problem.Code.SERVER_UNREACHABLE, "%s %s".formatted(name, what), hint);
  }

  /// `public.customers`, as names and nothing else.
  private static String path(String table) {
    return Stream.of(table.split("[.]")).map(ForeignDatabase::quoted).collect(Collectors.joining("."));
  }

  private static String quoted(String name) {
    return '"' + name.replace("\"", "\"\"") + '"';
  }

  @Override
  public void close() {
    // Each question has a connection of its own.
  }
}
