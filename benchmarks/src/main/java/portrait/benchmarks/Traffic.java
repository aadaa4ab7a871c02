package portrait.benchmarks;

import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Iterator;
import java.util.SplittableRandom;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.locks.LockSupport;

/// What visitors of a shop send: views and orders of a number of people, through HTTP or as bodies.
///
/// @param people how many there are: `device-0`, of which one in five is also `user-0`
/// @param active how many of them, spread over all, do something
record Traffic(int people, int active) {

  /** Everybody whose number is a multiple of this is signed in, always on the same device. */
  static final int SIGNED_IN = 5;
  private static final String CONTEXT = """
      ,"context":{"library":{"name":"analytics-node","version":"3.1.0"},\
      "userAgent":"Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0","ip":\
      "192.0.2.7","locale":"fr-FR","page":{"path":"/products","title":"Products","url":"https://shop.example/"}}}""";

  /** Prime, so that multiples of it meet each number of people once. */
  private static final long STRIDE = 7_368_787;

  /// Everybody is as likely to do something.
  Traffic(int people) {
    this(people, people);
  }

  /// Sends fresh events until the time is up.
  ///
  /// @param eventsPerSecond at most so many; 0 for as many as the server takes
  /// @return how many were acknowledged
  long send(URI url, String key, int batch, int connections, Duration time, double eventsPerSecond)
      throws InterruptedException {
    String authorization = basic(key);
    long began = System.nanoTime();
    long end = began + time.toNanos();
    double nanosPerRequest = eventsPerSecond == 0 ? 0 : connections * batch * 1e9 / eventsPerSecond;
    var work = new ArrayList<Callable<Long>>();
    for (int connection = 0; connection < connections; connection++) {
      var random = new SplittableRandom(System.nanoTime() + connection);
      // In turn, as strangers do, and not all at once.
      long first = began + (long) (nanosPerRequest * connection / connections);
      work.add(() -> {
        long acknowledged = 0;
        try (var http = new HttpConnection(url)) {
          for (long request = 0; System.nanoTime() < end; request++) {
            LockSupport.parkNanos(first + (long) (request * nanosPerRequest) - System.nanoTime());
            int status = http.send(HttpConnection.post(url, "/v1/batch", authorization, body(random, batch)));
            if (status == 200) {
              acknowledged += batch;
            } else if (status != 503) {
              throw new IOException("the server answered " + status);
            }
          }
        }
        return acknowledged;
      });
    }
    return sum(work);
  }

  /// Requests that carry no event: what HTTP, the key and the parser cost alone.
  ///
  /// @return how many were answered
  static long sendNothing(URI url, String key, int connections, Duration time) throws InterruptedException {
    byte[] request = HttpConnection.post(url, "/v1/batch", basic(key),
        "{\"batch\":[]}".getBytes(StandardCharsets.UTF_8));
    long end = System.nanoTime() + time.toNanos();
    var work = new ArrayList<Callable<Long>>();
    for (int connection = 0; connection < connections; connection++) {
      work.add(() -> {
        long answered = 0;
        try (var http = new HttpConnection(url)) {
          while (System.nanoTime() < end) {
            int status = http.send(request);
            if (status != 200) {
              throw new IOException("the server answered " + status + " to an empty batch");
            }
            answered++;
          }
        }
        return answered;
      });
    }
    return sum(work);
  }

  static long sum(ArrayList<Callable<Long>> work) throws InterruptedException {
    try (var threads = Executors.newFixedThreadPool(work.size())) {
      long sum = 0;
      for (Future<Long> each : threads.invokeAll(work)) {
        sum += each.get();
      }
      return sum;
    } catch (ExecutionException failed) {
      throw new IllegalStateException("the load generator failed", failed.getCause());
    }
  }

  private static String basic(String key) {
    return "Basic " + Base64.getEncoder().encodeToString((key + ":").getBytes(StandardCharsets.UTF_8));
  }

  /// A batch of about 600 bytes an event; one in ten is an order, the others are views.
  byte[] body(SplittableRandom random, int batch) {
    var text = new StringBuilder(700 * batch).append("{\"batch\":[");
    String now = Instant.now().toString();
    for (int i = 0; i < batch; i++) {
      int person = (int) (random.nextInt(active) * STRIDE % people);
      boolean isSignedIn = person % SIGNED_IN == 0 && random.nextInt(4) == 0;
      int product = random.nextInt(500);
      // By hand: a formatter would cost the generator, which shares the machine, as much as the server spends.
      text.append(i == 0 ? "{\"type\":\"track\",\"event\":\"" : ",{\"type\":\"track\",\"event\":\"")
          .append(random.nextInt(10) == 0 ? "Order Completed" : "Product Viewed").append("\",\"messageId\":\"")
          .append(new UUID(random.nextLong(), random.nextLong())).append("\",\"anonymousId\":\"device-").append(person)
          .append(isSignedIn ? "\",\"userId\":\"user-" + person : "").append("\",\"timestamp\":\"").append(now)
          .append("\",\"properties\":{\"product_id\":\"sku-").append(product).append("\",\"category\":\"")
          .append(random.nextInt(3) == 0 ? "leather-shoes" : "bags").append("\",\"price\":").append(random.nextInt(200))
          .append(".95,\"currency\":\"EUR\",\"position\":").append(random.nextInt(20))
          .append(",\"url\":\"https://shop.example/products/").append(product).append("\"}").append(CONTEXT);
    }
    return text.append("]}").toString().getBytes(StandardCharsets.UTF_8);
  }

  /// Bodies in which each person from one number to another comes once and says who they are.
  static Iterator<byte[]> introductions(int from, int to, int batch) {
    return new Iterator<>() {

      private int next = from;

      @Override
      public boolean hasNext() {
        return next < to;
      }

      @Override
      public byte[] next() {
        var text = new StringBuilder(250 * batch).append("{\"batch\":[");
        for (int i = 0; i < batch && next < to; i++, next++) {
          text.append(i == 0 ? "" : ",").append("""
              {"type":"identify","messageId":"introduction-%d","anonymousId":"device-%d"%s,\
              "traits":{"city":"Lyon","language":"fr","visits":%d}}""".formatted(next, next,
              next % SIGNED_IN == 0 ? ",\"userId\":\"user-%d\"".formatted(next) : "", next % 100));
        }
        return text.append("]}").toString().getBytes(StandardCharsets.UTF_8);
      }
    };
  }
}
