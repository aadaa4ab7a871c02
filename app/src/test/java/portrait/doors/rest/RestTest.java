package portrait.doors.rest;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import portrait.TestPortrait;
import portrait.doors.http.Door;
import portrait.doors.http.Routes;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.dataformat.yaml.YAMLMapper;

/// The shapes that programs rely on, and the description they are built from.
class RestTest {

  private static final JsonMapper JSON = JsonMapper.builder().build();

  @TempDir
  Path home;

  @Test
  void aLookUpHasEveryFieldOfTheContract() {
    try (var portrait = TestPortrait.in(home)) {
      assertEquals(200, portrait.collect("/v1/identify", """
          {"messageId": "m1", "anonymousId": "guest/1 a+b", "userId": "u1", "timestamp": "2026-11-22T11:00:00Z",
           "traits": {"first_name": "Zoë", "city": "Lyon"}}""").statusCode());
      assertEquals(200, portrait.collect("/v1/track", """
          {"messageId": "m2", "anonymousId": "guest/1 a+b", "event": "Product Viewed",
           "timestamp": "2026-11-22T11:30:00Z", "properties": {"category": "leather-shoes"}}""").statusCode());

      var found = portrait.get("/api/v1/profiles/anonymous_id/guest%2F1%20a%2Bb");
      assertEquals(List.of("customerId", "kind", "known", "attributes", "measures", "segments", "identities",
          "previousCustomerIds", "firstSeen", "lastSeen"), names(found));
      assertTrue(found.path("known").asBoolean());
      assertEquals("Lyon", found.path("attributes").path("city").asString());
      assertEquals(List.of("namespace", "value", "firstSeen", "lastSeen"), names(found.path("identities").get(0)));
      assertEquals(found, portrait.get("/api/v1/profiles/user_id/u1"));
      assertEquals(found, portrait.get("/api/v1/profiles/customer/" + found.path("customerId").asString()));

      var events = portrait.get("/api/v1/profiles/user_id/u1/events?limit=1");
      assertEquals(List.of("id", "type", "name", "timestamp", "receivedAt", "source", "identities", "properties"),
          names(events.path("events").get(0)));
      assertEquals("Product Viewed", events.path("events").get(0).path("name").asString());
      assertFalse(events.path("next").isNull());
      var older = portrait.get("/api/v1/profiles/user_id/u1/events?cursor=" + events.path("next").asString());
      assertEquals("identify", older.path("events").get(0).path("type").asString());
      assertEquals(0, portrait.get("/api/v1/profiles/user_id/u1/events?name=Nothing").path("events").size());

      assertTrue(portrait.get("/api/v1/profiles/user_id/u1/segments").path("segments").isArray());
      var identities = portrait.get("/api/v1/profiles/user_id/u1/identities");
      assertEquals(2, identities.path("identities").size());
      assertEquals(1, identities.path("links").size());
      var lineage = portrait.get("/api/v1/profiles/user_id/u1/lineage");
      assertEquals("live", lineage.path("attributes").get(0).path("source").asString());
    }
  }

  @Test
  void aLookUpAnswersOnlyTheFieldsAskedForAndManyAtOnce() {
    try (var portrait = TestPortrait.in(home)) {
      portrait.collect("/v1/identify", """
          {"messageId": "m1", "userId": "u1", "traits": {"first_name": "Zoë", "address": {"city": "Lyon"}}}""");
      portrait.collect("/v1/identify", "{\"messageId\": \"m2\", \"userId\": \"u2\", \"traits\": {\"a\": 1}}");

      assertEquals("{\"attributes\":{\"address.city\":\"Lyon\"},\"segments\":[]}",
          portrait.get("/api/v1/profiles/user_id/u1?fields=segments,attributes.address.city").toString());
      assertEquals("{\"attributes\":{\"a\":1}}",
          portrait.get("/api/v1/profiles/user_id/u2?fields=attributes.a,attributes").toString());
      assertEquals(400, portrait.exchange("GET", "/api/v1/profiles/user_id/u1?fields=salary", "").statusCode());
      assertEquals("""
          {"profiles":[{"namespace":"user_id","value":"u2","profile":{"kind":"person","attributes":{}}},\
          {"namespace":"email","value":"nobody","profile":null},\
          {"namespace":"user_id","value":"u1","profile":{"kind":"person","attributes":{"first_name":"Zoë"}}}]}""",
          portrait.exchange("POST", "/api/v1/profiles/lookup", """
              {"identities": [{"namespace": "user_id", "value": "u2"}, {"namespace": "email", "value": "nobody"},
                {"namespace": "user_id", "value": "u1"}], "fields": ["kind", "attributes.first_name"]}""").body());
      assertEquals(400, portrait.exchange("POST", "/api/v1/profiles/lookup", "{}").statusCode());
    }
  }

  @Test
  void whoIsUnknownIsAProblemAndAnUnchangedAnswerIsNotSentTwice() throws Exception {
    try (var portrait = TestPortrait.in(home); var client = HttpClient.newHttpClient()) {
      var absent = portrait.exchange("GET", "/api/v1/profiles/email/nobody%40example.com", "");
      assertEquals(404, absent.statusCode());
      assertEquals("unknown_profile", JSON.readTree(absent.body()).path("code").asString());
      assertFalse(absent.body().contains("nobody"), "personal data in a problem");
      assertEquals(404, portrait.exchange("GET", "/api/v1/profiles/customer/7d2f0c9e-0000-4000-8000-000000000000", "")
          .statusCode());

      portrait.collect("/v1/track", "{\"messageId\": \"m1\", \"anonymousId\": \"a\", \"event\": \"Seen\"}");
      String tag = portrait.exchange("GET", "/api/v1/profiles/anonymous_id/a", "").headers().firstValue("ETag")
          .orElseThrow();
      var again = client.send(HttpRequest
          .newBuilder(portrait.parts().server().url().resolve("/api/v1/profiles/anonymous_id/a"))
          .header("Authorization", "Bearer " + portrait.parts().server().key().reveal()).header("If-None-Match", tag)
          .build(), BodyHandlers.ofString());
      assertEquals(304, again.statusCode());
      assertEquals("", again.body());
    }
  }

  @Test
  void definitionsGoInAndComeBack() {
    try (var portrait = TestPortrait.in(home)) {
      String yaml = """
          kind: Segment
          name: lyon
          spec: { title: People of Lyon, where: { attribute: { city: { equals: Lyon } } } }
          """;
      assertEquals("created", JSON.readTree(portrait.exchange("POST", "/api/v1/definitions?dryRun=true", yaml).body())
          .path("changes").get(0).path("action").asString());
      assertEquals(404, portrait.exchange("GET", "/api/v1/definitions/Segment/lyon", "").statusCode());
      assertEquals(200, portrait.exchange("POST", "/api/v1/definitions", yaml).statusCode());
      var one = portrait.get("/api/v1/definitions/Segment/lyon");
      assertEquals("People of Lyon", one.path("spec").path("title").asString());
      assertEquals(1, one.path("version").asInt());
      assertTrue(portrait.exchange("GET", "/api/v1/definitions", "").body().contains("name: lyon"));
      var wrong = portrait.exchange("PUT", "/api/v1/definitions/Segment/other", "{\"where\": {\"nonsense\": 1}}");
      assertEquals(400, wrong.statusCode());
      assertEquals("lyon", portrait.get("/api/v1/segments").path("segments").get(0).path("name").asString());
      assertEquals(200, portrait.exchange("DELETE", "/api/v1/definitions/Segment/lyon", "").statusCode());
      assertEquals(404, portrait.exchange("DELETE", "/api/v1/definitions/Segment/lyon", "").statusCode());
    }
  }

  @Test
  void aTableIsLoadedWithWhatIsSent() {
    try (var portrait = TestPortrait.in(home)) {
      portrait.apply("""
          kind: Source
          name: shop
          spec: { title: Shop, tables: [ { name: contacts, title: Contacts, key: Id } ] }
          """);
      var found = JSON.readTree(portrait.exchange("POST", "/api/v1/discover?file=contacts.csv&source=crm",
          "Id,City\n1,Lyon\n2,Paris\n").body());
      assertEquals("Id", found.path("key").path(0).asString());
      assertEquals("Paris", found.path("rows").path(1).path(1).asString());
      assertTrue(found.path("yaml").asString().contains("name: crm"), found.path("yaml").asString());
      var loaded = portrait.exchange("POST", "/api/v1/tables/shop.contacts/load?file=contacts.csv",
          "Id,City\n1,Lyon\n2,Paris\n");
      assertEquals(200, loaded.statusCode(), loaded.body());
      assertEquals(2, JSON.readTree(loaded.body()).path("rowsLoaded").asInt());
      var rows = portrait.get("/api/v1/tables/shop.contacts/rows");
      assertEquals("Lyon", rows.path("rows").get(0).path("City").asString());
      assertEquals(2, portrait.get("/api/v1/tables").path("tables").get(0).path("rows").asInt());
      assertEquals(404, portrait.exchange("POST", "/api/v1/tables/shop.nothing/load", "x").statusCode());
    }
  }

  @Test
  void aSegmentSaysWhyAndWhoCameAndWent() {
    try (var portrait = TestPortrait.in(home)) {
      portrait.apply("""
          kind: Segment
          name: fans
          spec: { title: Fans, where: { event: Product Viewed, within: 30d, count: { at_least: 1 } } }
          """);
      for (String visitor : List.of("a1", "a2", "a3")) {
        portrait.collect("/v1/track", """
            {"messageId": "%s", "anonymousId": "%s", "event": "Product Viewed",
             "timestamp": "2026-11-22T11:00:00Z"}""".formatted(visitor, visitor));
      }
      portrait.collect("/v1/page", """
          {"messageId": "m4", "anonymousId": "a4", "timestamp": "2026-11-22T11:00:00Z"}""");

      var why = portrait.get("/api/v1/segments/fans/explain?namespace=anonymous_id&value=a1");
      assertEquals(List.of("segment", "member", "why"), names(why));
      assertTrue(why.path("member").asBoolean());
      assertEquals(List.of("text", "holds", "found", "events", "changesAt", "parts"), names(why.path("why")));
      assertEquals("count('Product Viewed' within 30d) is 1", why.path("why").path("found").get(0).asString());
      assertFalse(portrait.get("/api/v1/segments/fans/explain?namespace=anonymous_id&value=a4").path("member")
          .asBoolean());
      String explain = "/api/v1/segments/fans/explain?namespace=anonymous_id";
      assertEquals(400, portrait.exchange("GET", explain, "").statusCode());
      assertEquals(404, portrait.exchange("GET", explain + "&value=nobody", "").statusCode());
      assertEquals(404, portrait.exchange("GET", "/api/v1/segments/none/history", "").statusCode());

      var seen = new TreeSet<String>();
      String cursor = "";
      for (int pages = 0; pages < 3; pages++) {
        var page = portrait.get("/api/v1/segments/fans/history?limit=1" + cursor);
        var change = page.path("changes").get(0);
        assertEquals(List.of("customerId", "entered", "at", "version", "why"), names(change));
        assertTrue(change.path("entered").asBoolean());
        seen.add(change.path("customerId").asString());
        assertEquals(pages == 2, page.path("next").isNull());
        cursor = "&cursor=" + page.path("next").asString("");
      }
      assertEquals(3, seen.size(), "each page goes on where the one before ended");
      assertEquals(400, portrait.exchange("GET", "/api/v1/segments/fans/history?cursor=x", "").statusCode());
    }
  }

  @Test
  void aRuleIsCountedBeforeItIsDefined() {
    try (var portrait = TestPortrait.in(home)) {
      for (int person = 1; person <= 9; person++) {
        portrait.collect("/v1/batch", """
            {"batch": [
              {"type": "identify", "messageId": "i%1$d", "userId": "u%1$d", "timestamp": "2026-11-20T10:00:00Z",
               "traits": {"city": "%2$s"}},
              {"type": "track", "messageId": "t%1$d", "userId": "u%1$d", "event": "Product Viewed",
               "timestamp": "2026-11-%3$02dT10:00:00Z"}]}""".formatted(person, person % 3 == 0 ? "Lyon" : "Oslo",
            person + 10));
      }
      portrait.refresh();

      var estimate = JSON.readTree(portrait.exchange("POST", "/api/v1/segments/estimate", """
          {"where": "city = 'Lyon' and count('Product Viewed' within 5d) >= 1"}""").body());
      assertEquals(1, estimate.path("estimate").asInt(), estimate.toString());
      assertEquals(9, estimate.path("customers").asInt());
      assertEquals(List.of(3, 2),
          estimate.path("parts").valueStream().map(part -> part.path("members").asInt()).toList());
      assertEquals(1, estimate.path("sample").size());
      assertTrue(estimate.path("changesByTime").asBoolean());
      assertTrue(estimate.path("warnings").isEmpty());

      String rule = "{\"where\": \"city = 'Lyon' and count('Product Viewed' within 5d) >= 1\"}";
      var fits = JSON.readTree(
          portrait.exchange("POST", "/api/v1/segments/explain?namespace=user_id&value=u9", rule).body());
      assertTrue(fits.path("member").asBoolean(), fits.toString());
      var fails = JSON.readTree(
          portrait.exchange("POST", "/api/v1/segments/explain?namespace=user_id&value=u3", rule).body());
      assertFalse(fails.path("member").asBoolean(), fails.toString());
      assertEquals(List.of(true, false),
          fails.path("why").path("parts").valueStream().map(part -> part.path("holds").asBoolean()).toList());
      assertEquals(404,
          portrait.exchange("POST", "/api/v1/segments/explain?namespace=user_id&value=nobody", rule).statusCode());
      var page = portrait.submit("/segments/estimate", "rule=city+%3D+%27Lyon%27").body();
      assertEquals(3, page.split("<details").length - 1, page);
      assertTrue(page.contains("city = 'Lyon'</code>"), page);

      var misspelt = JSON.readTree(
          portrait.exchange("POST", "/api/v1/segments/estimate", "{\"where\": \"citty = 'Lyon'\"}").body());
      assertEquals(0, misspelt.path("estimate").asInt());
      assertEquals("no customer has the attribute 'citty'; did you mean 'city'?",
          misspelt.path("warnings").path(0).asString());
      assertFalse(misspelt.path("changesByTime").asBoolean());
      var wrong = portrait.exchange("POST", "/api/v1/segments/estimate", "{\"where\": \"city = = 'Lyon'\"}");
      assertEquals(400, wrong.statusCode());
      assertTrue(wrong.body().contains("column 8"), wrong.body());

      portrait.apply("""
          kind: Segment
          name: lyon
          spec: { where: "city = 'Lyon'" }
          """);
      portrait.refresh();
      var defined = portrait.get("/api/v1/segments/lyon/estimate");
      assertEquals(3, defined.path("estimate").asInt());
      assertEquals(3, defined.path("size").asInt());
      portrait.apply("""
          kind: Segment
          name: eager
          spec: { where: "count('Product Viewed' within 5d) >= 1", tags: [spring] }
          """);
      portrait.refresh();
      var overlap = portrait.get("/api/v1/segments/lyon/overlap?with=eager");
      assertEquals(List.of(3, 2, 1), List.of(overlap.path("size").asInt(), overlap.path("withSize").asInt(),
          overlap.path("both").asInt()));
      assertEquals(3, portrait.get("/api/v1/segments/lyon/sizes?days=7").path("sizes").path(6).path("size").asInt());
      assertEquals("spring", portrait.get("/api/v1/segments/eager").path("tags").path(0).asString());
      assertEquals(404, portrait.exchange("GET", "/api/v1/segments/lyon/overlap?with=none", "").statusCode());
    }
  }

  @Test
  void keysAreMadeOnceShownAndRevoked() {
    try (var portrait = TestPortrait.in(home)) {
      var made = JSON.readTree(
          portrait.exchange("POST", "/api/v1/keys", "{\"role\": \"viewer\", \"name\": \"a program\"}").body());
      assertTrue(made.path("key").asString().startsWith("pk_v_"), made.toString());
      assertFalse(portrait.get("/api/v1/keys").toString().contains(made.path("key").asString()));
      assertEquals(200, portrait.exchange("DELETE", "/api/v1/keys/" + made.path("id").asString(), "").statusCode());
      assertEquals(400,
          portrait.exchange("POST", "/api/v1/keys", "{\"role\": \"king\", \"name\": \"x\"}").statusCode());
      assertTrue(portrait.get("/api/v1/audit").path("entries").size() > 0);
    }
  }

  @Test
  void aKeyOfScopesIsForThosePartsAndChangesItsText() {
    try (var portrait = TestPortrait.in(home)) {
      var made = JSON.readTree(portrait.exchange("POST", "/api/v1/keys", """
          {"role": "contributor", "name": "a program", "scopes": ["segments:read", "collect"],
           "expiresAt": "2027-01-31T00:00:00Z"}""").body());
      var listed = portrait.get("/api/v1/keys").path("keys").path(0);
      assertEquals("[\"segments:read\",\"collect\"]", listed.path("scopes").toString());
      assertEquals("2027-01-31T00:00:00Z", listed.path("expiresAt").asString());
      String text = made.path("key").asString();
      var held = Map.of("Authorization", "Bearer " + text);
      assertEquals(200, portrait.exchange("GET", "/api/v1/segments", "", held).statusCode());
      assertEquals(403, portrait.exchange("POST", "/api/v1/segments/x/snapshot", "{}", held).statusCode());
      assertEquals(403, portrait.exchange("GET", "/api/v1/definitions", "", held).statusCode());
      assertEquals(403, portrait.exchange("GET", "/odata/v4/Customer", "", held).statusCode());
      assertEquals(403, portrait.exchange("GET", "/customers", "", held).statusCode());
      assertEquals(200, portrait.exchange("POST", "/v1/track", "{\"anonymousId\": \"a\", \"event\": \"Seen\"}", held)
          .statusCode());

      var rotated = portrait.exchange("POST", "/api/v1/keys/%s/rotate".formatted(made.path("id").asString()), "");
      assertEquals(200, rotated.statusCode(), rotated.body());
      var fresh = Map.of("Authorization", "Bearer " + JSON.readTree(rotated.body()).path("key").asString());
      assertEquals(200, portrait.exchange("GET", "/api/v1/segments", "", fresh).statusCode());
      assertEquals(200, portrait.exchange("GET", "/api/v1/segments", "", held).statusCode());
      portrait.pass(Duration.ofHours(24));
      assertEquals(200, portrait.exchange("GET", "/api/v1/segments", "", fresh).statusCode());
      assertEquals(401, portrait.exchange("GET", "/api/v1/segments", "", held).statusCode());
      var narrow = JSON.readTree(portrait.exchange("POST", "/api/v1/keys",
          "{\"role\": \"collect\", \"name\": \"none\", \"scopes\": [\"pages\"]}").body()).path("key").asString();
      assertEquals(401, portrait.exchange("POST", "/v1/track",
          "{\"anonymousId\": \"a\", \"event\": \"Seen\", \"writeKey\": \"%s\"}".formatted(narrow),
          Map.of("Authorization", "")).statusCode());
    }
  }

  @Test
  void aJobIsWatchedToItsEnd() throws Exception {
    try (var portrait = TestPortrait.in(home); var client = HttpClient.newHttpClient()) {
      var started = portrait.exchange("POST", "/api/v1/refresh", "{}");
      assertEquals(202, started.statusCode(), started.body());
      String id = JSON.readTree(started.body()).path("id").asString();
      var stream = client.send(HttpRequest
          .newBuilder(portrait.parts().server().url().resolve("/api/v1/jobs/" + id + "/stream"))
          .header("Authorization", "Bearer " + portrait.parts().server().key().reveal()).build(),
          BodyHandlers.ofString());
      assertEquals("text/event-stream", stream.headers().firstValue("Content-Type").orElse(""));
      var last = JSON.readTree(stream.body().strip().replaceFirst("(?s).*data: ", ""));
      assertEquals("done", last.path("status").asString(), last.toString());
      assertEquals(id, portrait.get("/api/v1/jobs").path("jobs").get(0).path("id").asString());
      assertEquals(404, portrait.exchange("GET", "/api/v1/jobs/7d2f0c9e-0000-4000-8000-000000000000/stream", "")
          .statusCode());
    }
  }

  @Test
  void theDescriptionListsExactlyTheRoutesThereAre() throws IOException {
    try (var portrait = TestPortrait.in(home)) {
      var described = new TreeSet<String>();
      try (var stream = Objects.requireNonNull(Rest.class.getResourceAsStream("openapi.yaml"))) {
        for (var path : YAMLMapper.builder().build().readTree(stream).path("paths").properties()) {
          for (var operation : path.getValue().properties()) {
            if (!operation.getKey().equals("parameters")) {
              described.add("%s %s %s".formatted(operation.getKey(), path.getKey(),
                  operation.getValue().path("x-permission").asString("PUBLIC")));
            }
          }
        }
      }
      var parts = portrait.parts();
      var registered = new TreeSet<>(List.of("get /health/live PUBLIC", "get /health/ready PUBLIC",
          "get /metrics PUBLIC"));
      var routes = new Routes();
      rest(parts).routes(routes);
      for (var route : routes.all()) {
        registered.add("%s %s %s".formatted(route.method().name().toLowerCase(java.util.Locale.ROOT),
            route.path().replace('<', '{').replace('>', '}'),
            route.access().permission().map(Enum::name).orElse("PUBLIC")));
      }
      assertEquals(registered, described);
    }
  }

  private static Door rest(portrait.app.Wiring parts) {
    return new Rest(parts.live(), parts.definitions(), parts.sources(), parts.measures(), parts.segments(),
        parts.jobs(),
        parts.security(), parts.database(), parts.warehouse(), parts.repair(), parts.retention(), parts.refresh(),
        parts.rollout(), parts.schedules(),
        parts.rebuild(),
        new portrait.doors.http.Uploads(Path.of("unused")), java.time.Clock.systemUTC(), parts.unification(),
        parts.matching(),
        new portrait.stages.identity.IdentityGraph(parts.definitions()), new portrait.stages.accounts.Accounts(
            parts.definitions(), parts.unification(), parts.database(), parts.warehouse()),
        parts.backups(), parts.privacy(), parts.connections(), parts.enrichments(), parts.exports(), parts.triggers(),
        new portrait.doors.http.Repeats(parts.database(), java.time.Clock.systemUTC()),
        new portrait.doors.http.Usage(parts.database(), java.time.Clock.systemUTC()),
        new portrait.stages.profiles.Profiles(),
        new portrait.processes.consents.Consents(parts.definitions(), parts.live(), parts.warehouse(),
            java.time.Clock.systemUTC()),
        parts.dashboard(), new portrait.doors.http.Bell(parts.jobs(), parts.security(), java.time.Clock.systemUTC()));
  }

  private static List<String> names(JsonNode object) {
    return object.properties().stream().map(java.util.Map.Entry::getKey).toList();
  }
}
