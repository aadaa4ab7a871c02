package portrait.app;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import portrait.foundation.database.Database;
import portrait.foundation.model.Problem;
import portrait.foundation.warehouse.Sql;
import portrait.foundation.warehouse.Warehouse;

/// Whether both stores answer a trivial read. What exactly fails stands in the log: everybody may ask for readiness.
record Readiness(Database database, Warehouse warehouse) implements Supplier<List<Problem>> {

  private static final Logger LOG = LoggerFactory.getLogger(Readiness.class);

  @Override
  public List<Problem> get() {
    var problems = new ArrayList<Problem>();
    probe(problems, Problem.Code.STORE_FAILED, "the profile store",
        () -> database.read(transaction -> transaction.first("SELECT 1", row -> row.number(1))));
    probe(problems, Problem.Code.WAREHOUSE_FAILED, "the warehouse",
        () -> warehouse.read(session -> session.first(Sql.of("SELECT 1"), row -> row.number(1))));
    return problems;
  }

  /// Any failure counts: a store that was closed or lost answers with exceptions of its own.
  private static void probe(List<Problem> problems, Problem.Code code, String store, Runnable read) {
    try {
      read.run();
    } catch (RuntimeException failure) {
      LOG.warn("{} cannot be read", store, failure);
      problems.add(Problem.of(code, "%s cannot be read".formatted(store), "The log of the server says why."));
    }
  }
}
