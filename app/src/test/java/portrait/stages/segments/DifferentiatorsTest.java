package portrait.stages.segments;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import portrait.foundation.model.ColumnType;
import portrait.foundation.model.Schema;
import portrait.foundation.model.Schema.Column;
import portrait.foundation.warehouse.Warehouse;
import portrait.foundation.warehouse.WarehouseSettings;

/// What sets members apart is found, and chance is not.
class DifferentiatorsTest {

  private static final int PEOPLE = 2_000;
  private final Warehouse warehouse = Warehouse.open(WarehouseSettings.inMemory());

  /// Members are the first half. They live in Lyon twice as often, spend more, and are the only ones who return.
  @BeforeEach
  void fill() {
    var random = new SplittableRandom(7);
    warehouse.write(session -> {
      session.create("Customer", Schema.of(Column.of("CustomerId", ColumnType.STRING),
          Column.of("city", ColumnType.STRING), Column.of("shoe", ColumnType.STRING),
          Column.of("email", ColumnType.STRING)));
      session.create("Customer_Measure",
          Schema.of(Column.of("CustomerId", ColumnType.STRING), Column.of("spent", ColumnType.NUMBER)));
      session.create("SegmentMembership",
          Schema.of(Column.of("CustomerId", ColumnType.STRING), Column.of("Segment", ColumnType.STRING)));
      session.create("UnifiedActivity", Schema.of(Column.of("CustomerId", ColumnType.STRING),
          Column.of("ActivityName", ColumnType.STRING)));
      session.append("Customer", people().map(i -> new Object[]{"c" + i,
          random.nextInt(100) < (isMember(i) ? 60 : 30) ? "Lyon" : "Paris",
          "shoe" + random.nextInt(8), "c" + i + "@example.com"}));
      session.append("Customer_Measure",
          people().map(i -> new Object[]{"c" + i, random.nextInt(100) + (isMember(i) ? 50.0 : 0.0)}));
      session.append("UnifiedActivity", people().filter(DifferentiatorsTest::isMember).filter(i -> i % 4 == 0)
          .map(i -> new Object[]{"c" + i, "Returned"}));
      session.append("SegmentMembership",
          people().map(i -> new Object[]{"c" + i, isMember(i) ? "members" : "others"}));
      return session.append("SegmentMembership",
          people().filter(i -> i % 2 == 0).map(i -> new Object[]{"c" + i, "even"}));
    });
  }

  private static java.util.stream.Stream<Integer> people() {
    return IntStream.range(0, PEOPLE).boxed();
  }

  private static boolean isMember(int person) {
    return person < PEOPLE / 2;
  }

  @AfterEach
  void close() {
    warehouse.close();
  }

  @Test
  void whatSetsMembersApartIsFoundWithItsLift() {
    var found = differences("members", Optional.empty());
    assertEquals(1_000, found.members());
    assertEquals(1_000, found.others());
    var lyon = found.found().stream().filter(each -> "Lyon".equals(each.value())).findFirst().orElseThrow();
    assertTrue(lyon.liftLow() < 2 && 2 < lyon.liftHigh(), lyon.toString());
    assertTrue(lyon.liftLow() > 1.5, lyon.toString());
    assertTrue(found.found().stream().anyMatch(each -> each.kind().equals("event") && each.name().equals("Returned")
        && each.others() == 0 && each.members() == 250), found.toString());
    assertTrue(found.found().stream().anyMatch(each -> each.name().equals("spent")), found.toString());
    assertTrue(found.found().stream().noneMatch(each -> each.name().equals("shoe")), found.toString());
    assertTrue(found.found().stream().noneMatch(each -> each.name().equals("email")), found.toString());
    assertEquals(found.found(), differences("members", Optional.of("others")).found());
  }

  @Test
  void chanceIsNotFound() {
    assertEquals(List.of(), differences("even", Optional.empty()).found().stream()
        .filter(each -> !each.name().equals("Returned")).toList());
    assertEquals(List.of(), differences("nobody", Optional.empty()).found());
  }

  @Test
  void theNormalDistributionIsThatOfTheTables() {
    assertEquals(0.05, Differentiators.twoSided(1.959964), 1e-6);
    assertEquals(0.317311, Differentiators.twoSided(1), 1e-6);
  }

  private Differences differences(String segment, Optional<String> against) {
    return warehouse.write(session -> Differentiators.find(session, segment, against));
  }
}
