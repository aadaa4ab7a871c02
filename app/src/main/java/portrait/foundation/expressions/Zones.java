package portrait.foundation.expressions;

import java.time.DateTimeException;
import java.time.ZoneId;
import java.time.ZoneOffset;
import portrait.foundation.model.Problem;
import portrait.foundation.model.ProblemException;
import tools.jackson.databind.JsonNode;

/// Time zones by name.
public final class Zones {

  private Zones() {}

  /// Reads a zone of the IANA list, for example `Europe/Paris`.
  ///
  /// @throws IllegalArgumentException when there is none of that name
  public static ZoneId of(String name) {
    if (!name.equals("UTC") && !ZoneId.getAvailableZoneIds().contains(name)) {
      throw new IllegalArgumentException(
          "'%s' is no time zone%s".formatted(name, Mistake.nearest(name, ZoneId.getAvailableZoneIds())));
    }
    try {
      return plain(ZoneId.of(name));
    } catch (DateTimeException unknown) {
      throw new IllegalArgumentException("'%s' is no time zone".formatted(name), unknown);
    }
  }

  /// The `time_zone` of a definition; UTC when it has none.
  ///
  /// @throws ProblemException `invalid_definition` when there is none of that name
  public static ZoneId ofSpec(JsonNode spec) {
    try {
      return spec.has("time_zone") ? of(spec.get("time_zone").stringValue()) : ZoneOffset.UTC;
    } catch (IllegalArgumentException unknown) {
      throw new ProblemException(Problem.of(Problem.Code.INVALID_DEFINITION, "time_zone: " + unknown.getMessage(),
          "Use a name of the IANA list such as Europe/Paris."), unknown);
    }
  }

  /// One object for UTC, however it is written, so that the short ways are taken.
  static ZoneId plain(ZoneId zone) {
    return zone.normalized().equals(ZoneOffset.UTC) ? ZoneOffset.UTC : zone;
  }
}
