package portrait.foundation.database;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;
import portrait.foundation.model.CustomerId;
import portrait.foundation.model.Problem;
import portrait.foundation.model.ProblemException;

/// What every stage relies on, on each product.
@ParameterizedClass
@EnumSource(TestDatabases.Product.class)
class DatabaseTest {

  private static final Migrations SHELF = new Migrations("shelf", List.of("""
      CREATE TABLE shelf (
        id BIGINT NOT NULL PRIMARY KEY, text_value TEXT, number_value BIGINT, decimal_value DOUBLE PRECISION,
        answer BOOLEAN, bytes_value BYTEA) ${table};

      CREATE TABLE counter (name TEXT NOT NULL PRIMARY KEY, value BIGINT NOT NULL) ${clustered};
      """));

  private final TestDatabases.Product product;

  @TempDir
  Path folder;
  DatabaseSettings settings;
  Database database;

  DatabaseTest(TestDatabases.Product product) {
    this.product = product;
  }

  @BeforeEach
  void open() {
    settings = product.settings(folder);
    database = Database.open(settings, List.of(SHELF));
  }

  @AfterEach
  void close() {
    database.close();
  }

  private void put(String name, long value) {
    database.write(transaction -> transaction.update("""
        INSERT INTO counter (name, value) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value
        """, name, value));
  }

  private static long value(Transaction transaction, String name) {
    return transaction.first("SELECT value FROM counter WHERE name = ?" + transaction.forUpdate(),
        row -> row.number(1), name).orElse(0L);
  }

  private long value(String name) {
    return database.read(transaction -> transaction
        .first("SELECT value FROM counter WHERE name = ?", row -> row.number(1), name).orElse(0L));
  }

  // Parameters and results

  @Test
  void everyTypeOfParameterComesBackAsItWas() {
    var customer = CustomerId.of("00000000-0000-0000-0000-0000000000ff");
    var uuid = UUID.fromString("12345678-1234-1234-1234-1234567890ab");
    var moment = Instant.parse("2026-11-22T10:00:00.123456789Z");
    byte[] bytes = {0, 1, -1, 127, -128};
    var rows = new ArrayList<@Nullable Object[]>();
    rows.add(new Object[]{1, "text", Long.MIN_VALUE, Double.MIN_VALUE, true, bytes});
    rows.add(new Object[]{2L, uuid, Long.MAX_VALUE, -Double.MAX_VALUE, false, new byte[0]});
    rows.add(new @Nullable Object[]{3, customer, moment, 0.1, null, null});
    rows.add(new @Nullable Object[]{4, null, null, null, null, null});
    database.write(transaction -> {
      for (var row : rows) {
        transaction.update("INSERT INTO shelf VALUES (?, ?, ?, ?, ?, ?)", row);
      }
      return true;
    });

    database.read(transaction -> {
      transaction.each("SELECT * FROM shelf WHERE id = 1", row -> {
        assertEquals("text", row.text(2));
        assertEquals(Long.MIN_VALUE, row.number(3));
        assertEquals(Double.MIN_VALUE, row.decimal(4));
        assertTrue(row.isTrue(5));
        assertArrayEquals(bytes, row.bytes(6));
      });
      transaction.each("SELECT * FROM shelf WHERE id = 2", row -> {
        assertEquals(uuid.toString(), row.text(2));
        assertEquals(Long.MAX_VALUE, row.numberOrNull(3));
        assertEquals(-Double.MAX_VALUE, row.decimalOrNull(4));
        assertFalse(row.isTrue(5));
        assertArrayEquals(new byte[0], row.bytes(6));
      });
      transaction.each("SELECT * FROM shelf WHERE id = 3", row -> {
        assertEquals(customer.toString(), row.text(2));
        assertEquals(Instant.parse("2026-11-22T10:00:00.123456Z"), row.instant(3));
        assertEquals(0.1, row.decimal(4));
      });
      transaction.each("SELECT * FROM shelf WHERE id = 4", row -> {
        assertNull(row.textOrNull(2));
        assertNull(row.numberOrNull(3));
        assertNull(row.instantOrNull(3));
        assertNull(row.decimalOrNull(4));
        assertThrows(IllegalStateException.class, () -> row.text(2));
        assertThrows(IllegalStateException.class, () -> row.instant(3));
        assertThrows(IllegalStateException.class, () -> row.bytes(6));
        assertEquals(0, row.number(3));
        assertFalse(row.isTrue(5));
      });
      return true;
    });
    assertEquals(List.of(1L), database.read(transaction -> transaction
        .query("SELECT COUNT(*) FROM shelf WHERE answer = ? AND bytes_value = ?", row -> row.number(1), true, bytes)));
  }

  @Test
  void momentsBefore1970AndFarAwayKeepTheirMicroseconds() {
    for (String text : List.of("1969-12-31T23:59:59.999999Z", "0001-01-01T00:00:00.000001Z",
        "9999-12-31T23:59:59.999999Z")) {
      var moment = Instant.parse(text);
      database.write(transaction -> transaction.update("INSERT INTO counter VALUES (?, ?)", text, moment));
      assertEquals(Optional.of(moment), database.read(transaction -> transaction
          .first("SELECT value FROM counter WHERE name = ?", row -> row.instant(1), text)));
    }
  }

  @Test
  void textsKeepEveryCharacterAndMayBeBig() {
    String big = "Grüße, 世界 😀 ' \" \\ \r\n\t\u0001\u0085\u2028 %s ? :x $1 ".repeat(100_000);
    database.write(transaction -> transaction.update("INSERT INTO shelf (id, text_value) VALUES (?, ?)", 1, big));

    assertEquals(Optional.of(big), database.read(transaction -> transaction
        .first("SELECT text_value FROM shelf WHERE text_value = ?", row -> row.text(1), big)));
  }

  @Test
  void whatNoEngineCanKeepIsRefusedOnEach() {
    for (Object value : List.of("a\u0000b", Double.NaN, Double.POSITIVE_INFINITY)) {
      var problem = assertThrows(ProblemException.class, () -> database.write(transaction -> transaction
          .update("INSERT INTO shelf (id, text_value) VALUES (1, ?)", value))).problem();
      assertEquals(Problem.Code.INVALID_PARAMETER, problem.code());
    }
    assertThrows(IllegalArgumentException.class, () -> database.write(transaction -> transaction
        .update("INSERT INTO shelf (id, text_value) VALUES (1, ?)", new Object())));
  }

  @Test
  void halfACharacterBecomesAQuestionMark() {
    database.write(transaction -> transaction.update("INSERT INTO shelf (id, text_value) VALUES (1, ?)", "a\ud800b"));

    assertEquals(Optional.of("a?b"), database.read(transaction -> transaction
        .first("SELECT text_value FROM shelf", row -> row.text(1))));
  }

  @Test
  void batchesWriteEveryRow() {
    var rows = new ArrayList<@Nullable Object[]>();
    for (int i = 0; i < 10_000; i++) {
      rows.add(new @Nullable Object[]{i, i % 3 == 0 ? null : "row " + i});
    }
    database.write(transaction -> {
      transaction.batch("INSERT INTO shelf (id, text_value) VALUES (?, ?)", rows);
      transaction.batch("INSERT INTO shelf (id, text_value) VALUES (?, ?)", List.of());
      transaction.batch("INSERT INTO shelf (id, text_value) VALUES (?, ?) ON CONFLICT (id) DO NOTHING", rows);
      return true;
    });

    long sum = database.read(transaction -> {
      var seen = new AtomicInteger();
      transaction.each("SELECT id FROM shelf ORDER BY id", row -> assertEquals(seen.getAndIncrement(), row.number(1)));
      return seen.get();
    });
    assertEquals(10_000, sum);
    int again = database.write(
        transaction -> transaction.update("INSERT INTO shelf (id) VALUES (5) ON CONFLICT (id) DO NOTHING"));
    assertEquals(0, again);
  }

  @Test
  void aQueryMayRunItselfForEachOfItsRows() {
    for (int i = 1; i <= 5; i++) {
      put("n" + i, i);
    }
    String sql = "SELECT name, value FROM counter WHERE value > ? ORDER BY value";

    var pairs = database.read(transaction -> transaction.query(sql,
        row -> row.text(1) + transaction.query(sql, inner -> inner.text(1), row.number(2)), 2L));

    assertEquals(List.of("n3[n4, n5]", "n4[n5]", "n5[]"), pairs);
  }

  // Transactions

  @Test
  void nothingOfAFailedTransactionStays() {
    put("anna@example.com", 1);
    assertThrows(IllegalArgumentException.class, () -> database.write(transaction -> {
      transaction.update("UPDATE counter SET value = 2");
      throw new IllegalArgumentException("stop");
    }));
    var failure = assertThrows(StoreException.class, () -> database.write(transaction -> {
      transaction.update("UPDATE counter SET value = 3");
      return transaction.update("INSERT INTO counter VALUES (?, 1)", "anna@example.com");
    }));

    assertEquals(1, value("anna@example.com"));
    assertTrue(String.valueOf(failure.getMessage()).contains("INSERT INTO counter"),
        String.valueOf(failure.getMessage()));
    assertFalse(String.valueOf(failure.getMessage()).contains("anna"), "personal data stays out of messages");
  }

  @Test
  void aFailedStatementEndsItsTransactionEvenWhenItIsCaught() {
    put("a", 1);

    assertThrows(IllegalStateException.class, () -> database.write(transaction -> {
      transaction.update("UPDATE counter SET value = 2");
      assertThrows(StoreException.class, () -> transaction.update("INSERT INTO counter VALUES ('a', 1)"));
      assertThrows(IllegalStateException.class, () -> transaction.update("UPDATE counter SET value = 3"));
      return true;
    }));

    assertEquals(1, value("a"));
  }

  @Test
  void aReadSeesOneSnapshotAndCannotWrite() {
    put("a", 1);
    long[] seen = database.read(transaction -> {
      long before = transaction.first("SELECT value FROM counter", row -> row.number(1)).orElseThrow();
      onAnotherThread(() -> put("a", 2));
      long after = transaction.first("SELECT value FROM counter", row -> row.number(1)).orElseThrow();
      return new long[]{before, after};
    });

    assertArrayEquals(new long[]{1, 1}, seen);
    assertEquals(2, value("a"));
    assertThrows(StoreException.class,
        () -> database.read(transaction -> transaction.update("UPDATE counter SET value = 9")));
    assertEquals(2, value("a"));
  }

  private static void onAnotherThread(Runnable work) {
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      threads.submit(work);
    }
  }

  @Test
  void transactionsDoNotNestAndDoNotOutliveTheirFunction() {
    assertThrows(IllegalStateException.class,
        () -> database.write(_ -> database.read(inner -> inner.query("SELECT 1", row -> row.number(1)))));
    assertThrows(IllegalStateException.class,
        () -> database.read(_ -> database.write(inner -> inner.update("UPDATE counter SET value = 1"))));
    var leaked = database.read(transaction -> transaction);
    assertThrows(IllegalStateException.class, () -> leaked.query("SELECT 1", row -> row.number(1)));
  }

  @Test
  void readersGoOnWhileOneWriterWrites() throws Exception {
    put("left", 500);
    put("right", 500);
    var isWriting = new AtomicBoolean(true);
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      var readers = IntStream.range(0, 8).<Future<Integer>>mapToObj(_ -> threads.submit(() -> {
        int reads = 0;
        do {
          long sum = database.read(transaction -> transaction.query("SELECT value FROM counter", row -> row.number(1))
              .stream().mapToLong(Long::longValue).sum());
          assertEquals(1_000, sum);
          reads++;
        } while (isWriting.get());
        return reads;
      })).toList();
      for (int i = 0; i < 200; i++) {
        database.write(transaction -> {
          transaction.update("UPDATE counter SET value = value - 1 WHERE name = 'left'");
          return transaction.update("UPDATE counter SET value = value + 1 WHERE name = 'right'");
        });
      }
      isWriting.set(false);
      for (var reader : readers) {
        assertTrue(reader.get() > 0);
      }
    }
    assertEquals(700, value("right"));
  }

  @Test
  void manyCallersWriteOneAfterTheOther() {
    put("sum", 0);
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      for (int i = 0; i < 200; i++) {
        threads.submit(() -> database.write(transaction -> transaction
            .update("UPDATE counter SET value = ? WHERE name = 'sum'", value(transaction, "sum") + 1)));
      }
    }
    assertEquals(200, value("sum"));
  }

  @Test
  void aCallerWhoIsInterruptedStillLearnsTheOutcome() throws InterruptedException {
    var isFlagKept = new AtomicBoolean();
    var thread = Thread.ofVirtual().start(() -> {
      Thread.currentThread().interrupt();
      put("a", 7);
      isFlagKept.set(Thread.currentThread().isInterrupted());
    });
    thread.join();

    assertTrue(isFlagKept.get());
    assertEquals(7, value("a"));
  }

  @Test
  void closingWaitsForWhatIsUnderWayAndRefusesTheRest() throws Exception {
    var started = new CountDownLatch(1);
    var closing = new CountDownLatch(1);
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      var write = threads.submit(() -> database.write(transaction -> {
        started.countDown();
        await(closing);
        return transaction.update("INSERT INTO counter VALUES ('late', 1)");
      }));
      started.await();
      var close = threads.submit(() -> {
        closing.countDown();
        database.close();
      });
      assertEquals(1, write.get());
      close.get();
    }
    var problem = assertThrows(ProblemException.class, () -> put("later", 1)).problem();
    assertEquals("the profile store is closed", problem.message());
    database.close();

    database = Database.open(settings, List.of(SHELF));
    assertEquals(1, value("late"));
  }

  private static void await(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException interrupted) {
      throw new IllegalStateException(interrupted);
    }
  }

  @Test
  void tellsItsSize() {
    long before = database.bytes();
    database.write(transaction -> transaction.update("INSERT INTO shelf (id, bytes_value) VALUES (1, ?)",
        new byte[4_000_000]));

    assertTrue(database.bytes() > Math.max(before, 10_000), () -> before + " then " + database.bytes());
  }

  // Two nodes on one PostgreSQL, and what happens when it goes away

  @Test
  void nodesThatGetInEachOthersWayTryAgain() throws Exception {
    if (product == TestDatabases.Product.SQLITE) {
      return; // One process owns the file.
    }
    put("one", 0);
    put("two", 0);
    try (var other = Database.open(settings, List.of(SHELF)); var threads = Executors.newCachedThreadPool()) {
      var attempts = new AtomicInteger();
      var firstMeeting = new CyclicBarrier(2);
      var first = threads.submit(() -> addInOrder(database, "one", "two", firstMeeting, attempts));
      var second = threads.submit(() -> addInOrder(other, "two", "one", firstMeeting, attempts));
      first.get();
      second.get();

      assertEquals(3, attempts.get(), "one of them met a deadlock and ran again");
    }
    assertEquals(2, value("one"));
    assertEquals(2, value("two"));
  }

  /// Locks the rows in the order given; the first time, both nodes hold one row before they ask for the other.
  private static int addInOrder(Database node, String first, String second, CyclicBarrier meeting,
      AtomicInteger attempts) {
    var hasMet = new AtomicBoolean();
    return node.write(transaction -> {
      attempts.incrementAndGet();
      long one = value(transaction, first);
      if (!hasMet.getAndSet(true)) {
        try {
          meeting.await();
        } catch (Exception failure) {
          throw new IllegalStateException(failure);
        }
      }
      long two = value(transaction, second);
      transaction.update("UPDATE counter SET value = ? WHERE name = ?", one + 1, first);
      return transaction.update("UPDATE counter SET value = ? WHERE name = ?", two + 1, second);
    });
  }

  @Test
  void connectionsThatBreakAreOpenedAgain() {
    if (product == TestDatabases.Product.SQLITE) {
      return; // There is no connection to lose.
    }
    put("a", 1);
    assertEquals(1, value("a"));

    breakConnections();
    // The writer runs its work again by itself: nothing of it had happened.
    database.write(transaction -> transaction.update("UPDATE counter SET value = value + 1"));
    // A reader goes on with a new connection as long as nothing was handed out.
    assertEquals(2, value("a"));
    assertThrows(StoreException.class, () -> database.read(transaction -> {
      transaction.query("SELECT 1", row -> row.number(1));
      breakConnections();
      return transaction.query("SELECT 1", row -> row.number(1));
    }));
    assertEquals(2, value("a"));

    var isFirst = new AtomicBoolean(true);
    database.write(transaction -> {
      transaction.update("UPDATE counter SET value = value + 10");
      if (isFirst.getAndSet(false)) {
        breakConnections();
      }
      return transaction.update("UPDATE counter SET value = value + 10");
    });
    assertEquals(22, value("a"));
  }

  private void breakConnections() {
    String url = ((DatabaseSettings.Postgres) settings).url();
    TestDatabases.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '%s'"
        .formatted(url.replaceFirst(".*/([^?]*).*", "$1")));
  }
}
