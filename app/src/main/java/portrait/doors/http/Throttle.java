package portrait.doors.http;

import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import portrait.foundation.model.Problem;
import portrait.foundation.model.ProblemException;

/// Bounds how often each caller may ask: two seconds' worth may come at once, then the rate holds.
///
/// It is the generic cell rate algorithm (ATM Forum, Traffic Management Specification 4.0, 1996): one number a caller,
/// the moment at which all that was asked would have been due at the even rate. So it takes one compare-and-set, and no
/// lock that all callers share.
final class Throttle {

  private static final int CALLERS_MAX = 10_000;
  private static final long NANOS = 1_000_000_000;
  private static final int BURST_SECONDS = 2;

  private final int perSecond;
  private final String who;
  private final LongSupplier nanos;
  private final ConcurrentHashMap<String, AtomicLong> dueAt = new ConcurrentHashMap<>();

  /// @param perSecond 0 for no bound
  /// @param who is bounded, in the words of the refusal
  /// @param nanos a clock that never goes back
  Throttle(int perSecond, String who, LongSupplier nanos) {
    this.perSecond = perSecond;
    this.who = who;
    this.nanos = nanos;
  }

  boolean isBounding() {
    return perSecond > 0;
  }

  /// What holds for callers without a rate of their own.
  int perSecond() {
    return perSecond;
  }

  /// Takes one request of a caller without a rate of its own.
  int take(String caller) {
    return take(caller, perSecond);
  }

  /// Takes one request of this caller.
  ///
  /// @param perSecond its rate; 0 for no bound
  /// @return how many more it may send at once
  /// @throws ProblemException `too_many_requests` when it has to wait
  int take(String caller, int perSecond) {
    if (perSecond == 0) {
      return Integer.MAX_VALUE;
    }
    long spacing = NANOS / perSecond;
    long now = nanos.getAsLong();
    long burst = BURST_SECONDS * NANOS;
    var due = dueAt.computeIfAbsent(caller, _ -> new AtomicLong(now));
    while (true) {
      long before = due.get();
      long after = Math.max(before, now) + spacing;
      if (after - now > burst) {
        throw Problem.of(Problem.Code.TOO_MANY_REQUESTS, "%s may be used %d times a second".formatted(who, perSecond),
            "Ask less often.").with("retryAfterSeconds", 1).asException();
      }
      if (due.compareAndSet(before, after)) {
        if (dueAt.size() > CALLERS_MAX) {
          forget(now);
        }
        return (int) ((burst - (after - now)) / spacing);
      }
    }
  }

  /// Whoever could send a whole burst is like a newcomer. When that is nobody, all are let off rather than kept.
  private void forget(long now) {
    dueAt.values().removeIf(due -> due.get() <= now);
    if (dueAt.size() > CALLERS_MAX) {
      dueAt.clear();
    }
  }
}
