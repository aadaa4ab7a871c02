package portrait.foundation.expressions;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.fail;

import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;
import portrait.TestPortrait;
import portrait.foundation.database.TestDatabases;
import portrait.foundation.model.Identity;
import portrait.foundation.warehouse.Sql;
import portrait.stages.segments.Membership;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/// Random segments over random histories that reach the whole product as they come in life: late, out of order, twice,
/// and under identities of which it shows only afterwards that they are one person. Half of the segments are there
/// before the events, half come after them. Whoever is in a segment live, by the warehouse and by [Reference], which
/// is told what each person did, must be the same, also after time has passed on days on which clocks change.
/// `-Dportrait.histories=100` runs longer, `-Dportrait.seed=7` repeats one run.
@ParameterizedClass
@EnumSource(TestDatabases.Product.class)
class HistoriesDifferentialTest {

  private static final long SEED = Long.getLong("portrait.seed", 20_241_027L);
  private static final int ROUNDS = Integer.getInteger("portrait.histories", 2);
  private static final int PEOPLE = 40;
  private static final int SEGMENTS = 36;
  private static final List<ZoneId> ZONES = List.of(ZoneOffset.UTC, ZoneId.of("Europe/Paris"),
      ZoneId.of("America/Havana"), ZoneId.of("Australia/Lord_Howe"));
  private static final Set<String> ATTRIBUTES = Set.of("city", "points", "subscribed", "interests");
  private static final String REVENUE = "sum(amount of 'A')";
  private static final Map<String, String> FIXED = Map.of("vip", "count('A') >= 2", "new", "city = 'Lyon'");

  private final TestDatabases.Product product;

  HistoriesDifferentialTest(TestDatabases.Product product) {
    this.product = product;
  }

  /// A segment as it is defined, and as the reference reads it.
  private record Rule(String name, Condition condition, ZoneId zone) {

    String yaml() {
      var spec = JsonMapper.shared().createObjectNode().put("where", TextWriter.write(condition)).put("time_zone",
          zone.equals(ZoneOffset.UTC) ? "UTC" : zone.getId());
      return "kind: Segment\nname: %s\nspec: %s\n".formatted(name, spec);
    }
  }

  @Test
  void everybodyAgreesOnHistoriesAsTheyComeInLife(@TempDir Path home) {
    for (int round = 0; round < ROUNDS; round++) {
      long seed = SEED + round;
      var now = RandomCase.NOWS.get(round % RandomCase.NOWS.size());
      var folder = home.resolve("round" + round);
      folder.toFile().mkdirs();
      try (var portrait = TestPortrait.in(folder, product.settings(folder))) {
        portrait.passUnnoticed(Duration.between(portrait.now(), now));
        round(portrait, new RandomCase(seed, now), seed);
      }
    }
  }

  private void round(TestPortrait portrait, RandomCase random, long seed) {
    var people = new ArrayList<Someone>();
    for (int p = 0; p < PEOPLE; p++) {
      people.add(person(random, "p" + p));
    }
    var rules = rules(random);
    portrait.apply("kind: Measure\nname: revenue\nspec: { formula: \"" + REVENUE + "\" }");
    define(portrait, rules.subList(0, rules.size() / 2));
    var messages = messages(random, people);
    for (var some : slices(messages, 40)) {
      assertEquals(200, portrait.collect("/v1/batch", "{\"batch\": [" + String.join(",", some) + "]}").statusCode());
    }
    define(portrait, rules.subList(rules.size() / 2, rules.size()));
    portrait.rollOut();
    agree(portrait, people, rules, live(portrait, people), "live, seed " + seed);
    portrait.refresh();
    agree(portrait, people, rules, warehouse(portrait, people), "in the warehouse, seed " + seed);
    agree(portrait, people, rules, live(portrait, people), "live after a refresh, seed " + seed);
    for (var step : List.of(Duration.ofMinutes(61), Duration.ofHours(23), Duration.ofDays(29))) {
      portrait.pass(step);
      agree(portrait, people, rules, live(portrait, people), "live after " + step + ", seed " + seed);
    }
  }

  private static void define(TestPortrait portrait, List<Rule> rules) {
    portrait.apply(rules.stream().map(Rule::yaml).collect(Collectors.joining("---\n")));
  }

  /// Somebody with an identify among what they did, and with two devices that turn out to be theirs. What lies ahead of
  /// us comes from a device whose clock is wrong, and would be set right.
  private static Someone person(RandomCase random, String id) {
    var drawn = random.customer(id);
    var attributes = new LinkedHashMap<>(drawn.attributes());
    attributes.keySet().retainAll(ATTRIBUTES);
    var events = new ArrayList<>(drawn.events().stream()
        .filter(event -> !event.at().isAfter(random.now)).toList());
    var at = random.now.minusSeconds(random.random.nextInt(100_000));
    events.add(new Someone.Did("identify-" + id, "Identify", at, JsonMapper.shared().valueToTree(attributes)));
    for (int device = 1; device <= 2; device++) {
      events.add(new Someone.Did("alias-%s-device%d".formatted(id, device), "Alias",
          random.now.minusSeconds(random.random.nextInt(100_000)), Someone.JSON.readTree("{}")));
    }
    return new Someone(id, attributes, Map.of(), Set.of(), events);
  }

  private static List<Rule> rules(RandomCase random) {
    var rules = new ArrayList<Rule>();
    FIXED.forEach((name, text) -> rules.add(new Rule(name, Expressions.condition(text), ZoneOffset.UTC)));
    while (rules.size() < SEGMENTS) {
      var condition = random.condition(3, false);
      var uses = Expressions.uses(condition);
      if (ATTRIBUTES.containsAll(uses.attributes()) && FIXED.keySet().containsAll(uses.segments())
          && Set.of("revenue").containsAll(uses.measures())) {
        rules.add(new Rule("s" + rules.size(), condition, random.one(ZONES)));
      }
    }
    return rules;
  }

  /// Everything that everybody did, in any order, some of it twice, and the messages that say who is who.
  private static List<String> messages(RandomCase random, List<Someone> people) {
    var messages = new ArrayList<String>();
    for (var who : people) {
      for (var event : who.events()) {
        boolean isAlias = event.name().equals("Alias");
        boolean isIdentify = event.name().equals("Identify");
        var message = message(isAlias ? "alias" : isIdentify ? "identify" : "track", event.id(), event.at());
        if (isAlias) {
          message.put("userId", who.id()).put("previousId", event.id().replaceFirst("^alias-", ""));
        } else if (isIdentify) {
          message.put("userId", who.id()).set("traits", event.properties());
        } else {
          message.put("event", event.name()).set("properties", event.properties());
          int as = random.random.nextInt(3);
          message.put(as == 0 ? "userId" : "anonymousId", as == 0 ? who.id() : who.id() + "-device" + as);
        }
        messages.add(message.toString());
      }
    }
    for (String message : List.copyOf(messages)) {
      if (random.chance(20)) {
        messages.add(message);
      }
    }
    for (int i = messages.size() - 1; i > 0; i--) {
      java.util.Collections.swap(messages, i, random.random.nextInt(i + 1));
    }
    return messages;
  }

  private static ObjectNode message(String type, String id, Instant at) {
    return JsonMapper.shared().createObjectNode().put("type", type).put("messageId", id).put("timestamp",
        at.toString());
  }

  private static List<List<String>> slices(List<String> all, int size) {
    return all.stream().gather(java.util.stream.Gatherers.windowFixed(size)).toList();
  }

  private static Map<String, Set<String>> live(TestPortrait portrait, List<Someone> people) {
    var found = new HashMap<String, Set<String>>();
    people.forEach(who -> found.put(who.id(), portrait.parts().live().segments(new Identity("user_id", who.id()))
        .orElseThrow().stream().map(Membership::name).collect(Collectors.toSet())));
    return found;
  }

  private static Map<String, Set<String>> warehouse(TestPortrait portrait, List<Someone> people) {
    var byId = new HashMap<String, Set<String>>();
    portrait.parts().warehouse().read(session -> {
      session.each(Sql.of("SELECT CustomerId, Segment FROM SegmentMembership ORDER BY ALL"),
          row -> byId.computeIfAbsent(row.text(1), _ -> new HashSet<>()).add(row.text(2)));
      return true;
    });
    var found = new HashMap<String, Set<String>>();
    people.forEach(who -> found.put(who.id(), byId.getOrDefault(
        portrait.parts().live().find(new Identity("user_id", who.id())).orElseThrow().customerId().toString(),
        Set.of())));
    return found;
  }

  private static void agree(TestPortrait portrait, List<Someone> people, List<Rule> rules,
      Map<String, Set<String>> found, String where) {
    var now = portrait.now();
    for (var who : people) {
      var known = seen(who, now);
      var expected = rules.stream().filter(rule -> holds(rule, known, now)).map(Rule::name)
          .collect(Collectors.toCollection(TreeSet::new));
      var actual = new TreeSet<>(Objects.requireNonNull(found.get(who.id())));
      if (!actual.equals(expected)) {
        var different = new TreeSet<>(actual);
        different.addAll(expected);
        different.removeIf(name -> actual.contains(name) == expected.contains(name));
        fail("%s, at %s: %s%n%s".formatted(where, now, known, rules.stream()
            .filter(rule -> different.contains(rule.name()))
            .map(rule -> "%s %s in %s: %s".formatted(actual.contains(rule.name()) ? "is in" : "lacks", rule.name(),
                rule.zone(), TextWriter.write(rule.condition())))
            .collect(Collectors.joining("\n"))));
      }
    }
  }

  /// With the measure and the two segments that others build on.
  private static Someone seen(Someone who, Instant now) {
    var revenue = new Reference(who, now, ZoneOffset.UTC).value(Expressions.formula(REVENUE), ValueType.NUMBER, null);
    var known = new Someone(who.id(), who.attributes(), revenue == null ? Map.of() : Map.of("revenue", revenue),
        Set.of(), who.events());
    var segments = FIXED.entrySet().stream()
        .filter(each -> Boolean.TRUE
            .equals(new Reference(known, now, ZoneOffset.UTC).condition(Expressions.condition(each.getValue()), null)))
        .map(Map.Entry::getKey).collect(Collectors.toSet());
    return new Someone(who.id(), known.attributes(), known.measures(), segments, known.events());
  }

  private static boolean holds(Rule rule, Someone who, Instant now) {
    return Boolean.TRUE.equals(new Reference(who, now, rule.zone()).condition(rule.condition(), null));
  }
}
