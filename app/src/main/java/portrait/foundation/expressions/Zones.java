package portrait.foundation.expressions;

import java.time.DateTimeException;
import java.time.ZoneId;
import java.time.ZoneOffset;

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

  /// One object for UTC, however it is written, so that the short ways are taken.
  static ZoneId plain(ZoneId zone) {
    return zone.normalized().equals(ZoneOffset.UTC) ? ZoneOffset.UTC : zone;
  }
}
