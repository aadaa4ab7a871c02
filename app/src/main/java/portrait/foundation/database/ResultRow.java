package portrait.foundation.database;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import org.jspecify.annotations.Nullable;

/// The current row of a query; columns are counted from 1. Do not keep it: it moves on with the query.
public final class ResultRow {

  private final ResultSet results;

  ResultRow(ResultSet results) {
    this.results = results;
  }

  /// Text that cannot be null.
  public String text(int column) {
    String value = textOrNull(column);
    if (value == null) {
      throw new IllegalStateException("column " + column + " is null");
    }
    return value;
  }

  public @Nullable String textOrNull(int column) {
    return get(() -> results.getString(column));
  }

  /// A whole number; 0 where the column is null.
  public long number(int column) {
    return get(() -> results.getLong(column));
  }

  public @Nullable Long numberOrNull(int column) {
    return get(() -> {
      long value = results.getLong(column);
      return results.wasNull() ? null : value;
    });
  }

  /// A floating number; 0 where the column is null.
  public double decimal(int column) {
    return get(() -> results.getDouble(column));
  }

  public @Nullable Double decimalOrNull(int column) {
    return get(() -> {
      double value = results.getDouble(column);
      return results.wasNull() ? null : value;
    });
  }

  /// An answer; false where the column is null.
  public boolean isTrue(int column) {
    return get(() -> results.getBoolean(column));
  }

  /// Bytes that cannot be null.
  public byte[] bytes(int column) {
    byte @Nullable [] value = get(() -> results.getBytes(column));
    if (value == null) {
      throw new IllegalStateException("column " + column + " is null");
    }
    return value;
  }

  /// A moment that cannot be null.
  public Instant instant(int column) {
    Instant value = instantOrNull(column);
    if (value == null) {
      throw new IllegalStateException("column " + column + " is null");
    }
    return value;
  }

  public @Nullable Instant instantOrNull(int column) {
    Long micros = numberOrNull(column);
    return micros == null ? null : Instant.EPOCH.plus(micros, ChronoUnit.MICROS);
  }

  /// How moments are kept: microseconds since 1970.
  static long micros(Instant moment) {
    return Math.addExact(Math.multiplyExact(moment.getEpochSecond(), 1_000_000L), moment.getNano() / 1_000);
  }

  private static <T extends @Nullable Object> T get(Getter<T> getter) {
    try {
      return getter.get();
    } catch (SQLException failure) {
      throw new StoreException("reading a row", failure);
    }
  }

  private interface Getter<T extends @Nullable Object> {
    T get() throws SQLException;
  }
}
