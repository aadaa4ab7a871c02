package portrait.processes.live;

import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;
import portrait.foundation.model.CustomerId;
import portrait.foundation.model.Identity;

/// Where each attribute of a customer comes from, and why its records are together.
public record Lineage(CustomerId customerId, List<Attribute> attributes, List<IdentityMap.Tie> links) {

  /// @param source whose value won
  /// @param at when that source says it was so; null when it does not say
  /// @param said what every source says, the winner included
  public record Attribute(String name, Object value, String source, @Nullable Instant at, List<Said> said) {}

  /// @param value null when the source blanks the attribute
  /// @param identity what the record hangs on
  public record Said(@Nullable Object value, String source, @Nullable Instant at, Identity identity) {}
}
