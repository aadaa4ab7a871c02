package portrait.stages.sources.readers;

import java.util.List;
import java.util.Optional;
import portrait.foundation.model.ColumnType;
import portrait.foundation.warehouse.Sql;

/// A file made ready for the warehouse: what could be read, as text, and what could not, with the reason.
///
/// Rows that cannot be read at all (ragged, broken quotes, wrong encoding) are told apart here; whether a value fits
/// its column's type is the caller's matter.
public interface Extract {

  /// The columns of the file, in its order, unique ignoring case.
  List<String> columns();

  /// The file's name for a column that is asked for by that name; empty when the file has no such column.
  Optional<String> find(String name);

  /// A query of the readable rows: `line`, where the row begins in the file, then a text column `c1`, `c2`, … for each
  /// of the named columns.
  ///
  /// @param columns names that [#find] gave
  Sql rows(List<String> columns);

  /// A query of the readable rows as they are in the file: `line`, `raw`.
  Sql raw();

  /// A query of the rows that cannot be read: `line`, `field`, `found`, `expected`, `reason`, `raw`.
  Sql refused();

  /// How many rows the file has, readable or not.
  long rowsRead();

  /// How many lines the file has, so that a second file's lines can be counted on.
  long lines();

  /// The dialect in full, for CSV.
  Optional<CsvOptions> csv();

  /// Whether a row takes the place of an earlier one with its key; else it is refused, as one too many.
  default boolean laterRowsHold() {
    return false;
  }

  /// The type of a column, where whoever gave the rows knows it.
  default Optional<ColumnType> type(String column) {
    return Optional.empty();
  }
}
