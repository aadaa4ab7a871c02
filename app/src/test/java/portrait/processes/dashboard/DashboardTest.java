package portrait.processes.dashboard;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.LocalDate;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;
import portrait.TestPortrait;
import portrait.foundation.database.TestDatabases;
import tools.jackson.databind.JsonNode;

/// Three people of a table, one of whom visits, and a visitor without a name.
@ParameterizedClass
@EnumSource(TestDatabases.Product.class)
class DashboardTest {

  private static final String DEFINITIONS = """
      kind: Source
      name: shop
      spec:
        tables:
          - { name: contacts, path: contacts.csv, key: id, updated: changed, columns: [
              { name: id, type: string }, { name: mail, type: string, identity: email },
              { name: phone, type: string, identity: phone }, { name: city, type: string },
              { name: changed, type: timestamp } ] }
      ---
      kind: Unification
      name: customers
      spec: { tables: [ { table: shop.contacts } ] }
      ---
      kind: Segment
      name: lyon
      spec: { title: From Lyon, where: "city = 'Lyon'" }
      """;

  @TempDir
  Path home;
  @Parameter
  TestDatabases.Product product;
  private TestPortrait portrait;

  @BeforeEach
  void open() throws IOException {
    Files.writeString(home.resolve("contacts.csv"), """
        id,mail,phone,city,changed
        1,ann@example.com,+33600000001,Lyon,2026-05-01T10:00:00Z
        2,ben@example.com,+33600000002,Paris,2026-05-01T10:00:00Z
        3,cat@example.com,,Lyon,2026-05-01T10:00:00Z
        """);
    portrait = TestPortrait.in(home, product.settings(home));
  }

  @AfterEach
  void close() {
    portrait.close();
  }

  private JsonNode countNow() {
    assertEquals(200, portrait.exchange("POST", "/api/v1/dashboard", "").statusCode());
    return portrait.get("/api/v1/dashboard");
  }

  private long people(String group) {
    var answer = portrait.get("/api/v1/dashboard/people?group=" + group);
    assertEquals(answer.path("total").asLong(), answer.path("customers").size());
    return answer.path("total").asLong();
  }

  @Test
  void everyNumberIsCountedWithItsMomentAndLeadsToAsManyPeople() {
    var nothing = portrait.get("/api/v1/dashboard");
    assertEquals(0, nothing.path("customers").asLong());
    assertEquals(0, nothing.path("days").size(), "nothing was refreshed yet");

    portrait.apply(DEFINITIONS);
    assertEquals(200, portrait.collect("/v1/track", """
        {"anonymousId": "visitor", "event": "Product Viewed"}""").statusCode());
    assertEquals(200, portrait.collect("/v1/identify", """
        {"anonymousId": "phone-of-ann", "userId": "ann", "traits": {"email": "ann@example.com"}}""").statusCode());
    assertTrue(portrait.get("/api/v1/dashboard").path("customers").asLong() > 0,
        "where nobody was, everybody is counted at once");
    portrait.refresh();

    var counted = countNow();
    assertEquals(portrait.now().toString(), counted.path("countedAt").asString());
    assertEquals("4 3 1", "%d %d %d".formatted(counted.path("customers").asLong(), counted.path("known").asLong(),
        counted.path("unknown").asLong()));
    assertEquals("""
        [{"source":"shop.contacts","customers":3,"added":%1$d},{"source":"live","customers":2,"added":%2$d}]"""
        .formatted(counted.path("sources").path(0).path("added").asLong(), 2), counted.path("sources").toString());
    assertEquals("""
        [{"namespace":"email","identities":3,"customers":3},{"namespace":"anonymous_id","identities":2,"customers":2},\
        {"namespace":"phone","identities":2,"customers":2},{"namespace":"user_id","identities":1,"customers":1}]""",
        counted.path("identities").toString());
    assertEquals("""
        [{"name":"lyon","title":"From Lyon","members":2,"change":2}]""", counted.path("largestSegments").toString());
    assertEquals("2 2", counted.path("unsegmented").asLong() + " " + counted.path("single").asLong());

    assertEquals(counted.path("unsegmented").asLong(), people("unsegmented"));
    assertEquals(counted.path("single").asLong(), people("single"));
    assertEquals(counted.path("added").asLong(), people("added"));
    for (var source : counted.path("sources")) {
      assertEquals(source.path("customers").asLong(), people("source:" + source.path("source").asString()));
    }
    for (var held : counted.path("identities")) {
      assertEquals(held.path("customers").asLong(), people("identities:" + held.path("namespace").asString()));
    }
    assertEquals(6, counted.path("overlaps").size(), "Ann has an identity of each namespace");
    for (var shared : counted.path("overlaps")) {
      assertEquals(shared.path("customers").asLong(), people("identities:%s%%2B%s".formatted(
          shared.path("one").asString(), shared.path("other").asString())));
    }
    assertEquals(400, portrait.exchange("GET", "/api/v1/dashboard/people?group=nobody", "").statusCode());
  }

  @Test
  void daysAreRememberedAndThoseBeforeTheFirstCountAreToldByWhenPeopleWereSeenFirst() {
    portrait.apply(DEFINITIONS);
    portrait.refresh();
    countNow();
    portrait.pass(Duration.ofDays(1));
    assertEquals(200, portrait.collect("/v1/track", """
        {"anonymousId": "visitor", "event": "Product Viewed"}""").statusCode());
    portrait.refresh();
    var days = countNow().path("days").valueStream().toList();

    assertEquals(90, days.size());
    var today = LocalDate.parse("2026-11-23");
    assertEquals(List.of(today.minusDays(1) + " 3 0", today + " 3 1"), days.subList(88, 90).stream()
        .map(day -> "%s %d %d".formatted(day.path("day").asString(), day.path("known").asLong(),
            day.path("unknown").asLong()))
        .toList());
    assertEquals(today.minusDays(89).toString(), days.getFirst().path("day").asString());
  }
}
