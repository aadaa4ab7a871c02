package portrait.doors.web;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import portrait.TestPortrait;

/// The list of customers is narrowed down by values of their attributes.
class FacetsTest {

  @TempDir
  static Path home;

  private static TestPortrait portrait;

  @BeforeAll
  static void fivePeople() {
    portrait = TestPortrait.in(home);
    portrait.collect("/v1/batch", """
        {"batch": [
          {"type": "identify", "userId": "anna", "traits": {"name": "Anna", "city": "Lyon", "age": 20, "vip": true}},
          {"type": "identify", "userId": "ben", "traits": {"name": "Ben", "city": "Lyon", "age": 30, "vip": false}},
          {"type": "identify", "userId": "carl", "traits": {"name": "Carl", "city": "Paris", "age": 40}},
          {"type": "identify", "userId": "dora", "traits": {"name": "Dora", "city": "Lyon", "age": 50}},
          {"type": "identify", "userId": "eve", "traits": {"name": "Eve", "city": "l'Haÿ: <b>", "age": 60}}]}""");
    portrait.refresh();
  }

  @AfterAll
  static void close() {
    portrait.close();
  }

  @Test
  void withoutSettingsUsualAttributesAreOffered() {
    portrait.parts().definitions().list("CustomerIndex").forEach(
        each -> portrait.parts().definitions().delete("CustomerIndex", each.name(), "test"));
    assertEquals("Lyon 3, Paris 1, l'Haÿ: &lt;b&gt; 1", facets(page("/customers")));
    assertFalse(page("/customers").contains("<b>l'Haÿ"));
  }

  @Test
  void chosenValuesNarrowTheListAndTheOtherFacets() {
    index("{ attribute: city }, { attribute: vip }, { attribute: age, values: 2 }");
    assertEquals("Anna Ben Dora", names("/customers?facet=city:Lyon"));
    assertEquals("Anna Ben Carl Dora", names("/customers?facet=city:Lyon&facet=city:Paris"));
    assertEquals("Anna", names("/customers?facet=city:Lyon&facet=vip:true"));
    assertEquals("Eve", names("/customers?facet=city:" + encoded("l'Haÿ: <b>")));
    assertEquals("", names("/customers?facet=city:Nowhere"));

    var lyon = page("/customers?facet=city:Lyon");
    assertTrue(lyon.contains("3 customers fit"), lyon);
    // Its own facet still offers the others; the rest counts those in Lyon only.
    assertEquals("Lyon 3, Paris 1, l'Haÿ: &lt;b&gt; 1, No 1, Yes 1, 20 to 40 2, 40 to 60 1", facets(lyon));
  }

  @Test
  void intervalsOfNumbersAreFollowedFromTheirLinks() {
    index("{ attribute: age, values: 2 }");
    var links = Pattern.compile("href=\"(/customers[^\"]*facet=age[^\"]*)\"").matcher(page("/customers"));
    var found = new ArrayList<String>();
    while (links.find()) {
      found.add(names(links.group(1).replace("&amp;", "&")));
    }
    assertEquals(List.of("Anna Ben", "Carl Dora Eve"), found);
    var refused = portrait.exchange("GET", "/customers?facet=age:old..young", "");
    assertEquals(400, refused.statusCode());
  }

  @Test
  void allThatNarrowsTheListIsOneRule() {
    index("{ attribute: city }, { attribute: age, values: 2 }");
    assertEquals("Ben", names("/customers?q=be&kind=known&facet=city:Lyon"));
    var made = portrait
        .exchange("GET", "/segments/of-filters?kind=known&facet=city:Lyon&facet=city:Paris&facet=age:20..40",
            "")
        .headers().firstValue("Location").orElseThrow();
    assertEquals("/segments/new?rule=Known = true and (attribute.\"city\" = 'Lyon' or attribute.\"city\" = 'Paris') "
        + "and ((attribute.\"age\" >= 20 and attribute.\"age\" < 40))",
        URLDecoder.decode(made, StandardCharsets.UTF_8));
    assertEquals(200, portrait.exchange("GET", made, "").statusCode());
  }

  @Test
  void settingsThatMakeNoSenseAreRefused() {
    for (String wrong : List.of("kind: CustomerIndex\nname: other\nspec: { filters: [] }",
        "kind: CustomerIndex\nname: customers\nspec: { filters: [{ attribute: city }, { attribute: city }] }",
        "kind: CustomerIndex\nname: customers\nspec: { filters: [{ attribute: city, values: 1 }] }")) {
      assertEquals(400, portrait.exchange("POST", "/api/v1/definitions", wrong).statusCode(), wrong);
    }
  }

  private static void index(String filters) {
    portrait.apply("kind: CustomerIndex\nname: customers\nspec: { filters: [" + filters + "] }");
  }

  private static String page(String address) {
    var answer = portrait.exchange("GET", address, "");
    assertEquals(200, answer.statusCode(), answer.body());
    return answer.body();
  }

  private static String names(String address) {
    var page = page(address);
    return List.of("Anna", "Ben", "Carl", "Dora", "Eve").stream()
        .filter(name -> Pattern.compile(">\\s*" + name + "\\s*<").matcher(page).find())
        .collect(java.util.stream.Collectors.joining(" "));
  }

  private static String facets(String page) {
    var values = Pattern.compile("<a class=\"tag[^>]*>([^<]*) <span class=\"number muted\">([0-9]+)").matcher(page);
    var found = new ArrayList<String>();
    while (values.find()) {
      found.add(values.group(1) + " " + values.group(2));
    }
    return String.join(", ", found);
  }

  private static String encoded(String text) {
    return java.net.URLEncoder.encode(text, StandardCharsets.UTF_8);
  }
}
