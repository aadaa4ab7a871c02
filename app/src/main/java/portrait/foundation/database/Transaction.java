package portrait.foundation.database;

import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import portrait.foundation.model.CustomerId;

/// Statements of one transaction. Everything in it happens, or nothing does.
///
/// Parameters may be text, whole and floating numbers, booleans, bytes, null, [Instant] (kept as microseconds since
/// 1970 in a `BIGINT` column), [UUID] and [CustomerId] (kept as text). Statements are prepared once per connection, so
/// pass constant SQL text and put what varies into parameters.
public final class Transaction {

  private final Session session;

  Transaction(Session session) {
    this.session = session;
  }

  /// Rows of a query, in its order.
  public <T> List<T> query(String sql, Function<ResultRow, T> mapper, @Nullable Object... parameters) {
    var found = new ArrayList<T>();
    each(sql, row -> found.add(mapper.apply(row)), parameters);
    return found;
  }

  /// The first row of a query, if any.
  public <T> Optional<T> first(String sql, Function<ResultRow, T> mapper, @Nullable Object... parameters) {
    try (var results = bound(sql, parameters).executeQuery()) {
      return results.next() ? Optional.of(mapper.apply(new ResultRow(results))) : Optional.empty();
    } catch (SQLException failure) {
      throw new StoreException(sql, failure);
    }
  }

  /// Hands each row of a query to `use`, without keeping them.
  public void each(String sql, Consumer<ResultRow> use, @Nullable Object... parameters) {
    try (var results = bound(sql, parameters).executeQuery()) {
      var row = new ResultRow(results);
      while (results.next()) {
        use.accept(row);
      }
    } catch (SQLException failure) {
      throw new StoreException(sql, failure);
    }
  }

  /// Runs one change and tells how many rows it touched.
  public int update(String sql, @Nullable Object... parameters) {
    try {
      return bound(sql, parameters).executeUpdate();
    } catch (SQLException failure) {
      throw new StoreException(sql, failure);
    }
  }

  /// Runs one change for many rows; nothing happens for an empty list. Use [#update] where the count matters: drivers
  /// may answer "unknown" for batches.
  public void batch(String sql, List<@Nullable Object[]> rows) {
    if (rows.isEmpty()) {
      return;
    }
    try {
      var statement = session.prepared(sql);
      for (var row : rows) {
        bind(statement, row);
        statement.addBatch();
      }
      statement.executeBatch();
    } catch (SQLException failure) {
      throw new StoreException(sql, failure);
    }
  }

  /// Appended to a SELECT whose rows this transaction is going to change.
  public String forUpdate() {
    return session.engine().forUpdate();
  }

  private PreparedStatement bound(String sql, @Nullable Object[] parameters) throws SQLException {
    var statement = session.prepared(sql);
    bind(statement, parameters);
    return statement;
  }

  private static void bind(PreparedStatement statement, @Nullable Object[] parameters) throws SQLException {
    for (int i = 0; i < parameters.length; i++) {
      switch (parameters[i]) {
        case null -> statement.setObject(i + 1, null);
        case String text -> statement.setString(i + 1, text);
        case Long number -> statement.setLong(i + 1, number);
        case Integer number -> statement.setLong(i + 1, number);
        case Double number -> statement.setDouble(i + 1, number);
        case Boolean answer -> statement.setBoolean(i + 1, answer);
        case byte[] bytes -> statement.setBytes(i + 1, bytes);
        case Instant moment -> statement.setLong(i + 1, ResultRow.micros(moment));
        case UUID id -> statement.setString(i + 1, id.toString());
        case CustomerId id -> statement.setString(i + 1, id.toString());
        default -> throw new IllegalArgumentException("cannot bind a " + parameters[i].getClass().getName());
      }
    }
  }
}
