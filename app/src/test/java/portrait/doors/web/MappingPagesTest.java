package portrait.doors.web;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import portrait.TestPortrait;
import portrait.stages.sources.LoadListener;
import portrait.stages.sources.LoadMode;

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

    var wrong = portrait.submit("/unify/tables",
        form("shop.contacts:use", "on", "shop.contacts:order", "1", "shop.contacts:where", "town = 'Lyon'"));
    assertEquals(400, wrong.statusCode());
    assertTrue(wrong.body().contains("value=\"town = &#39;Lyon&#39;\""), wrong.body());
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
