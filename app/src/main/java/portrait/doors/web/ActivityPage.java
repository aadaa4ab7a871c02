package portrait.doors.web;

import java.util.List;
import java.util.Map;
import java.util.Optional;

/// One activity, from a table and its columns to a line on the timeline.
///
/// @param types what rows can mean
/// @param namespaces what the values of the customer's column can be
/// @param events names to choose from
/// @param icons names of icons
/// @param rows the first rows of the table
/// @param lines how they look on the timeline, once there is enough to say so
/// @param reached columns of the tables on the way to the customer
/// @param mistakes by field; those of no field under an empty name
public record ActivityPage(ActivityForm form, boolean isNew, List<String> tables, List<String> types,
    List<Column> columns, List<String> namespaces, List<String> events, List<String> icons, List<List<String>> rows,
    List<Line> lines, List<String> reached, Map<String, List<String>> mistakes) {

  /// @param property what it is called on an event; empty when it is not taken along
  public record Column(String name, String type, String property) {}

  /// A row as a line of the timeline.
  public record Line(String at, String title, String detail) {}

  public List<String> mistakes(String field) {
    return mistakes.getOrDefault(field, List.of());
  }

  /// Columns that can say when something happened, before all others.
  public List<String> times() {
    var times = columns.stream().filter(column -> isTime(column)).map(Column::name).toList();
    return times.isEmpty() ? columns.stream().map(Column::name).toList() : times;
  }

  private static boolean isTime(Column column) {
    return column.type().equals("timestamp") || column.type().equals("date");
  }

  public Optional<Column> column(String name) {
    return columns.stream().filter(column -> column.name().equals(name)).findFirst();
  }
}
