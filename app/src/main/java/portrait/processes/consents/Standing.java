package portrait.processes.consents;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import portrait.foundation.model.Identity;
import portrait.stages.consent.Status;

/// Where one customer stands with one purpose.
///
/// @param isAllowed whether data about them may be used for it, by what they said or by what silence means
/// @param isDefined whether there is a Purpose of that name
/// @param decisive the word that counts; empty when they said nothing
/// @param said what every source says, the decisive word included
public record Standing(String purpose, String title, Status status, boolean isAllowed, boolean isDefined,
    Optional<Said> decisive, List<Said> said) {

  public Standing {
    said = List.copyOf(said);
  }

  /// One source's word.
  ///
  /// @param source a source table, or `live` for what was sent or said here
  /// @param at since when; null when the source does not say
  /// @param identity under which it was said
  public record Said(Status status, String source, @Nullable Instant at, Identity identity) {}
}
