package portrait.foundation.database;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RememberedTest {

  private final Remembered<Integer, String> remembered = new Remembered<>(640, String::length);
  private Database database;

  @BeforeEach
  void open(@TempDir Path folder) {
    database = Database.open(TestDatabases.Product.SQLITE.settings(folder), List.of());
  }

  @AfterEach
  void close() {
    database.close();
  }

  private void put(int key, String value) {
    database.write(transaction -> {
      remembered.put(transaction, key, value);
      return true;
    });
  }

  /** Those still there, in their order; asking marks them as used. */
  private List<Integer> there(int from, int to) {
    return database.write(transaction -> {
      var there = new ArrayList<Integer>();
      IntStream.range(from, to).filter(key -> remembered.get(transaction, key) != null).forEach(there::add);
      return there;
    });
  }

  @Test
  void whatWasUsedIsSparedOnceWhenRoomIsNeeded() {
    String tenth = "x".repeat(10);
    IntStream.range(0, 64).forEach(key -> put(key, tenth));
    assertEquals(List.of(0, 1), there(0, 2));
    assertEquals(List.of(40), there(40, 41));

    IntStream.range(64, 64 + 61).forEach(key -> put(key, tenth));

    assertEquals(List.of(0, 1, 40), there(0, 64), "all that came before went, but for those used since");
    assertEquals(61, there(64, 125).size());
  }

  @Test
  void aValueThatGrewCountsAsMuchAsItWeighsNow() {
    IntStream.range(0, 64).forEach(key -> put(key, "x"));
    assertEquals(64, there(0, 64).size());
    IntStream.range(0, 64).forEach(key -> put(key, "y".repeat(10)));
    assertEquals(64, there(0, 64).size());
    put(64, "z".repeat(10));
    assertEquals(64, there(0, 65).size());
    put(7, "much".repeat(10));
    assertEquals(List.of(), there(7, 8), "heavier than its share");
  }

  @Test
  void whatWasRolledBackIsNotRemembered() {
    put(1, "before");
    assertThrows(IllegalStateException.class, () -> database.write(transaction -> {
      remembered.put(transaction, 1, "never");
      throw new IllegalStateException("rolled back");
    }));
    assertEquals("before", database.write(transaction -> remembered.get(transaction, 1)));
  }
}
