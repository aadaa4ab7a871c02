package portrait.stages.unification;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static portrait.stages.unification.TestTables.row;
import static portrait.stages.unification.TestTables.table;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.jspecify.annotations.Nullable;
import portrait.foundation.jobs.Progress;
import portrait.foundation.warehouse.Sql;
import portrait.foundation.warehouse.Warehouse;
import portrait.foundation.warehouse.WarehouseSession;
import portrait.foundation.warehouse.WarehouseSettings;
import portrait.stages.policies.MergePolicy;
import portrait.stages.unification.UnificationDefinition.Condition;
import portrait.stages.unification.UnificationDefinition.MatchException;
import portrait.stages.unification.UnificationDefinition.MatchRule;
import portrait.stages.unification.UnificationDefinition.RulesTried;

class MatchingTest {

  private static final MergePolicy MERGE = MergePolicy.importance(List.of());
  private static final MatchRule SAME_MAIL = new MatchRule("same mail", "shop.loyalty", "shop.contacts",
      List.of(new Condition("mail", "email", List.of(Normalisation.LOWERCASE, Normalisation.WHITESPACE))), true);
  private static final MatchRule SAME_NAME = new MatchRule("same name", "shop.loyalty", "shop.contacts",
      List.of(new Condition("name", "name", List.of())), true);

  private Warehouse warehouse;

  @BeforeEach
  void open() {
    warehouse = Warehouse.open(WarehouseSettings.inMemory());
    MatchFunctions.define(warehouse);
  }

  @AfterEach
  void close() {
    warehouse.close();
  }

  @Test
  void recordsOfTwoTablesMatchByNormalisedValuesAndMissingValuesMatchNobody() {
    var pairs = match(List.of(SAME_MAIL), RulesTried.UNTIL_FIRST_HIT, 200, List.of(
        row("1", "Ann@example.com", "Ann"), row("2", null, "Bob"), row("3", "", "Cid")),
        List.of(row("a", " ann@EXAMPLE.com", "Anne"), row("b", null, "Bob"), row("c", " ", "Cid")));

    assertEquals(List.of("shop.contacts:1 shop.loyalty:a same mail"), pairs);
  }

  @Test
  void aRecordThatOneRuleHasMatchedIsNotShownToTheNext() {
    List<@Nullable String[]> contacts = List.of(row("1", "ann@example.com", "Ann"), row("2", "x@example.com", "Anne"));
    List<@Nullable String[]> loyalty = List.of(row("a", "ann@example.com", "Anne"),
        row("b", "new@example.com", "Anne"));

    assertEquals(List.of("shop.contacts:1 shop.loyalty:a same mail", "shop.contacts:2 shop.loyalty:b same name"),
        match(List.of(SAME_MAIL, SAME_NAME), RulesTried.UNTIL_FIRST_HIT, 200, contacts, loyalty));
    assertEquals(
        List.of("shop.contacts:1 shop.loyalty:a same mail", "shop.contacts:2 shop.loyalty:a same name",
            "shop.contacts:2 shop.loyalty:b same name"),
        match(List.of(SAME_MAIL, SAME_NAME), RulesTried.ALL, 200, contacts, loyalty));
  }

  @Test
  void duplicatesWithinOneTableAreFoundAndGrouped() {
    var rule = new MatchRule("same name and mail", "shop.contacts", "shop.contacts",
        List.of(new Condition("name", "name", List.of(Normalisation.ASCII)),
            new Condition("email", "email", List.of())),
        true);
    var definition = definition(List.of(rule), RulesTried.UNTIL_FIRST_HIT, 200);
    warehouse.write(session -> {
      var contacts = contacts(session, List.of(row("1", "z@example.com", "Zoë"), row("2", "z@example.com", "Zoe"),
          row("3", "y@example.com", "Zoe"), row("4", "z@example.com", "Zoe")));
      new Matching(session, definition, List.of(contacts), Map.of(), Instant.EPOCH,
          Progress.silent()).run();
      new Duplicates(session, definition).write(contacts);
      return 0;
    });

    assertEquals(List.of("1 null 1 same name and mail 1.0 4", "2 null 1 same name and mail 1.0 4",
        "3 null 3 null null 3", "4 1;2 1 same name and mail 1.0 4"), rows("""
            SELECT id, "id_Alternate", "Deduplication_GroupId", "Rule", "Score", "Deduplication_WinnerId"
            FROM "Deduplication_shop_contacts" ORDER BY id"""));
  }

  @Test
  void aValueThatTooManyShareIsLeftOutAndReported() {
    var contacts = new ArrayList<@Nullable String[]>();
    for (int number = 0; number < 30; number++) {
      contacts.add(row("c" + number, "none@example.com", "N"));
    }
    contacts.add(row("real", "ann@example.com", "Ann"));
    var definition = definition(List.of(SAME_MAIL), RulesTried.UNTIL_FIRST_HIT, 20);

    var report = warehouse.write(session -> new Matching(session, definition, List.of(contacts(session, contacts),
        loyalty(session, List.of(row("a", "none@example.com", ""), row("b", "ann@example.com", "")))), Map.of(),
        Instant.EPOCH,
        Progress.silent()).run());

    assertEquals(List.of(new MatchReport.RuleResult("same mail", 1, 1, 1, 1, 31)), report.rules());
    assertEquals(33, report.records());
  }

  @Test
  void nearlyTheSameNamesInOneCityMatchWithTheScoreOfTheWeakestCondition() {
    var rule = new MatchRule("alike", "shop.loyalty", "shop.contacts", List.of(
        new Condition("mail", "email", List.of()),
        new Condition("name", "name", List.of(Normalisation.LOWERCASE), Comparison.EDITS, 80)), true);

    var pairs = match(List.of(rule), RulesTried.UNTIL_FIRST_HIT, 200,
        List.of(row("1", "Lyon", "Dupont Marie"), row("2", "Lyon", "Durand Paul"), row("3", "Paris", "Dupont Marie")),
        List.of(row("a", "Lyon", "DUPOND MARIE"), row("b", "Lyon", "Dupont"), row("c", "Lyon", null)));

    assertEquals(List.of("shop.contacts:1 shop.loyalty:a alike"), pairs);
    assertEquals(List.of(String.valueOf(11 / 12.0)), rows("SELECT score FROM _unification_pair"));
  }

  @Test
  void anExceptionKeepsTwinsApartAndSaysNothingWhereAValueIsMissing() {
    var born = new Condition("mail", "email", List.of());
    var twins = new MatchException(new Condition("name", "name", List.of(Normalisation.LOWERCASE)), true);
    var rule = new MatchRule("same day", "shop.loyalty", "shop.contacts", List.of(born), List.of(twins), true,
        Optional.empty());

    assertEquals(List.of("shop.contacts:1 shop.loyalty:a same day", "shop.contacts:1 shop.loyalty:c same day",
        "shop.contacts:2 shop.loyalty:b same day", "shop.contacts:2 shop.loyalty:c same day"),
        match(List.of(rule), RulesTried.ALL, 200,
            List.of(row("1", "1990-05-01", "Ann"), row("2", "1990-05-01", "Eve")),
            List.of(row("a", "1990-05-01", "ANN"), row("b", "1990-05-01", "eve"), row("c", "1990-05-01", null))));
  }

  @Test
  void aRoughRuleWithoutExactConditionLooksOnlyAtRecordsThatBeginOrEndAlikeOrShareAWord() {
    var rule = new MatchRule("alike", "shop.loyalty", "shop.contacts",
        List.of(new Condition("name", "name", List.of(Normalisation.LOWERCASE), Comparison.EDITS, 60)), true);
    var contacts = new ArrayList<@Nullable String[]>();
    for (int number = 0; number < 500; number++) {
      contacts.add(row("n" + number, "", "%c%c%c nobody %d".formatted('a' + number % 26, 'a' + number / 26 % 26,
          'a' + number % 7, number)));
    }
    contacts.add(row("1", "", "Katherine Johnson"));
    var definition = definition(List.of(rule), RulesTried.ALL, 200);

    var report = warehouse.write(session -> new Matching(session, definition, List.of(contacts(session, contacts),
        loyalty(session, List.of(row("a", "", "Catherine Johnson"), row("b", "", "Somebody Nobody")))), Map.of(),
        Instant.EPOCH,
        Progress.silent()).run());

    assertEquals(List.of("1 a"), rows("""
        SELECT one.key, other.key FROM _unification_pair AS pair
        JOIN _unification_record AS one ON one.id = pair.one JOIN _unification_record AS other ON other.id = pair.other
        """));
    var result = report.rules().getFirst();
    assertEquals(1, result.largeGroups(), "the word that 500 share is left out");
    assertEquals(501, result.recordsInLargeGroups());
    assertTrue(result.compared() < 100, "pairs compared: " + result.compared());
  }

  @Test
  void aBlockThatIsTooLargeIsDividedBeforeItIsGivenUp() {
    var rule = new MatchRule("alike", "shop.loyalty", "shop.contacts", List.of(
        new Condition("mail", "email", List.of()),
        new Condition("name", "name", List.of(Normalisation.LOWERCASE), Comparison.JARO_WINKLER, 90)), true);
    var contacts = new ArrayList<@Nullable String[]>();
    for (int number = 0; number < 300; number++) {
      contacts.add(row("n" + number, "Lyon", "%c%c%c%d".formatted('a' + number % 26, 'a' + number / 26,
          'a' + number % 7, number)));
    }
    contacts.add(row("1", "Lyon", "Dwayne"));

    assertEquals(List.of("shop.contacts:1 shop.loyalty:a alike"), match(List.of(rule), RulesTried.ALL, 100, contacts,
        List.<@Nullable String[]>of(row("a", "Lyon", "Dwayn"))));
  }

  @Test
  void theOrderOfRowsDoesNotMatter() {
    List<@Nullable String[]> contacts = new ArrayList<>(
        List.of(row("1", "a@example.com", "A"), row("2", "b@example.com", "B"), row("3", "c@example.com", "C")));
    List<@Nullable String[]> loyalty = new ArrayList<>(
        List.of(row("x", "c@example.com", "A"), row("y", "b@example.com", "Q"), row("z", "q@example.com", "B")));
    var before = match(List.of(SAME_MAIL, SAME_NAME), RulesTried.UNTIL_FIRST_HIT, 200, contacts, loyalty);

    assertEquals(before, match(List.of(SAME_MAIL, SAME_NAME), RulesTried.UNTIL_FIRST_HIT, 200, contacts.reversed(),
        loyalty.reversed()));
  }

  private List<String> match(List<MatchRule> rules, RulesTried tried, int blockSizeMax,
      List<@Nullable String[]> contacts, List<@Nullable String[]> loyalty) {
    warehouse.write(session -> new Matching(session, definition(rules, tried, blockSizeMax),
        List.of(contacts(session, contacts), loyalty(session, loyalty)), Map.of(), Instant.EPOCH,
        Progress.silent()).run());
    return rows("""
        SELECT CASE one.tab WHEN 0 THEN 'shop.contacts:' ELSE 'shop.loyalty:' END || one.key,
          CASE other.tab WHEN 0 THEN 'shop.contacts:' ELSE 'shop.loyalty:' END || other.key,
          CASE pair.rule WHEN 0 THEN '%s' ELSE '%s' END
        FROM _unification_pair AS pair JOIN _unification_record AS one ON one.id = pair.one
        JOIN _unification_record AS other ON other.id = pair.other ORDER BY one.key, other.key, pair.rule"""
        .formatted(rules.getFirst().name(), rules.getLast().name()));
  }

  private static UnificationDefinition definition(List<MatchRule> rules, RulesTried tried, int blockSizeMax) {
    return new UnificationDefinition("customers", List.of(), rules, List.of(), MERGE, tried, List.of(),
        Optional.empty(), true,
        blockSizeMax);
  }

  private static UnifiedSource contacts(WarehouseSession session, List<@Nullable String[]> rows) {
    return table(session, 0, "shop.contacts", List.of("id", "email", "name"), rows.toArray(String[][]::new));
  }

  private static UnifiedSource loyalty(WarehouseSession session, List<@Nullable String[]> rows) {
    return table(session, 1, "shop.loyalty", List.of("card", "mail", "name"), rows.toArray(String[][]::new));
  }

  private List<String> rows(String sql) {
    return warehouse.read(session -> session.query(Sql.of(sql), row -> {
      var values = new ArrayList<String>();
      for (int column = 1; column <= row.columns(); column++) {
        values.add(String.valueOf(row.value(column)));
      }
      return String.join(" ", values);
    }));
  }
}
