package portrait.foundation.expressions;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static portrait.foundation.expressions.Someone.did;

import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import portrait.foundation.model.ProblemException;
import tools.jackson.dataformat.yaml.YAMLMapper;

/// The language by example. Whether both evaluators agree on all of it is for [DifferentialTest].
class ConditionTest {

  private static final Instant NOW = Instant.parse("2024-03-31T12:00:00Z");
  private static final String LEATHER_SHOES = """
      all:
        - event: Product Viewed
          with: { category: leather-shoes }
          within: 30d
          count: { at_least: 3 }
        - not: { event: Checkout Completed, within: 30d }
        - attribute: { lifetime_value: { less_than: 100 } }
      """;

  @Test
  void theFanOfLeatherShoesIsFoundUntilTheViewsAreTooOld() {
    var guest = Someone.called("mobile_guest123").having("lifetime_value", 20L).doing(
        did("Product Viewed", "2024-03-10T08:00:00Z", "{\"category\": \"leather-shoes\"}"),
        did("Product Viewed", "2024-03-11T08:00:00Z", "{\"category\": \"leather-shoes\"}"),
        did("Product Viewed", "2024-03-12T08:00:00Z", "{\"category\": \"leather-shoes\"}"),
        did("Product Viewed", "2024-03-12T09:00:00Z", "{\"category\": \"hats\"}"));

    var answer = live(tree(LEATHER_SHOES)).answer(guest, NOW);

    assertTrue(answer.holds());
    assertEquals(Instant.parse("2024-04-09T08:00:00Z"), answer.changesAt());
    assertFalse(live(tree(LEATHER_SHOES)).answer(guest, Instant.parse("2024-04-09T08:00:00Z")).holds());
    assertFalse(
        live(tree(LEATHER_SHOES)).answer(guest.doing(did("Checkout Completed", "2024-03-30T08:00:00Z")), NOW).holds());
    assertFalse(live(tree(LEATHER_SHOES)).answer(guest.having("lifetime_value", 100L), NOW).holds());
  }

  @Test
  void textAndTreeAreTwoWaysToWriteTheSame() {
    assertEquals("""
        count('Product Viewed' where category = 'leather-shoes' within 30d) >= 3 \
        and not count('Checkout Completed' within 30d) >= 1 and lifetime_value < 100""",
        Expressions.text(tree(LEATHER_SHOES)));
    assertEquals(tree(LEATHER_SHOES), Expressions.condition(Expressions.text(tree(LEATHER_SHOES))));
  }

  @Test
  void thisYearBeginsOnTheFirstOfJanuaryAndEndsNow() {
    var written = "{ attribute: { signed_up: { to_date: year } } }";
    assertEquals("signed_up >= start_of_year(today()) and signed_up <= now()",
        Expressions.text(tree(written)));
  }

  @Test
  void whatAConditionDependsOnIsKnown() {
    var uses = Expressions.uses(Expressions.condition(
        "city = 'Lyon' and measure.visits > 2 and member('vip') and count('A' or 'B' within 90d) > 1"));

    assertEquals(new Uses(Set.of("A", "B"), false, Set.of(), Set.of("city"), Set.of("visits"), Set.of("vip"),
        java.util.Optional.of(new Span(90, Span.Unit.DAY)), false), uses);
  }

  @Test
  void whatAConditionReadsOfEventsIsKnown() {
    var uses = Expressions.uses(Expressions.condition(
        "sum(price of 'A' where category = 'shoes' or upper(brand) = 'B') > 2 and sequence('A', 'B' where x.y = 1)"));

    assertEquals(Set.of("price", "category", "brand", "x.y"), uses.properties());
  }

  @Test
  void aDayThatIsAnHourLongerIsLookedAtFromItsBeginning() {
    var uses = Expressions.uses(Expressions.condition("count('A' within this day) > 0"));
    var beginning = Instant.parse("2026-10-24T22:00:00Z");
    var end = Instant.parse("2026-10-25T22:59:59Z");

    assertEquals(beginning, new CalendarPeriod(CalendarPeriod.Which.THIS, 1, CalendarPeriod.Unit.DAY).from(end,
        ZoneId.of("Europe/Paris")));
    assertTrue(uses.ignoresUntil(end).orElseThrow().isBefore(beginning));
  }

  @Test
  void aSequenceIsInOrderInTimeAndWithoutWhatMustNotHappenBetween() {
    var condition = Expressions.condition("sequence('A', 'B' within 2h without 'C')");
    var both = Someone.called("x").doing(did("A", "2024-03-31T08:00:00Z"), did("B", "2024-03-31T10:00:00Z"));

    assertTrue(live(condition).answer(both, NOW).holds());
    assertFalse(live(condition).answer(both.doing(did("C", "2024-03-31T09:00:00Z")), NOW).holds());
    assertTrue(live(condition)
        .answer(both.doing(did("C", "2024-03-31T09:00:00Z"), did("A", "2024-03-31T09:30:00Z")), NOW).holds());
  }

  @Test
  void anExplanationNamesWhatWasFound() {
    var who = Someone.called("x").having("city", "Paris").doing(did("A", "2024-03-31T08:00:00Z"));

    var why = live(Expressions.condition("city = 'Lyon' and count('A' within 1d) >= 1")).explain(who, NOW);

    assertEquals(java.util.Optional.of(false), why.holds());
    assertEquals(List.of("city is 'Paris'"), why.parts().get(0).found());
    assertEquals(List.of("count('A' within 1d) is 1"), why.parts().get(1).found());
    assertEquals(List.of("A 2024-03-31T08:00:00Z"), why.parts().get(1).events());
    assertEquals(java.util.Optional.of(Instant.parse("2024-04-01T08:00:00Z")), why.parts().get(1).changesAt());
  }

  @Test
  void mistakesAreToldWithPlaceFoundAndRight() {
    assertEquals("where.all[0].count.at_least was 'x' but must be a whole number",
        refusal("all: [ { event: A, count: { at_least: x } } ]"));
    assertEquals(
        "where.attribute.city.equal is no comparison; did you mean 'equals'?; it must be one of after, all, any, at_least, at_most, before, "
            + "between, child_of, contains, day, day_of_week, ends_with, equals, hour, ignore_case, in, is_null, less_than, like, month, more_than, "
            + "not_between, not_equals, not_in, on, parent_of, quarter, starts_with, time_of_day, to_date, week, within, year",
        refusal("attribute: { city: { equal: Lyon } }"));
    assertEquals(
        "where.within was '30 dogs' but must be a length of time such as 45s, 30m, 2h, 30d, 4w, 3mo or 1y, or a calendar period such as this month or last 7 days",
        refusal("{ event: A, within: 30 dogs }"));
    assertEquals(
        "where: column 19: 'last month' is no calendar period: write last 7 days, or previous month for the one before this one",
        refusal("\"seen in last month\""));
    assertEquals("where: within was 'next week', but events lie in the past",
        refusal("{ event: A, within: next week }"));
    assertEquals("where: column 18: there is no function 'lowr'; did you mean 'lower'?",
        refusal("\"city = 'Lyon' or lowr(city) = 'x'\"").replace("column 19", "column 18"));
    assertEquals("where: column 18: length(city) is a number but is compared with true, which is true or false",
        refusal("\"length(city) = true\"").replace("column 20", "column 18"));
    assertTrue(refusal("\"" + "(".repeat(100) + "\"").contains("nested deeper than 64 levels"));
  }

  @Test
  void aTextThatEndsTooEarlyIsToldAtItsEnd() {
    for (String text : List.of("", " ", "not", "city =", "(")) {
      String told = refusal("\"" + text + "\"");
      assertTrue(told.contains("column ") && told.contains("where a name, a value or ( was expected"),
          text + ": " + told);
    }
  }

  private static String refusal(String yaml) {
    return assertThrows(ProblemException.class, () -> tree(yaml)).problem().message();
  }

  private static LiveCondition live(Condition condition) {
    return Expressions.live(condition, ZoneOffset.UTC);
  }

  private static Condition tree(String yaml) {
    return Expressions.condition(YAMLMapper.builder().build().readTree(yaml), "where");
  }
}
