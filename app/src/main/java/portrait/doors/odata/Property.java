package portrait.doors.odata;

import java.util.Collection;
import portrait.foundation.model.ColumnType;

/// A property of the entities of a set.
///
/// @param name as the feed shows it
/// @param column of the table, or attribute of the customer, that it shows
/// @param isInWarehouse whether all rows can be filtered and sorted by it; the others are known of one customer or
///        segment at a time
record Property(String name, String column, ColumnType type, boolean isInWarehouse) {

  /// The name of a column as an identifier of the language: letters, digits and underscores. What differs only in other
  /// signs is numbered.
  static String named(String column, Collection<String> taken) {
    var name = new StringBuilder(column.length());
    column.codePoints().forEach(c -> name.appendCodePoint(Character.isLetterOrDigit(c) ? c : '_'));
    if (name.isEmpty() || Character.isDigit(name.charAt(0))) {
      name.insert(0, '_');
    }
    String wanted = name.toString();
    String free = wanted;
    for (int number = 2; isTaken(free, taken); number++) {
      free = wanted + "_" + number;
    }
    return free;
  }

  private static boolean isTaken(String name, Collection<String> taken) {
    return taken.stream().anyMatch(name::equalsIgnoreCase);
  }

  /// The type as CSDL names it.
  String edmType() {
    return switch (type) {
      case STRING, JSON -> "Edm.String";
      case INTEGER -> "Edm.Int64";
      case NUMBER -> "Edm.Double";
      case BOOLEAN -> "Edm.Boolean";
      case DATE -> "Edm.Date";
      case TIMESTAMP -> "Edm.DateTimeOffset";
    };
  }
}
