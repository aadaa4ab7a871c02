package portrait.stages.sources.readers;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import portrait.foundation.model.ColumnType;
import portrait.foundation.warehouse.Sql;
import portrait.foundation.warehouse.Warehouse;

/// Records that come one by one from a system outside, made ready for the warehouse as those of a file of JSON Lines
/// are: on disk, not in memory. What counts the lines of a file is here each record's own number.
public final class RecordRows implements AutoCloseable {

  private static final int SHOWN_BYTES_MAX = 10_000;

  private final StagedRows rows;
  private final StagedRows refused;
  private long read;
  private long last;

  /// @param folder where temporary files may be put; the caller deletes it
  public RecordRows(Path folder) {
    try {
      rows = new StagedRows(Files.createTempFile(folder, "records", ".csv"));
      refused = new StagedRows(Files.createTempFile(folder, "refused", ".csv"));
    } catch (IOException failure) {
      throw new UncheckedIOException("staging records", failure);
    }
  }

  /// Takes the next record.
  ///
  /// @param number its number, greater than those before
  /// @param json an object, which is checked; what is none is refused
  public void add(long number, byte[] json) {
    try {
      read++;
      last = number;
      String fault = fault(json);
      if (fault.isEmpty()) {
        rows.begin(number);
        rows.field(json, 0, json.length);
        rows.end();
      } else {
        refused.begin(number);
        for (String field : List.of("", "", "one JSON object", fault, shown(json))) {
          refused.field(field);
        }
        refused.end();
      }
    } catch (IOException failure) {
      throw new UncheckedIOException("staging records", failure);
    }
  }

  /// Empty when there is none.
  private static String fault(byte[] json) {
    if (json.length > CsvParser.RECORD_BYTES_MAX) {
      return "the record is longer than %,d bytes".formatted(CsvParser.RECORD_BYTES_MAX);
    }
    for (byte octet : json) {
      if (octet == 0) {
        return "the record holds a zero byte";
      }
    }
    return Utf8.isValid(json, 0, json.length) ? "" : "the record is not UTF-8";
  }

  private static String shown(byte[] json) {
    return new String(json, 0, Math.min(json.length, SHOWN_BYTES_MAX), StandardCharsets.UTF_8).replace('\0', '�');
  }

  /// How many came.
  public long read() {
    return read;
  }

  /// All that came. Nothing comes any more.
  ///
  /// @param columns all that records have, with the types that are known; none when each record has its own
  /// @param isLog whether a later record takes the place of an earlier one with its key
  public Extract extract(Map<String, Optional<ColumnType>> columns, boolean isLog, Warehouse warehouse) {
    close();
    var names = columns.isEmpty() ? JsonLinesReader.keys(rows, warehouse) : List.copyOf(columns.keySet());
    return new Records(new JsonLinesReader.JsonExtract(new FileColumns(names), rows, refused, read, last), columns,
        isLog);
  }

  @Override
  public void close() {
    try (rows; refused) {
      // Written to the end.
    } catch (IOException failure) {
      throw new UncheckedIOException("staging records", failure);
    }
  }

  private record Records(JsonLinesReader.JsonExtract json, Map<String, Optional<ColumnType>> known, boolean isLog)
      implements
        Extract {

    @Override
    public List<String> columns() {
      return json.columns();
    }

    /// Where the columns are known, one that is not among them is not there.
    @Override
    public Optional<String> find(String name) {
      return known.isEmpty() ? json.find(name) : json.file().find(name);
    }

    @Override
    public Sql rows(List<String> columns) {
      return json.rows(columns);
    }

    @Override
    public Sql raw() {
      return json.raw();
    }

    @Override
    public Sql refused() {
      return json.refused();
    }

    @Override
    public long rowsRead() {
      return json.rowsRead();
    }

    @Override
    public long lines() {
      return json.lines();
    }

    @Override
    public Optional<CsvOptions> csv() {
      return Optional.empty();
    }

    @Override
    public boolean laterRowsHold() {
      return isLog;
    }

    @Override
    public Optional<ColumnType> type(String column) {
      return Optional.ofNullable(known.get(column)).flatMap(type -> type);
    }
  }
}
