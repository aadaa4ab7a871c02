package portrait.stages.sources;

import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import portrait.foundation.model.ColumnType;
import portrait.foundation.model.Fingerprint;
import portrait.foundation.model.Schema;
import portrait.foundation.warehouse.Sql;
import portrait.foundation.warehouse.WarehouseSession;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.json.JsonMapper;

/// How far a table has read a system outside. It lies in the warehouse and changes with the rows, in one transaction:
/// whatever becomes of a load, each record is in the table or still to be read.
///
/// @param definition fingerprint of all that decides what is read, and how
/// @param columns of the records then
/// @param reached as the system counts
record Positions(String definition, String columns, TreeMap<String, String> reached) {

  private static final String TABLE = "_source_position";
  private static final Schema SCHEMA = new Schema(List.of("table_name", "definition", "columns", "reached").stream()
      .map(name -> Schema.Column.of(name, ColumnType.STRING)).toList());
  private static final JsonMapper JSON = JsonMapper.shared();
  private static final TypeReference<TreeMap<String, String>> REACHED = new TypeReference<>() {};

  static String definition(TableDefinition table) {
    return Fingerprint.of(List.of(LoadedFiles.fingerprint(table), String.valueOf(table.connection()),
        String.valueOf(table.path()), String.valueOf(table.query()), table.mode().name()));
  }

  /// Empty when the table has read nothing yet, or is gone.
  static Optional<Positions> of(WarehouseSession session, TableDefinition table) {
    if (!session.exists(TABLE) || !session.exists(table.warehouseName())) {
      return Optional.empty();
    }
    return session.query(Sql.of("SELECT definition, columns, reached FROM %s WHERE table_name = ?".formatted(TABLE),
        table.fullName()), row -> new Positions(row.text(1), row.text(2), JSON.readValue(row.text(3), REACHED)))
        .stream().findFirst();
  }

  void keep(WarehouseSession session, TableDefinition table) {
    if (!session.exists(TABLE)) {
      session.create(TABLE, SCHEMA);
    }
    session.execute(Sql.of("DELETE FROM %s WHERE table_name = ?".formatted(TABLE), table.fullName()));
    session.execute(Sql.of("INSERT INTO %s VALUES (?, ?, ?, ?)".formatted(TABLE), table.fullName(), definition, columns,
        JSON.writeValueAsString(reached)));
  }
}
