package portrait.stages.exports;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.CopyOnWriteArrayList;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import portrait.TestPortrait;
import portrait.app.Configuration;
import portrait.foundation.connections.Connections;
import portrait.foundation.database.TestDatabases;
import portrait.foundation.jobs.Progress;
import portrait.foundation.model.ProblemException;
import portrait.foundation.model.Secret;
import portrait.foundation.warehouse.WarehouseSettings;
import portrait.stages.exports.RunReport.Status;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Signed calls of a receiver that checks them by itself.
class WebhookTest {

  private static final byte[] KEY = "a key of thirty-two bytes, or so".getBytes(StandardCharsets.UTF_8);

  @TempDir
  Path home;
  private HttpServer receiver;
  private TestPortrait portrait;
  private final List<JsonNode> messages = new CopyOnWriteArrayList<>();
  private final List<String> ids = new CopyOnWriteArrayList<>();
  private final Deque<Integer> answers = new ConcurrentLinkedDeque<>();

  @BeforeEach
  void open() throws IOException {
    receiver = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    receiver.createContext("/", exchange -> {
      byte[] body = exchange.getRequestBody().readAllBytes();
      String id = exchange.getRequestHeaders().getFirst("webhook-id");
      String signature = exchange.getRequestHeaders().getFirst("webhook-signature");
      int status = answers.isEmpty() ? 200 : answers.poll();
      if (!signature.equals(signed(id, exchange.getRequestHeaders().getFirst("webhook-timestamp"), body))) {
        status = 401;
      }
      ids.add(id);
      if (status == 200) {
        messages.add(JsonMapper.shared().readTree(body));
      }
      exchange.getResponseHeaders().set("Retry-After", "0");
      exchange.sendResponseHeaders(status, -1);
      exchange.close();
    });
    receiver.start();
    String address = "http://127.0.0.1:" + receiver.getAddress().getPort();
    portrait = TestPortrait.of(new Configuration(home, "127.0.0.1", 0, TestDatabases.sqlite(home),
        WarehouseSettings.inMemory()).with(List.of(address)));
    portrait.parts().connections().putSecret("hook.secret",
        Secret.of("whsec_" + Base64.getEncoder().encodeToString(KEY)), "test");
    portrait.apply("""
        kind: Segment
        name: lyon
        spec: { where: "city = 'Lyon'" }
        ---
        kind: Connection
        name: hook
        spec: { type: webhook, settings: { url: %s/in, secret: { secret: hook.secret }, rows_per_call: 2 } }
        ---
        kind: Export
        name: lyon
        spec: { connection: hook, segments: [lyon], columns: [first_name], live: true }
        """.formatted(address));
    portrait.parts().connections().agree("hook", Connections.PRIVACY_TEXT, "test");
  }

  private static String signed(String id, String timestamp, byte[] body) {
    try {
      var mac = Mac.getInstance("HmacSHA256");
      mac.init(new SecretKeySpec(KEY, "HmacSHA256"));
      mac.update((id + "." + timestamp + ".").getBytes(StandardCharsets.UTF_8));
      return "v1," + Base64.getEncoder().encodeToString(mac.doFinal(body));
    } catch (java.security.GeneralSecurityException impossible) {
      throw new AssertionError(impossible);
    }
  }

  @AfterEach
  void close() {
    portrait.close();
    receiver.stop(0);
  }

  private void person(String id, String city) {
    assertEquals(200, portrait.collect("/v1/identify",
        "{\"userId\": \"%s\", \"traits\": {\"city\": \"%s\", \"first_name\": \"%s\"}}".formatted(id, city, id))
        .statusCode());
  }

  private RunReport run() throws InterruptedException {
    portrait.passUnnoticed(Duration.ofSeconds(1));
    return portrait.parts().exports().run("lyon", false, Progress.silent(), "test");
  }

  @Test
  void callsAreSignedAndSentAgainWithTheSameId() throws InterruptedException {
    for (int i = 0; i < 5; i++) {
      person("u" + i, "Lyon");
    }
    answers.addAll(List.of(429, 503, 200, 500));

    var report = run();

    assertEquals(Status.DONE, report.status());
    assertEquals(5, report.counts().entered());
    assertEquals(3, report.counts().retries());
    assertEquals(3, new HashSet<>(ids).size(), "a repeated call has the id of the first");
    assertEquals(3, messages.size());
    assertEquals("[\"lyon\"]", messages.getFirst().path("customers").get(0).path("segments").toString());
    assertNotEquals("", messages.getFirst().path("customers").get(0).path("values").path("first_name").asString(""));
    assertTrue(portrait.parts().exports().verify(portrait.parts().connections().one("hook")).contains("answers"));
  }

  @Test
  void whoComesAndGoesIsSentByTheNextTickWithoutARun() {
    portrait.parts().exports().tick();
    person("ann", "Lyon");
    portrait.passUnnoticed(Duration.ofSeconds(2));
    portrait.parts().exports().tick();

    assertEquals("entered", messages.getFirst().path("customers").get(0).path("change").asString());
    portrait.passUnnoticed(Duration.ofSeconds(2));
    portrait.parts().exports().tick();
    assertEquals(1, messages.size(), "nothing changed");

    person("ann", "Paris");
    portrait.passUnnoticed(Duration.ofSeconds(2));
    portrait.parts().exports().tick();
    assertEquals("left", messages.getLast().path("customers").get(0).path("change").asString());
    assertEquals(2, messages.size());
    assertEquals(0, portrait.parts().exports().sent("lyon"));

    answers.addAll(List.of(410));
    person("ann", "Lyon");
    portrait.passUnnoticed(Duration.ofSeconds(2));
    portrait.parts().exports().tick();
    assertEquals(Status.FAILED, portrait.parts().exports().runs("lyon", 1).getFirst().status());
    portrait.passUnnoticed(Duration.ofMinutes(2));
    portrait.parts().exports().tick();
    assertEquals(3, messages.size(), "what could not be sent is sent later");
  }

  @Test
  void aCutShortRunIsGoneOnWith() throws InterruptedException {
    for (int i = 0; i < 6; i++) {
      person("u" + i, "Lyon");
    }
    answers.addAll(List.of(200, 404));
    assertThrows(ProblemException.class, this::run);
    assertEquals(2, portrait.parts().exports().sent("lyon"));

    assertEquals(4, run().counts().entered());
    var customers = messages.stream().flatMap(message -> message.path("customers").valueStream())
        .map(customer -> customer.path("customerId").asString()).toList();
    assertEquals(6, customers.size());
    assertEquals(6, new HashSet<>(customers).size(), "everybody once");
  }

  @Test
  void aRunThatFailsIsTold() throws InterruptedException {
    portrait.apply("""
        kind: Export
        name: lyon
        spec: { connection: hook, segments: [lyon], columns: [first_name], alert: hook }
        """);
    person("ann", "Lyon");
    answers.addAll(List.of(404, 503));

    assertThrows(ProblemException.class, this::run);

    while (messages.isEmpty()) {
      portrait.parts().notices().tick();
      if (portrait.parts().notices().recent("Export/lyon", 1).stream().anyMatch(notice -> !notice.why().isEmpty())) {
        portrait.passUnnoticed(Duration.ofSeconds(10));
      }
    }
    assertEquals("export.failed", messages.getFirst().path("type").asString());
    assertEquals("127.0.0.1 answered 404", messages.getFirst().path("problem").asString());
  }

  @Test
  void anExportFollowsTheEvaluationOfItsSegment() {
    portrait.apply("""
        kind: Segment
        name: paris
        spec: { where: "city = 'Paris'" }
        ---
        kind: Export
        name: lyon
        spec: { connection: hook, segments: [lyon], columns: [first_name], active: false, after_evaluation: true }
        ---
        kind: Schedule
        name: here
        spec: { run: [Segment/lyon], at: ["00:00"] }
        ---
        kind: Schedule
        name: there
        spec: { run: [Segment/paris], at: ["00:00"] }
        """);
    portrait.refresh();
    person("ann", "Lyon");

    portrait.parts().jobs().await(portrait.parts().schedules().run("there", "test"));
    assertEquals(List.of(), messages, "another segment");
    portrait.parts().jobs().await(portrait.parts().schedules().run("here", "test"));
    assertEquals(List.of("ann"), names());

    person("bob", "Lyon");
    portrait.parts().jobs().await(portrait.parts().refresh().start(Optional.empty(), "test"));
    assertEquals(List.of("ann", "bob"), names());
  }

  private List<String> names() {
    return messages.stream().flatMap(message -> message.path("customers").valueStream())
        .map(customer -> customer.path("values").path("first_name").asString("")).toList();
  }

  @Test
  void theNetworkOfTheMachineIsOutOfReach() {
    for (String address : List.of("https://127.0.0.1/x", "https://localhost/x", "http://example.com/", "ftp://x/",
        "https://10.0.0.1/", "https://169.254.169.254/latest", "https://user@example.com/")) {
      portrait.apply("""
          kind: Connection
          name: inner
          spec: { type: webhook, settings: { url: "%s", secret: { secret: hook.secret } } }
          """.formatted(address));
      assertThrows(ProblemException.class,
          () -> portrait.parts().exports().verify(portrait.parts().connections().one("inner")), address);
    }
  }
}
