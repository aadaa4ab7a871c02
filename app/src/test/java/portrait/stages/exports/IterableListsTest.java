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
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collections;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
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

/// A stand-in that keeps users and lists by the rules of Iterable's published reference.
class IterableListsTest {

  private static final String KEY = "0123-never-shown";
  private static final List<String> KINDS = List.of("invalid", "notFound", "forgotten", "conflict", "invalidData");

  @TempDir
  Path home;
  private HttpServer iterable;
  private TestPortrait portrait;
  private final Map<String, ObjectNode> users = new TreeMap<>();
  private final Map<Long, String> lists = new TreeMap<>();
  private final Map<Long, Set<String>> members = new TreeMap<>();
  private final Set<String> forgotten = new HashSet<>();
  private final List<String> called = new CopyOnWriteArrayList<>();
  /// What happens to the next calls: a status other than 200 is answered without doing anything, 0 breaks the line after
  /// the call was read, -1 after it was done, in the middle of the answer.
  private final Deque<Integer> answers = new ConcurrentLinkedDeque<>();
  private boolean namesFailures = true;
  private int bodyRowsMax = 1000;

  @BeforeEach
  void open() throws IOException {
    iterable = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    iterable.createContext("/", this::answer);
    iterable.start();
    String address = "http://127.0.0.1:" + iterable.getAddress().getPort();
    portrait = TestPortrait.of(new Configuration(home, "127.0.0.1", 0, TestDatabases.sqlite(home),
        WarehouseSettings.inMemory()).with(List.of(address)));
    portrait.parts().connections().putSecret("iterable.key", Secret.of(KEY), "test");
    portrait.apply("""
        kind: Segment
        name: lyon
        spec: { where: "city = 'Lyon'" }
        ---
        kind: Connection
        name: iterable
        spec: { type: iterable, settings: { key: { secret: iterable.key }, address: "%s" } }
        """.formatted(address));
    portrait.parts().connections().agree("iterable", Connections.PRIVACY_TEXT, "test");
    export("{ list: 'In Lyon', field: email }");
    lists.put(7L, "Everybody");
  }

  private void export(String settings) {
    portrait.apply("""
        kind: Export
        name: lyon
        spec: { connection: iterable, segments: [lyon], columns: [ { name: firstName, from: first_name }, town, points ], settings: %s }
        """
        .formatted(settings));
  }

  @AfterEach
  void close() {
    portrait.close();
    iterable.stop(0);
  }

  private synchronized void answer(HttpExchange exchange) throws IOException {
    var body = JsonMapper.shared().readTree(exchange.getRequestBody().readAllBytes());
    String call = exchange.getRequestMethod() + " " + exchange.getRequestURI().getPath();
    called.add(call);
    boolean isKnown = KEY.equals(exchange.getRequestHeaders().getFirst("Api-Key"));
    int plan = answers.isEmpty() ? 200 : answers.poll();
    if (plan == 0) {
      exchange.close();
      return;
    }
    var answer = JsonMapper.shared().createObjectNode();
    int status = !isKnown ? 401 : plan > 200 ? plan : done(call, body, answer);
    if (status != 200) {
      answer.put("msg", "quotes ann@example.com").putNull("params");
      if (!answer.has("code")) {
        answer.put("code", status == 401 ? "BadApiKey" : status == 429 ? "RateLimitExceeded" : "GenericError");
      }
    }
    byte[] bytes = answer.toString().getBytes(StandardCharsets.UTF_8);
    exchange.getResponseHeaders().set("Retry-After", "0");
    exchange.getResponseHeaders().set("Content-Type", "application/json");
    exchange.sendResponseHeaders(status, bytes.length);
    exchange.getResponseBody().write(bytes, 0, plan == -1 ? bytes.length / 2 : bytes.length);
    exchange.getResponseBody().flush();
    exchange.close();
  }

  private int done(String call, JsonNode body, ObjectNode answer) {
    return switch (call) {
      case "GET /api/lists" -> {
        var all = answer.putArray("lists");
        lists.forEach((id, name) -> all.addObject().put("id", id).put("name", name).put("createdAt", 1_624_575_876_355L)
            .put("listType", name.startsWith("Dynamic") ? "Dynamic" : "Standard"));
        yield 200;
      }
      case "POST /api/lists" -> {
        long id = 100 + lists.size();
        lists.put(id, body.path("name").asString());
        answer.put("listId", id);
        yield 200;
      }
      case "POST /api/lists/subscribe" -> changed(body, "subscribers", answer, (id, user) -> {
        write(id, user);
        listed(body).add(id);
      });
      case "POST /api/users/bulkUpdate" -> changed(body, "users", answer, this::write);
      case "POST /api/lists/unsubscribe" -> {
        assertFalse(body.path("channelUnsubscribe").asBoolean(true));
        yield changed(body, "subscribers", answer, (id, _) -> listed(body).remove(id));
      }
      default -> 404;
    };
  }

  private Set<String> listed(JsonNode body) {
    assertTrue(lists.containsKey(body.path("listId").asLong()), body.path("listId").toString());
    return members.computeIfAbsent(body.path("listId").asLong(), _ -> new TreeSet<>());
  }

  private void write(String id, JsonNode user) {
    var fields = users.computeIfAbsent(id, _ -> JsonMapper.shared().createObjectNode());
    user.path("dataFields").properties().forEach(field -> {
      if (field.getValue().isNull()) {
        fields.remove(field.getKey());
      } else {
        fields.set(field.getKey(), field.getValue());
      }
    });
  }

  private interface Doing {
    void one(String id, JsonNode user);
  }

  private int changed(JsonNode body, String name, ObjectNode answer, Doing doing) {
    if (body.path(name).size() > bodyRowsMax) {
      answer.put("code", "BatchTooLarge");
      return 400;
    }
    if (body.path(name).valueStream().anyMatch(user -> user.path("dataFields").path("town").asString("").equals("7"))) {
      answer.put("code", "RequestFieldsTypesMismatched");
      return 400;
    }
    var failed = JsonMapper.shared().createObjectNode();
    KINDS.forEach(kind -> {
      failed.putArray(kind + "Emails");
      failed.putArray(kind + "UserIds");
    });
    int fails = 0;
    for (var user : body.path(name)) {
      boolean isByEmail = user.has("email");
      String id = user.path(isByEmail ? "email" : "userId").asString();
      String kind = isByEmail && !id.contains("@") ? "invalid"
          : forgotten.contains(id) ? "forgotten"
              : name.equals("subscribers") && !user.has("dataFields") && !users.containsKey(id) ? "notFound" : "";
      if (kind.isEmpty()) {
        doing.one(id, user);
        continue;
      }
      fails++;
      if (namesFailures) {
        failed.withArray(kind + (isByEmail ? "Emails" : "UserIds")).add(id);
      }
    }
    answer.put("successCount", body.path(name).size() - fails).put("failCount", fails);
    answer.set("invalidEmails", failed.path("invalidEmails"));
    answer.set("failedUpdates", failed);
    return 200;
  }

  private void person(String id, String city, String email) {
    assertEquals(200, portrait.collect("/v1/identify", """
        {"userId": "%s", "traits": {"city": "%s", "town": "%2$s", "points": 3, "first_name": "%1$s", "email": "%s"}}"""
        .formatted(id, city, email)).statusCode());
  }

  private RunReport run() throws InterruptedException {
    portrait.passUnnoticed(Duration.ofSeconds(1));
    return portrait.parts().exports().run("lyon", false, Progress.silent(), "test");
  }

  private Set<String> members(String list) {
    return lists.entrySet().stream().filter(each -> each.getValue().equals(list))
        .flatMap(each -> members.getOrDefault(each.getKey(), Set.of()).stream()).collect(Collectors.toSet());
  }

  private Map<String, Integer> reasons(RunReport report) {
    var reasons = new TreeMap<String, Integer>();
    portrait.parts().exports().refusals(report.id(), 99).forEach(each -> reasons.merge(each.reason(), 1, Integer::sum));
    return reasons;
  }

  @Test
  void theListIsMadeAndWhoComesIsInItAndWhoLeavesIsTakenOutAndStays() throws InterruptedException {
    person("ann", "Lyon", "Ann@example.com");
    person("bob", "Lyon", "bob@example.com");
    person("eve", "Paris", "eve@example.com");

    assertEquals(2, run().counts().entered());
    assertEquals(Set.of("ann@example.com", "bob@example.com"), members("In Lyon"));
    assertEquals("{\"firstName\":\"ann\",\"town\":\"Lyon\",\"points\":3}", users.get("ann@example.com").toString());
    assertEquals(1, called.stream().filter("POST /api/lists"::equals).count());

    person("ann", "Paris", "Ann@example.com");
    users.remove("bob@example.com");
    person("bob", "Nice", "bob@example.com");
    var second = run();
    assertEquals(2, second.counts().left());
    assertEquals(0, second.counts().refused(), "whom Iterable does not know is in no list");
    assertFalse(members("In Lyon").contains("ann@example.com"));
    assertEquals(Set.of("ann@example.com"), users.keySet());
    assertEquals(1, called.stream().filter("POST /api/lists"::equals).count(), "the list is found again");
    assertEquals(0, portrait.parts().exports().sent("lyon"));
  }

  @Test
  void onlyWhatDiffersFollowsAndNobodyIsPutBackIntoTheList() throws InterruptedException {
    person("ann", "Lyon", "ann@example.com");
    run();
    members.values().forEach(Set::clear);
    called.clear();
    portrait.collect("/v1/identify", "{\"userId\": \"ann\", \"traits\": {\"points\": 4}}");

    assertEquals(1, run().counts().changed());
    assertEquals(List.of("GET /api/lists", "POST /api/users/bulkUpdate"), called);
    assertEquals(4, users.get("ann@example.com").path("points").asInt());
    assertEquals(Set.of(), members("In Lyon"));
  }

  @Test
  void whomIterableDoesNotTakeIsListedWithTheReason() throws InterruptedException {
    for (int i = 0; i < 6; i++) {
      person("u" + i, "Lyon", i == 3 ? "Nobody" : "u%d@example.com".formatted(i));
    }
    forgotten.add("u4@example.com");

    var report = run();

    assertEquals(Status.PARTLY, report.status());
    assertEquals(4, report.counts().entered());
    assertEquals(Map.of("Iterable does not take the e-mail address", 1,
        "the person asked Iterable to be forgotten", 1), reasons(report));
    assertEquals(4, members("In Lyon").size());
  }

  @Test
  void whoIsOnlyCountedAsFailedAndWhoSpoilsTheCallIsFoundByHalves() throws InterruptedException {
    namesFailures = false;
    bodyRowsMax = 4;
    for (int i = 0; i < 9; i++) {
      person("u" + i, "Lyon", i == 3 ? "nobody" : "u%d@example.com".formatted(i));
    }
    portrait.collect("/v1/identify", "{\"userId\": \"u8\", \"traits\": {\"town\": \"7\"}}");

    var report = run();

    assertEquals(7, report.counts().entered());
    assertEquals(Map.of("Iterable did not take it and did not say why", 1, "RequestFieldsTypesMismatched", 1),
        reasons(report));
    assertEquals(7, members("In Lyon").size());
  }

  @Test
  void whatFailsForAWhileIsDoneAgainAndNobodyIsThereTwice() throws InterruptedException {
    person("ann", "Lyon", "ann@example.com");
    answers.addAll(List.of(429, 200, -1, 200, 0));

    var report = run();

    assertEquals(Status.DONE, report.status());
    assertEquals(1, report.counts().entered());
    assertEquals(3, report.counts().retries());
    assertEquals(Set.of("ann@example.com"), members("In Lyon"));
    assertEquals(1, lists.values().stream().filter("In Lyon"::equals).count(),
        "a list whose making was not heard of is found again");
  }

  @Test
  void aRunThatIsGivenUpLeavesWhoIsMissingToTheNext() throws InterruptedException {
    person("ann", "Lyon", "ann@example.com");
    answers.addAll(Collections.nCopies(40, 500));
    try {
      assertFalse(run().status() == Status.DONE);
    } catch (ProblemException failed) {
      assertFalse(failed.problem().toString().contains(KEY));
    }
    answers.clear();
    assertEquals(1, run().counts().entered());
    assertEquals(Set.of("ann@example.com"), members("In Lyon"));
  }

  @Test
  void usersMayBeKnownByTheirIdAndListsByTheirNumber() throws InterruptedException {
    export("{ list: '7', known_by: user_id, field: customer_id }");
    person("ann", "Lyon", "ann@example.com");
    run();
    String customer = members("Everybody").iterator().next();
    assertEquals(Set.of(customer), users.keySet());
    assertEquals(36, customer.length());

    export("{ list: '8', known_by: user_id, field: customer_id }");
    person("bob", "Lyon", "bob@example.com");
    assertSays("Iterable has no static list with the number 8", this::run);
    export("{ list: Everybody, known_by: user_id, field: customer_id }");
    lists.put(9L, "Everybody");
    assertSays("settings.list was 'Everybody' but Iterable has 2 lists of that name", this::run);
    lists.put(9L, "Dynamic everybody");
    run();
    assertEquals(2, members("Everybody").size());
  }

  @Test
  void theLikelyCauseIsNamed() {
    assertEquals("Iterable accepts the key, and has 1 list", verified("iterable"));
    assertEquals(List.of("GET /api/lists"), called, "nothing is changed there");
    answers.add(403);
    assertSays("Iterable answered 403: the key may not do that (GenericError)", () -> verified("iterable"));
    portrait.parts().connections().putSecret("iterable.key", Secret.of("old"), "test");
    assertSays("Iterable answered 401: it does not know the key, or the key may not do that (BadApiKey)",
        () -> verified("iterable"));
    for (String settings : List.of("address: 'https://example.com'",
        "data_center: eu, address: 'https://api.iterable.com'")) {
      portrait.apply("""
          kind: Connection
          name: elsewhere
          spec: { type: iterable, settings: { key: { secret: iterable.key }, %s } }
          """.formatted(settings));
      assertTrue(assertThrows(ProblemException.class, () -> verified("elsewhere")).getMessage()
          .startsWith("settings.address was 'https://"));
    }
    var mistake = assertThrows(ProblemException.class, () -> portrait.apply("""
        kind: Export
        name: lyon
        spec: { connection: iterable, segments: [lyon], columns: [ { name: emailListIds, from: first_name } ], settings: { list: x, field: email } }
        """));
    assertTrue(mistake.getMessage().contains("column emailListIds is kept by Iterable"), mistake.getMessage());
  }

  private String verified(String connection) {
    return portrait.parts().exports().verify(portrait.parts().connections().one(connection));
  }

  private static void assertSays(String message, Executable call) {
    assertEquals(message, assertThrows(ProblemException.class, call).getMessage());
  }
}
