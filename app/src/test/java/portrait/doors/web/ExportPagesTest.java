package portrait.doors.web;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import portrait.TestPortrait;
import portrait.foundation.security.Role;

/// A connection and an export as people make them on the pages, without a line of YAML.
class ExportPagesTest {

  private static final String SECRET = "braze-key-that-nobody-sees";

  @TempDir
  Path home;
  private TestPortrait portrait;

  @BeforeEach
  void open() {
    portrait = TestPortrait.in(home);
    portrait.apply("""
        kind: Segment
        name: lyon
        spec: { where: "city = 'Lyon'" }
        """);
    for (int i = 0; i < 3; i++) {
      portrait.collect("/v1/identify",
          "{\"userId\": \"u%d\", \"traits\": {\"city\": \"Lyon\", \"first_name\": \"N%d\"}}".formatted(i, i));
    }
  }

  @AfterEach
  void close() {
    portrait.close();
  }

  private String page(String path) {
    return portrait.exchange("GET", path, "").body();
  }

  @Test
  void aConnectionIsSetUpAndAnExportTriedAndRun() throws Exception {
    assertTrue(page("/connections").contains("/connections/new?type=disk"), "the page offers what there is");
    assertTrue(page("/connections/new?type=disk").contains("name=\"setting:folder\""));

    var refused = portrait.submit("/connections/new", "type=disk&title=CRM&setting:folder=crm");
    assertEquals(400, refused.statusCode());
    assertTrue(refused.body().contains("tick “I agree”"), "nothing is saved before somebody agrees");
    assertEquals(0, portrait.get("/api/v1/connections").path("connections").size());

    assertEquals("/connections/crm", portrait
        .submit("/connections/new",
            "type=disk&title=CRM&setting:folder=crm&agree=yes&sharing=contributors")
        .headers().firstValue("Location").orElse(""));
    var saved = portrait.get("/api/v1/connections/crm");
    assertEquals("contributor", saved.path("sharedWith").get(0).asString());
    assertTrue(saved.path("consent").path("text").asString().startsWith("By agreeing"), saved.toString());
    assertEquals(303, portrait.submit("/connections/crm/verify", "").statusCode());

    assertEquals("/exports/lyon-to-crm", portrait.submit("/exports/new",
        "connection=crm&title=Lyon+to+CRM&segment:lyon=on&who=segments&columns=first_name%0Atown+%3D+city&active=on")
        .headers().firstValue("Location").orElse(""));
    assertFalse(Files.exists(home.resolve("exports/crm/lyon-to-crm")), "saving sends nothing");
    var tried = portrait.submit("/exports/lyon-to-crm/try", "");
    assertEquals(200, tried.statusCode());
    assertTrue(tried.body().contains("3 new, 0 changed"), tried.body());

    portrait.parts().jobs().await(portrait.parts().exports().start("lyon-to-crm", false, "test"));
    try (var runs = Files.list(home.resolve("exports/crm/lyon-to-crm"))) {
      assertTrue(Files.readString(runs.findFirst().orElseThrow().resolve("lyon-to-crm_1.csv"))
          .startsWith("CustomerId,first_name,town,Change\n"));
    }
    assertTrue(page("/exports/lyon-to-crm").contains("3 people are there from us"));

    assertEquals(303, portrait.submit("/connections/crm/remove", "exports=detach").statusCode());
    assertTrue(page("/exports/lyon-to-crm").contains("Detached"));
  }

  @Test
  void aSecretComesOutNowhereAndOthersSeeNameAndTypeOnly() throws Exception {
    assertEquals(303, portrait.submit("/connections/new",
        "type=braze&title=Mail&setting:endpoint=rest.iad-03.braze.com&setting:api_key=" + SECRET
            + "&agree=yes&sharing=some&some=ben")
        .statusCode());
    var definition = portrait.exchange("GET", "/api/v1/definitions", "").body();
    assertTrue(definition.contains("mail.api_key"), definition);
    assertFalse((definition + page("/connections/mail") + page("/connections") + page("/definitions/Connection/mail")
        + portrait.exchange("GET", "/api/v1/vault", "").body() + portrait.exchange("GET", "/api/v1/audit", "").body())
        .contains(SECRET));
    try (var files = Files.walk(home)) {
      for (var file : files.filter(Files::isRegularFile).toList()) {
        assertFalse(new String(Files.readAllBytes(file), java.nio.charset.StandardCharsets.ISO_8859_1)
            .contains(SECRET), () -> "the secret lies in clear in " + file);
      }
    }
    assertEquals("rw-------",
        java.nio.file.attribute.PosixFilePermissions
            .toString(Files.getPosixFilePermissions(home.resolve("vault.key"))));

    String key = portrait.parts().security().createKey(Role.CONTRIBUTOR, "ann").key().reveal();
    try (var client = HttpClient.newHttpClient()) {
      for (String path : new String[]{"/api/v1/connections/mail", "/api/v1/definitions/Connection/mail",
          "/api/v1/definitions", "/api/v1/definitions/Connection/mail/history"}) {
        var answer = client.send(HttpRequest.newBuilder(URI.create(portrait.parts().server().url() + path))
            .header("Authorization", "Bearer " + key).build(), BodyHandlers.ofString()).body();
        assertTrue(answer.contains("Mail"), answer);
        assertFalse(answer.contains("braze.com"), answer);
      }
      var refused = client.send(HttpRequest.newBuilder(URI.create(portrait.parts().server().url()
          + "/api/v1/definitions")).header("Authorization", "Bearer " + key).POST(HttpRequest.BodyPublishers.ofString("""
              kind: Export
              name: mine
              spec: { connection: mail, settings: { segment_id: x, email: email } }
              """)).build(), BodyHandlers.ofString());
      assertEquals(403, refused.statusCode(), refused.body());
      assertTrue(refused.body().contains("not shared with ann"), refused.body());
    }
  }

  @Test
  void whoeverEditsWhatSomebodyElseChangedMeanwhileIsTold() {
    String form = "type=disk&title=CRM&setting:folder=crm&agree=yes";
    portrait.submit("/connections/new", form);
    portrait.submit("/exports/new", "connection=crm&title=Lyon&segment:lyon=on&who=segments");
    var pages = Map.of("/connections/crm", form, "/exports/lyon/edit",
        "connection=crm&title=Lyon&segment:lyon=on&who=segments&columns=first_name");
    pages.forEach((path, sent) -> {
      String seen = page(path).replaceFirst("(?s).*name=\"seen\" value=\"([0-9]+)\".*", "$1");
      assertEquals(303, portrait.submit(path, "seen=" + seen + "&" + sent.replace("title=", "title=By+Anna+"))
          .statusCode());

      var refused = portrait.submit(path, "seen=" + seen + "&" + sent.replace("title=", "title=By+Bert+"));
      assertEquals(412, refused.statusCode());
      assertTrue(refused.body().contains("By Bert"), "what was written is lost");
    });
    portrait.submit("/exports/lyon/active", "seen=1&active=false");
    portrait.submit("/exports/lyon/remove", "seen=1");
    portrait.submit("/connections/crm/remove", "seen=1");
    assertTrue(portrait.get("/api/v1/definitions/Export/lyon").path("spec").path("title").asString()
        .startsWith("By Anna"));
    assertEquals("crm", portrait.get("/api/v1/definitions/Export/lyon").path("spec").path("connection").asString());
    assertTrue(portrait.exchange("GET", "/connections/crm", "").statusCode() == 200);
  }

  @Test
  void theKeyOfTheVaultIsReplacedAndAWrongOneIsTold() throws Exception {
    portrait.submit("/connections/new",
        "type=braze&title=Mail&setting:endpoint=rest.iad-03.braze.com&setting:api_key=" + SECRET + "&agree=yes");
    var before = Files.readString(home.resolve("vault.key"));

    assertEquals(200, portrait.exchange("POST", "/api/v1/vault/rotate", "{}").statusCode());

    assertFalse(before.equals(Files.readString(home.resolve("vault.key"))));
    assertTrue(portrait.get("/api/v1/vault").path("problem").isNull());
    Files.writeString(home.resolve("vault.key"), before);
    assertTrue(portrait.get("/api/v1/vault").path("problem").asString().contains("is not the one that sealed 1"),
        portrait.get("/api/v1/vault").toString());
  }
}
