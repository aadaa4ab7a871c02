package portrait.stages.activities;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Rows of a source table, or events that applications send, as things that customers did.
///
/// @param table full name of the source table: `shop.orders`; empty for events that applications send
/// @param customer who did it; empty for events that applications send, which say so themselves
/// @param timestamp the column that says when it happened
/// @param event what happened: `Order Completed`
/// @param properties column by property, in the order of the definition
/// @param where which rows count, as a condition on the columns
/// @param entry what the timeline shows of it
/// @param isInTimeline what is not in the timeline is not in answers about events either; segments and measures see it
/// @param icon name of an icon on the timeline; may be empty
public record ActivityDefinition(String name, String title, Optional<ActivityType> type, Optional<String> table,
    Optional<Customer> customer, String timestamp, String event, Map<String, String> properties,
    Optional<String> where, Entry entry, boolean isInTimeline, String icon) {

  public ActivityDefinition {
    properties = Collections.unmodifiableMap(new LinkedHashMap<>(properties));
  }

  /// How a row names its customer.
  ///
  /// @param column of the row, or, when the way leads through other tables, of the last of them
  /// @param namespace what its values are: `email`, or the full name of a table for its primary key
  /// @param through tables on the way, the nearest first
  public record Customer(String column, String namespace, List<Hop> through) {
    public Customer {
      through = List.copyOf(through);
    }
  }

  /// One step to another table.
  ///
  /// @param from column of the table before
  /// @param table full name of the other table
  /// @param to its column with the same value
  public record Hop(String from, String table, String to) {}

  /// Properties to show; empty for none.
  ///
  /// @param url where a click leads, when it is an address of the web
  public record Entry(String title, String detail, String url) {}
}
