package portrait.stages.matching;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Random;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import portrait.foundation.jobs.Progress;
import portrait.foundation.warehouse.Sql;
import portrait.foundation.warehouse.Warehouse;
import portrait.foundation.warehouse.WarehouseSession;
import portrait.foundation.warehouse.WarehouseSettings;
import portrait.stages.matching.ProbabilisticRule.Field;
import portrait.stages.matching.ProbabilisticRule.Pairs;

class MatchEngineTest {

  private static final long SEED = 4;

  @Test
  void findsMostMatchesAndHardlyAnyFalseOnes() {
    in(2, session -> {
      TestPeople.lay(session, TestPeople.rows(2_000, SEED));
      MatchEngine.run(session, TestPeople.task(), Progress.silent());
      double right = count(session, """
          SELECT count(*) FROM _match_test_edge JOIN people AS l ON l.id = one JOIN people AS r ON r.id = other
          WHERE class = 'match' AND l.entity = r.entity""");
      double found = count(session, "SELECT count(*) FROM _match_test_edge WHERE class = 'match'");
      double all = count(session,
          "SELECT count(*) FROM people AS l JOIN people AS r ON l.entity = r.entity AND l.id < r.id");
      double f1 = 2 * right / (found + all);
      assertTrue(f1 >= 0.97, () -> "F1 was %.4f (seed %d)".formatted(f1, SEED));
      return f1;
    });
  }

  /// Two people in one household share name and address here, and one in five does so with the one before.
  @Test
  void relativesAreFoundAndAreNotOnePerson() {
    in(2, session -> {
      TestPeople.lay(session, TestPeople.rows(2_000, SEED));
      MatchEngine.run(session, TestPeople.task(), Progress.silent());
      session.execute("""
          CREATE TABLE living AS SELECT DISTINCT l.entity AS one, r.entity AS other FROM people AS l JOIN people AS r
          ON l.last_name = r.last_name AND l.street = r.street AND l.postcode = r.postcode AND l.entity <> r.entity""");
      session.execute("""
          CREATE TABLE found AS SELECT DISTINCT l.entity AS one, r.entity AS other FROM _match_test_household AS a
          JOIN _match_test_household AS b USING (household) JOIN people AS l ON l.id = a.id JOIN people AS r ON r.id = b.id
          WHERE l.entity <> r.entity""");
      double living = count(session, "SELECT count(*) FROM living");
      double found = count(session, "SELECT count(*) FROM found");
      double right = count(session, "SELECT count(*) FROM found SEMI JOIN living USING (one, other)");
      assertTrue(right > 0.7 * living, () -> "%.0f of %.0f (seed %d)".formatted(right, living, SEED));
      assertTrue(right > 0.7 * found, () -> "%.0f of %.0f found (seed %d)".formatted(right, found, SEED));
      return right;
    });
  }

  @Test
  void saysTheSameWhateverTheOrderAndTheThreads() {
    var rows = TestPeople.rows(600, SEED);
    var shuffled = new ArrayList<>(rows);
    Collections.shuffle(shuffled, new Random(SEED));
    List<String> one = in(1, session -> found(session, rows, TestPeople.task()));
    List<String> eight = in(8, session -> found(session, shuffled, TestPeople.task()));
    assertEquals(one, eight);
  }

  /// Rows come, go and change, three times: with what earlier runs compared the engine says the same as without.
  @Test
  void whatWasComparedBeforeChangesNothing() {
    var random = new Random(SEED);
    var rows = new ArrayList<>(TestPeople.rows(120, SEED));
    var others = TestPeople.rows(40, SEED + 1);
    var task = withWords();
    in(2, session -> {
      for (int round = 0; round < 4; round++) {
        List<String> expected = in(2, fresh -> found(fresh, rows, task));
        assertEquals(expected, found(session, rows, task), "round %d, seed %d".formatted(round, SEED));
        for (int change = 0; change < 6; change++) {
          int place = random.nextInt(rows.size());
          switch (random.nextInt(3)) {
            case 0 -> rows.remove(place);
            case 1 -> {
              var row = others.get(random.nextInt(others.size())).clone();
              row[0] = "r%06d-%d".formatted(place, round * 10 + change);
              rows.add(row);
            }
            default -> {
              var row = rows.get(place).clone();
              int column = 2 + random.nextInt(row.length - 2);
              row[column] = others.get(random.nextInt(others.size()))[column];
              rows.set(place, row);
            }
          }
        }
      }
      return rows;
    });
  }

  /// Somebody spoils what the last run compared: only a pair with a new record shows that it was looked at again.
  @Test
  void recordsThatSayNothingNewAreNotComparedAgain() {
    in(2, session -> {
      var rows = TestPeople.rows(200, SEED);
      TestPeople.lay(session, rows);
      assertTrue(MatchEngine.run(session, TestPeople.task(), Progress.silent()).matches() > 0);
      session.execute("UPDATE _match_test_known SET pattern = 0");
      var twin = rows.getFirst().clone();
      twin[0] = "z";
      twin[2] = Objects.requireNonNullElse(twin[2], "") + "e";
      rows.add(twin);
      TestPeople.lay(session, rows);
      MatchEngine.run(session, TestPeople.task(), Progress.silent());
      double all = count(session, "SELECT count(*) FROM _match_test_known");
      double compared = count(session, "SELECT count(*) FROM _match_test_known WHERE pattern <> 0");
      assertTrue(compared > 0 && compared < 0.05 * all, () -> "%.0f of %.0f pairs".formatted(compared, all));
      return rows;
    });
  }

  private static MatchTask withWords() {
    var fields = new ArrayList<>(TestPeople.task().rule().fields());
    fields.add(new Field("where", List.of("street", "city"), SemanticType.TEXT, false));
    return new MatchTask("test", new ProbabilisticRule(List.of(), fields, List.of(), Pairs.ALL, Optional.empty(), true),
        Sql.of("SELECT * FROM people"));
  }

  /// All that a run says, line by line.
  private static List<String> found(WarehouseSession session, List<@Nullable String[]> rows, MatchTask task) {
    TestPeople.lay(session, rows);
    MatchEngine.run(session, task, Progress.silent());
    var text = new ArrayList<String>();
    for (String table : List.of("edge", "refused", "household", "weight")) {
      session.each(Sql.of("SELECT CAST(t AS VARCHAR) FROM _match_test_%s AS t ORDER BY ALL".formatted(table)),
          row -> text.add(row.text(1)));
    }
    return text;
  }

  /// What is learned moves a little with every row, so only pairs that are undecided may change sides.
  @Test
  void unrelatedRowsMoveNoPairThatIsSure() {
    var rows = new ArrayList<>(TestPeople.rows(600, SEED));
    var before = in(2, session -> together(session, rows, 0));
    var surelyBefore = in(2, session -> together(session, rows, 0.99));
    for (int number = 0; number < 40; number++) {
      rows.add(new @Nullable String[]{"z%04d".formatted(number), "-1", "qqq" + number, "xxx" + number * 7, null,
          "99%07d".formatted(number * 7919), "%d-01-01".formatted(1800 + number), null, null, null});
    }
    var after = in(2, session -> together(session, rows, 0));
    var surelyAfter = in(2, session -> together(session, rows, 0.99));
    assertFalse(surelyBefore.isEmpty());
    assertTrue(after.containsAll(surelyBefore));
    assertTrue(before.containsAll(surelyAfter));
  }

  /// Keys of the pairs that match with at least this probability.
  private static List<String> together(WarehouseSession session, List<@Nullable String[]> rows, double probability) {
    TestPeople.lay(session, rows);
    var rule = new ProbabilisticRule(List.of(), TestPeople.task().rule().fields(),
        List.of(List.of("email"), List.of("phone"), List.of("last_name", "birth_date")), Pairs.ALL, Optional.empty(),
        true);
    MatchEngine.run(session, new MatchTask("test", rule, Sql.of("SELECT * FROM people")), Progress.silent());
    return session.query(Sql.of("""
        SELECT l.key || ' ' || r.key FROM _match_test_edge JOIN people AS l ON l.id = one JOIN people AS r ON r.id = other
        WHERE class = 'match' AND probability >= ? ORDER BY 1""", probability), row -> row.text(1));
  }

  @Test
  void aPairThatMustNotComeTogetherIsRefusedWithTheReason() {
    in(2, session -> {
      TestPeople.lay(session, TestPeople.rows(300, SEED));
      MatchEngine.run(session, TestPeople.task(), Progress.silent());
      int[] pair = session.first(Sql.of("SELECT one, other FROM _match_test_edge WHERE class = 'match' "
          + "ORDER BY weight DESC, one, other"), row -> new int[]{(int) row.number(1), (int) row.number(2)})
          .orElseThrow();
      var plain = TestPeople.task();
      MatchEngine.run(session, new MatchTask("test", plain.rule(), plain.records(), List.of(),
          Sql.of("SELECT ? AS one, ? AS other", pair[0], pair[1]), false), Progress.silent());
      assertEquals(List.of("never"), session.query(Sql.of(
          "SELECT reason FROM _match_test_refused WHERE one = ? AND other = ?", pair[0], pair[1]),
          row -> row.text(1)));
      MatchEngine.run(session,
          new MatchTask("test", plain.rule(), plain.records(), List.of("key"), plain.never(), false),
          Progress.silent());
      assertEquals(0, count(session, "SELECT count(*) FROM _match_test_edge WHERE class = 'match'"));
      return pair;
    });
  }

  @Test
  void theStepsOfAnExplanationAddUpToTheWeight() {
    in(2, session -> {
      TestPeople.lay(session, TestPeople.rows(300, SEED));
      MatchEngine.run(session, TestPeople.task(), Progress.silent());
      var pairs = session.query(Sql.of("SELECT one, other, weight FROM _match_test_edge ORDER BY one, other LIMIT 50"),
          row -> new double[]{row.number(1), row.number(2), row.decimal(3)});
      assertFalse(pairs.isEmpty());
      for (double[] pair : pairs) {
        var explanation = MatchEngine.explain(session, TestPeople.task(), (int) pair[1], (int) pair[0]).orElseThrow();
        assertEquals(pair[2], explanation.weight());
        assertEquals(pair[2], explanation.steps().stream().mapToDouble(Explanation.Step::bits).sum(), 1e-6);
      }
      assertEquals(Optional.empty(), MatchEngine.explain(session, TestPeople.task(), 1, 1));
      return pairs;
    });
  }

  @Test
  void betweenTablesWithoutDuplicatesEachRecordHasOnePartner() {
    in(2, session -> {
      var rows = TestPeople.rows(400, SEED);
      TestPeople.lay(session, rows);
      session.execute(
          "CREATE TABLE linked AS SELECT * REPLACE (CASE WHEN row_number() OVER (PARTITION BY entity ORDER BY key) "
              + "= 1 THEN 0 ELSE 1 END AS source) FROM people");
      var rule = new ProbabilisticRule(List.of(), TestPeople.task().rule().fields(), List.of(), Pairs.BETWEEN,
          Optional.empty(), true);
      var summary = MatchEngine.run(session, new MatchTask("test", rule, Sql.of("SELECT * FROM linked")),
          Progress.silent());
      assertTrue(summary.matches() > 50, summary::toString);
      assertEquals(0, count(session,
          """
          SELECT count(*) FROM (SELECT one FROM _match_test_edge WHERE class = 'match' GROUP BY one HAVING count(*) > 1)"""));
      return summary;
    });
  }

  @Test
  void nothingAtAllIsNoError() {
    in(1, session -> {
      TestPeople.lay(session, List.of());
      assertEquals(0, MatchEngine.run(session, TestPeople.task(), Progress.silent()).candidates());
      TestPeople.lay(session, TestPeople.rows(1, SEED).subList(0, 1));
      assertEquals(0, MatchEngine.run(session, TestPeople.task(), Progress.silent()).matches());
      return 0;
    });
  }

  @Test
  void oneValueInHalfOfAllRowsBringsNoFloodOfPairs() {
    in(2, session -> {
      var rows = TestPeople.rows(8_000, SEED);
      for (int place = 0; place < rows.size(); place += 2) {
        rows.get(place)[4] = "nobody@example.org";
      }
      TestPeople.lay(session, rows);
      var email = new Field("email", List.of("email"), SemanticType.EMAIL, false);
      var name = new Field("last_name", List.of("last_name"), SemanticType.FAMILY_NAME, true);
      var rule = new ProbabilisticRule(List.of(), List.of(email, name), List.of(List.of("email")), Pairs.ALL,
          Optional.empty(), true);
      var summary = MatchEngine.run(session, new MatchTask("test", rule, Sql.of("SELECT * FROM people")),
          Progress.silent());
      assertEquals(1, summary.blocks().getFirst().leftOut());
      assertTrue(summary.candidates() < 20_000, summary::toString);
      return summary;
    });
  }

  private static <T> T in(int threads, Function<WarehouseSession, T> work) {
    try (var warehouse = Warehouse.open(new WarehouseSettings(Optional.empty(), 1024, threads))) {
      return warehouse.write(work);
    }
  }

  private static double count(WarehouseSession session, String sql) {
    return session.first(Sql.of(sql), row -> (double) row.number(1)).orElseThrow();
  }
}
