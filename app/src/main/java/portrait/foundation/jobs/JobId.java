package portrait.foundation.jobs;

import java.util.UUID;
import portrait.foundation.model.Problem;
import portrait.foundation.model.ProblemException;

/// The id of one run of a job.
///
/// @param value a random UUID, written in lower case with hyphens
public record JobId(UUID value) {

  /// Reads an id as it is written in URLs.
  ///
  /// @throws ProblemException `invalid_parameter` when the text is no UUID
  public static JobId of(String text) {
    try {
      return new JobId(UUID.fromString(text));
    } catch (IllegalArgumentException notAUuid) {
      throw new ProblemException(Problem.of(Problem.Code.INVALID_PARAMETER,
          "job id was '%s' but must be a UUID".formatted(text), "Copy the id that the start of the job answered."),
          notAUuid);
    }
  }

  @Override
  public String toString() {
    return value.toString();
  }
}
