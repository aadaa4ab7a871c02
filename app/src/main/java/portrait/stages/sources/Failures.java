package portrait.stages.sources;

import java.io.UncheckedIOException;
import java.time.Clock;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Supplier;
import portrait.foundation.database.Database;
import portrait.foundation.model.Problem;
import portrait.foundation.model.ProblemException;
import portrait.foundation.warehouse.WarehouseException;

/// Remembers which tables could not be loaded last.
record Failures(Database database, Clock clock) {

  LoadResult watched(String table, Supplier<LoadResult> load) {
    try {
      var result = load.get();
      if (all().containsKey(table)) {
        database.write(tx -> tx.update("DELETE FROM source_failure WHERE table_name = ?", table));
      }
      return result;
    } catch (ProblemException failure) {
      remember(table, failure.problem());
      throw failure;
    } catch (WarehouseException | UncheckedIOException failure) {
      remember(table, Problem.of(Problem.Code.INVALID_FILE, String.valueOf(failure.getMessage())));
      throw failure;
    }
  }

  private void remember(String table, Problem why) {
    if (why.code() != Problem.Code.CANCELLED) {
      database.write(tx -> tx.update("""
          INSERT INTO source_failure (table_name, at, code, message, hint) VALUES (?, ?, ?, ?, ?)
          ON CONFLICT (table_name) DO UPDATE
            SET at = excluded.at, code = excluded.code, message = excluded.message, hint = excluded.hint""",
          table, clock.instant(), why.code().name(), why.message(), why.hint()));
    }
  }

  Map<String, LoadFailure> all() {
    var found = new TreeMap<String, LoadFailure>();
    database.read(tx -> tx.query("SELECT table_name, at, code, message, hint FROM source_failure ORDER BY table_name",
        row -> found.put(row.text(1), new LoadFailure(row.instant(2),
            Problem.of(Problem.Code.valueOf(row.text(3)), row.text(4), row.text(5))))));
    return found;
  }
}
