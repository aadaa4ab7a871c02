package portrait.foundation.expressions;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static portrait.foundation.expressions.Someone.did;

import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import portrait.foundation.model.ColumnType;
import portrait.foundation.model.Schema.Column;
import portrait.foundation.model.Schema;
import portrait.foundation.warehouse.Warehouse;
import portrait.foundation.warehouse.WarehouseSettings;
import tools.jackson.dataformat.yaml.YAMLMapper;

/// Every operator that segments are built of, as text and as a tree, for all customers at once and for one.
class OperatorsTest {

  /// Paris goes over to summer time on this day: it has 23 hours.
  private static final Instant NOW = Instant.parse("2024-03-31T12:00:00Z");
  private static final ZoneId PARIS = ZoneId.of("Europe/Paris");
  private static final Warehouse WAREHOUSE = Warehouse.open(WarehouseSettings.inMemory());

  private static final List<Someone> PEOPLE = List.of(
      Someone.called("ann").having("city", "Lyon").having("points", 12L).having("active", true)
          .having("born", LocalDate.parse("1984-03-31")).having("seen", Instant.parse("2024-03-31T07:30:00Z"))
          .having("likes", "Shoes/Boots").having("hobbies", Someone.JSON.readTree("[\"golf\", \"tennis\"]"))
          .doing(did("Order", "2024-03-30T22:59:59Z"), did("Order", "2023-12-31T23:30:00Z")),
      Someone.called("bob").having("city", "lyon").having("points", 30L).having("active", false)
          .having("born", LocalDate.parse("1990-12-01")).having("seen", Instant.parse("2024-01-15T18:45:30Z"))
          .having("likes", "Shoes").having("hobbies", Someone.JSON.readTree("[\"golf\"]"))
          .doing(did("Order", "2024-03-30T23:00:00Z"), did("Order", "2024-02-29T23:00:00Z")),
      Someone.called("cid").having("city", "Paris").having("points", 5L)
          .having("born", LocalDate.parse("1984-05-01")).having("seen", Instant.parse("2023-11-30T23:30:00Z"))
          .having("likes", "Hats").having("hobbies", Someone.JSON.readTree("[]")),
      Someone.called("dan"));

  @BeforeAll
  static void tables() {
    WAREHOUSE.write(session -> {
      session.create("Customer",
          Schema.of(Column.of("CustomerId", ColumnType.STRING), Column.of("city", ColumnType.STRING),
              Column.of("points", ColumnType.INTEGER), Column.of("active", ColumnType.BOOLEAN),
              Column.of("born", ColumnType.DATE), Column.of("seen", ColumnType.TIMESTAMP),
              Column.of("likes", ColumnType.STRING), Column.of("hobbies", ColumnType.JSON)));
      session.append("Customer",
          PEOPLE.stream().map(who -> new Object[]{who.id(), who.attribute("city"), who.attribute("points"),
              who.attribute("active"), who.attribute("born"), who.attribute("seen"), who.attribute("likes"),
              who.column("hobbies")}));
      session.create("UnifiedActivity",
          Schema.of(Column.of("CustomerId", ColumnType.STRING), Column.of("ActivityId", ColumnType.STRING),
              Column.of("ActivityName", ColumnType.STRING), Column.of("ActivityTimestamp", ColumnType.TIMESTAMP),
              Column.of("Properties", ColumnType.JSON)));
      session.append("UnifiedActivity", PEOPLE.stream().flatMap(who -> who.events().stream()
          .map(event -> new Object[]{who.id(), event.id(), event.name(), event.at(), "{}"})));
      session.create("SegmentMembership",
          Schema.of(Column.of("CustomerId", ColumnType.STRING), Column.of("Segment", ColumnType.STRING)));
      return 0;
    });
  }

  @AfterAll
  static void close() {
    WAREHOUSE.close();
  }

  /// The table of dynamics §11.2, and what is beyond it.
  @ParameterizedTest(name = "{0}: {1}")
  @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
      equals                 | city = 'Lyon'                        | { attribute: { city: Lyon } }                                    | ann
      equals ignoring case   | city = 'LYON' ignore case            | { attribute: { city: { equals: LYON, ignore_case: true } } }     | ann bob
      notEquals              | city <> 'Lyon'                       | { attribute: { city: { not_equals: Lyon } } }                    | bob cid
      isIn, any of           | city in ('Lyon', 'Paris')            | { attribute: { city: [Lyon, Paris] } }                           | ann cid
      any of, ignoring case  | city in ('LYON') ignore case         | { attribute: { city: { in: [LYON], ignore_case: true } } }       | ann bob
      none of                | city not in ('Lyon', 'Paris')        | { attribute: { city: { not_in: [Lyon, Paris] } } }               | bob
      any                    | city = 'Paris' or points = 30        | { any: [ { attribute: { city: Paris } }, { attribute: { points: 30 } } ] } | bob cid
      all                    | city = 'Lyon' and points = 12        | { all: [ { attribute: { city: Lyon } }, { attribute: { points: 12 } } ] }  | ann
      is true                | active = true                        | { attribute: { active: true } }                                  | ann
      greaterThan            | points > 12                          | { attribute: { points: { more_than: 12 } } }                     | bob
      greaterThanOrEqualTo   | points >= 12                         | { attribute: { points: { at_least: 12 } } }                      | ann bob
      lessThan               | points < 12                          | { attribute: { points: { less_than: 12 } } }                     | cid
      lessThanOrEqualTo      | points <= 12                         | { attribute: { points: { at_most: 12 } } }                       | ann cid
      isBetween              | points between 5 and 12              | { attribute: { points: { between: [5, 12] } } }                  | ann cid
      isNotBetween           | points not between 5 and 12          | { attribute: { points: { not_between: [5, 12] } } }              | bob
      contains               | city contains 'yo'                   | { attribute: { city: { contains: yo } } }                        | ann bob
      startsWith             | city starts with 'L'                 | { attribute: { city: { starts_with: L } } }                      | ann
      starts, ignoring case  | city starts with 'L' ignore case     | { attribute: { city: { starts_with: L, ignore_case: true } } }   | ann bob
      endsWith               | city ends with 'on'                  | { attribute: { city: { ends_with: on } } }                       | ann bob
      does not end           | city not ends with 'on'              | { not: { attribute: { city: { ends_with: on } } } }              | cid
      like                   | city like '_yo%'                     | { attribute: { city: { like: _yo% } } }                          | ann bob
      isNull                 | city is null                         | { attribute: { city: null } }                                    | dan
      isNotNull              | city is not null                     | { attribute: { city: { is_null: false } } }                      | ann bob cid
      isWithinLast, length   | seen > now() - 90d and seen <= now() | { attribute: { seen: { within: 90d } } }                         | ann bob
      isWithinLast, calendar | seen in last 20 days                 | { attribute: { seen: { within: last 20 days } } }                | ann
      yearToDate             | seen >= start_of_year(today()) and seen <= now() | { attribute: { seen: { to_date: year } } }           | ann bob
      this quarter           | seen in this quarter                 | { attribute: { seen: { within: this quarter } } }                | ann bob
      previous quarter       | seen in previous quarter             | { attribute: { seen: { within: previous quarter } } }            | cid
      not in a period        | seen not in this month               | { not: { attribute: { seen: { within: this month } } } }         | bob cid
      fixed range            | seen between timestamp '2024-01-01T00:00:00Z' and timestamp '2024-02-01T00:00:00Z' | "seen between timestamp '2024-01-01' and timestamp '2024-02-01'" | bob
      dayOf                  | day(born) = 31                       | { attribute: { born: { day: 31 } } }                             | ann
      monthOf                | month(born) = 3                      | { attribute: { born: { month: 3 } } }                            | ann
      month, any of          | month(born) in (3, 5)                | { attribute: { born: { month: [3, 5] } } }                       | ann cid
      yearOf                 | year(born) = 1984                    | { attribute: { born: { year: 1984 } } }                          | ann cid
      dayOfWeek              | day_of_week(seen) = 7                | { attribute: { seen: { day_of_week: 7 } } }                      | ann
      weekOf                 | week(seen) = 13                      | { attribute: { seen: { week: 13 } } }                            | ann
      timeAt, hour           | hour(seen) = 9                       | { attribute: { seen: { hour: 9 } } }                             | ann
      timeAt                 | time_of_day(seen) between '09:00' and '20:00' | { attribute: { seen: { time_of_day: { between: ['09:00', '20:00'] } } } } | ann bob
      childOf                | likes child of 'Shoes'               | { attribute: { likes: { child_of: Shoes } } }                    | ann
      parentOf               | likes parent of 'Shoes/Boots/Red'    | { attribute: { likes: { parent_of: Shoes/Boots/Red } } }         | ann bob
      any of a list          | any(hobbies) = 'tennis'              | { attribute: { hobbies: { any: tennis } } }                      | ann
      any, several           | any(hobbies) in ('golf', 'chess')    | { attribute: { hobbies: { any: [golf, chess] } } }               | ann bob
      all of a list          | all(hobbies) starts with 'g'         | { attribute: { hobbies: { all: { starts_with: g } } } }          | bob cid
      any, longer            | any(hobbies where item like 't%' or length(item) > 9) | "any(hobbies where (item like 't%') or (length(item) > 9))" | ann
      none of a list         | not any(hobbies) = 'tennis'          | { not: { attribute: { hobbies: { any: tennis } } } }             | bob cid
      a list is no value     | hobbies is null                      | { attribute: { hobbies: null } }                                 | ann bob cid dan
      any of one value       | any(city) = 'Lyon'                   | { attribute: { city: { any: Lyon } } }                           | ann
      today                  | count('Order' within this day) >= 1  | { event: Order, within: this day }                               | bob
      yesterday              | count('Order' within previous day) >= 1 | { event: Order, within: previous day }                        | ann
      this month             | count('Order' within this month) = 2 | { event: Order, within: this month, count: 2 }                   | bob
      this year              | count('Order' within this year) = 2  | { event: Order, within: this year, count: { equals: 2 } }        | ann bob
      previous 3 months      | count('Order' within previous 3 months) >= 1 | { event: Order, within: previous 3 months }              | ann
      """)
  void eachOperatorMeansTheSameAsTextAndAsTreeForAllAndForOne(String operator, String text, String tree,
      String expected) {
    var condition = Expressions.condition(text);

    assertEquals(text, Expressions.text(condition), operator);
    assertEquals(text, Expressions.text(tree(tree)), operator);
    assertEquals(condition, Expressions.condition(Expressions.tree(condition), "where"), operator);
    assertEquals(Set.of(expected.split(" ")), live(condition, NOW, PARIS), operator);
    assertEquals(Set.of(expected.split(" ")), members(condition, NOW, PARIS), operator);
  }

  @Test
  void aCalendarWindowMovesAtMidnightOfItsTimeZone() {
    var yesterday = Expressions.condition("count('Order' within previous day) >= 1");
    var ann = PEOPLE.getFirst();

    var answer = Expressions.live(yesterday, PARIS).answer(ann, NOW);

    assertEquals(new LiveCondition.Answer(true, Instant.parse("2024-03-31T22:00:00Z")), answer,
        "midnight in Paris, where summer has begun");
    assertEquals(Set.of("ann"), members(yesterday, Instant.parse("2024-03-31T21:59:59.999999Z"), PARIS));
    assertEquals(Set.of("bob"), members(yesterday, Instant.parse("2024-03-31T22:00:00Z"), PARIS));
    assertEquals(Set.of("bob"), live(yesterday, Instant.parse("2024-03-31T22:00:00Z"), PARIS));
    assertEquals(Set.of("ann", "bob"), live(yesterday, NOW, ZoneOffset.UTC), "elsewhere it is another day");
  }

  @Test
  void whatIsNotYetInAPeriodSaysWhenItWillBe() {
    var orders = Expressions.condition("count('Order' within previous month) >= 1");
    var bob = Someone.called("bob").doing(did("Order", "2024-03-20T10:00:00Z"));

    assertEquals(new LiveCondition.Answer(false, Instant.parse("2024-03-31T22:00:00Z")),
        Expressions.live(orders, PARIS).answer(bob, NOW));
    assertEquals(new LiveCondition.Answer(true, Instant.parse("2024-04-30T22:00:00Z")),
        Expressions.live(orders, PARIS).answer(bob, Instant.parse("2024-04-01T00:00:00Z")));
  }

  private static Set<String> live(Condition condition, Instant now, ZoneId zone) {
    return PEOPLE.stream().filter(who -> Expressions.live(condition, zone).answer(who, now).holds()).map(Someone::id)
        .collect(Collectors.toSet());
  }

  private static Set<String> members(Condition condition, Instant now, ZoneId zone) {
    return WAREHOUSE.read(session -> new TreeSet<>(
        session.query(Expressions.members(condition, now, zone, Columns.of(session)), row -> row.text(1))));
  }

  private static Condition tree(String yaml) {
    return Expressions.condition(YAMLMapper.builder().build().readTree(yaml), "where");
  }
}
