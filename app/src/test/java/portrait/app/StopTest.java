package portrait.app;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;
import portrait.TestServer;
import portrait.foundation.database.TestDatabases;
import portrait.foundation.model.Identity;
import portrait.stages.events.EventQuery;

/// A server that is asked to stop while events come in.
@ParameterizedClass
@EnumSource(TestDatabases.Product.class)
class StopTest {

  private static final int CALLERS = 4;
  private static final int BEFORE_THE_STOP = 40;

  private final TestDatabases.Product product;

  StopTest(TestDatabases.Product product) {
    this.product = product;
  }

  @Test
  void losesNothingAndLeavesNothingToMendWhenItIsAskedToStop(@TempDir Path home) throws Exception {
    var store = product.settings(home);
    String authorization;
    try (var portrait = TestServer.open(home, store)) {
      authorization = TestServer.collectAuthorization(portrait);
    }
    var next = new AtomicInteger();
    Set<String> acknowledged = ConcurrentHashMap.newKeySet();
    var enough = new CountDownLatch(BEFORE_THE_STOP);
    try (var server = TestServer.start(home, store, "-Xmx192m"); var client = HttpClient.newHttpClient()) {
      var callers = new ArrayList<Thread>();
      for (int caller = 0; caller < CALLERS; caller++) {
        callers.add(Thread.ofVirtual().start(() -> {
          while (send(server, client, authorization, "m" + next.incrementAndGet(), acknowledged)) {
            enough.countDown();
          }
        }));
      }
      enough.await();
      server.stop();
      for (var caller : callers) {
        caller.join();
      }
    }

    assertFalse(Files.exists(home.resolve("server.json")), "commands must not look for it any more");
    assertFalse(Files.exists(home.resolve("portrait.db-wal")), "the store was closed");
    try (var portrait = TestServer.open(home, store)) {
      var there = new ArrayList<String>();
      Optional<String> cursor = Optional.empty();
      do {
        var page = portrait.live().events(new Identity("user_id", "ann"),
            new EventQuery(Optional.empty(), Optional.empty(), Set.of(), EventQuery.LIMIT_MAX, cursor)).orElseThrow();
        page.events().forEach(event -> there.add(event.id()));
        cursor = page.next();
      } while (cursor.isPresent());
      var missing = new HashSet<>(acknowledged);
      there.forEach(missing::remove);
      assertEquals(Set.of(), missing);
      assertEquals(List.of(), there.stream().filter(id -> there.indexOf(id) != there.lastIndexOf(id)).toList());
    }
  }

  /// False once the server takes nothing more.
  private static boolean send(TestServer server, HttpClient client, String authorization, String id,
      Set<String> acknowledged) {
    try {
      var answer = client.send(server.batch(authorization, """
          {"batch": [{"type": "track", "event": "Opened", "userId": "ann", "messageId": "%s"}]}""".formatted(id)),
          BodyHandlers.ofString());
      if (answer.statusCode() == 200) {
        acknowledged.add(id);
      }
      return answer.statusCode() == 200;
    } catch (IOException gone) {
      return false;
    } catch (InterruptedException asked) {
      Thread.currentThread().interrupt();
      return false;
    }
  }
}
