package portrait.foundation.filesets;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Collectors;
import portrait.foundation.files.FileStore;
import portrait.foundation.files.Upload;
import portrait.foundation.filesets.FileSet.Column;
import portrait.foundation.filesets.FileSet.Part;
import portrait.foundation.filesets.FileSet.Table;
import portrait.foundation.model.ColumnType;
import portrait.foundation.model.Problem;
import portrait.foundation.model.ProblemException;
import portrait.foundation.warehouse.ColumnTypes;
import portrait.foundation.warehouse.Sql;
import portrait.foundation.warehouse.Warehouse;

/// Writes tables as files.
///
/// A table is first copied to one Parquet file of this machine, so that all its parts are as of one moment and nobody
/// waits for a slow storage. Then part after part is written, sent and deleted here: the disk holds the table once,
/// compressed, and one part; memory, one part of an upload. The manifest goes last. Whoever reads a run by its manifest
/// never sees half of it, and a run that is cut short has none.
public final class FileSets {

  /// A file is sent so often when the storage cannot be reached; the libraries behind it try by themselves, too.
  private static final int TRIES = 3;

  private final Warehouse warehouse;
  private final Path scratch;

  /// @param scratch a folder for files on the way; what is left in it from a process that was killed is deleted
  public FileSets(Warehouse warehouse, Path scratch) {
    this.warehouse = warehouse;
    this.scratch = scratch;
    try {
      if (Files.exists(scratch)) {
        remove(scratch);
      }
    } catch (IOException failure) {
      throw new UncheckedIOException("clearing " + scratch, failure);
    }
  }

  /// A table to write.
  ///
  /// @param query its rows, in a total order, so that the same rows make the same files
  public record Content(String table, Sql query) {}

  /// Which run writes.
  ///
  /// @param isFull whether everything is there, not only what changed
  public record Run(String export, UUID id, Instant startedAt, boolean isFull) {}

  /// Told before each part; an exception ends the run, and nothing of it counts.
  @FunctionalInterface
  public interface Check {
    void beforePart();
  }

  /// A whole table of the warehouse.
  ///
  /// @throws portrait.foundation.model.ProblemException `not_found`
  public Content table(String name) {
    var schema = warehouse.read(session -> session.schema(name)).orElseThrow(() -> Problem.of(Problem.Code.NOT_FOUND,
        "there is no table '%s'".formatted(name), "Tables of a source are called SOURCE_TABLE; others: Customer, "
            + "UnifiedActivity, Customer_Measure, SegmentMembership. A refresh makes them.")
        .asException());
    // What begins with an underscore is for Portrait itself.
    return new Content(name, Sql.of("SELECT %s FROM %s ORDER BY ALL".formatted(schema.columns().stream()
        .map(column -> column.name()).filter(column -> !column.startsWith("_")).map(Sql::quoted)
        .collect(Collectors.joining(", ")), Sql.quoted(name))));
  }

  /// Takes rows that are not in the warehouse.
  public RowFile rows(List<String> columns) {
    try {
      Files.createDirectories(scratch);
    } catch (IOException failure) {
      throw new UncheckedIOException("creating " + scratch, failure);
    }
    return new RowFile(scratch.resolve(UUID.randomUUID() + ".jsonl"), columns);
  }

  /// Writes the tables, and what says that they are whole.
  ///
  /// @param address how people know the store
  /// @throws portrait.foundation.model.ProblemException as the store, or `invalid_definition` when two files would have
  ///         the same name
  public FileSet write(List<Content> contents, Layout layout, Run run, FileStore store, String address, Check check) {
    var folder = scratch.resolve(UUID.randomUUID().toString());
    try {
      Files.createDirectories(folder);
      try {
        return new Writing(layout, run, store, address, folder, check).write(contents);
      } finally {
        remove(folder);
      }
    } catch (IOException failure) {
      throw new UncheckedIOException("writing to " + folder, failure);
    }
  }

  /// Whether a run was written whole: its manifest is there, and is its own.
  ///
  /// @throws portrait.foundation.model.ProblemException as the store
  public boolean isThere(Layout layout, Run run, FileStore store) {
    String index = index(layout, base(layout, run, names(run)));
    return store.find(index).isPresent() && Indexes.isOf(run, text(store, index));
  }

  private static String text(FileStore store, String name) {
    try (var in = store.read(name)) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException failure) {
      throw new UncheckedIOException("reading " + name, failure);
    }
  }

  private static Map<String, String> names(Run run) {
    var names = new HashMap<String, String>();
    names.put("export", run.export());
    names.put("run", run.id().toString().substring(0, 8));
    for (String part : List.of("yyyy", "MM", "dd", "HH", "mm", "ss")) {
      names.put(part, DateTimeFormatter.ofPattern(part).withZone(ZoneOffset.UTC).format(run.startedAt()));
    }
    return names;
  }

  /// What stands before the names in the manifest: its own folder.
  private static String base(Layout layout, Run run, Map<String, String> names) {
    return switch (layout.index()) {
      case MANIFEST -> layout.folder().filled(names) + "/";
      case MODEL -> run.export() + "/";
    };
  }

  private static String index(Layout layout, String base) {
    return base + switch (layout.index()) {
      case MANIFEST -> "manifest.json";
      case MODEL -> "model.json";
    };
  }

  private static void remove(Path folder) throws IOException {
    try (var files = Files.walk(folder)) {
      for (var file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }

  private final class Writing {

    private final Layout layout;
    private final Run run;
    private final FileStore store;
    private final String address;
    private final Path folder;
    private final Check check;
    private final Map<String, String> names;
    private final List<Table> tables = new ArrayList<>();
    private final List<Part> parts = new ArrayList<>();
    private final String base;
    private final HashSet<String> taken = new HashSet<>();
    private boolean isIndexBegun;

    Writing(Layout layout, Run run, FileStore store, String address, Path folder, Check check) {
      this.layout = layout;
      this.run = run;
      this.store = store;
      this.address = address;
      this.folder = folder;
      this.check = check;
      names = names(run);
      base = base(layout, run, names);
    }

    /// What was sent of a run that fails is taken back as far as that is possible; without its manifest it counts for
    /// nothing anyway.
    FileSet write(List<Content> contents) throws IOException {
      boolean isDone = false;
      try {
        var set = written(contents);
        isDone = true;
        return set;
      } finally {
        if (!isDone) {
          takeBack();
        }
      }
    }

    private void takeBack() {
      try {
        // A manifest whose sending was not answered may be there all the same: then its files stay.
        if (isIndexBegun && isThere(layout, run, store)) {
          return;
        }
        for (var part : parts) {
          store.delete(base + part.name());
        }
      } catch (ProblemException _) {
        // Some may write and not delete, and a storage that is gone takes nothing back.
      }
    }

    private FileSet written(List<Content> contents) throws IOException {
      for (var content : contents) {
        check.beforePart();
        var whole = folder.resolve("whole.parquet");
        warehouse.read(session -> session.execute(Sql.format("COPY ({}) TO '" + escaped(whole)
            + "' (FORMAT parquet, COMPRESSION 'zstd')", content.query())));
        write(content.table(), whole);
        Files.delete(whole);
      }
      var index = index(layout, base);
      isIndexBegun = true;
      var set = new FileSet(index, tables, parts);
      try (var upload = store.create(index)) {
        upload.write((switch (layout.index()) {
          case MANIFEST -> Indexes.manifest(set, run, layout);
          case MODEL -> Indexes.model(set, run, address + "/" + base);
        } + "\n").getBytes(StandardCharsets.UTF_8));
        upload.publish();
      }
      return set;
    }

    private void write(String table, Path whole) throws IOException {
      var columns = warehouse.read(session -> session.query(
          Sql.of("SELECT column_name, column_type FROM (DESCRIBE SELECT * FROM read_parquet(?))", whole.toString()),
          row -> new Column(row.text(1), ColumnTypes.of(row.text(2)), row.text(2))));
      long rows = warehouse.read(session -> session.query(
          Sql.of("SELECT count(*) FROM read_parquet(?)", whole.toString()), row -> row.number(1))).getFirst();
      tables.add(new Table(table, rows, columns));
      // A table without rows is a file without rows: whoever reads it learns the columns.
      long files = Math.max(1, Math.ceilDiv(rows, layout.rowsPerFile()));
      for (long part = 0; part < files; part++) {
        check.beforePart();
        long from = part * layout.rowsPerFile();
        long to = Math.min(rows, from + layout.rowsPerFile());
        var file = folder.resolve("part");
        warehouse.read(session -> session.execute(Sql.of("""
            COPY (SELECT %s FROM read_parquet('%s', file_row_number = true)
              WHERE file_row_number >= %d AND file_row_number < %d ORDER BY file_row_number)
            TO '%s' (%s)""".formatted(
            columns.stream().map(this::written).collect(Collectors.joining(", ")), escaped(whole), from, to,
            escaped(file), layout.options()))));
        send(table, part + 1, to - from, file);
        Files.delete(file);
      }
    }

    private void send(String table, long part, long rows, Path file) throws IOException {
      names.put("table", table);
      names.put("part", String.valueOf(part));
      String name = (layout.folder().filled(names) + "/" + layout.file().filled(names) + layout.ending())
          .substring(base.length());
      if (!taken.add(name)) {
        throw Problem.of(Problem.Code.INVALID_DEFINITION, "two files of the run would be called %s".formatted(name),
            "Put {table} and {part} into the name of the files.").asException();
      }
      var published = sent(base + name, file, TRIES);
      parts.add(new Part(name, table, rows, published.bytes(), published.sha256()));
    }

    private Upload.Published sent(String name, Path file, int tries) throws IOException {
      try (var in = Files.newInputStream(file); var upload = store.create(name)) {
        in.transferTo(upload);
        return upload.publish();
      } catch (ProblemException broken) {
        if (tries == 1 || broken.problem().code() != Problem.Code.STORAGE_UNREACHABLE) {
          throw broken;
        }
      }
      return sent(name, file, tries - 1);
    }

    /// A column as the format has it. Moments are UTC and say so; lists and structures are JSON where the format has no
    /// such thing.
    private String written(Column column) {
      String quoted = Sql.quoted(column.name());
      String value = switch (layout.format()) {
        case PARQUET -> quoted;
        case JSON_LINES -> column.type() == ColumnType.TIMESTAMP ? moment(quoted) : quoted;
        case CSV -> switch (column.type()) {
          case TIMESTAMP -> moment(quoted);
          case STRING -> layout.isForSpreadsheets() ? SpreadsheetText.safeSql(quoted) : quoted;
          case JSON -> "CAST(to_json(%s) AS VARCHAR)".formatted(quoted);
          case INTEGER, NUMBER, BOOLEAN, DATE -> quoted;
        };
      };
      return value.equals(quoted) ? quoted : value + " AS " + quoted;
    }

    private static String moment(String quoted) {
      return "strftime(CAST(%s AS TIMESTAMP), '%%Y-%%m-%%dT%%H:%%M:%%S.%%fZ')".formatted(quoted);
    }

    private static String escaped(Path path) {
      return path.toString().replace("'", "''");
    }
  }
}
