package portrait.stages.sources;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import portrait.foundation.database.Database;
import portrait.foundation.model.Problem;
import portrait.foundation.model.ProblemException;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.json.JsonMapper;

/// Remembers, in the profile store, what each table holds and which files made it so.
final class LoadedFiles {

  private static final JsonMapper JSON = JsonMapper.builder().build();
  private static final TypeReference<List<ColumnDefinition>> COLUMNS = new TypeReference<>() {};

  private final Database database;

  LoadedFiles(Database database) {
    this.database = database;
  }

  /// What a table was after its last load.
  ///
  /// @param definition fingerprint of all that decides how files become rows
  record Remembered(String name, String definition, List<ColumnDefinition> columns, long rows, long refused,
      Instant loadedAt) {}

  /// A file as it is known by.
  ///
  /// @param content fingerprint of its bytes
  record Loaded(String name, String content) {

    static Loaded of(Path file) {
      try (var stream = Files.newInputStream(file)) {
        var digest = sha256();
        byte[] buffer = new byte[1 << 16];
        for (int read = stream.read(buffer); read >= 0; read = stream.read(buffer)) {
          digest.update(buffer, 0, read);
        }
        return new Loaded(String.valueOf(file.getFileName()), HexFormat.of().formatHex(digest.digest()));
      } catch (IOException failure) {
        throw new ProblemException(Problem.of(Problem.Code.INVALID_FILE,
            "%s cannot be read: %s".formatted(file, failure.getMessage()), "Check that it is a file and may be read."),
            failure);
      }
    }
  }

  private record Entry(LoadMode mode, String content) {}

  /// Fingerprint of a table's definition, without what is only for people.
  static String fingerprint(TableDefinition table) {
    String text = String.join("\n", String.valueOf(table.format()), String.valueOf(table.csv()),
        String.valueOf(table.key()), String.valueOf(table.updated()), String.valueOf(table.columns()));
    return HexFormat.of().formatHex(sha256().digest(text.getBytes(StandardCharsets.UTF_8)));
  }

  Optional<Remembered> table(String name) {
    return tables().stream().filter(table -> table.name().equals(name)).findFirst();
  }

  List<Remembered> tables() {
    return database.read(transaction -> transaction.query("""
        SELECT name, definition, columns, row_count, refused_count, loaded_at FROM source_table ORDER BY name""",
        row -> new Remembered(row.text(1), row.text(2), JSON.readValue(row.text(3), COLUMNS), row.number(4),
            row.number(5), row.instant(6))));
  }

  /// Those of the files that would change something. A replacing load is as a whole: all its files or none. An upsert
  /// is known when no deletion came after it, and the other way round.
  List<Path> unseen(String table, List<Path> files, List<Loaded> loaded, LoadMode mode) {
    var entries = database.read(transaction -> transaction.query(
        "SELECT mode, content FROM source_file WHERE table_name = ? ORDER BY position",
        row -> new Entry(LoadMode.valueOf(row.text(1)), row.text(2)), table));
    if (mode == LoadMode.REPLACE) {
      var wanted = loaded.stream().map(file -> new Entry(LoadMode.REPLACE, file.content())).toList();
      return entries.equals(wanted) ? List.of() : files;
    }
    var known = new ArrayList<String>();
    for (var entry : entries.reversed()) {
      if ((entry.mode() == LoadMode.DELETE) != (mode == LoadMode.DELETE)) {
        break;
      }
      known.add(entry.content());
    }
    var unseen = new ArrayList<Path>();
    for (int i = 0; i < files.size(); i++) {
      if (!known.contains(loaded.get(i).content())) {
        unseen.add(files.get(i));
      }
    }
    return unseen;
  }

  void remember(Remembered table, List<Loaded> files, LoadMode mode) {
    String columns = JSON.writeValueAsString(table.columns());
    database.write(transaction -> {
      transaction.update("""
          INSERT INTO source_table (name, definition, columns, row_count, refused_count, loaded_at)
          VALUES (?, ?, ?, ?, ?, ?)
          ON CONFLICT (name) DO UPDATE SET definition = excluded.definition, columns = excluded.columns,
            row_count = excluded.row_count, refused_count = excluded.refused_count, loaded_at = excluded.loaded_at""",
          table.name(), table.definition(), columns, table.rows(), table.refused(), table.loadedAt());
      if (mode == LoadMode.REPLACE) {
        transaction.update("DELETE FROM source_file WHERE table_name = ?", table.name());
      }
      long position = transaction.first("SELECT coalesce(max(position), 0) FROM source_file WHERE table_name = ?",
          row -> row.number(1), table.name()).orElseThrow();
      for (var file : files) {
        transaction.update("""
            INSERT INTO source_file (table_name, position, mode, file_name, content, loaded_at)
            VALUES (?, ?, ?, ?, ?, ?)""", table.name(), ++position, mode.name(), file.name(), file.content(),
            table.loadedAt());
      }
      return position;
    });
  }

  /// Rows were taken out of a table by other means than a load.
  void counted(String table, long rows, long refused) {
    database.write(transaction -> transaction.update(
        "UPDATE source_table SET row_count = ?, refused_count = ? WHERE name = ?", rows, refused, table));
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException impossible) {
      throw new IllegalStateException(impossible);
    }
  }
}
