package portrait.foundation.database;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;
import portrait.foundation.model.Problem;
import portrait.foundation.model.ProblemException;

/// Changes that are durable before they are committed.
@ParameterizedClass
@EnumSource(TestDatabases.Product.class)
class DeferredTest {

  private static final Migrations WORDS = new Migrations("words",
      List.of("CREATE TABLE word (number BIGINT NOT NULL PRIMARY KEY, text TEXT NOT NULL) ${table};"));

  private final TestDatabases.Product product;

  @TempDir
  Path folder;

  DeferredTest(TestDatabases.Product product) {
    this.product = product;
  }

  private static Database open(DatabaseSettings settings) {
    return Database.open(settings, List.of(WORDS));
  }

  private static void defer(Database database, String word) {
    database.defer(_ -> word.getBytes(StandardCharsets.UTF_8), transaction -> insert(transaction, word));
  }

  private static int insert(Transaction transaction, String word) {
    return transaction.update("INSERT INTO word (number, text) SELECT coalesce(max(number), 0) + 1, ? FROM word", word);
  }

  private static List<String> words(Database database) {
    return database.read(DeferredTest::words);
  }

  private static List<String> words(Transaction transaction) {
    return transaction.query("SELECT text FROM word ORDER BY number", row -> row.text(1));
  }

  /// A copy of the store as a killed process would leave it: nothing that is in memory only.
  private Path killed(String name) throws IOException {
    var copy = Files.createDirectory(folder.resolve(name));
    for (var file : List.of("portrait.db", "portrait.db-wal", "portrait.db.deferred")) {
      Files.copy(folder.resolve(file), copy.resolve(file), StandardCopyOption.REPLACE_EXISTING);
    }
    return copy;
  }

  private static List<String> recovered(Database database) {
    var made = new ArrayList<String>();
    database.recover((record, redo) -> {
      String word = new String(record, StandardCharsets.UTF_8);
      made.add(word);
      redo.write(transaction -> insert(transaction, word));
    });
    return made;
  }

  @Test
  void isSeenByEveryReadAndSurvivesAClose() {
    var settings = product.settings(folder);
    try (var database = open(settings)) {
      defer(database, "one");
      defer(database, "two");
      assertEquals(List.of("one", "two"), database.readLatest(DeferredTest::words));
      assertEquals(List.of("one", "two"), words(database));
      defer(database, "three");
      database.write(transaction -> insert(transaction, "four"));
      defer(database, "five");
    }
    try (var again = open(settings)) {
      assertFalse(again.isBehind());
      assertEquals(List.of("one", "two", "three", "four", "five"), words(again));
    }
  }

  @Test
  void aChangeThatThrowsTakesBackItselfOnly() {
    try (var database = open(product.settings(folder))) {
      defer(database, "one");
      assertThrows(IllegalArgumentException.class, () -> database.defer(_ -> new byte[0], transaction -> {
        insert(transaction, "wrong");
        throw new IllegalArgumentException("on purpose");
      }));
      assertThrows(StoreException.class,
          () -> database.defer(_ -> new byte[0], transaction -> transaction.update("INSERT INTO nowhere VALUES (1)")));
      defer(database, "two");

      assertEquals(List.of("one", "two"), words(database));
    }
  }

  @Test
  void whatIsRememberedFollowsTheStore() {
    var memory = new Remembered<String, Integer>(64 * 10, weight -> weight);
    try (var database = open(product.settings(folder))) {
      database.defer(_ -> new byte[0], transaction -> {
        memory.put(transaction, "a", 1);
        return true;
      });
      if (product == TestDatabases.Product.POSTGRESQL) {
        assertTrue(database.<Boolean>write(transaction -> memory.get(transaction, "a") == null), "others write, too");
        return;
      }
      assertThrows(IllegalArgumentException.class, () -> database.defer(_ -> new byte[0], transaction -> {
        memory.put(transaction, "a", 2);
        assertEquals(2, memory.get(transaction, "a"));
        throw new IllegalArgumentException("on purpose");
      }));
      assertEquals(1, database.<Integer>write(transaction -> memory.get(transaction, "a")));
      database.write(transaction -> {
        memory.put(transaction, "heavy", 11);
        return true;
      });
      assertTrue(database.<Boolean>write(transaction -> memory.get(transaction, "heavy") == null), "too heavy");
      assertEquals(1, database.<Integer>write(transaction -> memory.get(transaction, "a")));
      database.write(transaction -> {
        IntStream.range(0, 64).forEach(number -> memory.put(transaction, "other" + number, 10));
        return true;
      });
      // What was used is spared once.
      database.write(transaction -> {
        IntStream.range(64, 128).forEach(number -> memory.put(transaction, "other" + number, 10));
        return true;
      });
      assertTrue(database.<Boolean>write(transaction -> memory.get(transaction, "a") == null), "pushed out");
      assertEquals(10, database.<Integer>write(transaction -> memory.get(transaction, "other127")));
      database.write(transaction -> {
        memory.forget(transaction, "other127");
        return true;
      });
      assertTrue(database.<Boolean>write(transaction -> memory.get(transaction, "other127") == null));
    }
  }

  @Test
  void whatTheStoreLacksIsMadeAgainFromTheJournal() throws IOException {
    if (product == TestDatabases.Product.POSTGRESQL) {
      return; // There nothing is ever behind: other nodes must see a change at once.
    }
    Path before;
    Path after;
    var chance = new ArrayList<Long>();
    try (var database = open(product.settings(folder))) {
      defer(database, "settled");
      assertEquals(List.of("settled"), words(database));
      // One change: what is copied between two settings of the clock may or may not be settled by itself, but not lost.
      database.defer(_ -> "late".getBytes(StandardCharsets.UTF_8), transaction -> {
        chance.add(transaction.random().nextLong());
        return insert(transaction, "late");
      });
      database.force();
      before = killed("before");
      words(database);
      after = killed("after");
    }
    try (var lost = open(TestDatabases.sqlite(before))) {
      if (lost.isBehind()) {
        var problem = assertThrows(ProblemException.class,
            () -> lost.write(transaction -> insert(transaction, "too early")));
        assertEquals(Problem.Code.STORE_FAILED, problem.problem().code());
        lost.recover((_, redo) -> redo.write(transaction -> {
          chance.add(transaction.random().nextLong());
          return insert(transaction, "late");
        }));
        assertEquals(chance.get(0), chance.get(1), "the same ids are made again");
      }
      assertEquals(List.of("settled", "late"), words(lost));
      assertEquals(List.of(), recovered(lost), "once only");
    }
    try (var whole = open(TestDatabases.sqlite(after))) {
      assertFalse(whole.isBehind());
      assertEquals(List.of("settled", "late"), words(whole));
    }
  }

  @Test
  void aTornOrOldRecordIsLeftAlone() throws IOException {
    var file = folder.resolve("journal");
    var origin = new Origin(1, 2);
    try (var journal = Journal.open(file)) {
      assertEquals(List.of(), journal.after(6));
      journal.append(origin, "older, and longer than what comes next".getBytes(StandardCharsets.UTF_8));
      journal.append(origin, "older".getBytes(StandardCharsets.UTF_8));
      journal.startOver();
      journal.append(origin, "new".getBytes(StandardCharsets.UTF_8));
      journal.append(origin, "torn".getBytes(StandardCharsets.UTF_8));
    }
    byte[] bytes = Files.readAllBytes(file);
    int head = 8 + 24;
    bytes[head + 3 + head] = 'T';
    Files.write(file, bytes);

    try (var journal = Journal.open(file)) {
      var entries = journal.after(7);
      assertEquals(List.of("new"),
          entries.stream().map(entry -> new String(entry.content(), StandardCharsets.UTF_8)).toList());
      assertEquals(origin, entries.getFirst().origin());
      assertEquals(List.of(), journal.after(8));
      assertEquals(List.of(), journal.after(6));
    }
    Files.write(file, ByteBuffer.allocate(4).putInt(Integer.MAX_VALUE).array());
    try (var journal = Journal.open(file)) {
      assertEquals(List.of(), journal.after(7));
    }
  }
}
