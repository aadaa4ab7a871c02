package portrait.doors.rest;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
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
import tools.jackson.databind.JsonNode;

/// A visitor becomes a customer: what the page docs/explanation/unknown-to-known.md promises, over HTTP.
@ParameterizedClass
@EnumSource(TestDatabases.Product.class)
class UnknownToKnownTest {

  private final TestDatabases.Product product;
  private TestPortrait portrait;
  private int minute;

  UnknownToKnownTest(TestDatabases.Product product) {
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
  void aVisitorIsAPortraitOfTheirOwnFromTheFirstEventOn() {
    views("laptop", "boots");

    var visitor = look("anonymous_id", "laptop");
    assertFalse(visitor.path("known").asBoolean());
    assertEquals(List.of("boots"), seen("anonymous_id", "laptop"));
  }

  @Test
  void historyJoinsTheCustomerWhenTheVisitorSignsIn() {
    views("laptop", "boots");
    views("laptop", "sandals");
    signsIn("laptop", "ann");

    assertTrue(look("user_id", "ann").path("known").asBoolean());
    assertEquals(List.of("boots", "sandals"), seen("user_id", "ann"));
    assertEquals(look("user_id", "ann"), look("anonymous_id", "laptop"));
  }

  @Test
  void measuresAndSegmentsLookBackToTheAnonymousPeriod() {
    portrait.apply("""
        kind: Segment
        name: boot-fans
        spec: { title: Boots, where: { event: Product Viewed, with: { product: boots }, count: { at_least: 2 } } }
        """);
    views("laptop", "boots");
    signsIn("laptop", "ann");
    assertEquals(List.of(), look("user_id", "ann").path("segments").valueStream().toList());
    views("laptop", "boots");

    assertEquals("boot-fans", look("user_id", "ann").at("/segments/0").asString());
  }

  @Test
  void earlierCustomerIdsKeepResolving() {
    views("laptop", "boots");
    String before = look("anonymous_id", "laptop").path("customerId").asString();
    signsIn("phone", "ann");
    String known = look("user_id", "ann").path("customerId").asString();
    signsIn("laptop", "ann");

    var ann = look("user_id", "ann");
    assertEquals(known, ann.path("customerId").asString());
    assertEquals(List.of(before), ann.path("previousCustomerIds").valueStream().map(JsonNode::asString).toList());
    assertEquals(ann, look("customer", before));
  }

  @Test
  void severalDevicesOfOnePersonAreOneCustomer() {
    views("laptop", "boots");
    views("phone", "sandals");
    views("tablet", "belts");
    for (String device : List.of("laptop", "phone", "tablet")) {
      signsIn(device, "ann");
    }

    assertEquals(List.of("boots", "sandals", "belts"), seen("user_id", "ann"));
    for (String device : List.of("laptop", "phone", "tablet")) {
      assertEquals(look("user_id", "ann"), look("anonymous_id", device));
    }
  }

  @Test
  void afterALogoutWithANewVisitorIdTheNextBrowsingIsAStrangers() {
    signsIn("laptop", "ann");
    views("laptop-2", "belts");

    assertFalse(look("anonymous_id", "laptop-2").path("known").asBoolean());
    assertEquals(List.of(), seen("user_id", "ann"));
    assertEquals(look("user_id", "ann"), look("anonymous_id", "laptop"));
  }

  @Test
  void afterALogoutWithTheSameVisitorIdTheBrowsingBelongsToWhoeverSignedInLast() {
    signsIn("laptop", "ann");
    views("laptop", "belts");

    assertEquals(List.of("belts"), seen("user_id", "ann"));
  }

  @Test
  void anotherPersonOnTheSameDeviceIsAnotherCustomerAndTheDeviceIsTheirs() {
    signsIn("tablet", "ann");
    buys("tablet", "ann", "boots");
    signsIn("tablet", "bob");
    buys("tablet", "bob", "belts");
    views("tablet", "sandals");

    assertNotEquals(look("user_id", "ann").path("customerId"), look("user_id", "bob").path("customerId"));
    assertEquals(List.of("boots"), seen("user_id", "ann"));
    assertEquals(List.of("belts", "sandals"), seen("user_id", "bob"));
    assertEquals(look("user_id", "bob"), look("anonymous_id", "tablet"));
    var first = portrait.get("/api/v1/profiles/user_id/ann/identities");
    assertTrue(first.path("links").valueStream().anyMatch(link -> link.path("cut").asBoolean()), first.toString());
  }

  @Test
  void theFirstPersonGetsTheDeviceBackByTheirNextSignIn() {
    String ann = signsIn("tablet", "ann");
    signsIn("tablet", "bob");
    views("tablet", "sandals");
    signsIn("tablet", "ann");

    assertEquals(List.of("sandals"), seen("user_id", "ann"));
    assertEquals(List.of(), seen("user_id", "bob"));
    assertEquals(ann, look("anonymous_id", "tablet").path("customerId").asString());
  }

  @Test
  void signInsOfOneMillisecondGiveOneOutcomeInWhateverOrderTheyArrive() {
    for (int device = 0; device < 6; device++) {
      var users = List.of(0, 1, 2, 3, 4, 5, 6, 7, 8, 9);
      for (int place = 0; place < users.size(); place++) {
        int user = users.get((place * 3 + device) % users.size());
        portrait.collect("/v1/identify", """
            {"anonymousId": "shared-%d", "userId": "u%d-%d", "timestamp": "2026-11-22T08:00:00.001Z"}"""
            .formatted(device, device, user));
      }
      int number = device;
      assertEquals(1, users.stream().filter(user -> look("user_id", "u%d-%d".formatted(number, user))
          .equals(look("anonymous_id", "shared-" + number))).count());
      assertEquals(look("user_id", "u%d-0".formatted(number)), look("anonymous_id", "shared-" + number));
    }
  }

  private void views(String visitor, String product) {
    send("track", """
        {"anonymousId": "%s", "event": "Product Viewed", "properties": {"product": "%s"}, "timestamp": "%s"}"""
        .formatted(visitor, product, next()));
  }

  private void buys(String visitor, String user, String product) {
    send("track", """
        {"anonymousId": "%s", "userId": "%s", "event": "Order Completed", "properties": {"product": "%s"},
         "timestamp": "%s"}""".formatted(visitor, user, product, next()));
  }

  private String signsIn(String visitor, String user) {
    send("identify", """
        {"anonymousId": "%s", "userId": "%s", "timestamp": "%s"}""".formatted(visitor, user, next()));
    return look("user_id", user).path("customerId").asString();
  }

  private void send(String type, String body) {
    assertEquals(200, portrait.collect("/v1/" + type, body).statusCode());
  }

  private String next() {
    return "2026-11-22T08:%02d:00Z".formatted(++minute);
  }

  /// Products in the customer's history, the oldest first.
  private List<String> seen(String namespace, String value) {
    return portrait.get("/api/v1/profiles/%s/%s/events".formatted(namespace, value)).path("events").valueStream()
        .map(event -> event.at("/properties/product").asString("")).filter(product -> !product.isEmpty()).toList()
        .reversed();
  }

  private JsonNode look(String namespace, String value) {
    return portrait.get("/api/v1/profiles/%s/%s".formatted(namespace, value));
  }
}
