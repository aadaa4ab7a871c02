package portrait.stages.sources;

import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Optional;
import portrait.foundation.database.Database;
import portrait.foundation.database.Migrations;
import portrait.foundation.definitions.Definitions;
import portrait.foundation.definitions.Kind;
import portrait.foundation.warehouse.Warehouse;

/// Source tables: looked at, loaded, browsed.
public final class Sources {

  /// What a `Source` definition is.
  public static final Kind<SourceDefinition> KIND = new SourceKind();

  public Sources(Definitions definitions, Database database, Warehouse warehouse, Clock clock) {}

  /// The tables that remember what was loaded.
  public static Migrations migrations() {
    return Migrations.beside(Sources.class);
  }

  /// Loads files into a source table: all of them, or nothing changes.
  ///
  /// @param sourceTable its full name: `shop.contacts`
  /// @throws portrait.foundation.model.ProblemException `not_found` for a table without definition or a file that is
  ///         not there, `invalid_file` for one that cannot be read, `too_many_bad_rows` when the table's limit is
  ///         passed; the table then stays as it was
  public LoadResult load(String sourceTable, List<Path> files, LoadMode mode, LoadListener progress) {
    throw new UnsupportedOperationException();
  }

  /// The files that a table's own `path` names, in the order of their names; empty when it has no path.
  ///
  /// @param base where a relative path begins
  public List<Path> filesOf(TableDefinition table, Path base) {
    throw new UnsupportedOperationException();
  }

  /// Looks at a file and suggests how to define its table.
  public Discovery discover(Path file) {
    throw new UnsupportedOperationException();
  }

  /// The definition of a table.
  public Optional<TableDefinition> definition(String fullName) {
    throw new UnsupportedOperationException();
  }

  /// Every table of every source, loaded or not, by name.
  public List<TableState> tables() {
    throw new UnsupportedOperationException();
  }

  public Optional<TableState> table(String fullName) {
    throw new UnsupportedOperationException();
  }

  /// Good rows, in the order of the key.
  public Preview rows(String fullName, int limit, int offset) {
    throw new UnsupportedOperationException();
  }

  /// Refused rows, one line for each reason.
  public Preview refused(String fullName, int limit, int offset) {
    throw new UnsupportedOperationException();
  }
}
