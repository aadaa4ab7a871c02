package portrait.stages.activities;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/// Rows of a source table as things that customers did.
///
/// @param table full name of the source table: `shop.orders`
/// @param customerColumn the column that names the customer
/// @param namespace what its values are: `email`, or the full name of a table for its primary key
/// @param timestamp the column that says when it happened
/// @param event what happened: `Order Completed`
/// @param properties column by property, in the order of the definition
/// @param where which rows count, as a condition on the columns
/// @param icon name of an icon on the timeline; may be empty
public record ActivityDefinition(String name, String title, String table, String customerColumn, String namespace,
    String timestamp, String event, Map<String, String> properties, Optional<String> where, boolean isInTimeline,
    String icon) {

  public ActivityDefinition {
    properties = Collections.unmodifiableMap(new LinkedHashMap<>(properties));
  }
}
