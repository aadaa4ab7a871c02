package portrait.processes.live;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;
import portrait.TestServer;
import portrait.foundation.database.TestDatabases;
import portrait.stages.events.Events;

/// More comes in than can be written: a server with little memory refuses what does not fit, and keeps what it took.
@ParameterizedClass
@EnumSource(TestDatabases.Product.class)
class OverloadTest {

  /** Many more messages than the queue has places. */
  private static final int CALLERS = 120;
  private static final int BATCH = 100;
  private static final int REFUSALS = 40;
  /** Enough that all that wait, unbounded, would not fit into the memory of the server. */
  private static final String PADDING = "x".repeat(2_000);

  private final TestDatabases.Product product;
  private final AtomicInteger next = new AtomicInteger();
  private final AtomicInteger refused = new AtomicInteger();
  private final Set<String> acknowledged = ConcurrentHashMap.newKeySet();

  OverloadTest(TestDatabases.Product product) {
    this.product = product;
  }

  @Test
  void whatDoesNotFitIsRefusedAndWhatWasTakenIsKept(@TempDir Path home) throws Exception {
    var store = product.settings(home);
    String authorization;
    try (var portrait = TestServer.open(home, store)) {
      authorization = TestServer.collectAuthorization(portrait);
    }

    try (var server = TestServer.start(home, store, "-Xmx256m");
        var client = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build()) {
      overload(server, client, authorization);
      assertTrue(server.isAlive(), "the server ran out of memory");

      // The load fell: the next one gets its answer at once.
      var ids = new ArrayList<String>();
      assertEquals(200,
          client.send(server.batch(authorization, batch(1, ids)), BodyHandlers.discarding()).statusCode());
      acknowledged.addAll(ids);
    }

    assertTrue(refused.get() >= REFUSALS);
    try (var portrait = TestServer.open(home, store)) {
      var stored = portrait.database().read(transaction -> new Events().sync(transaction, 0, Integer.MAX_VALUE))
          .stream()
          .map(fact -> fact.event().id()).toList();
      assertEquals(Set.copyOf(stored).size(), stored.size(), "an event is there twice");
      var missing = new HashSet<>(acknowledged);
      stored.forEach(missing::remove);
      assertEquals(Set.of(), missing, "acknowledged events are missing");
    }
  }

  /// Everybody sends as fast as they are answered, until the server refused often enough.
  private void overload(TestServer server, HttpClient client, String authorization)
      throws InterruptedException, ExecutionException {
    try (var callers = Executors.newVirtualThreadPerTaskExecutor()) {
      var running = new ArrayList<Future<?>>();
      for (int caller = 0; caller < CALLERS; caller++) {
        running.add(callers.submit(() -> {
          while (refused.get() < REFUSALS) {
            var ids = new ArrayList<String>();
            note(client.send(server.batch(authorization, batch(BATCH, ids)), BodyHandlers.ofString()), ids);
          }
          return true;
        }));
      }
      for (var each : running) {
        each.get();
      }
    }
  }

  private void note(HttpResponse<String> answer, List<String> ids) throws IOException {
    switch (answer.statusCode()) {
      case 200 -> {
        assertTrue(answer.body().contains("\"accepted\":" + ids.size()), answer.body());
        acknowledged.addAll(ids);
      }
      case 503 -> {
        refused.incrementAndGet();
        assertTrue(Integer.parseInt(answer.headers().firstValue("Retry-After").orElseThrow()) > 0);
      }
      default -> throw new IOException("the server answered " + answer.statusCode() + ": " + answer.body());
    }
  }

  private String batch(int size, List<String> ids) {
    var messages = new ArrayList<String>();
    for (int i = 0; i < size; i++) {
      int number = next.incrementAndGet();
      ids.add("m" + number);
      messages.add(
          """
          {"type": "track", "event": "Opened", "messageId": "m%d", "anonymousId": "a%d", "properties": {"text": "%s"}}"""
              .formatted(number, number % 500, PADDING));
    }
    return "{\"batch\": [" + String.join(",", messages) + "]}";
  }
}
