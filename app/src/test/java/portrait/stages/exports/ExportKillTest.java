package portrait.stages.exports;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.net.httpserver.HttpServer;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import portrait.TestServer;
import portrait.app.Wiring;
import portrait.foundation.connections.Connections;
import portrait.foundation.database.TestDatabases;
import portrait.foundation.jobs.Progress;
import portrait.foundation.model.Secret;
import portrait.foundation.security.Role;
import portrait.stages.events.Event;
import portrait.stages.events.MessageBody;
import portrait.stages.exports.RunReport.Status;
import tools.jackson.databind.json.JsonMapper;

/// The server is killed in the middle of runs, with a batch on its way: at the end everybody was sent, and nobody again
/// who was not in that batch.
class ExportKillTest {

  private static final int PEOPLE = 60;
  private static final int BATCH = 5;
  private static final List<Integer> KILLED_AT = List.of(3, 7);

  @TempDir
  Path home;

  @Test
  void whatWasTakenBeforeAKillIsNotSentAgain() throws Exception {
    var times = new HashMap<String, Integer>();
    var calls = new AtomicInteger();
    var serving = new AtomicReference<CountDownLatch>();
    var receiver = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    receiver.createContext("/", exchange -> {
      JsonMapper.shared().readTree(exchange.getRequestBody().readAllBytes()).path("customers")
          .forEach(customer -> times.merge(customer.path("customerId").asString(), 1, Integer::sum));
      if (KILLED_AT.contains(calls.incrementAndGet())) {
        // Taken, but the answer never comes: whether it was taken is not known over there.
        serving.get().countDown();
        exchange.close();
        return;
      }
      exchange.sendResponseHeaders(200, -1);
      exchange.close();
    });
    receiver.start();
    String address = "http://127.0.0.1:" + receiver.getAddress().getPort();
    Files.writeString(home.resolve("portrait.yaml"), "further_hosts: " + address + "\n");
    String key;
    try (var portrait = open(address)) {
      key = fill(portrait, address);
    }
    for (int kill = 0; kill < KILLED_AT.size(); kill++) {
      serving.set(new CountDownLatch(1));
      try (var server = TestServer.start(home, TestDatabases.sqlite(home))) {
        server.begin("/api/v1/exports/all/run", key);
        serving.get().await();
        server.kill();
      }
    }
    try (var portrait = open(address)) {
      assertEquals(Status.INTERRUPTED, portrait.exports().runs("all", 1).getFirst().status());
      assertEquals(Status.DONE, portrait.exports().run("all", false, Progress.silent(), "test").status());
      assertEquals(PEOPLE, portrait.exports().sent("all"));
    } finally {
      receiver.stop(0);
    }
    assertEquals(PEOPLE, times.size(), "everybody was sent");
    long again = times.values().stream().filter(each -> each > 1).count();
    assertTrue(again <= (long) BATCH * KILLED_AT.size(), again + " were sent again, more than were on their way");
  }

  private Wiring open(String address) {
    return TestServer.open(home, TestDatabases.sqlite(home), List.of(address));
  }

  private static String fill(Wiring portrait, String address) {
    portrait.connections().putSecret("hook.secret", Secret.of("secret"), "test");
    portrait.definitions().apply("""
        kind: Connection
        name: hook
        spec: { type: webhook, settings: { url: %s/in, secret: { secret: hook.secret }, rows_per_call: %d } }
        ---
        kind: Export
        name: all
        spec: { connection: hook, columns: [number] }
        """.formatted(address, BATCH), "test");
    portrait.connections().agree("hook", Connections.PRIVACY_TEXT, "test");
    var batch = new StringBuilder("{\"batch\":[");
    for (int i = 0; i < PEOPLE; i++) {
      batch.append(i == 0 ? "" : ",")
          .append("{\"type\":\"identify\",\"userId\":\"u%d\",\"traits\":{\"number\":%d}}".formatted(i, i));
    }
    portrait.live().receive(MessageBody.batch(batch.append("]}").toString().getBytes(
        java.nio.charset.StandardCharsets.UTF_8)).collect(java.time.Instant.now(), Event.LIVE));
    return portrait.security().createKey(Role.ADMIN, "test").key().reveal();
  }
}
