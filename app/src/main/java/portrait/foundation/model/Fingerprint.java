package portrait.foundation.model;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.UUID;

/// Says in brief what something was made of, so that a change shows without keeping all of it.
public final class Fingerprint {

  private Fingerprint() {}

  /// The same for the same parts in the same order, in every process.
  public static String of(List<String> parts) {
    return UUID.nameUUIDFromBytes(String.join("\0", parts).getBytes(StandardCharsets.UTF_8)).toString();
  }
}
