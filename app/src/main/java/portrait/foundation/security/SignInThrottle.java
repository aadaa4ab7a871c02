package portrait.foundation.security;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import portrait.foundation.model.Problem;
import portrait.foundation.model.ProblemException;

/// Slows down guessing: after five failures in a row a user name must wait, longer each time up to a minute. Nobody is
/// locked out for good, and a name that does not exist is treated the same.
final class SignInThrottle {

  private static final int FREE_FAILURES = 5;
  private static final Duration WAIT_MAX = Duration.ofMinutes(1);
  private static final Duration FORGET_AFTER = Duration.ofMinutes(15);
  private static final int NAMES_MAX = 10_000;

  private record Failures(int count, Instant last) {

    Instant nextAttempt() {
      if (count < FREE_FAILURES) {
        return last;
      }
      Duration wait = Duration.ofSeconds(1L << Math.min(count - FREE_FAILURES, 6));
      return last.plus(wait.compareTo(WAIT_MAX) > 0 ? WAIT_MAX : wait);
    }
  }

  private final Clock clock;
  private final Map<String, Failures> byName = new LinkedHashMap<>(16, 0.75f, true) {
    @Override
    protected boolean removeEldestEntry(Map.Entry<String, Failures> eldest) {
      return size() > NAMES_MAX;
    }
  };

  SignInThrottle(Clock clock) {
    this.clock = clock;
  }

  /// Counts an attempt as failed until [#succeeded] says otherwise, so that attempts made at the same time cannot
  /// outrun the count.
  ///
  /// @throws ProblemException `too_many_requests` that says how long to wait
  synchronized void attempt(String user) {
    Instant now = clock.instant();
    var failures = byName.get(user);
    if (failures != null && now.isAfter(failures.last().plus(FORGET_AFTER))) {
      failures = null;
    }
    if (failures != null && now.isBefore(failures.nextAttempt())) {
      long seconds = Math.max(1, Duration.between(now, failures.nextAttempt()).plusMillis(999).toSeconds());
      throw Problem.of(Problem.Code.TOO_MANY_REQUESTS,
          "too many sign-ins failed for this user: wait %d seconds".formatted(seconds))
          .with("retryAfterSeconds", seconds).asException();
    }
    byName.put(user, new Failures(failures == null ? 1 : failures.count() + 1, now));
  }

  synchronized void succeeded(String user) {
    byName.remove(user);
  }
}
