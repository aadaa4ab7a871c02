package portrait.processes.live;

import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;
import portrait.foundation.model.CustomerId;
import portrait.foundation.model.Identity;

/// Where each attribute of a customer comes from, and why its records are together.
///
/// @param records what the customer is made of, one for each identity that a source says something about
public record Lineage(CustomerId customerId, List<Record> records, List<Attribute> attributes,
    List<IdentityMap.Tie> links) {

  /// @param source a source table, or `live` for what applications sent
  /// @param identity of a row, its key
  /// @param at when the source says it was so; null when it does not say
  /// @param wins attributes whose value is what it says, of the source that won
  public record Record(String source, Identity identity, @Nullable Instant at, List<String> wins) {}

  /// @param source whose value won
  /// @param at when that source says it was so; null when it does not say
  /// @param said what every source says, the winner included
  public record Attribute(String name, Object value, String source, @Nullable Instant at, List<Said> said) {}

  /// @param value null when the source blanks the attribute
  /// @param identity what the record hangs on
  public record Said(@Nullable Object value, String source, @Nullable Instant at, Identity identity) {}
}
