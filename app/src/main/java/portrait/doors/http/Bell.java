package portrait.doors.http;

import java.time.Clock;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import portrait.foundation.jobs.Job;
import portrait.foundation.jobs.Jobs;
import portrait.foundation.security.Caller;
import portrait.foundation.security.Security;

/// Work that has ended, and how much of it somebody has not seen yet.
public final class Bell {

  private static final String READ = "bell_read_until";
  /** Nobody who is new here is told of everything that ever was. */
  private static final Duration LOOK_BACK = Duration.ofDays(7);

  private final Jobs jobs;
  private final Security security;
  private final Clock clock;

  public Bell(Jobs jobs, Security security, Clock clock) {
    this.jobs = jobs;
    this.security = security;
    this.clock = clock;
  }

  /// How many runs have ended that were not marked as read.
  public long unread(Map<String, String> preferences) {
    return jobs.countEnded(readUntil(preferences));
  }

  /// The latest runs that have ended, those that ended last first.
  public List<Job> ended(int limit) {
    return jobs.ended(limit);
  }

  /// Up to which moment somebody has read.
  public Instant readUntil(Map<String, String> preferences) {
    return Optional.ofNullable(preferences.get(READ)).map(Instant::parse).orElse(clock.instant().minus(LOOK_BACK));
  }

  /// Marks everything up to a moment as read.
  ///
  /// @param until now when it is no moment
  public void read(Caller caller, Optional<String> until) {
    security.prefer(caller, Map.of(READ, until.flatMap(Bell::moment).orElse(clock.instant()).toString()));
  }

  private static Optional<Instant> moment(String text) {
    try {
      return Optional.of(Instant.parse(text));
    } catch (DateTimeException _) {
      return Optional.empty();
    }
  }
}
