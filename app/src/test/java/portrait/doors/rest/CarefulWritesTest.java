package portrait.doors.rest;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;
import portrait.TestPortrait;
import portrait.foundation.database.TestDatabases;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Writes that neither overwrite what others did nor happen twice.
@ParameterizedClass
@EnumSource(TestDatabases.Product.class)
class CarefulWritesTest {

  private static final JsonMapper JSON = JsonMapper.builder().build();
  private static final String LYON = "/api/v1/definitions/Segment/lyon";

  @TempDir
  Path home;
  private final TestDatabases.Product product;

  CarefulWritesTest(TestDatabases.Product product) {
    this.product = product;
  }

  @Test
  void whoeverSawAnOlderDefinitionIsToldInsteadOfOverwritingIt() {
    try (var portrait = TestPortrait.in(home, product.settings(home))) {
      put(portrait, "People of Lyon", Map.of("If-None-Match", "*"));
      String seen = tag(portrait.exchange("GET", LYON, ""));
      assertEquals(304, portrait.exchange("GET", LYON, "", Map.of("If-None-Match", seen)).statusCode());

      var first = put(portrait, "By Anna", Map.of("If-Match", seen));
      assertEquals(200, first.statusCode(), first.body());
      assertNotEquals(seen, tag(first));
      for (Map<String, String> held : List.of(Map.of("If-Match", seen), Map.of("If-Match", "\"bogus\""),
          Map.of("If-Match", "W/" + tag(first)), Map.of("If-None-Match", "*"))) {
        var second = put(portrait, "By Bert", held);
        assertEquals(412, second.statusCode(), second.body());
        assertEquals("changed_meanwhile", JSON.readTree(second.body()).path("code").asString());
      }
      assertEquals(412, portrait.exchange("DELETE", LYON, "", Map.of("If-Match", seen)).statusCode());
      assertEquals(412, portrait.exchange("PUT", "/api/v1/definitions/Segment/other", "{}", Map.of("If-Match", "*"))
          .statusCode());
      assertEquals("By Anna", portrait.get(LYON).path("spec").path("title").asString());

      // The tag of one definition does not change with another; that of all of them does.
      String all = tag(portrait.exchange("GET", "/api/v1/definitions", ""));
      portrait.apply("{kind: Segment, name: paris, spec: {where: \"city = 'Paris'\"}}");
      assertEquals(412,
          portrait.exchange("POST", "/api/v1/definitions", "{kind: Segment, name: oslo, spec: {where: \"a = 1\"}}",
              Map.of("If-Match", all)).statusCode());
      assertEquals(200, put(portrait, "By Bert", Map.of("If-Match", "\"1\", " + tag(first))).statusCode());
      assertEquals(200, portrait.exchange("DELETE", LYON, "", Map.of("If-Match", "*")).statusCode());
      assertEquals(200, put(portrait, "Again", Map.of("If-None-Match", "*")).statusCode());
    }
  }

  @Test
  void aFormThatWasOpenMeanwhileIsRefusedAndKeepsWhatWasWritten() {
    try (var portrait = TestPortrait.in(home, product.settings(home))) {
      put(portrait, "People of Lyon", Map.of());
      String page = portrait.exchange("GET", "/definitions/Segment/lyon", "").body();
      String seen = page.replaceFirst("(?s).*name=\"seen\" value=\"([0-9]+)\".*", "$1");
      assertTrue(seen.matches("[0-9]+"), page);
      portrait.apply("{kind: Segment, name: paris, spec: {where: \"city = 'Paris'\"}}");
      put(portrait, "By Anna", Map.of());

      var refused = portrait.submit("/definitions", "seen=" + seen
          + "&yaml=%7Bkind%3A+Segment%2C+name%3A+lyon%2C+spec%3A+%7Btitle%3A+By+Bert%2C+where%3A+%22a+%3D+1%22%7D%7D");
      assertEquals(412, refused.statusCode());
      assertTrue(refused.body().contains("By Bert"), "what was written is lost");
      assertTrue(refused.body().contains("value=\"%s\"".formatted(seen)), "sent again unread, it would overwrite");
      assertTrue(refused.body().contains("was changed by"), refused.body());
      String edited = portrait.submit("/segments/lyon/edit", "seen=" + seen + "&title=By+Carl&rule=a+%3D+1").body();
      assertTrue(edited.contains("was changed by"), edited);
      portrait.submit("/definitions/Segment/lyon/delete", "seen=" + seen);
      assertEquals("By Anna", portrait.get(LYON).path("spec").path("title").asString());
      // Who saw the latest may go on, and a change of something else does not matter.
      assertEquals(303, portrait.submit("/definitions", "seen=" + seen
          + "&yaml=%7Bkind%3A+Segment%2C+name%3A+rome%2C+spec%3A+%7Bwhere%3A+%22a+%3D+1%22%7D%7D").statusCode());
    }
  }

  @Test
  void aWriteThatIsSentAgainIsAnsweredAsItWasAndDoneOnce() throws Exception {
    try (var portrait = TestPortrait.in(home, product.settings(home))) {
      var repeated = Map.of("Idempotency-Key", "b7c1f6c2-0001");
      String wanted = "{\"role\": \"viewer\", \"name\": \"a program\"}";
      var first = portrait.exchange("POST", "/api/v1/keys", wanted, repeated);
      var again = portrait.exchange("POST", "/api/v1/keys", wanted, repeated);
      assertEquals(201, first.statusCode());
      assertEquals(201, again.statusCode());
      assertEquals(first.body(), again.body());
      assertEquals("true", again.headers().firstValue("Idempotency-Replayed").orElse(""));
      assertEquals(1, keys(portrait).size());

      var other = portrait.exchange("POST", "/api/v1/keys", wanted.replace("viewer", "admin"), repeated);
      assertEquals(422, other.statusCode());
      assertEquals("reused_key", JSON.readTree(other.body()).path("code").asString());
      assertEquals(400,
          portrait.exchange("POST", "/api/v1/keys", wanted, Map.of("Idempotency-Key", "a b")).statusCode());

      // What was refused may be tried again; what was long ago is forgotten.
      var late = Map.of("Idempotency-Key", "b7c1f6c2-0002");
      assertEquals(404, portrait.exchange("DELETE", LYON, "", late).statusCode());
      put(portrait, "People of Lyon", Map.of());
      assertEquals(200, portrait.exchange("DELETE", LYON, "", late).statusCode());
      portrait.passUnnoticed(Duration.ofHours(25));
      assertNotEquals(first.body(), portrait.exchange("POST", "/api/v1/keys", wanted, repeated).body());
      assertEquals(2, keys(portrait).size());

      // The text of the key is in the kept answer, which nobody can read without the caller's own key.
      String made = JSON.readTree(first.body()).path("key").asString();
      try (var files = Files.walk(home)) {
        for (var file : files.filter(Files::isRegularFile).filter(path -> path.getFileName().toString().startsWith(
            "portrait.db")).toList()) {
          assertFalse(new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1).contains(made),
              file.toString());
        }
      }
    }
  }

  private static JsonNode keys(TestPortrait portrait) {
    return portrait.get("/api/v1/keys").path("keys");
  }

  private static HttpResponse<String> put(TestPortrait portrait, String title, Map<String, String> headers) {
    return portrait.exchange("PUT", LYON, "{\"title\": \"%s\", \"where\": \"city = 'Lyon'\"}".formatted(title),
        headers);
  }

  private static String tag(HttpResponse<String> answer) {
    return answer.headers().firstValue("ETag").orElseThrow();
  }
}
