package portrait.stages.sources;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import portrait.foundation.connections.Connections;
import portrait.foundation.database.Database;
import portrait.foundation.database.DatabaseSettings;
import portrait.foundation.definitions.Definitions;
import portrait.foundation.warehouse.Sql;
import portrait.foundation.warehouse.Warehouse;
import portrait.foundation.warehouse.WarehouseSettings;

/// A small house around the sources: real stores in a folder, and files to load.
final class SourcesFixture implements AutoCloseable {

  final Path folder;
  final Definitions definitions;
  final Sources sources;
  final Database database;
  final Clock clock;
  private final Warehouse warehouse;

  SourcesFixture(Path folder) {
    this.folder = folder;
    clock = Clock.fixed(Instant.parse("2026-03-01T12:00:00Z"), ZoneOffset.UTC);
    database = Database.open(new DatabaseSettings.Sqlite(folder.resolve("portrait.db")),
        List.of(Definitions.migrations(), Sources.migrations(), Connections.migrations()));
    warehouse = Warehouse.open(WarehouseSettings.at(folder.resolve("warehouse.duckdb")));
    definitions = new Definitions(database, List.of(Connections.KIND, Sources.KIND), clock);
    sources = new Sources(definitions, database, warehouse, clock);
  }

  /// Defines source `shop` with one table, given as the YAML of that table.
  SourcesFixture define(String table) {
    definitions.apply("kind: Source\nname: shop\nspec:\n  tables:\n    - " + table.strip().indent(6).strip() + "\n",
        "test");
    return this;
  }

  Path file(String name, String content) {
    return file(name, content, StandardCharsets.UTF_8);
  }

  Path file(String name, String content, Charset encoding) {
    return file(name, content.getBytes(encoding));
  }

  Path file(String name, byte[] content) {
    try {
      return Files.write(folder.resolve(name), content);
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
  }

  LoadResult load(String table, LoadMode mode, Path... files) {
    return sources.load(table, Arrays.asList(files), mode, LoadListener.silent());
  }

  LoadResult load(String table, Path... files) {
    return load(table, LoadMode.REPLACE, files);
  }

  /// The rows of a table as lines of text, ∅ for null.
  String rows(String table) {
    return text(sources.rows(table, 1_000, 0), 0);
  }

  /// Why rows were refused, without the time.
  String refused(String table) {
    return text(sources.refused(table, 1_000, 0), 1);
  }

  List<List<String>> query(String sql) {
    return warehouse.read(session -> session.query(Sql.of(sql), row -> {
      var values = new ArrayList<String>();
      for (int column = 1; column <= row.columns(); column++) {
        values.add(String.valueOf(row.value(column)));
      }
      return values;
    }));
  }

  void write(String sql) {
    warehouse.write(session -> session.execute(sql));
  }

  private static String text(Preview preview, int from) {
    var lines = new StringBuilder();
    for (var row : preview.rows()) {
      lines.append(String.join(" | ",
          row.subList(from, row.size()).stream().map(value -> value == null ? "∅" : value.toString()).toList()))
          .append('\n');
    }
    return lines.toString();
  }

  @Override
  public void close() {
    warehouse.close();
    database.close();
  }
}
