package portrait.foundation.warehouse;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import org.jspecify.annotations.Nullable;

/// The current row of a query; columns are counted from 1. Do not keep it: it moves on with the query.
public final class WarehouseRow {

  private final ResultSet results;

  WarehouseRow(ResultSet results) {
    this.results = results;
  }

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

  public long number(int column) {
    return get(() -> results.getLong(column));
  }

  public double decimal(int column) {
    return get(() -> results.getDouble(column));
  }

  public boolean isTrue(int column) {
    return get(() -> results.getBoolean(column));
  }

  /// A moment; the warehouse keeps timestamps without a zone, in UTC.
  public @Nullable Instant instantOrNull(int column) {
    return get(() -> switch (results.getObject(column)) {
      case null -> null;
      case java.sql.Timestamp stamp -> stamp.toLocalDateTime().toInstant(ZoneOffset.UTC);
      case LocalDateTime time -> time.toInstant(ZoneOffset.UTC);
      case OffsetDateTime time -> time.toInstant();
      default -> throw new IllegalStateException("column " + column + " is no timestamp");
    });
  }

  /// The value as String, Long, Double, Boolean, [LocalDate], [Instant] or null, whatever the column's type is.
  public @Nullable Object value(int column) {
    return get(() -> switch (results.getObject(column)) {
      case null -> null;
      case Byte number -> number.longValue();
      case Short number -> number.longValue();
      case Integer number -> number.longValue();
      case Float number -> number.doubleValue();
      case java.math.BigDecimal number -> number.doubleValue();
      case java.math.BigInteger number -> number.longValue();
      case java.sql.Date day -> day.toLocalDate();
      case java.sql.Timestamp stamp -> stamp.toLocalDateTime().toInstant(ZoneOffset.UTC);
      case LocalDateTime time -> time.toInstant(ZoneOffset.UTC);
      case OffsetDateTime time -> time.toInstant();
      case Long number -> number;
      case Double number -> number;
      case Boolean answer -> answer;
      case LocalDate day -> day;
      case Object other -> other.toString();
    });
  }

  /// How many columns the query has.
  public int columns() {
    return get(() -> results.getMetaData().getColumnCount());
  }

  /// A column's name in the query.
  public String columnName(int column) {
    return get(() -> results.getMetaData().getColumnLabel(column));
  }

  private static <T extends @Nullable Object> T get(Getter<T> getter) {
    try {
      return getter.get();
    } catch (SQLException failure) {
      throw new WarehouseException("reading a row", failure);
    }
  }

  private interface Getter<T extends @Nullable Object> {
    T get() throws SQLException;
  }
}
