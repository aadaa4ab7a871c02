package portrait.stages.unification;

import java.util.Optional;
import portrait.foundation.warehouse.Sql;
import portrait.foundation.warehouse.WarehouseSession;
import tools.jackson.databind.json.JsonMapper;

/// What the last run said about itself, kept until the next one.
final class Reports {

  private static final String TABLE = "_unification_report";
  private static final JsonMapper JSON = JsonMapper.builder().build();

  private Reports() {}

  static void put(WarehouseSession session, Record report) {
    session.execute("CREATE TABLE IF NOT EXISTS " + TABLE + " (name VARCHAR, report VARCHAR)");
    String name = report.getClass().getSimpleName();
    session.execute(Sql.of("DELETE FROM " + TABLE + " WHERE name = ?", name));
    session.execute(Sql.of("INSERT INTO " + TABLE + " VALUES (?, ?)", name, JSON.writeValueAsString(report)));
  }

  static <T extends Record> Optional<T> find(WarehouseSession session, Class<T> type) {
    if (!session.exists(TABLE)) {
      return Optional.empty();
    }
    return session.first(Sql.of("SELECT report FROM " + TABLE + " WHERE name = ?", type.getSimpleName()),
        row -> JSON.readValue(row.text(1), type));
  }
}
