package portrait.foundation.database;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;
import portrait.foundation.model.Problem;
import portrait.foundation.model.ProblemException;

@ParameterizedClass
@EnumSource(TestDatabases.Product.class)
class MigrationsTest {

  private static final String SHELVES = """
      -- One row for each shelf; a comment may hold a semicolon; like this.
      CREATE TABLE shelf (id BIGINT NOT NULL PRIMARY KEY, label TEXT NOT NULL) ${table};

      INSERT INTO shelf (id, label) VALUES (1, 'top; left');
      """;
  private static final String BOOKS = """
      CREATE TABLE book (
        isbn TEXT NOT NULL, copy BIGINT NOT NULL, shelf BIGINT NOT NULL REFERENCES shelf (id),
        is_lent BOOLEAN NOT NULL, weight DOUBLE PRECISION, cover BYTEA,
        PRIMARY KEY (isbn, copy)) ${clustered};
      """;
  private static final String COLOURS = "ALTER TABLE shelf ADD COLUMN colour TEXT NOT NULL DEFAULT 'brown'";

  private final TestDatabases.Product product;

  @TempDir
  Path folder;
  DatabaseSettings settings;

  MigrationsTest(TestDatabases.Product product) {
    this.product = product;
  }

  @BeforeEach
  void settings() {
    settings = product.settings(folder);
  }

  private static List<Migrations> owners(List<String> shelves) {
    return List.of(new Migrations("shelves", shelves), new Migrations("books", List.of(BOOKS)));
  }

  @Test
  void aStoreGrowsFromItsFirstVersionAndKeepsItsRows() {
    try (var first = Database.open(settings, owners(List.of(SHELVES)))) {
      first.write(transaction -> transaction.update("INSERT INTO book VALUES ('x', 1, 1, ?, 0.5, NULL)", true));
    }
    try (var next = Database.open(settings, owners(List.of(SHELVES, COLOURS)));
        var again = Database.open(settings, owners(List.of(SHELVES, COLOURS)))) {
      for (var database : List.of(next, again)) {
        assertEquals(List.of("1 top; left brown"), database.read(transaction -> transaction.query(
            "SELECT id, label, colour FROM shelf",
            row -> "%d %s %s".formatted(row.number(1), row.text(2), row.text(3)))));
        assertEquals(List.of("books 1", "database 1", "shelves 1", "shelves 2"),
            database.read(transaction -> transaction.query(
                "SELECT owner, version FROM migration ORDER BY owner, version",
                row -> row.text(1) + " " + row.number(2))));
      }
      assertThrows(StoreException.class, () -> next.write(transaction -> transaction
          .update("INSERT INTO book VALUES ('y', 1, 99, ?, NULL, NULL)", false)), "there is no shelf 99");
    }
  }

  @Test
  void aScriptThatHasRunMustNotChange() {
    Database.open(settings, owners(List.of(SHELVES))).close();

    var problem = refused(List.of(SHELVES.replace("top", "bottom")));

    assertEquals(Problem.Code.STORE_FAILED, problem.code());
    assertEquals("migration 1 of 'shelves' is not the one that this store was made with", problem.message());
  }

  @Test
  void aStoreOfANewerVersionIsLeftAlone() {
    Database.open(settings, owners(List.of(SHELVES, COLOURS))).close();

    var problem = refused(List.of(SHELVES));

    assertEquals("the tables of 'shelves' are at version 2 but this Portrait knows 1", problem.message());
    assertTrue(problem.hint().contains("newer Portrait"), problem.hint());
  }

  @Test
  void aScriptThatFailsLeavesTheStoreAsItWas() {
    Database.open(settings, owners(List.of(SHELVES))).close();

    assertThrows(StoreException.class, () -> Database.open(settings,
        owners(List.of(SHELVES, "CREATE TABLE half (id BIGINT) ${table};\nINSERT INTO nowhere VALUES (1);"))));

    try (var database = Database.open(settings, owners(List.of(SHELVES)))) {
      assertThrows(StoreException.class,
          () -> database.read(transaction -> transaction.query("SELECT * FROM half", row -> row.number(1))));
    }
  }

  @Test
  void nodesThatStartTogetherMigrateOnce() throws Exception {
    try (var threads = Executors.newCachedThreadPool()) {
      var nodes = IntStream.range(0, product == TestDatabases.Product.SQLITE ? 1 : 4)
          .mapToObj(_ -> threads.submit(() -> Database.open(settings, owners(List.of(SHELVES, COLOURS))))).toList();
      for (var node : nodes) {
        try (var database = node.get()) {
          assertEquals(List.of(4L), database
              .read(transaction -> transaction.query("SELECT COUNT(*) FROM migration", row -> row.number(1))));
        }
      }
    }
  }

  @Test
  void readsNumberedFilesBesideTheFacade() {
    var problem = assertThrows(IllegalStateException.class, () -> Migrations.beside(Problem.class));

    assertTrue(String.valueOf(problem.getMessage()).startsWith("model has no migrations/001.sql"),
        String.valueOf(problem.getMessage()));
  }

  private Problem refused(List<String> shelves) {
    return assertThrows(ProblemException.class, () -> Database.open(settings, owners(shelves))).problem();
  }
}
