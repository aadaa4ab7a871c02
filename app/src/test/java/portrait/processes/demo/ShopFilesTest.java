package portrait.processes.demo;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import portrait.TestPortrait;
import tools.jackson.databind.json.JsonMapper;

class ShopFilesTest {

  private static final Instant NOW = Instant.parse("2031-05-17T08:00:00Z");
  private static final List<String> FILES = List.of("contacts.csv", "loyalty.csv", "orders.csv", "events.jsonl",
      "companies.csv", "debtors.csv", "shop.yaml");

  @TempDir
  Path folder;

  @Test
  void theSameSeedAndMomentMakeTheSameBytes() throws IOException {
    var size = new DemoSize(200, 1_000, 3);

    ShopFiles.write(folder.resolve("one"), size, NOW);
    ShopFiles.write(folder.resolve("other"), size, NOW);

    for (String file : FILES) {
      // The definitions name the files where they lie, so that a refresh finds them from anywhere.
      String one = Files.readString(folder.resolve("one").resolve(file), StandardCharsets.ISO_8859_1);
      String other = Files.readString(folder.resolve("other").resolve(file), StandardCharsets.ISO_8859_1);
      assertEquals(one, other.replace(folder.resolve("other").toString(), folder.resolve("one").toString()), file);
    }
  }

  @Test
  void theShopIsAsBigAsAskedFor() throws IOException {
    ShopFiles.write(folder, new DemoSize(500, 4_000, 3), NOW);

    assertEquals(4_000, lines("events.jsonl"), 80);
    assertTrue(lines("contacts.csv") >= 300, "six in ten are known");
    assertTrue(lines("orders.csv") > 300);
  }

  @Test
  void theGuestLookedAtLeatherShoesWithinTheLastThirtyDaysWhateverTheDate() throws IOException {
    ShopFiles.write(folder, new DemoSize(0, 0, 1), NOW);

    var json = JsonMapper.builder().build();
    long looks = Files.readAllLines(folder.resolve("events.jsonl")).stream().map(json::readTree)
        .filter(event -> event.path("anonymousId").asString().equals("mobile_guest123"))
        .filter(event -> event.path("properties").path("category").asString("").equals("leather-shoes"))
        .filter(event -> event.path("event").asString("").equals("Product Viewed"))
        .filter(event -> Instant.parse(event.path("timestamp").asString()).isAfter(NOW.minus(Duration.ofDays(30))))
        .count();
    assertTrue(looks >= 3, "looks: " + looks);
  }

  @Test
  void nothingHappensInTheFuture() throws IOException {
    ShopFiles.write(folder, new DemoSize(100, 2_000, 5), NOW);

    var json = JsonMapper.builder().build();
    for (String line : Files.readAllLines(folder.resolve("events.jsonl"))) {
      assertFalse(Instant.parse(json.readTree(line).path("timestamp").asString()).isAfter(NOW), line);
    }
  }

  @Test
  void whoBuysForACompanyIsOnItsAccount() throws IOException {
    ShopFiles.write(folder, new DemoSize(200, 100, 5), NOW);
    try (var portrait = TestPortrait.in(Files.createDirectory(folder.resolve("home")))) {
      portrait.apply(Files.readString(folder.resolve("shop.yaml")));
      portrait.parts().jobs().await(portrait.parts().refresh().start(Optional.empty(), "test"));

      var nordbahn = portrait.get("/api/v1/accounts/shop.debtors/D-31");
      assertEquals("Nordbahn GmbH", nordbahn.path("name").asString());
      assertEquals(nordbahn.path("accountId"), portrait.get("/api/v1/accounts/shop.debtors/D-35").path("accountId"));
      assertTrue(nordbahn.path("people").toString().contains("\"C-1004\""), nordbahn::toString);
      assertTrue(nordbahn.path("people").size() > 2, "generated ones, too: " + nordbahn);
      assertEquals("Hôtel Bellecour SA", portrait.get("/api/v1/accounts/shop.debtors/D-32").path("name").asString());
      assertEquals("Kade Logistics B.V.", portrait.get("/api/v1/accounts/shop.debtors/D-33").path("name").asString());
      assertEquals("Alpine Werkschutz AG", portrait.get("/api/v1/accounts/shop.debtors/D-34").path("name").asString());
      assertEquals(7, portrait.get("/api/v1/accounts").path("accounts").size());
    }
  }

  private long lines(String file) throws IOException {
    try (var lines = Files.lines(folder.resolve(file))) {
      return lines.count();
    }
  }
}
