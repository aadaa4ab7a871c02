package portrait.doors.http;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.LongSupplier;
import portrait.foundation.model.Problem;
import portrait.foundation.model.ProblemException;

/// Bounds what one address may ask with one limited key: the key is public, so anybody can use it for anything.
///
/// Each has a bucket of two seconds' worth, filled at the rate (the token bucket of Turner, 1986). The buckets of those
/// who asked longest ago are forgotten.
final class LookUpThrottle {

  private static final int BUCKETS_MAX = 10_000;
  private static final double NANOS = 1e9;

  private record Bucket(double left, long nanos) {}

  private final int perSecond;
  private final LongSupplier nanos;
  private final Map<String, Bucket> buckets = new LinkedHashMap<>(16, 0.75f, true) {
    @Override
    protected boolean removeEldestEntry(Map.Entry<String, Bucket> eldest) {
      return size() > BUCKETS_MAX;
    }
  };

  /// @param perSecond 0 for no bound
  /// @param nanos a clock that never goes back
  LookUpThrottle(int perSecond, LongSupplier nanos) {
    this.perSecond = perSecond;
    this.nanos = nanos;
  }

  /// Takes one out of the bucket.
  ///
  /// @throws ProblemException `too_many_requests` when it is empty
  synchronized void take(String keyAndAddress) {
    if (perSecond == 0) {
      return;
    }
    long now = nanos.getAsLong();
    double most = 2.0 * perSecond;
    var bucket = buckets.getOrDefault(keyAndAddress, new Bucket(most, now));
    double left = Math.min(most, bucket.left() + (now - bucket.nanos()) / NANOS * perSecond);
    if (left < 1) {
      throw Problem.of(Problem.Code.TOO_MANY_REQUESTS,
          "this key may be used %d times a second from one address".formatted(perSecond), "Ask less often.")
          .with("retryAfterSeconds", 1).asException();
    }
    buckets.put(keyAndAddress, new Bucket(left - 1, now));
  }
}
