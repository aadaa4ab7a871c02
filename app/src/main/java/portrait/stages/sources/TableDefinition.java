package portrait.stages.sources;

import java.util.List;
import java.util.Optional;
import portrait.stages.sources.readers.CsvOptions;
import portrait.stages.sources.readers.FileFormat;

/// One table of a source.
///
/// @param source the source's name
/// @param name unique in its source ignoring case
/// @param format empty when the file's ending tells
/// @param csv what is known about its CSV files
/// @param path where its files are, as written: a file or a pattern such as `data/orders-*.csv`
/// @param connection where the path is to be looked for, when not on this machine
/// @param query what is asked of the database behind the connection, when the path names no table of it
/// @param key the primary key; [#LINE_NUMBER] alone when the rows have none of their own
/// @param updated the column that says how recent a row is
/// @param mode how files are loaded when the caller does not say
/// @param corruptLimit share of refused rows, 0 to 1, above which a load is given up
/// @param columns empty when they are found by looking at the file; [TableState#columns()] has the ones in use
public record TableDefinition(String source, String name, String title, Optional<FileFormat> format, CsvOptions csv,
    Optional<String> path, Optional<String> connection, Optional<String> query, List<String> key,
    Optional<String> updated, LoadMode mode,
    double corruptLimit,
    List<ColumnDefinition> columns) {

  /// The key of tables whose rows have none of their own: the line of the file on which the row begins.
  public static final String LINE_NUMBER = "line_number";

  public TableDefinition {
    key = List.copyOf(key);
    columns = List.copyOf(columns);
  }

  /// The name everywhere in definitions and on screen: `shop.contacts`.
  public String fullName() {
    return source + "." + name;
  }

  /// The table in the warehouse: `shop_contacts`.
  public String warehouseName() {
    return source + "_" + name;
  }

  /// The table of refused rows in the warehouse: `shop_contacts_corrupt`.
  public String corruptName() {
    return warehouseName() + "_corrupt";
  }

  /// The namespace of the primary key as an identity; several key columns are joined by `|`.
  public String namespace() {
    return fullName();
  }

  /// Whether a refresh knows where to read it from.
  public boolean isFetched() {
    return path().isPresent() || query().isPresent();
  }

  /// Whether the rows have no key of their own and are told apart by their line.
  public boolean isKeyedByLine() {
    return key.equals(List.of(LINE_NUMBER));
  }
}
