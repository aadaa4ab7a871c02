package portrait.processes.automation;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;
import portrait.TestPortrait;
import portrait.app.Configuration;
import portrait.foundation.connections.Connections;
import portrait.foundation.database.TestDatabases;
import portrait.foundation.model.Problem;
import portrait.foundation.model.ProblemException;
import portrait.foundation.model.Secret;
import portrait.foundation.warehouse.WarehouseSettings;
import portrait.stages.notices.Notice;
import portrait.stages.notices.Notices;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// What happens is told once, to a receiver that is there.
@ParameterizedClass
@EnumSource(TestDatabases.Product.class)
class TriggersTest {

  private final TestDatabases.Product product;
  @TempDir
  Path home;
  private HttpServer receiver;
  private TestPortrait portrait;
  private final List<JsonNode> messages = new CopyOnWriteArrayList<>();
  private final Deque<Integer> answers = new ConcurrentLinkedDeque<>();

  TriggersTest(TestDatabases.Product product) {
    this.product = product;
  }

  @BeforeEach
  void open() throws IOException {
    receiver = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    receiver.createContext("/", exchange -> {
      byte[] body = exchange.getRequestBody().readAllBytes();
      int status = answers.isEmpty() ? 200 : answers.poll();
      if (status == 200) {
        messages.add(JsonMapper.shared().readTree(body));
      }
      exchange.sendResponseHeaders(status, -1);
      exchange.close();
    });
    receiver.start();
    String address = "http://127.0.0.1:" + receiver.getAddress().getPort();
    portrait = TestPortrait.of(new Configuration(home, "127.0.0.1", 0, product.settings(home),
        WarehouseSettings.inMemory()).with(List.of(address)));
    portrait.parts().connections().putSecret("hook.secret", Secret.of("a secret of some length"), "test");
    Files.writeString(home.resolve("people.csv"), "Id,City\n1,Lyon\n");
    portrait.apply("""
        kind: Connection
        name: hook
        spec: { type: webhook, settings: { url: %s/in, secret: { secret: hook.secret } } }
        ---
        kind: Segment
        name: lyon
        spec: { title: Lyon, where: "city = 'Lyon'" }
        ---
        kind: Source
        name: crm
        spec: { tables: [{ name: people, path: people.csv, key: Id, columns: [{ name: Id }, { name: City }] }] }
        """.formatted(address));
    portrait.parts().connections().agree("hook", Connections.PRIVACY_TEXT, "test");
  }

  @AfterEach
  void close() {
    portrait.close();
    receiver.stop(0);
  }

  private void trigger(String name, String spec) {
    portrait.apply("{kind: Trigger, name: %s, spec: {title: %s, connection: hook, %s}}".formatted(name, name, spec));
  }

  /// Looks, and sends what there is to tell.
  private void look() {
    portrait.passUnnoticed(Duration.ofSeconds(2));
    portrait.parts().triggers().tick();
    deliver();
  }

  /// Until nothing is due or under way: the server sends by itself, too. The clock stands still meanwhile.
  private void deliver() {
    long underWay;
    do {
      portrait.parts().notices().tick();
      underWay = portrait.parts().database().read(tx -> tx.first(
          "SELECT count(*) FROM notice WHERE next_at <= ? OR next_at = ?", row -> row.number(1), portrait.now(),
          portrait.now().plus(Notices.TAKEN_ON))).orElseThrow();
    } while (underWay > 0);
  }

  private List<String> told(String trigger) {
    return messages.stream().filter(message -> message.path("trigger").asString().equals(trigger))
        .map(message -> message.path("type").asString()).toList();
  }

  private JsonNode about(String trigger) {
    return messages.stream().filter(message -> message.path("trigger").asString().equals(trigger)).findFirst()
        .orElseThrow();
  }

  private void person(String id, String city) {
    assertEquals(200, portrait.collect("/v1/identify",
        "{\"userId\": \"%s\", \"traits\": {\"city\": \"%s\"}}".formatted(id, city)).statusCode());
  }

  @Test
  void aSizeIsToldWhenItPassesTheLimitAndNotAgainBefore() {
    trigger("many", "when: segment_size, segment: lyon, above: 1");
    trigger("few", "when: segment_size, segment: lyon, below: 1");
    look();
    assertEquals(List.of(), messages, "that it is so already is no news");

    person("ann", "Lyon");
    look();
    person("ben", "Lyon");
    look();
    person("eve", "Lyon");
    look();
    assertEquals(List.of("trigger.segment_size"), told("many"));
    assertEquals(2, messages.getFirst().path("value").asInt());
    assertEquals("lyon", messages.getFirst().path("segment").asString());
    assertEquals(1, messages.getFirst().path("above").asInt());

    for (String who : List.of("ann", "ben", "eve")) {
      person(who, "Nice");
    }
    look();
    assertEquals(1, told("few").size());
    person("ann", "Lyon");
    person("ben", "Lyon");
    look();
    assertEquals(2, told("many").size(), "it rose again");
    var ids = messages.stream().map(message -> message.path("id").asString()).toList();
    assertEquals(ids.size(), new HashSet<>(ids).size());
  }

  @Test
  void sourcesThatFailAndLoadAndRefreshesAreTold() throws Exception {
    trigger("failed", "when: source_failed, source: crm");
    trigger("loaded", "when: source_loaded");
    trigger("refreshed", "when: refresh_ended");
    trigger("unified", "when: unification_ended");
    portrait.passUnnoticed(Duration.ofSeconds(2));

    portrait.refresh();
    look();
    assertEquals(List.of("trigger.source_loaded"), told("loaded"));
    assertEquals("crm.people", about("loaded").path("table").asString());
    assertEquals(1, told("unified").size());
    assertEquals(List.of(), told("refreshed"), "nobody planned it");
    assertEquals(List.of(), told("failed"));

    portrait.passUnnoticed(Duration.ofMinutes(1));
    Files.writeString(home.resolve("people.csv"), "Number,City\n1,Lyon\n");
    portrait.parts().jobs().await(portrait.parts().refresh().startPlanned("Schedule"));
    look();
    assertEquals(List.of("trigger.source_failed"), told("failed"));
    var failure = about("failed");
    assertTrue(failure.path("problem").asString().contains("Id"), failure.toString());
    assertTrue(portrait.get("/api/v1/tables").path("tables").path(0).path("lastFailure").path("message").asString()
        .contains("Id"));
    assertTrue(portrait.exchange("GET", "/tables", "").body().contains("Last load failed"));
    assertTrue(portrait.exchange("GET", "/tables/crm.people", "").body().contains("The rows of the load before"));
    assertEquals(List.of("trigger.refresh_ended"), told("refreshed"));
    look();
    look();
    assertEquals(1, told("refreshed").size());
    assertEquals(1, told("failed").size());

    portrait.passUnnoticed(Duration.ofMinutes(1));
    Files.writeString(home.resolve("people.csv"), "Id,City\n1,Lyon\n2,Lyon\n");
    portrait.refresh();
    look();
    assertEquals(2, told("loaded").size());
    assertTrue(portrait.get("/api/v1/tables").path("tables").path(0).path("lastFailure").isNull());
  }

  @Test
  void aMeasureOfTheBusinessIsTold() {
    portrait.apply("""
        kind: Measure
        name: customers
        spec: { per: business, aggregate: count, event: signed }
        """);
    trigger("grown", "when: measure_value, measure: customers, above: 0");
    portrait.refresh();
    look();
    assertEquals(List.of(), messages);

    assertEquals(200,
        portrait.collect("/v1/track", "{\"userId\": \"ann\", \"event\": \"signed\", \"messageId\": \"m1\"}")
            .statusCode());
    portrait.refresh();
    look();
    assertEquals(List.of("trigger.measure_value"), told("grown"));
    assertEquals(1, messages.getFirst().path("value").asInt());
  }

  @Test
  void whatNobodyTakesIsSentAgainAndGivenUpAfterADay() {
    trigger("many", "when: segment_size, segment: lyon, above: 0");
    look();
    answers.addAll(List.of(503, 503));
    person("ann", "Lyon");
    look();
    var waiting = portrait.get("/api/v1/triggers/many").path("messages").path(0);
    assertEquals("waiting", waiting.path("status").asString());
    assertEquals("127.0.0.1 answered 503", waiting.path("why").asString());
    portrait.passUnnoticed(Duration.ofMinutes(1));
    deliver();
    assertEquals(List.of(), messages);
    portrait.passUnnoticed(Duration.ofMinutes(5));
    deliver();
    assertEquals(waiting.path("id"), messages.getFirst().path("id"), "the same message");
    assertEquals(Notice.Status.DELIVERED, portrait.parts().triggers().told("many", 1).getFirst().status());

    answers.addAll(List.of(503, 503));
    portrait.parts().triggers().rehearse("many");
    portrait.parts().notices().tick();
    portrait.passUnnoticed(Duration.ofDays(2));
    deliver();
    assertEquals(Notice.Status.FAILED, portrait.parts().triggers().told("many", 1).getFirst().status());
    assertEquals(1, messages.size());
  }

  @Test
  void definitionsThatCannotWorkAreRefused() {
    assertTrue(refused("when: segment_size, segment: lyon").contains("neither above nor below"));
    assertTrue(refused("when: segment_size, segment: rome, above: 1").contains("segment was 'rome'"));
    assertTrue(refused("when: refresh_ended, segment: lyon").contains("it has segment, which says nothing"));
    assertTrue(refused("when: source_failed, source: shop").contains("source was 'shop'"));
    portrait.apply("{kind: Connection, name: files, spec: {type: disk, settings: {folder: x}}}");
    var wrong = assertThrows(ProblemException.class, () -> portrait.apply(
        "{kind: Trigger, name: t, spec: {when: refresh_ended, connection: files}}"));
    assertEquals(Problem.Code.INVALID_DEFINITION, wrong.problem().code());
    assertTrue(wrong.getMessage().contains("must be of the type webhook or email"), wrong.getMessage());
    trigger("many", "when: segment_size, segment: lyon, above: 1");
    assertTrue(assertThrows(ProblemException.class,
        () -> portrait.parts().definitions().delete("Segment", "lyon", "test")).getMessage().contains("Trigger/many"));
  }

  private String refused(String spec) {
    return assertThrows(ProblemException.class, () -> trigger("t", spec)).getMessage();
  }

  @Test
  void thePageMakesTriesSwitchesAndRemoves() {
    assertTrue(portrait.exchange("GET", "/triggers", "").body().contains("the size of a segment passes a limit"));
    assertEquals("/triggers", portrait.submit("/triggers",
        "title=Many+in+Lyon&when=segment_size&segment=lyon&source=&bound=above&limit=10&connection=hook").headers()
        .firstValue("Location").orElse(""));
    assertTrue(portrait.exchange("GET", "/triggers", "").body().contains("The size of Lyon rises above 10"));
    assertEquals(400, portrait.submit("/triggers",
        "title=X&when=segment_size&segment=lyon&bound=above&limit=ten&connection=hook").statusCode());
    portrait.submit("/triggers/many-in-lyon/try", "");
    deliver();
    assertTrue(messages.getFirst().path("trial").asBoolean());
    portrait.submit("/triggers/many-in-lyon/active", "active=false");
    assertTrue(!portrait.parts().triggers().one("many-in-lyon").isActive());
    portrait.submit("/triggers/many-in-lyon/remove", "");
    assertEquals(0, portrait.get("/api/v1/triggers").path("triggers").size());
  }
}
