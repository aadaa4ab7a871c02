package portrait.foundation.expressions;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.fail;

import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Objects;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import portrait.foundation.model.ColumnType;
import portrait.foundation.model.Schema;
import portrait.foundation.model.Schema.Column;
import portrait.foundation.warehouse.Warehouse;
import portrait.foundation.warehouse.WarehouseSession;
import portrait.foundation.warehouse.WarehouseSettings;

/// One definition, two evaluators, and a third opinion: random conditions on random customers give the same members in
/// the warehouse, live and by [Reference]. `-Dportrait.cases=1000000` runs longer, `-Dportrait.seed=7` repeats one run.
class DifferentialTest {

  private static final int CUSTOMERS = 50;
  private static final long SEED = Long.getLong("portrait.seed", 20_240_331L);
  private static final int CASES = Integer.getInteger("portrait.cases", 10_000);
  private static final List<ZoneId> ZONES = List.of(ZoneOffset.UTC, ZoneOffset.UTC, ZoneId.of("Europe/Paris"),
      ZoneId.of("America/New_York"), ZoneId.of("America/Havana"), ZoneId.of("Australia/Lord_Howe"),
      ZoneId.of("Asia/Kolkata"));

  /// Letters that got a partner in Unicode 16, which Java 25 knows and DuckDB does not yet.
  private static final String UNICODE_16 = "\u019B\u0264\u1C89\u1C8A\uA7CB\uA7CC\uA7CD\uA7DA\uA7DB\uA7DC";

  private static final Warehouse WAREHOUSE = Warehouse.open(WarehouseSettings.inMemory());

  @BeforeAll
  static void tables() {
    WAREHOUSE.write(session -> {
      var columns = new ArrayList<>(List.of(Column.of("CustomerId", ColumnType.STRING)));
      RandomCase.ATTRIBUTES.forEach((name, type) -> columns.add(Column.of(name, type)));
      session.create("Customer", new Schema(columns));
      session.create("Customer_Measure",
          Schema.of(Column.of("CustomerId", ColumnType.STRING), Column.of("revenue", ColumnType.NUMBER)));
      session.create("SegmentMembership",
          Schema.of(Column.of("CustomerId", ColumnType.STRING), Column.of("Segment", ColumnType.STRING)));
      session.create("UnifiedActivity",
          Schema.of(Column.of("CustomerId", ColumnType.STRING), Column.of("ActivityId", ColumnType.STRING),
              Column.of("ActivityName", ColumnType.STRING), Column.of("ActivityTimestamp", ColumnType.TIMESTAMP),
              Column.of("Properties", ColumnType.JSON)));
      return 0;
    });
  }

  @AfterAll
  static void close() {
    WAREHOUSE.close();
  }

  @Test
  void theWarehouseAndTheLiveEvaluatorAndTheReferenceAgreeOnMembers() {
    int definitions = CASES / CUSTOMERS;
    List<Someone> customers = List.of();
    for (int i = 0; i < definitions; i++) {
      var random = new RandomCase(SEED + i, now(i));
      if (i % 20 == 0) {
        customers = customers(random);
      }
      var condition = random.condition(3, false);
      var zone = random.one(ZONES);
      agree(condition, customers, now(i), zone, SEED + i);
    }
  }

  @Test
  void theyAgreeOnValues() {
    List<Someone> customers = List.of();
    for (int i = 0; i < CASES / CUSTOMERS; i++) {
      long seed = SEED + 1_000_000_000 + i;
      var random = new RandomCase(seed, now(i));
      if (i % 20 == 0) {
        customers = customers(random);
      }
      agree(formula(random),
          random.one(ColumnType.STRING, ColumnType.NUMBER, ColumnType.INTEGER, ColumnType.BOOLEAN, ColumnType.DATE,
              ColumnType.TIMESTAMP),
          customers, now(i), random.one(ZONES), seed);
    }
  }

  @Test
  void answersChangeByTimeNoEarlierThanTheEvaluatorSaid() {
    for (int i = 0; i < CASES / CUSTOMERS; i++) {
      long seed = SEED + 2_000_000_000 + i;
      var random = new RandomCase(seed, now(i));
      var condition = random.condition(3, false);
      var zone = random.one(ZONES);
      var live = new LiveCondition(condition, zone);
      var now = now(i);
      for (int c = 0; c < 10; c++) {
        var who = random.customer("c" + c);
        var answer = live.answer(who, now);
        long far = answer.changesAt() == null ? 400L * 86_400 * 1_000_000
            : java.time.temporal.ChronoUnit.MICROS.between(now, answer.changesAt());
        for (long step : List.of(1L, far - 1, random.random.nextLong(Math.max(1, far)),
            random.random.nextLong(Math.max(1, far)))) {
          if (step > 0 && step < far) {
            var later = now.plus(step, java.time.temporal.ChronoUnit.MICROS);
            if (live.answer(who, later).holds() != answer.holds()) {
              fail("seed %d: %s%n is %s at %s but not at %s, although it said %s%n%s%n%s".formatted(seed,
                  TextWriter.write(condition),
                  answer.holds(), now, later, answer.changesAt(), zone, who));
            }
          }
        }
      }
    }
  }

  @Test
  void whatIsWrittenAsTextOrTreeReadsBackAsTheSame() {
    for (int i = 0; i < CASES / CUSTOMERS; i++) {
      var condition = new RandomCase(SEED + 3_000_000_000L + i, now(i)).condition(4, false);
      String text = TextWriter.write(condition);
      var back = Expressions.condition(text);
      assertEquals(text, TextWriter.write(back));
      var tree = Expressions.tree(condition);
      assertEquals(tree, Expressions.tree(Expressions.condition(tree, "where")), text);
      for (var who : List.of(new RandomCase(i, now(i)).customer("a"), new RandomCase(i + 1, now(i)).customer("b"))) {
        var truth = new LiveCondition(condition, ZoneOffset.UTC).truth(who, now(i));
        assertEquals(truth, new LiveCondition(back, ZoneOffset.UTC).truth(who, now(i)), text);
        assertEquals(truth,
            new LiveCondition(Expressions.condition(tree, "where"), ZoneOffset.UTC).truth(who, now(i)), text);
      }
    }
  }

  @Test
  void lettersHaveTheSameCaseEverywhere() {
    var different = new ArrayList<String>();
    WAREHOUSE.read(session -> {
      session.each(portrait.foundation.warehouse.Sql.of(
          "SELECT i, lower(chr(i)), upper(chr(i)) FROM (SELECT CAST(i AS INTEGER) AS i FROM range(1, 65536) r(i)) WHERE i < 55296 OR i > 57343"),
          row -> {
            String letter = Character.toString((int) row.number(1));
            if (!UNICODE_16.contains(letter) && !row.text(2).equals(Texts.lower(letter))
                || !UNICODE_16.contains(letter) && !row.text(3).equals(Texts.upper(letter))) {
              different.add("U+%04X".formatted(row.number(1)));
            }
          });
      return 0;
    });
    assertEquals(List.of(), different);
  }

  /// The same for the twenty definitions that share their customers.
  private static Instant now(int number) {
    return RandomCase.NOWS.get(number / 20 % RandomCase.NOWS.size());
  }

  private static Formula formula(RandomCase random) {
    while (true) {
      try {
        return random.chance(60) ? random.aggregate(2) : random.formula(3, false);
      } catch (Mistake refused) {
        // Another one will do.
      }
    }
  }

  private static List<Someone> customers(RandomCase random) {
    var customers = new ArrayList<Someone>();
    for (int c = 0; c < CUSTOMERS; c++) {
      customers.add(random.customer("c%02d".formatted(c)));
    }
    WAREHOUSE.write(session -> {
      fill(session, customers);
      return 0;
    });
    return customers;
  }

  private static void fill(WarehouseSession session, List<Someone> customers) {
    List.of("Customer", "Customer_Measure", "SegmentMembership", "UnifiedActivity")
        .forEach(table -> session.execute("DELETE FROM " + table));
    session.append("Customer", customers.stream().map(who -> {
      var row = new ArrayList<@Nullable Object>(List.of(who.id()));
      RandomCase.ATTRIBUTES.keySet().forEach(name -> row.add(who.column(name)));
      return row.toArray();
    }));
    session.append("Customer_Measure",
        customers.stream().map(who -> new @Nullable Object[]{who.id(), who.measure("revenue")}));
    session.append("SegmentMembership",
        customers.stream().flatMap(who -> who.segments().stream().map(segment -> new Object[]{who.id(), segment})));
    session.append("UnifiedActivity", customers.stream().flatMap(who -> who.events().stream()
        .map(event -> new Object[]{who.id(), event.id(), event.name(), event.at(), event.properties().toString()})));
  }

  private static void agree(Condition condition, List<Someone> customers, Instant now, ZoneId zone, long seed) {
    var live = new LiveCondition(condition, zone);
    var sql = WAREHOUSE.read(session -> {
      var query = Expressions.members(condition, now, zone, Columns.of(session));
      try {
        return new TreeSet<>(session.query(query, row -> row.text(1)));
      } catch (RuntimeException failure) {
        throw new AssertionError("seed %d: %s%n%s%n%s".formatted(seed, TextWriter.write(condition),
            failure.getMessage(), query.parameters()));
      }
    });
    for (var who : customers) {
      boolean inLive = live.answer(who, now).holds();
      boolean inReference = Boolean.TRUE.equals(new Reference(who, now, zone).condition(condition, null));
      if (inLive != inReference || inLive != sql.contains(who.id())) {
        var smaller = smaller(condition, who, now, zone);
        fail("seed %d: %s%nlive %s, reference %s, warehouse %s in %s%n%s%nsmallest: %s".formatted(seed,
            TextWriter.write(condition), inLive, inReference,
            sql.contains(who.id()), zone, who, TextWriter.write(smaller)));
      }
    }
  }

  /// The smallest part of a condition that still differs for this customer.
  private static Condition smaller(Condition condition, Someone who, Instant now, ZoneId zone) {
    var parts = switch (condition) {
      case Condition.All(var inner) -> inner;
      case Condition.Any(var inner) -> inner;
      case Condition.Not(var inner) -> List.of(inner);
      case Condition other -> List.<Condition>of();
    };
    return parts.stream().filter(part -> differs(part, who, now, zone)).findFirst()
        .map(part -> smaller(part, who, now, zone))
        .orElse(condition);
  }

  private static boolean differs(Condition condition, Someone who, Instant now, ZoneId zone) {
    var truths = Stream.of(condition, new Condition.Not(condition)).map(each -> {
      boolean sql = WAREHOUSE.read(session -> session
          .query(Expressions.members(each, now, zone, Columns.of(session)), row -> row.text(1)))
          .contains(who.id());
      return List.of(sql, new LiveCondition(each, zone).answer(who, now).holds(),
          Boolean.TRUE.equals(new Reference(who, now, zone).condition(each, null)));
    }).toList();
    return truths.stream().anyMatch(each -> new TreeSet<>(each).size() > 1);
  }

  private static void agree(Formula formula, ColumnType type, List<Someone> customers, Instant now, ZoneId zone,
      long seed) {
    if (formula instanceof Formula.Now) {
      return;
    }
    var output = new Expressions.Output(formula, type, zone);
    var live = Expressions.live(output);
    var sql = new LinkedHashMap<String, @Nullable Object>();
    WAREHOUSE.read(session -> {
      var outputs = new LinkedHashMap<String, Expressions.Output>();
      outputs.put("v", output);
      session.each(Expressions.values(outputs, now, Columns.of(session)),
          row -> sql.put(row.text(1), row.value(2)));
      return 0;
    });
    for (var who : customers) {
      Object inLive = plain(live.answer(who, now).value());
      Object inReference = plain(new Reference(who, now, zone).value(formula, output.type(), null));
      if (type == ColumnType.INTEGER && inReference instanceof Double number) {
        inReference = whole(number);
      }
      Object inSql = plain(sql.get(who.id()));
      if (!Objects.equals(inLive, inReference) || !Objects.equals(inLive, inSql)) {
        fail("seed %d: %s as %s%nlive %s, reference %s, warehouse %s in %s%n%s".formatted(seed,
            TextWriter.write(formula), type, inLive, inReference, inSql, zone, who));
      }
    }
  }

  private static @Nullable Long whole(double number) {
    try {
      return new java.math.BigDecimal(number).setScale(0, java.math.RoundingMode.HALF_UP).longValueExact();
    } catch (ArithmeticException _) {
      return null;
    }
  }

  @Test
  void wholeNumbersBeyondSixtyFourBitsAreMissingEverywhere() {
    for (String formula : List.of("9223372036854775807.0", "9223372036854774784", "0 - 9223372036854775808.0",
        "0 - 9223372036854777856.0", "1e30", "2.5", "0.5", "0 - 2.5", "0 - 0.5")) {
      var someone = Someone.called("c00");
      WAREHOUSE.write(session -> {
        fill(session, List.of(someone));
        return 0;
      });
      agree(Expressions.formula(formula + " + 0"), ColumnType.INTEGER, List.of(someone), RandomCase.NOWS.getFirst(),
          ZoneOffset.UTC, 0);
    }
  }

  /// Minus zero is zero.
  private static @Nullable Object plain(@Nullable Object value) {
    return switch (value) {
      case Double number -> number + 0.0;
      case Instant moment -> moment;
      case null -> null;
      default -> value;
    };
  }
}
