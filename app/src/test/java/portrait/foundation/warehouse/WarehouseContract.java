package portrait.foundation.warehouse;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import portrait.foundation.model.ColumnType;
import portrait.foundation.model.Problem;
import portrait.foundation.model.ProblemException;
import portrait.foundation.model.Schema;
import portrait.foundation.model.Schema.Column;

/// What every warehouse does, wherever it lives.
abstract class WarehouseContract {

  private static final Schema NUMBERS = Schema.of(Column.of("n", ColumnType.INTEGER));
  private static final Sql ENDLESS = Sql
      .of("SELECT count(*) FROM range(10000000) a, range(10000000) b WHERE a.range = -b.range - 1");

  Warehouse warehouse = Warehouse.open(WarehouseSettings.inMemory());

  abstract WarehouseSettings settings();

  @BeforeEach
  void open() {
    warehouse.close();
    warehouse = Warehouse.open(settings());
  }

  @AfterEach
  void close() {
    warehouse.close();
  }

  @Test
  void sortedRowsComeInTheirOrderHoweverManyThereAre() {
    long outOfOrder = warehouse.write(session -> {
      session.execute("CREATE TEMP TABLE many AS SELECT range AS n, hash(range) % 1000003 AS value FROM range(200000)");
      long[] seen = {-1, 0};
      for (int round = 0; round < 10; round++) {
        seen[0] = -1;
        session.each(Sql.of("SELECT value, n FROM many ORDER BY value, n"), row -> {
          seen[1] += row.number(1) < seen[0] ? 1 : 0;
          seen[0] = row.number(1);
        });
      }
      return seen[1];
    });
    assertEquals(0, outOfOrder);
  }

  @Test
  void everyTypeComesBackAsItWent() {
    var schema = new Schema(
        Arrays.stream(ColumnType.values()).map(type -> Column.of("a " + type.text(), type)).toList());
    @Nullable
    Object[] full = {"ÅΩ'\"\n", Long.MAX_VALUE, -0.1, true, LocalDate.of(1899, 2, 28),
        Instant.parse("1969-12-31T23:59:59.999999Z"), "{\"a\":[1,null]}"};
    @Nullable
    Object[] empty = new @Nullable Object[full.length];
    warehouse.write(session -> {
      session.create("every", schema);
      return session.append("every", Stream.of(full, empty));
    });
    var rows = warehouse.read(session -> session.query(Sql.of("SELECT * FROM every ORDER BY 1 NULLS LAST"), row -> {
      var values = new ArrayList<@Nullable Object>();
      for (int column = 1; column <= row.columns(); column++) {
        values.add(row.value(column));
      }
      return values;
    }));
    assertEquals(List.of(Arrays.asList(full), Arrays.asList(empty)), rows);
    assertEquals(Optional.of(schema), warehouse.read(session -> session.schema("every")));
  }

  @Test
  void parametersCarryEveryType() {
    var moment = Instant.parse("2026-03-29T01:30:00.123456Z");
    var day = LocalDate.of(2024, 2, 29);
    var values = warehouse.read(session -> session.query(
        Sql.of("SELECT ?, ?, ?, ?, ?, ?::VARCHAR", "it's; --", 7L, 0.5, false, day, null),
        row -> Arrays.asList(row.value(1), row.value(2), row.value(3), row.value(4), row.value(5), row.value(6)))
        .getFirst());
    assertEquals(Arrays.asList("it's; --", 7L, 0.5, false, day, null), values);
    assertEquals(moment, warehouse.read(session -> session
        .query(Sql.of("SELECT ?::TIMESTAMP", moment), row -> Optional.ofNullable(row.instantOrNull(1))).getFirst()
        .orElseThrow()));
  }

  @ParameterizedTest
  @ValueSource(strings = {"select", "a\"b", "a.b", "'; DROP TABLE x", "tab\tand\nline", "名前", "a b"})
  void anyNameIsQuoted(String name) {
    warehouse.write(session -> {
      session.create(name, Schema.of(Column.of(name, ColumnType.STRING)));
      return session.append(name, Stream.<@Nullable Object[]>of(new @Nullable Object[]{"kept"}));
    });
    assertEquals(List.of("kept"), warehouse.read(session -> session
        .query(Sql.format("SELECT {} FROM {}", Sql.name(name), Sql.name(name)), row -> row.text(1))));
    assertTrue(exists(name));
  }

  @Test
  void manyRowsAreAppended() {
    warehouse.write(session -> {
      session.create("many", NUMBERS);
      return session.append("many", LongStream.range(0, 10_000).mapToObj(n -> new @Nullable Object[]{n}));
    });
    assertEquals(49_995_000L, number("SELECT sum(n)::BIGINT FROM many"));
  }

  @Test
  void aFailedWriteLeavesNothing() {
    assertThrows(IllegalStateException.class, () -> warehouse.write(session -> {
      session.create("half", NUMBERS);
      session.append("half", Stream.<@Nullable Object[]>of(new @Nullable Object[]{1L}));
      throw new IllegalStateException("on purpose");
    }));
    assertFalse(exists("half"));
  }

  @Test
  void aWrongStatementNamesItselfAndTheNextOneWorks() {
    var failure = assertThrows(WarehouseException.class,
        () -> warehouse.read(session -> session.execute("SELECT nothing FROM nowhere")));
    assertTrue(String.valueOf(failure.getMessage()).contains("nowhere"));
    assertEquals(1, number("SELECT 1"));
  }

  @Test
  void severalStatementsStandInOneText() {
    warehouse.write(session -> session.execute("CREATE TABLE one (n BIGINT); INSERT INTO one VALUES (1), (2);"));
    assertEquals(2, number("SELECT count(*) FROM one"));
  }

  @Test
  void aReaderSeesOneSnapshotWhileAWriterChangesTheTable() throws Exception {
    warehouse.write(session -> {
      session.create("seen", NUMBERS);
      return session.append("seen", Stream.<@Nullable Object[]>of(new @Nullable Object[]{1L}));
    });
    var looked = new CountDownLatch(1);
    var written = new CountDownLatch(1);
    var reader = new FutureTask<>(() -> warehouse.read(session -> {
      long before = session.first(Sql.of("SELECT count(*) FROM seen"), row -> row.number(1)).orElseThrow();
      looked.countDown();
      await(written);
      return before == session.first(Sql.of("SELECT count(*) FROM seen"), row -> row.number(1)).orElseThrow();
    }));
    Thread.ofVirtual().start(reader);
    looked.await();
    warehouse.write(session -> session.execute("CREATE OR REPLACE TABLE seen AS SELECT range AS n FROM range(5)"));
    written.countDown();
    assertTrue(reader.get(), "the second look of the reader differs from its first");
    assertEquals(5, number("SELECT count(*) FROM seen"));
  }

  @Test
  void anInterruptEndsARunawayQuery() throws Exception {
    var caller = new FutureTask<>(() -> warehouse.read(session -> session.query(ENDLESS, row -> row.number(1))));
    assertCancelled(caller);
    assertEquals(1, number("SELECT 1"));
  }

  @Test
  void anInterruptedWriteLeavesNothing() throws Exception {
    var caller = new FutureTask<>(() -> warehouse.write(session -> {
      session.create("gone", NUMBERS);
      return session.query(ENDLESS, row -> row.number(1));
    }));
    assertCancelled(caller);
    assertFalse(exists("gone"));
  }

  @Test
  void temporaryTablesEndWithTheirTransaction() {
    warehouse.write(session -> session.execute("CREATE TEMP TABLE passing AS SELECT 1 AS n"));
    assertFalse(exists("passing"));
    warehouse.write(session -> session.execute("CREATE TEMP TABLE passing AS SELECT 1 AS n"));
  }

  @Test
  void aSessionSeesTheTablesItAddsChangesAndDrops() {
    warehouse.write(session -> {
      assertEquals(Optional.empty(), session.schema("own"));
      session.create("own", NUMBERS);
      assertEquals(Optional.of(NUMBERS), session.schema("own"));
      session.execute("ALTER TABLE own ADD COLUMN name VARCHAR");
      session.execute("CREATE VIEW seen AS SELECT name FROM own");
      session.execute("CREATE TEMP TABLE own AS SELECT TRUE AS hidden");
      assertEquals(Optional.of(Schema.of(Column.of("n", ColumnType.INTEGER), Column.of("name", ColumnType.STRING))),
          session.schema("own"), "not those of the temporary table");
      assertTrue(session.exists("seen"));
      session.execute("DROP VIEW seen; DROP TABLE temp.own; DROP TABLE own");
      assertFalse(session.exists("own"));
      return session.exists("seen");
    });
    assertFalse(exists("seen"));
  }

  private boolean exists(String table) {
    return warehouse.read(session -> session.exists(table));
  }

  final long number(String sql) {
    return warehouse.read(session -> session.first(Sql.of(sql), row -> row.number(1)).orElseThrow());
  }

  private static void assertCancelled(FutureTask<?> caller) throws InterruptedException {
    var thread = Thread.ofPlatform().start(caller);
    // Whenever the interrupt comes, before, at or after the start of the statement, it must end it.
    thread.interrupt();
    var failure = assertThrows(ExecutionException.class, caller::get);
    assertTrue(failure.getCause() instanceof ProblemException problem
        && problem.problem().code() == Problem.Code.CANCELLED, () -> "was " + failure.getCause());
    thread.join();
  }

  private static void await(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException asked) {
      throw new IllegalStateException(asked);
    }
  }
}
