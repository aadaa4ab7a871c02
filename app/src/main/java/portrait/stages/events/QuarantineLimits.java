package portrait.stages.events;

import java.time.Duration;

/// How much the quarantine holds. What is beyond leaves it, the oldest first, and is counted.
///
/// @param bytesMax of the messages and what their batches said
/// @param age how long a message waits
public record QuarantineLimits(long messagesMax, long bytesMax, Duration age) {

  private static final long MEGABYTE = 1L << 20;

  /// Enough for a bad release of an app to be noticed and put right.
  public static final QuarantineLimits STANDARD = of(100_000, 256, 90);

  /// In the units that people set.
  public static QuarantineLimits of(long messagesMax, long megabytesMax, long days) {
    return new QuarantineLimits(messagesMax, megabytesMax * MEGABYTE, Duration.ofDays(days));
  }
}
