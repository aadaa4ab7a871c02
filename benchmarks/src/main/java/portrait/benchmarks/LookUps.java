package portrait.benchmarks;

import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.locks.LockSupport;

/// Look-ups of random people through HTTP, and how long each took: one after the other on each connection, or at a given
/// rate, and then from the moment it was due, so that one that waited for another counts as slow, too.
///
/// @param sortedNanos of each look-up
record LookUps(long[] sortedNanos) {

  /// As many as are answered, see the other.
  static LookUps measure(URI url, String key, String path, int people, int step, int connections, Duration time)
      throws InterruptedException {
    return measure(url, key, path, people, step, connections, time, 0);
  }

  /// @param path with a `%d` for the number of a person
  /// @param step only people whose number is a multiple of this
  /// @param perSecond over all connections; 0 for as many as are answered
  static LookUps measure(URI url, String key, String path, int people, int step, int connections, Duration time,
      double perSecond) throws InterruptedException {
    long start = System.nanoTime();
    long end = start + time.toNanos();
    long nanosBetween = perSecond == 0 ? 0 : (long) (connections * 1e9 / perSecond);
    var work = new ArrayList<Callable<long[]>>();
    for (int connection = 0; connection < connections; connection++) {
      var random = new SplittableRandom(System.nanoTime() + connection);
      // One after the other, not all at the same moment.
      long first = start + (connection + 1) * nanosBetween / connections;
      work.add(() -> {
        var nanos = new long[1 << 20];
        int count = 0;
        try (var http = new HttpConnection(url)) {
          while (System.nanoTime() < end && count < nanos.length) {
            byte[] request = HttpConnection.get(url, path.formatted(random.nextInt((people + step - 1) / step) * step),
                "Bearer " + key);
            long due = first + count * nanosBetween;
            while (nanosBetween > 0 && System.nanoTime() < due) {
              LockSupport.parkNanos(due - System.nanoTime());
            }
            long began = nanosBetween == 0 ? System.nanoTime() : due;
            int status = http.send(request);
            nanos[count++] = System.nanoTime() - began;
            if (status != 200) {
              throw new IOException("the server answered " + status + " to " + path);
            }
          }
        }
        return Arrays.copyOf(nanos, count);
      });
    }
    try (var threads = Executors.newFixedThreadPool(connections)) {
      var all = new ArrayList<long[]>();
      for (var each : threads.invokeAll(work)) {
        all.add(each.get());
      }
      return new LookUps(all.stream().flatMapToLong(Arrays::stream).sorted().toArray());
    } catch (ExecutionException failed) {
      throw new IllegalStateException("the load generator failed", failed.getCause());
    }
  }

  int count() {
    return sortedNanos.length;
  }

  /// @param share of the look-ups that took no longer: 0.99
  double millis(double share) {
    return sortedNanos[Math.min(sortedNanos.length - 1, (int) (sortedNanos.length * share))] / 1e6;
  }
}
