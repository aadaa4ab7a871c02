package portrait.stages.sources;

import java.util.Optional;
import portrait.foundation.model.Schema;
import portrait.foundation.warehouse.Sql;
import portrait.foundation.warehouse.WarehouseSession;

/// Rows that are not to be in a table, whatever file has them.
public interface Withheld {

  /// Nothing is withheld.
  Withheld NOTHING = new Withheld() {
    @Override
    public Optional<Sql> rows(WarehouseSession session, TableDefinition table, Schema columns) {
      return Optional.empty();
    }

    @Override
    public boolean mentions(String text) {
      return false;
    }
  };

  /// A condition on the rows of a table, which is not null for any; empty when nothing of it is withheld.
  ///
  /// @param session in which the condition will be used
  Optional<Sql> rows(WarehouseSession session, TableDefinition table, Schema columns);

  /// Whether a row that was refused, as it is in the file, is withheld.
  boolean mentions(String text);
}
