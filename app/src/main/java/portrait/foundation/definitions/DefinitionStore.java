package portrait.foundation.definitions;

import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import portrait.foundation.database.Database;
import portrait.foundation.database.ResultRow;
import portrait.foundation.database.Transaction;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// The three tables of definitions.
final class DefinitionStore {

  private static final JsonMapper JSON = JsonMapper.shared();

  private final Database database;

  DefinitionStore(Database database) {
    this.database = database;
  }

  record Stored(long revision, List<Definition> definitions) {}

  /// The tree as it will be when it is read back, so that comparing it with what is stored tells a real change.
  static JsonNode asStored(JsonNode spec) {
    return JSON.readTree(JSON.writeValueAsString(spec));
  }

  long revision() {
    return database.read(DefinitionStore::revision);
  }

  private static long revision(Transaction transaction) {
    return transaction
        .first("SELECT revision FROM definition_revision WHERE only_row = 1", row -> row.number(1)).orElseThrow();
  }

  Stored load() {
    return database.read(transaction -> new Stored(revision(transaction), transaction.query("""
        SELECT kind, name, spec, version, applied_at, applied_by, revision FROM definition ORDER BY kind, name
        """, DefinitionStore::definition)));
  }

  List<Definition> history(String kind, String name) {
    return database.read(transaction -> transaction.query("""
        SELECT kind, name, spec, version, applied_at, applied_by, revision FROM definition_history
        WHERE kind = ? AND name = ? ORDER BY version DESC
        """, DefinitionStore::definition, kind, name));
  }

  /// The version the next change of this definition gets; a name that comes back goes on counting.
  int nextVersion(String kind, String name) {
    return database.read(transaction -> transaction
        .first("SELECT COALESCE(MAX(version), 0) FROM definition_history WHERE kind = ? AND name = ?",
            row -> (int) row.number(1), kind, name)
        .orElseThrow()) + 1;
  }

  /// The latest version, a deletion included.
  Optional<Definition> latest(String kind, String name) {
    return history(kind, name).stream().findFirst();
  }

  /// Writes a change that was worked out from revision `from`.
  ///
  /// @param deleted the versions that record deletions
  /// @return false, with nothing written, when another node changed something meanwhile
  boolean replace(long from, Collection<Definition> changed, Optional<Definition> deleted) {
    return database.write(transaction -> {
      if (transaction.update("UPDATE definition_revision SET revision = ? WHERE only_row = 1 AND revision = ?",
          from + 1, from) == 0) {
        return false;
      }
      for (var definition : changed) {
        String spec = JSON.writeValueAsString(definition.spec());
        transaction.update("""
            INSERT INTO definition (kind, name, version, spec, applied_at, applied_by, revision) VALUES (?, ?, ?, ?, ?, ?, ?)
            ON CONFLICT (kind, name) DO UPDATE SET version = excluded.version, spec = excluded.spec,
              applied_at = excluded.applied_at, applied_by = excluded.applied_by, revision = excluded.revision
            """, definition.kind(), definition.name(), definition.version(), spec, definition.appliedAt(),
            definition.appliedBy(), definition.revision());
        remember(transaction, definition, spec);
      }
      deleted.ifPresent(definition -> {
        transaction.update("DELETE FROM definition WHERE kind = ? AND name = ?", definition.kind(), definition.name());
        remember(transaction, definition, null);
      });
      return true;
    });
  }

  private static void remember(Transaction transaction, Definition definition, @Nullable String spec) {
    transaction.update("""
        INSERT INTO definition_history (kind, name, version, spec, applied_at, applied_by, revision)
        VALUES (?, ?, ?, ?, ?, ?, ?)
        """, definition.kind(), definition.name(), definition.version(), spec, definition.appliedAt(),
        definition.appliedBy(), definition.revision());
  }

  private static Definition definition(ResultRow row) {
    @Nullable
    String spec = row.textOrNull(3);
    Instant appliedAt = row.instant(5);
    return new Definition(row.text(1), row.text(2), JSON.readTree(spec == null ? "null" : spec), (int) row.number(4),
        appliedAt, row.text(6), row.number(7));
  }
}
