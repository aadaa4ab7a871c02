package portrait.stages.sources;

import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import portrait.foundation.warehouse.Sql;
import portrait.foundation.warehouse.WarehouseSession;

/// Finds what is withheld in one table, and takes it out.
record WithheldRows(WarehouseSession session, TableDefinition table, Withheld withheld) {

  /// What was found or taken out.
  ///
  /// @param refused how many refused rows
  record Counts(long rows, long refused) {}

  Counts count() {
    return new Counts(condition().map(condition -> session.first(Sql.format("SELECT count(*) FROM {} WHERE {}",
        Sql.name(table.warehouseName()), condition), row -> row.number(1)).orElseThrow()).orElse(0L),
        refused().size());
  }

  Counts delete() {
    long rows = condition().map(condition -> session.execute(
        Sql.format("DELETE FROM {} WHERE {}", Sql.name(table.warehouseName()), condition))).orElse(0L);
    var refused = refused();
    for (String raw : refused) {
      session.execute(Sql.format("DELETE FROM {} WHERE raw = {}", Sql.name(table.corruptName()), Sql.of("?", raw)));
    }
    return new Counts(rows, refused.size());
  }

  Optional<Sql> condition() {
    return session.schema(table.warehouseName()).flatMap(columns -> withheld.rows(session, table, columns));
  }

  private Set<String> refused() {
    var found = new HashSet<String>();
    if (session.exists(table.corruptName())) {
      session.each(Sql.format("SELECT DISTINCT raw FROM {} WHERE raw IS NOT NULL", Sql.name(table.corruptName())),
          row -> {
            if (withheld.mentions(row.text(1))) {
              found.add(row.text(1));
            }
          });
    }
    return found;
  }
}
