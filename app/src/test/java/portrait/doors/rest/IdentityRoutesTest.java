package portrait.doors.rest;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;
import portrait.TestPortrait;
import portrait.foundation.database.TestDatabases;
import portrait.foundation.jobs.Status;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// The identity graph as its users meet it, over HTTP.
@ParameterizedClass
@EnumSource(TestDatabases.Product.class)
class IdentityRoutesTest {

  private static final String UNIQUE_EMAIL = """
      kind: Namespace
      name: email
      spec: { unique: true }
      """;

  private final TestDatabases.Product product;
  private TestPortrait portrait;

  IdentityRoutesTest(TestDatabases.Product product) {
    this.product = product;
  }

  @BeforeEach
  void open(@TempDir Path home) {
    portrait = TestPortrait.in(home, product.settings(home));
  }

  @AfterEach
  void close() {
    portrait.close();
  }

  @Test
  void aChangedNamespaceIsSimulatedThenAppliedToThePastAndEverybodyIsEvaluatedAgain() {
    identify("ann@example.com", "Ann", "2026-11-22T08:00:00Z");
    identify("bob@example.com", "Bob", "2026-11-22T09:00:00Z");
    var both = look("anonymous_id", "tablet");
    assertEquals(both, look("email", "ann@example.com"));

    var simulated = JsonMapper.shared()
        .readTree(portrait.exchange("POST", "/api/v1/identities/simulate", UNIQUE_EMAIL).body());
    assertEquals(1, simulated.path("split").asInt());
    assertEquals(0, simulated.path("merged").asInt());
    assertEquals(both.path("customerId"), simulated.at("/samples/0/before/0/customerId"));
    assertEquals(List.of("email:ann@example.com", "email:bob@example.com anonymous_id:tablet"),
        simulated.at("/samples/0/after").valueStream().map(IdentityRoutesTest::identities).sorted().toList());
    assertEquals(both, look("anonymous_id", "tablet"));
    var applied = JsonMapper.shared()
        .readTree(portrait.exchange("POST", "/api/v1/definitions?simulate=true", UNIQUE_EMAIL).body());
    assertEquals(simulated, applied.path("identities"));
    assertEquals("created", applied.at("/changes/0/action").asString());
    assertEquals(0, portrait.parts().definitions().list("Namespace").size());
    String checked = portrait.submit("/definitions", "do=check&yaml="
        + java.net.URLEncoder.encode(UNIQUE_EMAIL, java.nio.charset.StandardCharsets.UTF_8)).body();
    assertTrue(checked.contains("No customer would merge, 1 would split off"), checked);

    portrait.apply(UNIQUE_EMAIL);
    settle();

    assertEquals("Ann", look("email", "ann@example.com").at("/attributes/name").asString());
    assertEquals("Bob", look("anonymous_id", "tablet").at("/attributes/name").asString());
    assertEquals(look("anonymous_id", "tablet"), look("email", "bob@example.com"));
    assertEquals(true, portrait.get("/api/v1/identities").path("isSettled").asBoolean());

    var without = JsonMapper.shared()
        .readTree(portrait.exchange("POST", "/api/v1/identities/simulate?delete=email", "").body());
    assertEquals("1 0", without.path("merged").asInt() + " " + without.path("split").asInt());
    assertTrue(portrait.submit("/identities", "delete=email").body().contains("1 customer would merge into another"));
    assertEquals(404, portrait.exchange("POST", "/api/v1/identities/simulate?delete=nothing", "").statusCode());
    portrait.exchange("DELETE", "/api/v1/definitions/Namespace/email", "");
    settle();
    assertEquals(look("email", "ann@example.com"), look("email", "bob@example.com"));
  }

  @Test
  void whoHasNoFactsAfterASplitIsStillSomebody() {
    portrait.collect("/v1/track", "{\"userId\": \"u1\", \"anonymousId\": \"a1\", \"event\": \"Bought\"}");
    portrait.exchange("POST", "/api/v1/identities/separate", """
        {"one": {"namespace": "user_id", "value": "u1"}, "other": {"namespace": "anonymous_id", "value": "a1"}}""");

    var bare = look("anonymous_id", "a1");
    assertEquals("anonymous_id:a1", identities(bare));
    assertEquals("false {} []",
        bare.path("known").asString() + " " + bare.path("attributes") + " " + bare.path("segments"));
    assertNotEquals(look("user_id", "u1").path("customerId"), bare.path("customerId"));
    String id = bare.path("customerId").asString();
    assertEquals(200, portrait.exchange("GET", "/customers/" + id, "").statusCode());
    assertEquals(bare, look("customer", id));
    assertEquals(0, portrait.get("/api/v1/profiles/anonymous_id/a1/events").path("events").size());
  }

  @Test
  void anAddressIsTheSameInCapitals() {
    portrait.collect("/v1/identify", """
        {"userId": "u1", "traits": {"email": "Ann@Example.com"}}""");
    portrait.collect("/v1/identify", """
        {"anonymousId": "a1", "context": {"externalIds": [{"type": "email", "id": " ANN@example.com "}]}}""");

    assertEquals(look("user_id", "u1"), look("anonymous_id", "a1"));
    assertEquals(look("user_id", "u1"), look("email", "aNN@EXAMPLE.com"));
    assertEquals("ann@example.com", look("user_id", "u1").path("identities").valueStream()
        .filter(identity -> identity.path("namespace").asString().equals("email")).findFirst().orElseThrow()
        .path("value").asString());
  }

  @Test
  void peopleKeptApartStayApartAndTheTrailSaysWhoSaidSo() {
    identify("ann@example.com", "Ann", "2026-11-22T08:00:00Z");
    identify("bob@example.com", "Bob", "2026-11-22T09:00:00Z");
    String pair = """
        {"one": {"namespace": "email", "value": "ann@example.com"},
         "other": {"namespace": "email", "value": "bob@example.com"}, "reason": "two people"}""";

    assertEquals(200, portrait.exchange("POST", "/api/v1/identities/separate", pair).statusCode());
    identify("ann@example.com", "Ann", "2026-11-22T10:00:00Z");
    portrait.refresh();

    assertEquals("Ann", look("anonymous_id", "tablet").at("/attributes/name").asString());
    assertEquals("Bob", look("email", "bob@example.com").at("/attributes/name").asString());
    assertNotEquals(look("email", "ann@example.com").path("customerId"),
        look("email", "bob@example.com").path("customerId"));
    assertEquals("two people", portrait.get("/api/v1/identities/separations").at("/separations/0/reason").asString());
    assertTrue(portrait.parts().security().auditTrail(10).stream()
        .anyMatch(entry -> entry.action().equals("identities separated")));

    portrait.exchange("POST", "/api/v1/identities/rejoin", pair);
    assertEquals(look("email", "ann@example.com"), look("email", "bob@example.com"));
  }

  @Test
  void separatingWhomNobodyKnowsIsRefused() {
    assertEquals(404, portrait.exchange("POST", "/api/v1/identities/separate", """
        {"one": {"namespace": "email", "value": "a@x"}, "other": {"namespace": "email", "value": "b@x"}}""")
        .statusCode());
    assertEquals(400, portrait.exchange("POST", "/api/v1/identities/separate", """
        {"one": {"namespace": "email"}}""").statusCode());
  }

  private void settle() {
    var job = portrait.parts().jobs().await(portrait.parts().repair().settle("test"));
    assertEquals(Status.DONE, job.status());
  }

  private void identify(String email, String name, String at) {
    portrait.collect("/v1/identify", """
        {"anonymousId": "tablet", "timestamp": "%s", "traits": {"email": "%s", "name": "%s"}}""".formatted(at, email,
        name));
  }

  private JsonNode look(String namespace, String value) {
    return portrait.get("/api/v1/profiles/%s/%s".formatted(namespace, value));
  }

  private static String identities(JsonNode customer) {
    return customer.path("identities").valueStream()
        .map(identity -> identity.path("namespace").asString() + ":" + identity.path("value").asString())
        .reduce((one, other) -> one + " " + other).orElse("");
  }
}
