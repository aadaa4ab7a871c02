package portrait.foundation.model;

import com.fasterxml.jackson.annotation.JsonValue;
import java.util.UUID;

/// The stable id of one customer. Only the `identity` stage mints them; it survives refreshes, and after a merge the
/// ids that were given up keep resolving to the survivor.
///
/// @param value a UUID, written in lower case with hyphens
public record CustomerId(UUID value) implements Comparable<CustomerId> {

  /// Reads an id as it is written in URLs and files.
  ///
  /// @throws ProblemException `invalid_customer_id` when the text is no UUID
  public static CustomerId of(String text) {
    try {
      return new CustomerId(UUID.fromString(text));
    } catch (IllegalArgumentException notAUuid) {
      throw new ProblemException(Problem.of(Problem.Code.INVALID_CUSTOMER_ID,
          "CustomerId was '%s' but must be a UUID".formatted(text), "Copy the customerId of a look-up."), notAUuid);
    }
  }

  @Override
  public int compareTo(CustomerId other) {
    return value.compareTo(other.value);
  }

  /// The id as it is written in URLs, files and JSON.
  @JsonValue
  @Override
  public String toString() {
    return value.toString();
  }
}
