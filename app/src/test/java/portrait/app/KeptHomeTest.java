package portrait.app;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.zip.ZipInputStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import portrait.TestPortrait;
import portrait.foundation.database.TestDatabases;

/// A home that an older Portrait wrote, kept as it was: the sample shop of sixty people, and three visits of `old-user`.
class KeptHomeTest {

  private static final String OLD_USER = "01a203cb-a7bc-777b-8fa5-9aff84520548";
  private static final String WRITTEN_AT = "/srv/portrait";

  @TempDir
  private Path home;

  @BeforeEach
  void unpack() throws IOException {
    try (var zip = new ZipInputStream(Objects.requireNonNull(
        KeptHomeTest.class.getResourceAsStream("home-of-november-2026.zip")))) {
      for (var entry = zip.getNextEntry(); entry != null; entry = zip.getNextEntry()) {
        var file = home.resolve(entry.getName());
        if (entry.isDirectory()) {
          Files.createDirectories(file);
        } else {
          Files.copy(zip, file);
        }
      }
    }
  }

  @Test
  void isOpenedWithEverythingItKnewAndGoesOn() throws IOException {
    try (var portrait = TestPortrait.durable(home, TestDatabases.sqlite(home))) {
      portrait.passTo(Instant.parse("2026-11-22T16:00:00Z"));
      var user = portrait.get("/api/v1/profiles/email/old.user@example.org");
      assertEquals(OLD_USER, user.path("customerId").asString());
      assertEquals("Nantes", user.at("/attributes/city").asString());
      assertEquals(List.of("leather-shoe-fans"),
          user.path("segments").valueStream().map(name -> name.asString()).toList());
      assertEquals(4, portrait.get("/api/v1/profiles/user_id/old-user/events").path("events").size());
      assertEquals(86, portrait.parts().database().read(tx -> tx.first("SELECT COUNT(*) FROM customer",
          row -> row.number(1))).orElseThrow().intValue());
      assertEquals(1, portrait.get("/api/v1/quarantine").path("messages").size());
      assertEquals(2, portrait.parts().security().keys().size());
      assertTrue(portrait.parts().security().verifyAuditTrail().isEmpty());
      check(portrait);

      assertEquals(200, portrait.collect("/v1/track", """
          {"event": "Opened", "userId": "old-user", "messageId": "new-1"}""").statusCode());
      assertEquals(200, portrait.collect("/v1/track", """
          {"event": "Product Viewed", "userId": "old-user", "messageId": "old-1"}""").statusCode());
      assertEquals(5, portrait.get("/api/v1/profiles/user_id/old-user/events").path("events").size(),
          "the new message is there, the repeated one is not");

      portrait.apply(Files.readString(home.resolve("demo/shop.yaml")).replace(WRITTEN_AT, home.toString()));
      portrait.refresh();
      assertEquals(OLD_USER, portrait.get("/api/v1/profiles/anonymous_id/old-anon-2").path("customerId").asString());
      check(portrait);
    }
  }

  private static void check(TestPortrait portrait) {
    assertEquals(List.of(), portrait.rebuild(true));
  }
}
