package portrait.processes.demo;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;
import portrait.TestPortrait;
import portrait.foundation.database.TestDatabases;
import tools.jackson.databind.JsonNode;

/// What the sample shop promises to whoever follows the tutorial.
@ParameterizedClass
@EnumSource(TestDatabases.Product.class)
class DemoTest {

  @TempDir
  Path home;

  private final TestDatabases.Product product;

  DemoTest(TestDatabases.Product product) {
    this.product = product;
  }

  @Test
  void theGuestIsUnknownAndBecomesKnownWithTheWholeHistory() {
    try (var portrait = TestPortrait.in(home, product.settings(home))) {
      portrait.parts().demo().fill(home.resolve("demo"), new DemoSize(0, 0, 1), (_, _, _) -> {});

      var guest = portrait.get("/api/v1/profiles/anonymous_id/mobile_guest123");
      assertFalse(guest.path("known").asBoolean());
      assertEquals(Set.of("leather-shoe-fans", "organic"), segments(guest));

      var answer = portrait.collect("/v1/identify", """
          {"anonymousId": "mobile_guest123", "userId": "sofia.rossi"}""");
      assertEquals(200, answer.statusCode(), answer.body());

      var known = portrait.get("/api/v1/profiles/anonymous_id/mobile_guest123");
      assertTrue(known.path("known").asBoolean());
      assertEquals(known, portrait.get("/api/v1/profiles/user_id/sofia.rossi"));
      assertEquals("Sofia", known.path("attributes").path("first_name").asString());
      var events = portrait.get("/api/v1/profiles/user_id/sofia.rossi/events?limit=100").path("events");
      assertTrue(
          events.valueStream().anyMatch(event -> event.path("identities").toString().contains("mobile_guest123")));
      assertTrue(events.valueStream().anyMatch(event -> event.path("name").asString().equals("Order Completed")));
    }
  }

  @Test
  void peopleOfTheFilesAreOneCustomerEach() {
    try (var portrait = TestPortrait.in(home, product.settings(home))) {
      portrait.parts().demo().fill(home.resolve("demo"), new DemoSize(0, 0, 1), (_, _, _) -> {});

      var anna = portrait.get("/api/v1/profiles/user_id/anna.keller");
      assertEquals(anna, portrait.get("/api/v1/profiles/shop.loyalty/L-501"));
      assertEquals(anna, portrait.get("/api/v1/profiles/anonymous_id/mobile_anna"));
      assertEquals("gold", anna.path("attributes").path("tier").asString());
      assertTrue(segments(anna).contains("high-value"), anna.toString());

      var luc = portrait.get("/api/v1/profiles/email/luc.moreau@example.org");
      assertTrue(segments(luc).contains("gold-in-lyon"), luc.toString());
    }
  }

  @Test
  void rowsThatAreWrongAreKeptAside() {
    try (var portrait = TestPortrait.in(home, product.settings(home))) {
      portrait.parts().demo().fill(home.resolve("demo"), new DemoSize(0, 0, 1), (_, _, _) -> {});

      assertEquals(12, portrait.parts().sources().table("shop.contacts").orElseThrow().rows());
      assertEquals(1, portrait.parts().sources().table("shop.contacts").orElseThrow().refused());
      assertEquals(1, portrait.parts().sources().table("shop.orders").orElseThrow().refused());
    }
  }

  @Test
  void aHomeThatHasTheShopKeepsIt() {
    try (var portrait = TestPortrait.in(home, product.settings(home))) {
      assertFalse(portrait.parts().demo().isThere());

      portrait.parts().demo().fill(home.resolve("demo"), new DemoSize(0, 0, 1), (_, _, _) -> {});

      assertTrue(portrait.parts().demo().isThere());
    }
  }

  private static Set<String> segments(JsonNode profile) {
    var names = new TreeSet<String>();
    profile.path("segments").forEach(name -> names.add(name.asString()));
    return names;
  }
}
