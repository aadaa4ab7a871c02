package portrait.foundation.definitions;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;
import portrait.foundation.database.Database;
import portrait.foundation.database.TestDatabases;
import portrait.foundation.definitions.Change.Action;
import portrait.foundation.model.Problem;
import portrait.foundation.model.ProblemException;
import portrait.foundation.model.TestClock;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

@ParameterizedClass
@EnumSource(TestDatabases.Product.class)
class DefinitionsTest {

  private static final Instant NOW = Instant.parse("2026-11-22T10:00:00Z");

  /// A basket holds fruits and may stand on another basket.
  record Basket(String name, List<String> fruits, Optional<String> standsOn) {}

  record Fruit(String name, String colour) {}

  static final Kind<Fruit> FRUIT = new Kind<>() {
    @Override
    public String name() {
      return "Fruit";
    }

    @Override
    public Fruit parse(String name, JsonNode spec) {
      return new Fruit(name, spec.get("colour").asString());
    }

    @Override
    public String schema() {
      return """
          { "type": "object", "required": ["colour"], "additionalProperties": false,
            "properties": { "colour": { "enum": ["green", "red", "yellow"] }, "note": { "type": "string" } } }
          """;
    }
  };

  static final Kind<Basket> BASKET = new Kind<>() {
    @Override
    public String name() {
      return "Basket";
    }

    @Override
    public Basket parse(String name, JsonNode spec) {
      var fruits = new ArrayList<String>();
      spec.path("fruits").forEach(fruit -> fruits.add(fruit.asString()));
      if (fruits.contains("stone")) {
        throw Problem.of(Problem.Code.INVALID_DEFINITION, "fruits[%d] was 'stone' but must be a fruit"
            .formatted(fruits.indexOf("stone"))).asException();
      }
      return new Basket(name, fruits, Optional.ofNullable(spec.path("stands_on").asString(null)));
    }

    @Override
    public String schema() {
      return """
          { "type": "object", "additionalProperties": false,
            "properties": {
              "fruits": { "type": "array", "items": { "type": "string" } },
              "size": { "type": "integer", "minimum": 1 },
              "stands_on": { "type": "string" },
              "where": { "$ref": "#/$defs/condition" } },
            "$defs": { "condition": { "anyOf": [
              { "type": "string" },
              { "type": "object", "required": ["event"], "additionalProperties": false,
                "properties": { "event": { "type": "string" }, "count": { "type": "integer" } } },
              { "type": "object", "required": ["all"], "additionalProperties": false,
                "properties": { "all": { "type": "array", "items": { "$ref": "#/$defs/condition" } } } } ] } } }
          """;
    }

    @Override
    public List<Problem> check(Basket basket, Definitions others) {
      return basket.fruits().stream().filter(fruit -> others.one(FRUIT, fruit).isEmpty())
          .map(fruit -> Problem.of(Problem.Code.INVALID_DEFINITION, "fruits names '%s', which is no Fruit"
              .formatted(fruit)))
          .toList();
    }

    @Override
    public List<String> uses(Basket basket) {
      var uses = new ArrayList<>(basket.fruits().stream().map(fruit -> "Fruit/" + fruit).toList());
      basket.standsOn().ifPresent(below -> uses.add("Basket/" + below));
      return uses;
    }
  };

  private final TestDatabases.Product product;

  @TempDir
  Path folder;
  Database database;
  Definitions definitions;

  DefinitionsTest(TestDatabases.Product product) {
    this.product = product;
  }

  @BeforeEach
  void open() {
    database = Database.open(product.settings(folder), List.of(Definitions.migrations()));
    definitions = definitions();
  }

  @AfterEach
  void close() {
    database.close();
  }

  private Definitions definitions() {
    return new Definitions(database, List.of(FRUIT, BASKET), Clock.fixed(NOW, ZoneOffset.UTC));
  }

  private static final String ORCHARD = """
      # Comments are welcome.
      kind: Basket
      name: picnic
      spec:
        fruits: [apple, pear]
      ---
      kind: Fruit
      name: apple
      spec: { colour: red }
      ---
      kind: Fruit
      name: pear
      spec: { colour: green, note: "ripe: in autumn" }
      """;

  @Test
  void createsEveryDocumentOfATextInAnyOrder() {
    var changes = definitions.apply(ORCHARD, "anna");

    assertEquals(List.of(new Change("Basket", "picnic", Action.CREATED, 1),
        new Change("Fruit", "apple", Action.CREATED, 1), new Change("Fruit", "pear", Action.CREATED, 1)), changes);
    assertEquals(List.of(new Fruit("apple", "red"), new Fruit("pear", "green")), definitions.all(FRUIT));
    assertEquals(Optional.of(new Fruit("pear", "green")), definitions.one(FRUIT, "pear"));
    var stored = definitions.find("Fruit", "apple").orElseThrow();
    assertEquals("anna", stored.appliedBy());
    assertEquals(NOW, stored.appliedAt());
  }

  @Test
  void isReadAgainAfterARestart() {
    definitions.apply(ORCHARD, "anna");

    var restarted = definitions();

    assertEquals(definitions.list("Fruit"), restarted.list("Fruit"));
    assertEquals(definitions.all(BASKET), restarted.all(BASKET));
  }

  @Test
  void applyingTheSameAgainChangesNothing() {
    definitions.apply(ORCHARD, "anna");
    var told = new ArrayList<List<Change>>();
    definitions.onChange(told::add);
    var before = definitions.all(FRUIT);

    var changes = definitions.apply(ORCHARD, "bob");

    assertTrue(changes.stream().allMatch(change -> change.action() == Action.UNCHANGED && change.version() == 1));
    assertSame(before, definitions.all(FRUIT));
    assertEquals("anna", definitions.find("Fruit", "apple").orElseThrow().appliedBy());
    assertEquals(List.of(), told);
  }

  @Test
  void keepsEveryVersionAndTellsListeners() {
    definitions.apply(ORCHARD, "anna");
    var told = new ArrayList<List<Change>>();
    definitions.onChange(told::add);

    definitions.apply("{kind: Fruit, name: apple, spec: {colour: yellow}}", "bob");
    definitions.delete("Basket", "picnic", "bob");
    definitions.delete("Fruit", "apple", "carla");
    definitions.apply("{\"kind\": \"Fruit\", \"name\": \"apple\", \"spec\": {\"colour\": \"green\"}}", "dora");

    var history = definitions.history("Fruit", "apple");
    assertEquals(List.of(4, 3, 2, 1), history.stream().map(Definition::version).toList());
    assertEquals(List.of("dora", "carla", "bob", "anna"), history.stream().map(Definition::appliedBy).toList());
    assertTrue(history.get(1).spec().isNull());
    assertEquals(List.of(List.of(new Change("Fruit", "apple", Action.CHANGED, 2)),
        List.of(new Change("Basket", "picnic", Action.DELETED, 2)),
        List.of(new Change("Fruit", "apple", Action.DELETED, 3)),
        List.of(new Change("Fruit", "apple", Action.CREATED, 4))), told);
  }

  @Test
  void reportsEveryProblemAtOnceAndAppliesNothing() {
    var problem = refused("""
        kind: Fruit
        name: plum
        spec: { colour: red }
        ---
        kind: Fruit
        name: apple
        spec: { color: red }
        ---
        kind: Fruit
        name: lime
        spec: { colour: gren }
        ---
        kind: Basket
        name: heavy
        spec: { fruits: [plum, stone] }
        ---
        kind: Basket
        name: odd
        spec: { fruits: [plum, banana], size: 0 }
        ---
        kind: Basket
        name: empty-handed
        spec: { fruits: [kiwi] }
        ---
        kind: Bascket
        name: 1st
        spec: []
        extra: 1
        """);

    assertEquals(List.of("Fruit apple: colour is missing",
        "Fruit apple: color is unknown: did you mean 'colour'?; known are colour, note",
        "Fruit lime: colour was 'gren' but must be one of green, red, yellow: did you mean 'green'?",
        "Basket heavy: fruits[1] was 'stone' but must be a fruit",
        "Basket odd: size was 0 but must be at least 1",
        "document 7 (line 25): kind was 'Bascket' but must be one of Fruit, Basket: did you mean 'Basket'?",
        "document 7 (line 25): name was '1st' but must start with a letter and have up to 100 letters, digits, '-' and '_'",
        "document 7 (line 25): spec was '[]' but must be an object",
        "document 7 (line 25): extra is unknown; known are kind, name, spec",
        "Basket empty-handed: fruits names 'kiwi', which is no Fruit"),
        problem.details().entrySet().stream().sorted(Map.Entry.comparingByKey())
            .map(Map.Entry::getValue).toList());
    assertTrue(problem.message().startsWith("10 problems:\n- Fruit apple: colour is missing\n"), problem.message());
    assertEquals(List.of(), definitions.list("Fruit"));
  }

  @Test
  void saysLineAndColumnOfASyntaxError() {
    var problem = refused("kind: Fruit\nname: [apple\nspec: {}\n");

    assertEquals(
        "the definitions cannot be read at line 3, column 5: while parsing a flow sequence: expected ',' or ']'",
        problem.message());
    assertTrue(refused("{\"kind\": \"Fruit\",\n \"name\": }").message()
        .startsWith("the definitions cannot be read at line 2, column 1"));
    assertTrue(refused("kind: Fruit\nkind: Basket\n").message().contains("line 2"));
    assertTrue(refused("a: &x 1\nb: *x\n").message().contains("aliases (*name) are not supported"));
    assertTrue(refused("a: " + "[".repeat(5_000)).message().contains("nesting depth"));
    assertTrue(refused("a: \u0000").message().startsWith("the definitions cannot be read at line 1"));
    assertEquals("the text holds no definition", refused("# nothing\n---\n").message());
    assertEquals("document 1 (line 1) is no definition", refused("hello").message());
  }

  @Test
  void namesTheFormThatWasMeantWhereThereAreSeveral() {
    assertEquals("Basket b: where.all[1].count was 'x' but must be a whole number",
        refused("{kind: Basket, name: b, spec: {where: {all: [a, {event: e, count: x}]}}}").message());
    assertEquals("Basket b: where.cuont is unknown: did you mean 'count'?; known are event, count",
        refused("{kind: Basket, name: b, spec: {where: {event: e, cuont: 1}}}").message());
    assertEquals("Basket b: where was 3 but must be text or an object",
        refused("{kind: Basket, name: b, spec: {where: 3}}").message());
  }

  @Test
  void checksSeeTheStateThatWouldBe() {
    definitions.apply(ORCHARD, "anna");

    assertEquals("Basket picnic: fruits names 'fig', which is no Fruit",
        refused("{kind: Basket, name: picnic, spec: {fruits: [fig]}}").message());
    definitions.apply("""
        [{"kind": "Basket", "name": "picnic", "spec": {"fruits": ["fig"]}},
         {"kind": "Fruit", "name": "fig", "spec": {"colour": "green"}}]
        """, "anna");

    assertEquals(List.of("fig"), definitions.one(BASKET, "picnic").orElseThrow().fruits());
  }

  @Test
  void refusesDefinitionsThatDependOnThemselves() {
    var problem = refused("""
        { kind: Basket, name: a, spec: { stands_on: b } }
        ---
        { kind: Basket, name: b, spec: { stands_on: a } }
        """);

    assertEquals("Basket a: it depends on itself: Basket/a uses Basket/b uses Basket/a", problem.message());
    assertTrue(
        refused("{ kind: Basket, name: a, spec: { stands_on: a } }").message().endsWith("Basket/a uses Basket/a"));
  }

  @Test
  void refusesTheSameNameTwice() {
    assertTrue(refused("""
        { kind: Fruit, name: fig, spec: { colour: red } }
        ---
        { kind: Fruit, name: fig, spec: { colour: green } }
        """).message().startsWith("Fruit fig is there twice: the second time at line 3"));
  }

  @Test
  void deletesOnlyWhatNothingDependsOn() {
    definitions.apply(ORCHARD, "anna");

    var conflict = assertThrows(ProblemException.class, () -> definitions.delete("Fruit", "pear", "bob")).problem();
    assertEquals(Problem.Code.CONFLICT, conflict.code());
    assertEquals("Fruit pear cannot be deleted: it is used by Basket/picnic", conflict.message());

    definitions.delete("Basket", "picnic", "bob");
    assertEquals(new Change("Fruit", "pear", Action.DELETED, 2), definitions.delete("Fruit", "pear", "bob"));
    assertEquals(List.of(new Fruit("apple", "red")), definitions.all(FRUIT));
    var absent = assertThrows(ProblemException.class, () -> definitions.delete("Fruit", "appel", "bob")).problem();
    assertEquals("there is no Fruit appel: did you mean 'apple'?", absent.message());
  }

  @Test
  void saysWhichKindsThereAre() {
    var problem = assertThrows(ProblemException.class, () -> definitions.list("Friut")).problem();

    assertEquals(Problem.Code.NOT_FOUND, problem.code());
    assertEquals("there is no kind 'Friut': did you mean 'Fruit'?", problem.message());
    assertEquals("The kinds are Fruit, Basket.", problem.hint());
  }

  @Test
  void showsTheDifferenceWithoutApplyingIt() {
    definitions.apply(ORCHARD, "anna");

    var changes = definitions.diff("""
        { kind: Fruit, name: apple, spec: { colour: green } }
        ---
        { kind: Fruit, name: pear, spec: { note: "ripe: in autumn", colour: green } }
        ---
        { kind: Fruit, name: fig, spec: { colour: green } }
        """);

    assertEquals(List.of(Action.CHANGED, Action.UNCHANGED, Action.CREATED),
        changes.stream().map(Change::action).toList());
    assertEquals(new Fruit("apple", "red"), definitions.one(FRUIT, "apple").orElseThrow());
  }

  @Test
  void exportsWhatApplyTakesBack() {
    definitions.apply(ORCHARD, "anna");

    assertEquals("""
        kind: Fruit
        name: apple
        spec:
          colour: red
        ---
        kind: Fruit
        name: pear
        spec:
          colour: green
          note: "ripe: in autumn"
        ---
        kind: Basket
        name: picnic
        spec:
          fruits:
            - apple
            - pear
        """, definitions.export(Optional.empty()));
    assertTrue(definitions.apply(definitions.export(Optional.empty()), "bob").stream()
        .allMatch(change -> change.action() == Action.UNCHANGED));
    assertTrue(definitions.export(Optional.of("Fruit")).endsWith("note: \"ripe: in autumn\"\n"));
  }

  @Test
  void anyTextSurvivesAnExport() {
    long seed = System.nanoTime();
    var random = new SplittableRandom(seed);
    String letters = "ab \n\t:#-?,[]{}&*!|>'\"%@`~=<.019eExXyYnNoOfF\u0085\u2028\u00e9\u00a0\\\ufeff/";
    for (int round = 0; round < 2_000; round++) {
      var note = new StringBuilder();
      for (int i = random.nextInt(8); i >= 0; i--) {
        note.append(letters.charAt(random.nextInt(letters.length())));
      }
      var spec = JsonMapper.shared().createObjectNode().put("colour", "red").put("note", note.toString());
      var tree = JsonMapper.shared().createObjectNode().put("kind", "Fruit").put("name", "x").set("spec", spec);

      String text = Document.write(tree);

      assertEquals(List.of(tree), Document.read(text).stream().map(Document::tree).toList(),
          () -> "seed " + seed + ": " + text);
    }
  }

  @Test
  void whatThisVersionCannotReadIsKeptButNotInForce() {
    definitions.apply(ORCHARD, "anna");
    database.write(transaction -> transaction.update("""
        UPDATE definition SET spec = '{"colour": "octarine"}' WHERE name = 'apple'"""));
    database.write(transaction -> transaction.update("""
        INSERT INTO definition VALUES ('Wizard', 'rincewind', 1, '{}', 0, 'anna', 0)"""));

    var restarted = definitions();

    assertEquals(List.of(new Fruit("pear", "green")), restarted.all(FRUIT));
    assertEquals(2, restarted.list("Fruit").size());
    assertEquals(List.of("Fruit apple: colour was 'octarine' but must be one of green, red, yellow"),
        restarted.problems().stream().map(Problem::message).toList());
  }

  @Test
  void twoNodesNeverOverwriteEachOther() {
    if (product == TestDatabases.Product.SQLITE) {
      return; // One process owns the file.
    }
    var settings = product.settings(folder);
    var clock = new TestClock(NOW);
    try (var one = Database.open(settings, List.of(Definitions.migrations()));
        var two = Database.open(settings, List.of(Definitions.migrations()))) {
      var first = new Definitions(one, List.of(FRUIT, BASKET), clock);
      var second = new Definitions(two, List.of(FRUIT, BASKET), clock);
      var told = new CopyOnWriteArrayList<Change>();
      second.onChange(told::addAll);

      first.apply("{kind: Fruit, name: fig, spec: {colour: green}}", "anna");
      var changes = second.apply("{kind: Fruit, name: fig, spec: {colour: red}}", "bob");
      assertEquals(List.of(new Change("Fruit", "fig", Action.CHANGED, 2)), changes);
      assertEquals(
          List.of(new Change("Fruit", "fig", Action.CREATED, 1), new Change("Fruit", "fig", Action.CHANGED, 2)),
          told);

      clock.advance(Duration.ofSeconds(2));
      while (!first.all(FRUIT).equals(List.of(new Fruit("fig", "red")))) {
        Thread.onSpinWait();
      }
      first.delete("Fruit", "fig", "anna");
      clock.advance(Duration.ofSeconds(2));
      while (!second.all(FRUIT).isEmpty() || told.size() < 3) {
        Thread.onSpinWait(); // Listeners hear of it just after it can be seen.
      }
      assertEquals(new Change("Fruit", "fig", Action.DELETED, 3), told.getLast());
    }
  }

  private Problem refused(String text) {
    var problem = assertThrows(ProblemException.class, () -> definitions.apply(text, "anna")).problem();
    assertEquals(Problem.Code.INVALID_DEFINITION, problem.code());
    return problem;
  }
}
