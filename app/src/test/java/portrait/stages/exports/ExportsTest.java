package portrait.stages.exports;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;
import portrait.TestPortrait;
import portrait.app.Configuration;
import portrait.foundation.connections.Connections;
import portrait.foundation.database.TestDatabases;
import portrait.foundation.jobs.Progress;
import portrait.foundation.model.Identity;
import portrait.foundation.model.Problem;
import portrait.foundation.model.ProblemException;
import portrait.foundation.model.Secret;
import portrait.foundation.warehouse.WarehouseSettings;
import portrait.stages.exports.BrazeFake.Fault;
import portrait.stages.exports.RunReport.Status;
import tools.jackson.databind.json.JsonMapper;

/// Members of a segment in Braze and in files, over real connections to a stub that fails as Braze does.
@ParameterizedClass
@EnumSource(TestDatabases.Product.class)
class ExportsTest {

  @TempDir
  Path home;
  @Parameter
  TestDatabases.Product product;
  private BrazeFake braze;
  private TestPortrait portrait;

  @BeforeEach
  void open() throws IOException {
    braze = new BrazeFake();
    portrait = TestPortrait.of(new Configuration(home, "127.0.0.1", 0, product.settings(home),
        WarehouseSettings.inMemory()).with(List.of(braze.address())));
    portrait.apply("""
        kind: Segment
        name: lyon
        spec: { where: "city = 'Lyon'" }
        """);
    connect("braze",
        "{ endpoint: '%s', api_key: { secret: to.api_key }, users_per_call: 3 }".formatted(braze.address()));
    portrait.parts().connections().putSecret("to.api_key", Secret.of(BrazeFake.KEY), "test");
  }

  private void connect(String type, String settings) {
    portrait.apply("""
        kind: Connection
        name: to
        spec: { type: %s, settings: %s }
        """.formatted(type, settings));
    portrait.parts().connections().agree("to", Connections.PRIVACY_TEXT, "test");
  }

  @AfterEach
  void close() throws IOException {
    portrait.close();
    braze.close();
  }

  private void export(String settings) {
    portrait.apply("""
        kind: Export
        name: lyon
        spec:
          connection: to
          segments: [lyon]
          columns: [first_name, { name: town, from: city }]
          settings: { segment_id: seg-1, email: email, external_id: identity.user_id%s }
        """.formatted(settings));
  }

  private void person(String id, String traits) {
    assertEquals(200, portrait.collect("/v1/identify",
        "{\"userId\": \"%s\", \"traits\": %s}".formatted(id, traits)).statusCode());
  }

  private void people(int from, int to) {
    for (int i = from; i < to; i++) {
      person("u" + i, """
          {"email": "u%d@example.com", "first_name": "Name %d", "city": "Lyon"}""".formatted(i, i));
    }
  }

  private RunReport run() throws InterruptedException {
    portrait.passUnnoticed(java.time.Duration.ofSeconds(1));
    return portrait.parts().exports().run("lyon", false, Progress.silent(), "test");
  }

  @Test
  void membersBecomeUsersWithTheAttributeAndOnlyChangesFollow() throws InterruptedException {
    people(0, 7);
    person("away", "{\"email\": \"away@example.com\", \"city\": \"Paris\"}");
    export("");

    assertEquals(0, braze.requests().size(), "saving an export sends nothing");
    var first = run();

    assertEquals(Status.DONE, first.status());
    assertEquals(7, first.counts().entered());
    assertEquals(7, braze.size());
    var user = braze.user("u3").orElseThrow();
    assertEquals(JsonMapper.shared().readTree("""
        {"external_id": "u3", "first_name": "Name 3", "town": "Lyon", "email": "u3@example.com", "seg-1": true}"""),
        user);
    assertEquals(3, braze.requests().size(), "7 users in calls of 3");

    person("u3", "{\"first_name\": \"Nora\"}");
    var second = run();

    assertEquals(1, second.counts().changed());
    assertEquals(6, second.counts().unchanged());
    assertEquals("""
        {"attributes":[{"external_id":"u3","first_name":"Nora","seg-1":true}]}""",
        braze.requests().getLast().toString(), "nothing but what changed: each attribute is paid for");
    assertEquals(0, run().counts().delivered());
    assertEquals(4, braze.requests().size(), "nothing changed, nobody is called");
  }

  @Test
  void whoLeavesIsToldAsChosen() throws InterruptedException {
    people(0, 2);
    export("");
    run();
    person("u1", "{\"city\": \"Paris\"}");

    var left = run();

    assertEquals(1, left.counts().left());
    assertFalse(braze.user("u1").orElseThrow().path("seg-1").asBoolean(true));
    assertEquals(1, portrait.parts().exports().sent("lyon"));

    person("u1", "{\"city\": \"Lyon\"}");
    export(", leaving: 'null'");
    assertEquals(1, run().counts().entered());
    assertTrue(braze.user("u1").orElseThrow().path("seg-1").asBoolean(false));
    person("u1", "{\"city\": \"Paris\"}");
    run();
    assertFalse(braze.user("u1").orElseThrow().has("seg-1"));

    person("u1", "{\"city\": \"Lyon\"}");
    export(", leaving: leave_alone");
    run();
    int calls = braze.requests().size();
    person("u1", "{\"city\": \"Paris\"}");
    assertEquals(1, run().counts().left());
    assertEquals(calls, braze.requests().size());
    assertTrue(braze.user("u1").orElseThrow().path("seg-1").asBoolean(false));
  }

  @Test
  void theShapeOfTheSampleNamesTheIdentifierInTheValue() throws InterruptedException {
    people(0, 1);
    export(", shape: sample, segment_names: from_portrait");
    run();
    var user = braze.user("u0").orElseThrow();
    assertEquals("seg-1", user.path("Segment_API_Identifier").asString());
    assertEquals("[\"lyon\"]", user.path("from_portrait").toString());
  }

  @Test
  void whoHasNoExternalIdGoesByEmail() throws InterruptedException {
    assertEquals(200, portrait.collect("/v1/identify", """
        {"anonymousId": "a1", "traits": {"email": "Only@example.com", "city": "Lyon"}}""").statusCode());
    assertEquals(200, portrait.collect("/v1/identify", """
        {"anonymousId": "a2", "traits": {"city": "Lyon"}}""").statusCode());
    export("");

    var report = run();

    assertEquals(Status.PARTLY, report.status());
    assertTrue(braze.user("email:only@example.com").isPresent());
    assertEquals(List.of("there is no value to go by: it needs a Braze customer ID or an e-mail address"),
        portrait.parts().exports().refusals(report.id(), 10).stream().map(Refusal::reason).toList());
  }

  @Test
  void refusedRowsAreListedWithTheirReasonsAndTheOthersCount() throws InterruptedException {
    people(0, 4);
    person("dummy-1", "{\"email\": \"d@example.com\", \"city\": \"Lyon\"}");
    person("x".repeat(500) + "y".repeat(490), "{\"email\": \"long@example.com\", \"city\": \"Lyon\"}");
    export("");

    var report = run();

    assertEquals(Status.PARTLY, report.status());
    assertEquals(4, report.counts().entered());
    assertEquals(2, report.counts().refused());
    assertEquals(
        Set.of("provided external_id is blacklisted and disallowed", "'external_id' must be fewer than 988 bytes"),
        portrait.parts().exports().refusals(report.id(), 10).stream().map(Refusal::reason)
            .collect(Collectors.toSet()));
    assertEquals(4, portrait.parts().exports().sent("lyon"), "who was refused is tried again");
  }

  @Test
  void everyFaultIsOvercomeAndEverybodyIsThereOnce() throws InterruptedException {
    people(0, 10);
    export("");
    braze.fail(Fault.THROTTLED, Fault.UNAVAILABLE, Fault.RESET_AFTER_READING, Fault.TRUNCATED,
        Fault.RESET_BEFORE_READING, Fault.HTML_PAGE, Fault.BAD_GATEWAY);

    var report = run();

    assertEquals(Status.DONE, report.status());
    assertEquals(10, report.counts().entered());
    assertEquals(10, braze.size());
    assertTrue(report.counts().retries() >= 5, report.toString());
    assertTrue(report.counts().throttledMillis() > 0, report.toString());
  }

  @Test
  void aBatchBeyondTheContractIsHalved() throws InterruptedException {
    braze.takeAtMost(2);
    people(0, 9);
    export("");

    assertEquals(9, run().counts().entered());
    assertTrue(braze.requests().stream().allMatch(request -> request.path("attributes").size() <= 2));
  }

  @Test
  void aThousandUsersGoInOneBulkCallWhereBrazeTakesThem() throws InterruptedException {
    connect("braze", "{ endpoint: '%s', api_key: { secret: to.api_key }, calls: bulk }".formatted(braze.address()));
    people(0, 120);
    person("dummy-1", "{\"email\": \"d@example.com\", \"city\": \"Lyon\"}");
    export("");
    var refused = assertThrows(ProblemException.class,
        () -> portrait.parts().exports().verify(portrait.parts().connections().one("to")));
    assertTrue(refused.problem().hint().contains("users.track.bulk"), refused.problem()::toString);

    braze.permit("users.track.bulk");
    var counts = run().counts();

    assertEquals(120, counts.entered());
    assertEquals(1, counts.refused());
    assertEquals(List.of(120 + 1),
        braze.requests().stream().map(request -> request.path("attributes").size()).toList());
  }

  @Test
  void errorsThatNameNobodyCountForNobody() throws InterruptedException {
    people(0, 2);
    person("dummy-1", "{\"email\": \"d@example.com\", \"city\": \"Lyon\"}");
    export("");
    braze.fail(Fault.ERRORS_WITHOUT_INDEX);

    var report = run();

    assertEquals(3, report.counts().refused());
    assertEquals(0, portrait.parts().exports().sent("lyon"), "all are sent again, which does no harm");
    assertEquals(2, run().counts().entered());
  }

  @Test
  void aPlaceThatStaysAwayFailsTheRunAndTheNextGoesOn() throws InterruptedException {
    people(0, 6);
    export("");
    run();
    people(6, 12);
    braze.fail(Fault.RESET_AFTER_READING);
    portrait.parts().connections().putSecret("to.api_key", Secret.of("revoked"), "test");

    var failure = assertThrows(ProblemException.class, this::run);

    assertTrue(failure.problem().message().contains("does not know the API key"), failure.problem().message());
    assertTrue(failure.problem().hint().contains("instance"), failure.problem().hint());
    var report = portrait.parts().exports().runs("lyon", 1).getFirst();
    assertEquals(Status.FAILED, report.status());
    assertFalse(report.toString().contains("revoked"));
    portrait.parts().connections().putSecret("to.api_key", Secret.of(BrazeFake.KEY), "test");
    assertEquals(6, run().counts().entered());
    assertEquals(12, braze.size());
  }

  @Test
  void customersWhoMergeAreOneUserAndNobodyIsTakenOut() throws InterruptedException {
    // Two customers by e-mail and id; then a login says that they are one.
    person("m1", "{\"email\": \"m@example.com\", \"city\": \"Lyon\"}");
    assertEquals(200, portrait.collect("/v1/identify", """
        {"anonymousId": "v", "traits": {"email": "v@example.com", "city": "Lyon"}}""").statusCode());
    export("");
    assertEquals(2, run().counts().entered());

    assertEquals(200,
        portrait.collect("/v1/identify", "{\"anonymousId\": \"v\", \"userId\": \"m1\"}").statusCode());
    run();

    assertEquals(1, portrait.parts().exports().sent("lyon"));
    assertTrue(braze.user("m1").orElseThrow().path("seg-1").asBoolean(false), "who stays is not taken out");
    assertFalse(braze.user("email:v@example.com").orElseThrow().path("seg-1").asBoolean(true));
  }

  @Test
  void aDryRunTellsWhatWouldBeSentAndSendsNothing() throws InterruptedException {
    people(0, 5);
    export("");
    run();
    people(5, 7);
    person("u1", "{\"city\": \"Paris\"}");
    int calls = braze.requests().size();

    var tried = portrait.parts().exports().dryRun("lyon", false);

    assertEquals(2, tried.counts().entered());
    assertEquals(1, tried.counts().left());
    assertEquals(4, tried.counts().unchanged());
    assertEquals(List.of("first_name", "town", "email", "external_id"), tried.columns());
    assertEquals(calls, braze.requests().size());
    assertEquals(2, run().counts().entered(), "a dry run leaves no trace");
  }

  @Test
  void whoIsErasedIsInNoLedger() throws InterruptedException {
    people(0, 3);
    export("");
    run();

    var named = List.of(new Identity("user_id", "u1"));
    assertTrue(portrait.parts().privacy().find(named).stream()
        .anyMatch(holding -> holding.what().equals("entries about exports") && holding.count() == 1));
    portrait.parts().jobs().await(portrait.parts().privacy().erase(named, "test", "test").job());

    assertEquals(2, portrait.parts().exports().sent("lyon"));
    int calls = braze.requests().size();
    person("u1", "{\"email\": \"u1@example.com\", \"city\": \"Lyon\"}");
    assertEquals(0, run().counts().delivered());
    assertEquals(calls, braze.requests().size(), "nothing about an erased person goes out");
  }

  @Test
  void nothingLeavesUnlessSomebodyAgreed() {
    export("");
    portrait.apply("""
        kind: Connection
        name: to
        spec: { type: braze, settings: { endpoint: rest.iad-03.braze.com, api_key: { secret: to.api_key } } }
        """);
    assertEquals(Problem.Code.CONFLICT, assertThrows(ProblemException.class, this::run).problem().code(),
        "who agreed to one address did not agree to another");
  }

  @Test
  void verifyNamesTheLikelyCauseAndChangesNothing() {
    var connection = portrait.parts().connections().one("to");
    assertTrue(portrait.parts().exports().verify(connection).contains("accepts the key"));
    assertEquals(0, braze.size());

    braze.permit("users.export.segment");
    var denied = assertThrows(ProblemException.class, () -> portrait.parts().exports().verify(connection)).problem();
    assertTrue(denied.hint().contains("users.track"), denied.hint());

    portrait.parts().connections().putSecret("to.api_key", Secret.of("wrong"), "test");
    var unknown = assertThrows(ProblemException.class, () -> portrait.parts().exports().verify(connection)).problem();
    assertTrue(unknown.message().contains("does not know the API key"), unknown.message());
    assertFalse((unknown.message() + unknown.hint()).contains("wrong "), unknown.message());
  }

  @Test
  void everySmallMistakeOfADefinitionIsNamed() {
    var wrong = assertThrows(ProblemException.class, () -> portrait.apply("""
        kind: Export
        name: wrong
        spec: { connection: to, segments: [nobody], columns: [email], settings: { segment: x, leaving: gone } }
        """)).problem();
    String all = wrong.message() + wrong.details();
    assertTrue(all.contains("there is no such segment"), all);
    var more = assertThrows(ProblemException.class, () -> portrait.apply("""
        kind: Export
        name: wrong
        spec: { connection: to, settings: { segment: x, leaving: gone } }
        """)).problem();
    String rest = more.message() + more.details();
    assertTrue(rest.contains("settings.segment is unknown"), rest);
    assertTrue(rest.contains("settings.segment_id is missing"), rest);
    assertTrue(rest.contains("settings.leaving was 'gone' but must be one of false, null, leave_alone"), rest);
    var taken = assertThrows(ProblemException.class, () -> portrait.apply("""
        kind: Export
        name: wrong
        spec: { connection: to, columns: [email], settings: { segment_id: x, email: email } }
        """)).problem();
    assertTrue((taken.message() + taken.details()).contains("Braze gives a meaning of its own"), taken.message());
    var dashboard = assertThrows(ProblemException.class, () -> {
      connect("braze", "{ endpoint: dashboard-03.braze.com, api_key: { secret: to.api_key } }");
      portrait.parts().exports().verify(portrait.parts().connections().one("to"));
    }).problem();
    assertTrue(dashboard.hint().contains("rest.iad-03.braze.com"), dashboard.hint());
  }

  @Test
  void filesArePublishedWholeWithTheirManifestLast() throws InterruptedException, IOException {
    people(0, 5);
    connect("disk", "{ folder: shop }");
    portrait.apply("""
        kind: Export
        name: lyon
        spec: { connection: to, segments: [lyon], columns: [first_name, { name: town, from: city }], settings: { rows_per_file: 2 } }
        """);

    var report = run();

    var folder = Path.of(report.note());
    var manifest = JsonMapper.shared().readTree(Files.readString(folder.resolve("manifest.json")));
    assertEquals(List.of(2, 2, 1),
        manifest.path("files").valueStream().map(file -> file.path("rows").asInt()).toList());
    var lines = new TreeSet<String>();
    for (var file : manifest.path("files")) {
      var text = Files.readAllLines(folder.resolve(file.path("name").asString()));
      assertEquals("CustomerId,first_name,town,Change", text.getFirst());
      text.stream().skip(1).map(line -> line.substring(37)).forEach(lines::add);
    }
    assertEquals(Set.of("Name 0,Lyon,entered", "Name 1,Lyon,entered", "Name 2,Lyon,entered", "Name 3,Lyon,entered",
        "Name 4,Lyon,entered"), lines);

    person("u1", "{\"city\": \"Paris\"}");
    person("u2", "{\"first_name\": \"said \\\"hi\\\", twice\"}");
    var second = run();
    var text = Files.readAllLines(Path.of(second.note()).resolve("lyon_1.csv"));
    assertEquals(3, text.size(), text.toString());
    assertTrue(text.get(1).endsWith(",\"said \"\"hi\"\", twice\",Lyon,changed"), text.get(1));
    assertTrue(text.get(2).endsWith(",,,left"), text.get(2));
    try (var folders = Files.list(folder.getParent())) {
      assertEquals(2, folders.count(), "nothing unfinished lies about");
    }
  }

  @Test
  void aPlannedRefreshSendsAndOneThatSomebodyAsksForDoesNot() {
    people(0, 2);
    export("");
    portrait.refresh();
    assertEquals(0, braze.size());

    portrait.apply("""
        kind: Schedule
        name: nightly
        spec: { run: refresh, at: ["03:00"] }
        """);
    portrait.parts().jobs().await(portrait.parts().schedules().run("nightly", "test"));
    assertEquals(2, braze.size());

    people(2, 3);
    portrait.apply("""
        kind: Schedule
        name: hourly
        spec: { run: [Export/lyon], at: ["04:00"] }
        """);
    portrait.parts().jobs().await(portrait.parts().schedules().run("hourly", "test"));
    assertEquals(3, braze.size());
  }
}
