package portrait.stages.unification;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import portrait.foundation.warehouse.Sql;
import portrait.foundation.warehouse.WarehouseSession;

/// The table that shows what matching did: `ConflationMatchPairs`.
final class MatchTables {

  private final WarehouseSession session;

  MatchTables(WarehouseSession session) {
    this.session = session;
  }

  /// One row per customer of the unified tables, matched or not: the winning key of each table, its alternates, and the
  /// winners' columns under the table's name.
  void conflation(List<UnifiedSource> sources, Instant now) {
    var columns = new ArrayList<Sql>();
    columns.add(Sql.of("row_number() OVER (ORDER BY customer.\"CustomerId\") || '__00' AS \"TrueObjectId\""));
    var joins = new ArrayList<Sql>();
    var anyKey = new ArrayList<Sql>();
    for (var source : sources) {
      Sql key = Sql.name(source.keyName());
      String row = "row_" + source.rank();
      columns.add(Sql.format("customer.{}", key));
      columns.add(Sql.format("customer.{}", Sql.name(source.keyName() + "_Alternate")));
      source.columns().columns().stream()
          .filter(column -> source.table().key().stream().noneMatch(column.name()::equalsIgnoreCase))
          .forEach(column -> columns.add(Sql.format(row + ".{} AS {}", Sql.name(column.name()),
              Sql.name(source.table().warehouseName() + "_" + column.name()))));
      joins.add(Sql.format(" LEFT JOIN (SELECT {} AS _key, * FROM {}) AS " + row + " ON " + row + "._key = customer.{}",
          source.key(), source.from(), key));
      anyKey.add(Sql.format("customer.{} IS NOT NULL", key));
    }
    columns.add(Sql.of("CAST(? AS TIMESTAMP) AS \"ConflationMatchPairs_ModifiedOn\"", now));
    if (sources.isEmpty()) {
      session.execute("DROP TABLE IF EXISTS \"ConflationMatchPairs\"");
      return;
    }
    session.execute(
        Sql.format("CREATE OR REPLACE TABLE \"ConflationMatchPairs\" AS SELECT {} FROM \"Customer\" AS customer{}"
            + " WHERE {}", Sql.join(", ", columns), Sql.join("", joins), Sql.join(" OR ", anyKey)));
  }
}
