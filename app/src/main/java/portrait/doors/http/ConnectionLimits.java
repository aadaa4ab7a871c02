package portrait.doors.http;

import java.time.Duration;

/// What callers who open connections and then say little may cost.
///
/// @param connections how many there are at once; further ones wait for one to end
/// @param idle a connection on which nothing moves for so long is closed, in the middle of a request, too
/// @param bytesPerSecondMin a body that comes more slowly than this, from its first byte on, is refused
public record ConnectionLimits(int connections, Duration idle, long bytesPerSecondMin) {

  /// More connections than one machine answers well, and bodies slower than any telephone sends them.
  public static final ConnectionLimits STANDARD = new ConnectionLimits(10_000, Duration.ofSeconds(30), 64);
}
