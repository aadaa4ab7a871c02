package portrait.stages.exports;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.CopyOnWriteArrayList;
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
import tools.jackson.databind.node.ObjectNode;

/// A stand-in that keeps contacts and one list by the rules of HubSpot's published reference.
class HubSpotTest {

  private static final String TOKEN = "pat-eu1-never-shown";
  private static final String LIST = "1042";

  @TempDir
  Path home;
  private HttpServer hubspot;
  private TestPortrait portrait;
  private final Map<String, JsonNode> contacts = new TreeMap<>();
  private final Set<String> members = new TreeSet<>();
  private final List<String> called = new CopyOnWriteArrayList<>();
  /// Statuses of the next answers; what is not 200 is answered without doing anything.
  private final Deque<Integer> answers = new ConcurrentLinkedDeque<>();

  @BeforeEach
  void open() throws IOException {
    hubspot = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    hubspot.createContext("/", this::answer);
    hubspot.start();
    String address = "http://127.0.0.1:" + hubspot.getAddress().getPort();
    portrait = TestPortrait.of(new Configuration(home, "127.0.0.1", 0, TestDatabases.sqlite(home),
        WarehouseSettings.inMemory()).with(List.of(address)));
    portrait.parts().connections().putSecret("hubspot.token", Secret.of(TOKEN), "test");
    portrait.apply("""
        kind: Segment
        name: lyon
        spec: { where: "city = 'Lyon'" }
        ---
        kind: Connection
        name: hubspot
        spec: { type: hubspot, settings: { token: { secret: hubspot.token }, address: "%s" } }
        ---
        kind: Export
        name: lyon
        spec: { connection: hubspot, segments: [lyon], columns: [ { name: firstname, from: first_name }, town ],
                settings: { list: "%s", email: email } }
        """.formatted(address, LIST));
    portrait.parts().connections().agree("hubspot", Connections.PRIVACY_TEXT, "test");
  }

  @AfterEach
  void close() {
    portrait.close();
    hubspot.stop(0);
  }

  private synchronized void answer(HttpExchange exchange) throws IOException {
    var body = JsonMapper.shared().readTree(exchange.getRequestBody().readAllBytes());
    String call = exchange.getRequestMethod() + " " + exchange.getRequestURI().getPath();
    called.add(call);
    boolean isKnown = ("Bearer " + TOKEN).equals(exchange.getRequestHeaders().getFirst("Authorization"));
    int status = !isKnown ? 401 : answers.isEmpty() ? 200 : answers.poll();
    var answer = JsonMapper.shared().createObjectNode();
    if (status == 200) {
      status = switch (call) {
        case "GET /crm/v3/objects/contacts" -> 200;
        case "POST /crm/v3/objects/contacts/batch/upsert" -> upsert(body, answer);
        case "POST /crm/v3/objects/contacts/batch/read" -> read(body, answer);
        case "PUT /crm/v3/lists/1042/memberships/add-and-remove" -> change(body, answer);
        default -> 404;
      };
    }
    byte[] bytes = answer.toString().getBytes(java.nio.charset.StandardCharsets.UTF_8);
    exchange.getResponseHeaders().set("Retry-After", "0");
    exchange.sendResponseHeaders(status, bytes.length);
    exchange.getResponseBody().write(bytes);
    exchange.close();
  }

  /// One address it will not have makes it refuse all.
  private int upsert(JsonNode body, ObjectNode answer) {
    assertTrue(body.path("inputs").size() <= 100);
    if (body.path("inputs").valueStream().anyMatch(input -> !input.path("id").asString().contains("@"))) {
      answer.put("status", "error").put("category", "VALIDATION_ERROR").put("message", "nobody@ is quoted here")
          .putArray("errors").addObject().put("code", "INVALID_EMAIL");
      return 400;
    }
    var results = answer.putArray("results");
    body.path("inputs").forEach(input -> {
      assertEquals("email", input.path("idProperty").asString());
      String email = input.path("id").asString();
      var contact = contacts.containsKey(email) ? (ObjectNode) contacts.get(email)
          : JsonMapper.shared().createObjectNode().put("id", String.valueOf(100 + contacts.size()));
      input.path("properties").properties().forEach(each -> contact.set(each.getKey(), each.getValue()));
      contacts.put(email, contact);
      results.addObject().put("id", contact.path("id").asString()).put("objectWriteTraceId",
          input.path("objectWriteTraceId").asString());
    });
    return 200;
  }

  private int read(JsonNode body, ObjectNode answer) {
    var results = answer.putArray("results");
    body.path("inputs").valueStream().map(input -> input.path("id").asString()).filter(contacts::containsKey)
        .forEach(email -> results.addObject().put("id", contacts.get(email).path("id").asString())
            .putObject("properties").put("email", email));
    return results.size() == body.path("inputs").size() ? 200 : 207;
  }

  private int change(JsonNode body, ObjectNode answer) {
    body.path("recordIdsToAdd").forEach(id -> members.add(id.asString()));
    body.path("recordIdsToRemove").forEach(id -> members.remove(id.asString()));
    answer.putArray("recordIdsMissing");
    return 200;
  }

  private void person(String id, String city, String email) {
    assertEquals(200, portrait.collect("/v1/identify", """
        {"userId": "%s", "traits": {"city": "%s", "town": "%2$s", "first_name": "%1$s", "email": "%s"}}"""
        .formatted(id, city, email)).statusCode());
  }

  private RunReport run() throws InterruptedException {
    portrait.passUnnoticed(Duration.ofSeconds(1));
    return portrait.parts().exports().run("lyon", false, Progress.silent(), "test");
  }

  @Test
  void whoComesIsMadeAndListedAndWhoLeavesIsTakenOutAndStays() throws InterruptedException {
    person("ann", "Lyon", "Ann@example.com");
    person("bob", "Lyon", "bob@example.com");
    person("eve", "Paris", "eve@example.com");

    assertEquals(2, run().counts().entered());
    assertEquals(Set.of("ann@example.com", "bob@example.com"), contacts.keySet());
    assertEquals("ann", contacts.get("ann@example.com").path("firstname").asString());
    assertEquals(2, members.size());

    person("ann", "Paris", "Ann@example.com");
    contacts.remove("bob@example.com");
    person("bob", "Nice", "bob@example.com");
    assertEquals(2, run().counts().left());
    assertEquals(Set.of("ann@example.com"), contacts.keySet(), "whom HubSpot lost is not made only to leave");
    assertFalse(members.contains(contacts.get("ann@example.com").path("id").asString()));
    assertEquals(0, portrait.parts().exports().sent("lyon"));
  }

  @Test
  void aWrongAddressIsListedAndTheOthersAreSent() throws InterruptedException {
    for (int i = 0; i < 5; i++) {
      person("u" + i, "Lyon", i == 3 ? "nobody" : "u%d@example.com".formatted(i));
    }

    var report = run();

    assertEquals(Status.PARTLY, report.status());
    assertEquals(4, report.counts().entered());
    assertEquals(1, report.counts().refused());
    assertEquals(4, members.size());
    assertEquals("VALIDATION_ERROR: INVALID_EMAIL",
        portrait.parts().exports().refusals(report.id(), 9).getFirst().reason());
  }

  @Test
  void whatFailsForAWhileIsDoneAgain() throws InterruptedException {
    person("ann", "Lyon", "ann@example.com");
    answers.addAll(List.of(429, 503, 200, 500));

    var report = run();

    assertEquals(Status.DONE, report.status());
    assertEquals(3, report.counts().retries());
    assertEquals(1, contacts.size());
    assertEquals(1, members.size());
  }

  @Test
  void theLikelyCauseIsNamed() {
    assertTrue(verified("hubspot").startsWith("HubSpot accepts the token"));
    assertEquals(List.of("GET /crm/v3/objects/contacts"), called, "nothing is changed there");
    person("ann", "Lyon", "ann@example.com");
    answers.add(403);
    assertSays("HubSpot answered 403: the access token may not do that", this::run);
    portrait.parts().connections().putSecret("hubspot.token", Secret.of("pat-eu1-old"), "test");
    assertSays("HubSpot answered 401: it does not know the access token", () -> verified("hubspot"));
    portrait.apply("""
        kind: Connection
        name: elsewhere
        spec: { type: hubspot, settings: { token: { secret: hubspot.token }, address: "https://example.com" } }
        """);
    assertSays("settings.address was 'https://example.com' but must be https://api.hubapi.com",
        () -> verified("elsewhere"));
  }

  private String verified(String connection) {
    return portrait.parts().exports().verify(portrait.parts().connections().one(connection));
  }

  private static void assertSays(String message, org.junit.jupiter.api.function.Executable call) {
    assertEquals(message, assertThrows(ProblemException.class, call).getMessage());
  }
}
