package portrait.doors.web;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import portrait.TestPortrait;
import portrait.stages.sources.LoadListener;
import portrait.stages.sources.LoadMode;
import tools.jackson.databind.json.JsonMapper;

/// Columns, tables and their order, edited without YAML.
class MappingPagesTest {

  private static final String SOURCE = """
      kind: Source
      name: shop
      spec:
        title: Shop
        tables:
          - name: orders
            key: id
            columns: [{ name: id }]
          - name: contacts
            title: Our contacts
            csv: { delimiter: ";" }
            key: id
            columns:
              - { name: id, type: integer }
              - { name: contact }
              - { name: city, semantic: Location.City }
              - { name: born, type: date, format: dd.MM.yyyy }
              - { name: note }
      """;

  private TestPortrait portrait;

  @BeforeEach
  void open(@TempDir Path home) throws Exception {
    portrait = TestPortrait.in(home);
    portrait.apply(SOURCE);
    var file = Files.writeString(home.resolve("contacts.csv"), """
        id;contact;city;born;note
        1;ann@example.com;Lyon;01.02.1990;x
        2;bob@example.com;Oslo;03.04.1991;y
        """);
    portrait.parts().sources().load("shop.contacts", List.of(file), LoadMode.REPLACE, LoadListener.silent());
  }

  @AfterEach
  void close() {
    portrait.close();
  }

  @Test
  void columnsAreEditedAndTheRestOfTheDefinitionStays() {
    String page = portrait.exchange("GET", "/tables/shop.contacts/columns", "").body();
    assertTrue(page.contains("placeholder=\"Identity.Service.Email\""), "told by the values: " + page);

    var saved = portrait.submit("/tables/shop.contacts/columns",
        form("do", "save", row(0, "id", "id", "integer", "", "", "key"),
            row(1, "contact", "mail", "string", "Identity.Service.Email", "email", ""),
            row(2, "city", "city", "string", "", "", ""), row(3, "born", "born", "date", "", "", ""),
            row(4, "note", "note", "string", "", "", "leave"), row(5, "", "", "string", "", "", "")));

    assertEquals(303, saved.statusCode(), saved.body());
    assertEquals("""
        {"name":"orders","key":"id","columns":[{"name":"id"}]}
        {"name":"contacts","title":"Our contacts","csv":{"delimiter":";"},"key":"id","columns":[\
        {"name":"id","type":"integer"},\
        {"name":"mail","from":"contact","semantic":"Identity.Service.Email","identity":"email"},\
        {"name":"city"},{"name":"born","type":"date","format":"dd.MM.yyyy"}]}""",
        portrait.parts().definitions().find("Source", "shop").orElseThrow().spec().path("tables").valueStream()
            .map(Object::toString).collect(Collectors.joining("\n")));
  }

  @Test
  void aColumnSaysYesOrNoToAPurpose() {
    assertFalse(portrait.exchange("GET", "/tables/shop.contacts/columns", "").body().contains("consent-4"),
        "nobody asks for a purpose where there is none");
    portrait.apply("kind: Purpose\nname: newsletter\nspec: {title: Our newsletter}\n");
    String page = portrait.exchange("GET", "/tables/shop.contacts/columns", "").body();
    assertTrue(page.contains("name=\"consent-4\"") && page.contains(">Our newsletter</option>"), page);

    String rows = form("do", "save", row(0, "id", "id", "integer", "", "", "key"),
        row(1, "note", "note", "string", "", "", ""));
    assertEquals(303, portrait.submit("/tables/shop.contacts/columns", rows + "&consent-1=newsletter").statusCode());
    assertEquals("newsletter", consent());
    String tied = portrait.exchange("GET", "/tables/shop.contacts/columns", "").body();
    assertTrue(tied.contains("<option value=\"newsletter\" selected>Our newsletter</option>"), tied);

    // A form without the field leaves it, one with an empty field takes it away.
    portrait.submit("/tables/shop.contacts/columns", rows);
    assertEquals("newsletter", consent());
    portrait.submit("/tables/shop.contacts/columns", rows + "&consent-1=");
    assertEquals("", consent());
  }

  private String consent() {
    return portrait.parts().definitions().find("Source", "shop").orElseThrow().spec()
        .at("/tables/1/columns/1/consent").asString("");
  }

  @Test
  void aMistakeStandsBesideItsColumnAndWhatWasTypedStays() {
    var refused = portrait.submit("/tables/shop.contacts/columns",
        form("do", "save", row(0, "id", "id", "integer", "", "", "key"),
            row(1, "contact", "1 mail", "string", "", "", "")));

    assertEquals(400, refused.statusCode());
    assertTrue(refused.body().contains("value=\"1 mail\""), refused.body());
    int field = refused.body().indexOf("value=\"1 mail\"");
    int mistake = refused.body().indexOf("columns[1].name was", field);
    assertTrue(mistake > field && mistake - field < 400, "beside the field");
    assertFalse(refused.body().contains("class=\"mistakes"), "and nowhere else");
    assertEquals(1, portrait.parts().definitions().find("Source", "shop").orElseThrow().version());
  }

  @Test
  void aFileThatCameInPiecesIsLoadedByTheForm() {
    String rows = "id;contact;city;born;note\n3;cid@example.com;Rome;05.06.1992;z\n";
    var begun = JsonMapper.shared().readTree(portrait.exchange("POST", "/api/v1/uploads",
        "{\"file\": \"more.csv\", \"bytes\": %d}".formatted(rows.length())).body());
    String id = begun.path("id").asString();
    String early = portrait.submit("/tables/shop.contacts/load", form("upload", id, "mode", "upsert")).headers()
        .firstValue("Set-Cookie").orElse("");
    assertTrue(early.contains("bytes"), "not all of it is there: " + early);
    assertEquals(200, portrait.exchange("PUT", "/api/v1/uploads/" + id, rows,
        Map.of("Content-Range", "bytes 0-%d/%d".formatted(rows.length() - 1, rows.length()))).statusCode());

    var loaded = portrait.submit("/tables/shop.contacts/load", form("upload", id, "mode", "upsert"));

    assertEquals(303, loaded.statusCode(), loaded.body());
    assertEquals(3, portrait.get("/api/v1/tables/shop.contacts").path("rows").asInt());
    assertEquals(404, portrait.exchange("GET", "/api/v1/uploads/" + id, "").statusCode(), "it is not kept");
  }

  @Test
  void meaningsAreSuggestedByNamesAndContent() {
    String page = portrait.submit("/tables/shop.contacts/columns",
        form("do", "suggest", row(0, "id", "id", "integer", "", "", "key"),
            row(1, "contact", "contact", "string", "", "", "")))
        .body();

    assertTrue(page.contains("name=\"semantic-1\" value=\"Identity.Service.Email\""), page);
    assertTrue(page.contains("name=\"identity-1\" value=\"email\""), page);
    assertEquals(1, portrait.parts().definitions().find("Source", "shop").orElseThrow().version());
  }

  @Test
  void tablesAreChosenOrderedAndFilteredWithoutYaml() {
    var first = portrait.submit("/unify/tables",
        form("shop.contacts:use", "on", "shop.contacts:order", "1", "shop.contacts:all", "on"));
    assertEquals(303, first.statusCode(), first.body());
    assertEquals("{\"tables\":[{\"table\":\"shop.contacts\"}]}", unification());

    var second = portrait.submit("/unify/tables",
        form("shop.contacts:use", "on", "shop.contacts:order", "2", "shop.contacts:where", "city = 'Lyon'",
            "shop.orders:use", "on", "shop.orders:order", "1", "shop.orders:all", "on"));
    assertEquals(303, second.statusCode(), second.body());
    assertEquals(
        "{\"tables\":[{\"table\":\"shop.orders\"},{\"table\":\"shop.contacts\",\"include_all\":false,\"where\":\"city = 'Lyon'\"}]}",
        unification());

    var numbered = portrait.submit("/unify/tables",
        form("shop.contacts:use", "on", "shop.contacts:order", "1", "shop.contacts:all", "on", "shop.contacts:id", "id",
            "customId", "Number"));
    assertEquals(303, numbered.statusCode(), numbered.body());
    assertEquals("{\"tables\":[{\"table\":\"shop.contacts\"}],\"custom_id\":{\"name\":\"Number\",\"columns\":"
        + "[{\"table\":\"shop.contacts\",\"column\":\"id\"}]}}", unification());
    String page = portrait.exchange("GET", "/unify/tables", "").body();
    assertTrue(page.contains("<option value=\"id\" selected"), page);

    var decided = portrait.submit("/unify/tables",
        form("shop.contacts:use", "on", "shop.contacts:order", "1", "shop.contacts:all", "on", "custom-type-0", "never",
            "custom-table-0", "", "custom-type-1", "alias", "custom-table-1", "shop.orders"));
    assertEquals(303, decided.statusCode(), decided.body());
    assertEquals(
        "{\"tables\":[{\"table\":\"shop.contacts\"}],\"custom\":[{\"type\":\"alias\",\"table\":\"shop.orders\"}]}",
        unification());

    var wrong = portrait.submit("/unify/tables",
        form("shop.contacts:use", "on", "shop.contacts:order", "1", "shop.contacts:where", "town = 'Lyon'"));
    assertEquals(400, wrong.statusCode());
    assertTrue(wrong.body().contains("value=\"town = &#39;Lyon&#39;\""), wrong.body());
  }

  @Test
  void columnsAreLeftOutRenamedAndGivenAPreferenceAmongDuplicates() {
    portrait.apply("""
        kind: Unification
        name: customers
        spec: { tables: [ { table: shop.orders, where: "id is not null" }, { table: shop.contacts } ] }
        """);
    assertTrue(
        portrait.exchange("GET", "/unify/attributes", "").body().contains("name=\"attributes-5\" value=\"note\""));

    var leftOut = portrait.submit("/unify/attributes", form("shop.contacts:winner", "most_recent", "shop.contacts:by",
        "born", "attributes-0", "id", "attributes-1", "id", "attributes-2", "contact", "attributes-3", "city",
        "attributes-4", "born", "attributes-5", "", "winner-3", "most_filled"));
    assertEquals(303, leftOut.statusCode(), leftOut.body());
    assertEquals("{\"tables\":[{\"table\":\"shop.orders\",\"where\":\"id is not null\"},{\"table\":\"shop.contacts\","
        + "\"exclude\":[\"note\"],\"deduplicate\":{\"winner\":\"most_recent\",\"by\":\"born\",\"columns\":"
        + "{\"city\":\"most_filled\"}}}]}", unification());

    var renamed = portrait.submit("/unify/attributes", form("shop.contacts:winner", "most_filled", "attributes-0", "id",
        "attributes-1", "", "attributes-2", "email, login", "attributes-3", "town"));
    assertEquals(303, renamed.statusCode(), renamed.body());
    assertEquals("{\"tables\":[{\"table\":\"shop.orders\",\"where\":\"id is not null\"},{\"table\":\"shop.contacts\","
        + "\"attributes\":{\"email\":\"contact\",\"login\":\"contact\",\"town\":\"city\"}}]}", unification());
    String page = portrait.exchange("GET", "/unify/attributes", "").body();
    assertTrue(page.contains("name=\"attributes-2\" value=\"email, login\""), page);

    var twice = portrait.submit("/unify/attributes", form("attributes-0", "id", "attributes-2", "town",
        "attributes-3", "Town"));
    assertEquals(400, twice.statusCode());
    assertTrue(twice.body().contains("aria-invalid=\"true\""), twice.body());
    var wrong = portrait.submit("/unify/attributes", form("attributes-2", "e mail"));
    assertEquals(400, wrong.statusCode());
    assertTrue(wrong.body().contains("class=\"mistakes"), wrong.body());
  }

  @Test
  void whichValueWinsIsSaidWithoutYaml() {
    portrait.apply("""
        kind: Unification
        name: customers
        spec: { tables: [ { table: shop.contacts } ], merge: { default: most_recent, attributes: { city: importance } } }
        """);
    String first = portrait.exchange("GET", "/policies/edit", "").body();
    assertTrue(first.contains("<option value=\"most_recent\" selected>"), "begins with what is in force: " + first);

    var saved = portrait.submit("/policies/edit",
        form("new", "on", "name", "newest", "title", "Newest", "default", "on",
            "rule", "most_recent", "order", "live, shop.contacts", "attribute-0", "city", "group-0", "1", "attribute-1",
            "born", "group-1", "1", "rule-1", "least_recent", "attribute-2", "note", "rule-2", "importance",
            "attribute-3",
            "contact", "order-3", "shop.contacts"));
    assertEquals(303, saved.statusCode(), saved.body());
    assertEquals(
        "{\"title\":\"Newest\",\"default\":true,\"rule\":\"most_recent\",\"order\":[\"live\",\"shop.contacts\"],"
            + "\"attributes\":{\"note\":\"importance\",\"contact\":{\"order\":[\"shop.contacts\"]}},"
            + "\"groups\":[{\"attributes\":[\"city\",\"born\"],\"rule\":\"least_recent\"}]}",
        policy("newest"));
    assertTrue(portrait.exchange("GET", "/policies/edit?name=newest", "").body()
        .contains("name=\"group-1\" value=\"1\""));

    var other = portrait.submit("/policies/edit", form("new", "on", "name", "other", "default", "on", "rule",
        "importance"));
    assertEquals(303, other.statusCode(), other.body());
    assertTrue(policy("newest").contains("\"default\":false"), policy("newest"));
    assertEquals(400, portrait.submit("/policies/edit", form("name", "other", "rule", "importance", "order",
        "shop.nothing")).statusCode());
    assertEquals(409, portrait.submit("/policies/edit", form("new", "on", "name", "other", "rule", "importance"))
        .statusCode());
  }

  private String policy(String name) {
    return portrait.parts().definitions().find("MergePolicy", name).orElseThrow().spec().toString();
  }

  private String unification() {
    return portrait.parts().definitions().list("Unification").getFirst().spec().toString();
  }

  private static String row(int place, String was, String name, String type, String semantic, String identity,
      String flag) {
    String row = form("was-" + place, was, "from-" + place, was, "name-" + place, name, "type-" + place, type,
        "semantic-" + place, semantic, "identity-" + place, identity);
    return row + (flag.equals("key") ? "&key-%d=on".formatted(place) : "")
        + (flag.equals("leave") ? "" : "&include-%d=on".formatted(place));
  }

  private static String form(String name, String value, String... more) {
    if (more.length > 0 && more[0].contains("=") && more[0].startsWith("was-")) {
      return form(name, value) + "&" + String.join("&", more);
    }
    var fields = Stream.concat(Stream.of(name, value), Stream.of(more)).toList();
    var text = new StringBuilder();
    for (int i = 0; i < fields.size(); i += 2) {
      text.append(i == 0 ? "" : "&").append(URLEncoder.encode(fields.get(i), StandardCharsets.UTF_8)).append('=')
          .append(URLEncoder.encode(fields.get(i + 1), StandardCharsets.UTF_8));
    }
    return text.toString();
  }
}
