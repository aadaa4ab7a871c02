package portrait.stages.sources;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import portrait.foundation.database.Database;
import portrait.foundation.files.FileStore;
import portrait.foundation.files.StoredFile;
import portrait.foundation.model.Problem;

/// Files that a table is loaded from through a connection, and which of them it has already.
final class DistantFiles {

  private final Database database;

  DistantFiles(Database database) {
    this.database = database;
  }

  /// The files that a path names, in the order of their names.
  ///
  /// @throws portrait.foundation.model.ProblemException `not_found` when there is none
  static List<StoredFile> named(TableDefinition table, FileStore store) {
    String path = table.path().orElseThrow();
    var matcher = FileSystems.getDefault().getPathMatcher("glob:" + path);
    var found = new ArrayList<StoredFile>();
    store.list(path.replaceFirst("[*?{\\[].*", ""), file -> {
      if (file.name().equals(path) || matcher.matches(Path.of(file.name()))) {
        found.add(file);
      }
    });
    if (found.isEmpty()) {
      throw Problem.of(Problem.Code.NOT_FOUND,
          "no file of the connection '%s' fits the path '%s' of table %s".formatted(table.connection().orElseThrow(),
              path, table.fullName()),
          "A path begins below the folder of the connection; * stays in one folder, ** crosses them.").asException();
    }
    return found;
  }

  /// Those of the files that the table does not have in this version. A table that is replaced is the sum of its files:
  /// all of them or none.
  List<StoredFile> unseen(TableDefinition table, List<StoredFile> files) {
    Map<String, String> known = new HashMap<>();
    database.read(transaction -> transaction.query("SELECT name, version FROM source_object WHERE table_name = ?",
        row -> known.put(row.text(1), row.text(2)), table.fullName()));
    var unseen = files.stream().filter(file -> !file.version().equals(known.get(file.name()))).toList();
    return switch (table.mode()) {
      case REPLACE -> unseen.isEmpty() && known.size() == files.size() ? List.of() : files;
      case UPSERT, DELETE -> unseen;
    };
  }

  /// Copies a file into a folder of its own, under its own name: the ending says what it is.
  static Path fetch(FileStore store, StoredFile file, Path folder) {
    try {
      String name = file.name().substring(file.name().lastIndexOf('/') + 1);
      Path copy = Files.createDirectories(folder).resolve(name);
      try (var in = store.read(file.name())) {
        Files.copy(in, copy);
      }
      return copy;
    } catch (IOException failure) {
      throw new UncheckedIOException("fetching " + file.name(), failure);
    }
  }

  void remember(TableDefinition table, List<StoredFile> loaded) {
    database.write(transaction -> {
      if (table.mode() == LoadMode.REPLACE) {
        transaction.update("DELETE FROM source_object WHERE table_name = ?", table.fullName());
      }
      for (var file : loaded) {
        transaction.update("""
            INSERT INTO source_object (table_name, name, version) VALUES (?, ?, ?)
            ON CONFLICT (table_name, name) DO UPDATE SET version = excluded.version""", table.fullName(), file.name(),
            file.version());
      }
      return loaded.size();
    });
  }
}
