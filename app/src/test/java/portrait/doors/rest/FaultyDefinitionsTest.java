package portrait.doors.rest;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import portrait.TestPortrait;

/// What is wrong with a segment or measure is refused with the place named, or has a meaning that is written down.
class FaultyDefinitionsTest {

  private static TestPortrait portrait;

  @BeforeAll
  static void open(@TempDir Path home) {
    portrait = TestPortrait.in(home);
    portrait.collect("/v1/identify", """
        {"messageId": "1", "userId": "u1", "traits": {"city": "Lyon", "points": 5}}""");
    portrait.refresh();
    portrait.collect("/v1/identify", "{\"messageId\": \"2\", \"userId\": \"u1\", \"traits\": {\"nickname\": \"Zo\"}}");
    portrait.apply("""
        kind: Segment
        name: base
        spec: { where: "city = 'Lyon'" }
        ---
        kind: Segment
        name: above
        spec: { where: { segment: base } }
        ---
        kind: Measure
        name: orders
        spec: { aggregate: count, event: Order, within: 400d }
        ---
        kind: Measure
        name: twice
        spec: { formula: "measure.orders * 2" }
        """);
  }

  @AfterAll
  static void close() {
    portrait.close();
  }

  /// @param says parts of the message, the path among them
  record Fault(String what, String definition, List<String> says) {

    @Override
    public String toString() {
      return what;
    }
  }

  static List<Fault> faults() {
    String deep = "{ not: ".repeat(70) + "{ event: A }" + " }".repeat(70);
    return List.of(
        new Fault("a cycle of segments", segment("base", "{ segment: above }"),
            List.of("Segment/base uses Segment/above uses Segment/base")),
        new Fault("a cycle of measures", measure("orders", "{ formula: \"measure.twice + 1\" }"),
            List.of("Measure/orders uses Measure/twice uses Measure/orders")),
        new Fault("a segment that is not there", segment("x", "{ segment: bsae }"), List.of("where", "bsae")),
        new Fault("a measure that is not there", segment("x", "{ measure: { oders: 3 } }"), List.of("where", "oders")),
        new Fault("an attribute nobody has, in a tree",
            segment("x", "{ all: [ { event: A }, { attribute: { ctiy: Lyon } } ] }"),
            List.of("where.all[1].attribute.ctiy", "did you mean 'city'")),
        new Fault("an attribute nobody has, in text", segment("x", "\"pionts > 3\""),
            List.of("where: ", "'pionts'", "did you mean 'points'")),
        new Fault("an attribute nobody has, in a measure", measure("x", "{ formula: \"pionts * 2\" }"),
            List.of("formula: ", "'pionts'", "did you mean 'points'")),
        new Fault("an attribute nobody has, in a projection",
            "kind: Segment\nname: x\nspec: { where: { event: A }, project: { c: ctiy } }",
            List.of("project.c", "did you mean 'city'")),
        new Fault("types that clash", segment("x", "{ all: [ { formula: \"length(city)\", equals: true } ] }"),
            List.of("where.all[0]", "a number")),
        new Fault("a text where a number must be", segment("x", "{ event: A, count: { at_least: x } }"),
            List.of("where.count.at_least", "'x'", "a whole number")),
        new Fault("a calculation of nothing",
            measure("x", "{ event: A, dimensions: { d: a }, calculations: { c: { formula: \"b / 2\" } } }"),
            List.of("calculations.c", "'b'")),
        new Fault("two columns of one name",
            measure("x", "{ event: A, dimensions: { c: a }, calculations: { C: { aggregate: count } } }"),
            List.of("two columns are named C")),
        new Fault("a segment on a number about the business",
            measure("total", "{ per: business, aggregate: count, event: A }") + "\n---\n"
                + segment("x", "\"measure.total > 3\""),
            List.of("'total'", "about each customer")),
        new Fault("absurd nesting", segment("x", deep), List.of("where.not.not", "64 levels")),
        new Fault("a window longer than what is kept",
            "kind: Retention\nname: old\nspec: { events: { older_than: 90d } }", List.of("Measure orders (400d)")),
        new Fault("neither rule nor list", "kind: Segment\nname: x\nspec: { title: X }", List.of("where is missing")));
  }

  @ParameterizedTest
  @MethodSource("faults")
  void isRefusedWithItsPlace(Fault fault) {
    var refused = portrait.exchange("POST", "/api/v1/definitions", fault.definition());
    assertEquals(400, refused.statusCode(), refused.body());
    fault.says().forEach(part -> assertTrue(refused.body().contains(part), part + " is not in " + refused.body()));
  }

  @Test
  void divisionByZeroIsMissing() {
    portrait.apply(measure("ratio", "{ formula: \"points / (points - 5)\", default: 7 }"));
    portrait.refresh();
    assertEquals(7, portrait.get("/api/v1/profiles/user_id/u1").path("measures").path("ratio").asInt());
    assertEquals(7, portrait.get("/api/v1/measures/ratio/values").path("rows").get(0).path("ratio").asInt());
  }

  @Test
  void anAttributeThatCameWithAnEventOrADraftIsNotRefused() {
    portrait.apply(segment("nick", "{ attribute: { nickname: Zo } }"));
    portrait.apply("kind: Segment\nname: later\nspec: { where: \"colour = 'red'\", active: false }");
    assertEquals(400, portrait.exchange("POST", "/api/v1/definitions", segment("now", "\"colour = 'red'\""))
        .statusCode());
  }

  private static String segment(String name, String where) {
    return "kind: Segment\nname: %s\nspec: { where: %s }".formatted(name, where);
  }

  private static String measure(String name, String spec) {
    return "kind: Measure\nname: %s\nspec: %s".formatted(name, spec);
  }
}
