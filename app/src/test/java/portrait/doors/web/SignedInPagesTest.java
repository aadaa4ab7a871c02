package portrait.doors.web;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import portrait.TestPortrait;
import portrait.foundation.security.Role;
import portrait.foundation.model.Secret;

/// Pages as the whole product answers them.
class SignedInPagesTest {

  private static final int TRIES_MAX = 50;

  @TempDir
  Path home;

  @Test
  void aSegmentOnTheCardSaysWhyWithoutScript() {
    try (var portrait = TestPortrait.in(home)) {
      portrait.apply("""
          kind: Segment
          name: fans
          spec: { title: Fans, where: { event: Product Viewed, within: 30d, count: { at_least: 1 } } }
          """);
      portrait.collect("/v1/track", """
          {"messageId": "m1", "anonymousId": "a1", "event": "Product Viewed", "timestamp": "2026-11-22T11:00:00Z"}""");
      String id = portrait.get("/api/v1/profiles/anonymous_id/a1").path("customerId").asString();
      String card = portrait.exchange("GET", "/customers/" + id, "").body();
      assertTrue(card.contains("?why=fans#in-segments-title"), "the segment offers to say why");
      assertFalse(card.contains("class=\"reasons\""));
      String explained = portrait.exchange("GET", "/customers/" + id + "?why=fans", "").body();
      assertTrue(explained.contains("holds · count('Product Viewed' within 30d) is 1"), explained);
    }
  }

  @Test
  void customersAreATableWithChosenColumnsAndTwoAreComparedSideBySide() {
    try (var portrait = TestPortrait.in(home)) {
      for (String who : List.of("ann", "ben")) {
        assertEquals(200, portrait.collect("/v1/identify", """
            {"userId": "%1$s", "traits": {"email": "%1$s@example.com", "city": "Lyon", "plan": "<b>%1$s</b>"}}"""
            .formatted(who)).statusCode());
      }
      String usual = portrait.exchange("GET", "/customers?view=table", "").body();
      assertTrue(usual.contains("<td class=\"cell\">ann@example.com</td>"), usual);
      assertFalse(usual.contains("&lt;b&gt;ann"), "only the usual columns until others are chosen");
      String chosen = portrait.exchange("GET", "/customers?view=table&column=plan&column=nothing", "").body();
      assertTrue(chosen.contains("<td class=\"cell\">&lt;b&gt;ann&lt;/b&gt;</td>"), chosen);
      assertFalse(chosen.contains("<td class=\"cell\">ann@example.com</td>"), chosen);

      var ids = List.of("ann", "ben").stream()
          .map(who -> portrait.get("/api/v1/profiles/user_id/" + who).path("customerId").asString()).toList();
      String compared = portrait.exchange("GET", "/customers/compare?id=%s&id=%s".formatted(ids.getFirst(),
          ids.getLast()), "").body();
      assertTrue(compared.contains("<tr class=\"differs\"><th scope=\"row\">Email"), compared);
      assertTrue(compared.contains("<th scope=\"row\">City</th>"), "what is the same is not marked");
      assertEquals(303, portrait.exchange("GET", "/customers/compare?id=" + ids.getFirst(), "").statusCode());
    }
  }

  @Test
  void whatIsSavedHasAPageBeforeItCountsForEverybody() {
    try (var portrait = TestPortrait.in(home)) {
      portrait.apply("""
          kind: Segment
          name: fans
          spec: { title: Fans, where: { event: Product Viewed, within: 30d, count: { at_least: 1 } } }
          ---
          kind: Measure
          name: views
          spec: { aggregate: count, event: Product Viewed }
          """);
      for (String page : List.of("/segments/fans", "/measures/views", "/api/v1/segments/fans")) {
        assertEquals(200, portrait.exchange("GET", page, "").statusCode(), page);
      }
    }
  }

  @Test
  void onlyWhoMayEraseSeesOnTheCardWhatWouldGo() {
    try (var portrait = TestPortrait.in(home)) {
      portrait.collect("/v1/identify", "{\"userId\": \"u1\", \"traits\": {\"name\": \"Ann & <b>Co\"}}");
      String card = "/customers/" + portrait.get("/api/v1/profiles/user_id/u1").path("customerId").asString();
      var admin = Map.of("Authorization", "Bearer "
          + portrait.parts().security().createKey(Role.ADMIN, "admin").key().reveal());
      var contributor = Map.of("Authorization", "Bearer "
          + portrait.parts().security().createKey(Role.CONTRIBUTOR, "contributor").key().reveal());

      assertTrue(portrait.exchange("GET", card, "", admin).body().contains(card + "?erase=1#privacy-title"));
      String asked = portrait.exchange("GET", card + "?erase=1", "", admin).body();
      assertTrue(asked.contains("action=\"/privacy/erase\""), asked);
      assertTrue(asked.contains("Erasing Ann &amp; &lt;b>Co deletes") || asked.contains(
          "Erasing Ann &amp; &lt;b&gt;Co deletes"), asked);
      assertTrue(asked.contains("The identity is kept from coming in again"), asked);
      String french = portrait.exchange("GET", card + "?erase=1", "", Map.of("Accept-Language", "fr")).body();
      assertTrue(french.contains("L’identité est empêchée de revenir"), french);
      String other = portrait.exchange("GET", card + "?erase=1", "", contributor).body();
      assertTrue(other.contains("Ann &amp;"), other);
      assertFalse(other.contains("/privacy/"), "neither the action nor the numbers");
    }
  }

  @Test
  void aRefusedMessageIsCorrectedOnItsPage() {
    try (var portrait = TestPortrait.in(home)) {
      portrait.collect("/v1/track", "{\"userId\": \"u1\"}");

      assertTrue(portrait.exchange("GET", "/quarantine", "").body().contains("Event is missing"));
      assertTrue(portrait.exchange("GET", "/quarantine/1", "").body().contains("{\"userId\": \"u1\"}"));
      var still = portrait.submit("/quarantine/1/replay", "message=%7B%22userId%22%3A%22u2%22%7D");
      assertEquals(400, still.statusCode());
      assertTrue(still.body().contains("{\"userId\":\"u2\"}"), "what was typed stays");
      assertEquals(303, portrait.submit("/quarantine/1/replay",
          "message=%7B%22userId%22%3A%22u1%22%2C%22event%22%3A%22Bought%22%7D").statusCode());
      assertEquals("Bought",
          portrait.get("/api/v1/profiles/user_id/u1/events").path("events").path(0).path("name").asString());
      assertTrue(portrait.exchange("GET", "/quarantine", "").body().contains("Nothing was refused"));
    }
  }

  @Test
  void aTableBecomesAnActivityByChoosingColumns() throws IOException {
    Files.writeString(home.resolve("calls.csv"), "id,who,at,note\n1,ann@example.com,2026-11-01 10:00:00,Asked\n");
    try (var portrait = TestPortrait.in(home)) {
      portrait.apply("""
          kind: Source
          name: desk
          spec: { tables: [ { name: calls, path: calls.csv, key: id, columns: [ { name: id, type: string },
            { name: who, type: string }, { name: at, type: timestamp }, { name: note, type: string } ] } ] }
          """);
      portrait.refresh();
      String look = portrait.exchange("GET", "/activities/new?table=desk.calls", "").body();
      assertTrue(look.contains("<option value=\"at\""), "columns with a time are offered");
      assertTrue(look.contains("ann@example.com"), "the first rows are shown");
      String chosen = "new=1&name=calls&title=Calls&table=desk.calls&namespace=email&timestamp=at&entry-title=note&shown=on"
          + "&column-0=id&property-0=&column-1=who&property-1=&column-2=at&property-2=&column-3=note&property-3=text";

      var refused = portrait.submit("/activities", chosen + "&customer=whom&event=Called");
      assertEquals(400, refused.statusCode());
      assertTrue(refused.body().contains("but desk.calls has no such column"), refused.body());
      assertTrue(refused.body().contains("value=\"whom\""), "what was typed stays");
      String preview = portrait.submit("/activities", chosen + "&customer=who&event=Called&preview=1").body();
      assertTrue(preview.contains("Called · Asked"), preview);
      assertEquals(303, portrait.submit("/activities", chosen + "&customer=who&event=Called").statusCode());
      assertEquals(400, portrait.submit("/activities", chosen + "&customer=who&event=Called").statusCode(),
          "a new one does not replace another");

      portrait.refresh();

      var event = portrait.get("/api/v1/profiles/email/ann@example.com/events").path("events").path(0);
      assertEquals("Called Asked",
          event.path("name").asString() + " " + event.path("properties").path("text").asString());
      assertTrue(portrait.exchange("GET", "/activities", "").body().contains("/activities/calls"));
      assertTrue(portrait.exchange("GET", "/activities/calls", "").body().contains("value=\"Called\""));
      String id = portrait.get("/api/v1/profiles/email/ann@example.com").path("customerId").asString();
      assertTrue(portrait.exchange("GET", "/customers/" + id, "").body().contains("Called · Asked"));
    }
  }

  @Test
  void aRowReachesItsCustomerByWayOfOtherTables() throws Exception {
    try (var portrait = TestPortrait.in(home)) {
      Files.writeString(home.resolve("orders.csv"), "id,who,at\n1,ann@example.com,2026-11-01 10:00:00\n");
      Files.writeString(home.resolve("lines.csv"), "id,order_id,at\n7,1,2026-11-02 10:00:00\n");
      portrait.apply("""
          kind: Source
          name: shop
          spec: { tables: [
            { name: orders, path: orders.csv, key: id, columns: [ { name: id }, { name: who, identity: email },
              { name: at, type: timestamp } ] },
            { name: lines, path: lines.csv, key: id, columns: [ { name: id }, { name: order_id }, { name: at,
              type: timestamp } ] } ] }
          """);
      portrait.refresh();
      String chosen = "new=1&name=lines&title=Lines&table=shop.lines&customer=who&namespace=email&timestamp=at"
          + "&event=Bought&shown=on&hop-from-0=order_id&hop-table-0=shop.orders&hop-to-0=";

      var refused = portrait.submit("/activities", chosen + "number");
      assertEquals(400, refused.statusCode());
      String page = refused.body();
      int field = page.indexOf("<details");
      assertTrue(page.indexOf("customer.through[0].to was", field) > field, "beside the way: " + page);
      assertTrue(page.contains("name=\"hop-to-0\" value=\"number\""), "what was typed stays");

      assertEquals(303, portrait.submit("/activities", chosen + "id")
          .statusCode());
      assertEquals("{\"column\":\"who\",\"namespace\":\"email\",\"through\":[{\"from\":\"order_id\","
          + "\"table\":\"shop.orders\",\"to\":\"id\"}]}",
          portrait.parts().definitions().find("Activity", "lines")
              .orElseThrow().spec().path("customer").toString());
      assertTrue(portrait.exchange("GET", "/activities/lines", "").body()
          .contains("name=\"hop-to-0\" value=\"id\""));

      portrait.refresh();
      assertEquals("Bought", portrait.get("/api/v1/profiles/email/ann@example.com/events").path("events").path(0)
          .path("name").asString());
    }
  }

  @Test
  void whoGuessesPasswordsIsToldHowLongToWait() throws Exception {
    try (var portrait = TestPortrait.in(home); var client = HttpClient.newHttpClient()) {
      portrait.parts().security().ensureOwner();
      portrait.parts().security().setPassword("owner", Secret.of("correct horse battery"));
      var answer = wrongPassword(portrait, client);
      for (int tries = 1; answer.statusCode() == 401 && tries < TRIES_MAX; tries++) {
        answer = wrongPassword(portrait, client);
      }
      assertEquals(429, answer.statusCode());
      assertTrue(Integer.parseInt(answer.headers().firstValue("Retry-After").orElseThrow()) > 0);
      assertTrue(answer.body().contains("the next try is possible in"), answer.body());
      assertTrue(answer.body().contains("value=\"owner\""), "what was typed stays");
    }
  }

  private static HttpResponse<String> wrongPassword(TestPortrait portrait, HttpClient client)
      throws IOException, InterruptedException {
    return client.send(HttpRequest.newBuilder(portrait.parts().server().url().resolve("/sign-in"))
        .header("Content-Type", "application/x-www-form-urlencoded")
        .POST(HttpRequest.BodyPublishers.ofString("user=owner&password=wrong&next=%2F")).build(),
        BodyHandlers.ofString());
  }
}
