package portrait.stages.sources;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import portrait.foundation.connections.Connections;
import portrait.foundation.database.Database;
import portrait.foundation.database.Migrations;
import portrait.foundation.definitions.Definitions;
import portrait.foundation.definitions.Kind;
import portrait.foundation.files.FileStore;
import portrait.foundation.model.Problem;
import portrait.foundation.records.RecordStore;
import portrait.foundation.warehouse.Sql;
import portrait.foundation.warehouse.Warehouse;
import portrait.foundation.warehouse.WarehouseRow;
import portrait.foundation.warehouse.WarehouseSession;
import portrait.stages.sources.LoadedFiles.Loaded;
import portrait.stages.sources.LoadedFiles.Remembered;
import portrait.stages.sources.readers.CsvOptions;
import portrait.stages.sources.readers.Extract;
import portrait.stages.sources.readers.FileFormat;
import portrait.stages.sources.readers.FileReader;
import portrait.stages.sources.readers.ReadRequest;

/// Source tables: looked at, loaded, browsed.
///
/// A load reads its files into temporary ones ([FileReader]), then changes the table in one transaction of the
/// warehouse ([Load]), then remembers the files ([LoadedFiles]). A crash between the last two costs a load that changes
/// nothing.
public final class Sources {

  /// What a `Source` definition is.
  public static final Kind<SourceDefinition> KIND = new SourceKind();

  private static final int ROWS_LOOKED_AT = 10_000;
  private static final int ROWS_SHOWN = 20;
  private static final int ROWS_FOR_MEANINGS = 500;

  private final Definitions definitions;
  private final Warehouse warehouse;
  private final LoadedFiles remembered;
  private final Clock clock;
  private final DistantFiles distant;
  private final Failures failures;
  private volatile Connected connected = connection -> {
    throw Problem.of(Problem.Code.NOT_FOUND, "there is no connection '%s'".formatted(connection)).asException();
  };
  private volatile Withheld withheld = Withheld.NOTHING;
  private volatile ColumnUsers users = (_, _) -> List.of();

  public Sources(Definitions definitions, Database database, Warehouse warehouse, Clock clock) {
    this.definitions = definitions;
    this.warehouse = warehouse;
    this.remembered = new LoadedFiles(database);
    this.distant = new DistantFiles(database);
    this.failures = new Failures(database, clock);
    definitions.guard(KIND, (source, _, others) -> notShared(source, others));
    this.clock = clock;
  }

  /// Contributors read through connections that are shared with them.
  private static List<Problem> notShared(SourceDefinition source, Definitions others) {
    return SourceKind.connections(source).flatMap(name -> others.one(Connections.KIND, name).stream())
        .filter(connection -> !Connections.isUsable(connection))
        .map(Connections::notShared).toList();
  }

  /// The tables that remember what was loaded.
  public static Migrations migrations() {
    return Migrations.beside(Sources.class);
  }

  /// From now on every load leaves these rows out.
  public void withhold(Withheld rows) {
    withheld = rows;
  }

  /// Who uses a column: a load that takes away one that is used is refused.
  public interface ColumnUsers {

    /// @param table its full name
    /// @param columns that would be gone
    /// @return everything that would be wrong then, in words
    List<String> of(String table, List<String> columns);
  }

  /// From now on every load asks these before it takes away a column.
  public void guard(ColumnUsers columnUsers) {
    users = columnUsers;
  }

  /// How many rows of a table are withheld by this, and how many of its refused rows.
  public Purged count(TableDefinition table, Withheld what) {
    return warehouse.read(session -> purged(new WithheldRows(session, table, what).count()));
  }

  /// The first rows of a table that are withheld by this.
  public Preview find(TableDefinition table, Withheld what, int limit) {
    return warehouse.read(session -> new WithheldRows(session, table, what).condition()
        .map(condition -> {
          var names = columnNames(session, table);
          var rows = session.query(Sql.format("SELECT {} FROM {} WHERE {} ORDER BY ALL LIMIT " + limit,
              Sql.join(", ", names.stream().map(Sql::name).toList()), Sql.name(table.warehouseName()), condition),
              Sources::values);
          return new Preview(names, rows, rows.size());
        }).orElseGet(() -> new Preview(List.of(), List.of(), 0)));
  }

  /// Deletes the rows of a table that are withheld by this, and refused rows that mention them, for good.
  public Purged purge(TableDefinition table, Withheld what) {
    record After(WithheldRows.Counts deleted, long rows, long refused) {}
    var after = warehouse.write(session -> {
      var deleted = new WithheldRows(session, table, what).delete();
      return session.exists(table.warehouseName()) && session.exists(table.corruptName())
          ? Optional.of(new After(deleted, count(session, table.warehouseName()), refusedRows(session, table)))
          : Optional.<After>empty();
    });
    after.ifPresent(counts -> remembered.counted(table.fullName(), counts.rows(), counts.refused()));
    return after.map(counts -> purged(counts.deleted())).orElse(new Purged(0, 0));
  }

  /// What was found or deleted.
  ///
  /// @param refused how many refused rows
  public record Purged(long rows, long refused) {}

  private static Purged purged(WithheldRows.Counts counts) {
    return new Purged(counts.rows(), counts.refused());
  }

  private static List<String> columnNames(WarehouseSession session, TableDefinition table) {
    return session.schema(table.warehouseName()).orElseThrow().columns().stream().map(column -> column.name())
        .filter(name -> !name.equals(Load.ROW_HASH)).toList();
  }

  /// Loads files into a source table: all of them, or nothing changes.
  ///
  /// @param sourceTable its full name: `shop.contacts`
  /// @throws portrait.foundation.model.ProblemException `not_found` for a table without definition or a file that is
  ///         not there, `invalid_file` for one that cannot be read, `too_many_bad_rows` when the table's limit is
  ///         passed; the table then stays as it was
  public LoadResult load(String sourceTable, List<Path> files, LoadMode mode, LoadListener progress) {
    var table = defined(sourceTable);
    return failures.watched(sourceTable, () -> taken(table, files, mode, progress));
  }

  private LoadResult taken(TableDefinition table, List<Path> files, LoadMode mode, LoadListener progress) {
    checkFiles(table, files, mode);
    var before = remembered.table(table.fullName())
        .filter(state -> state.definition().equals(LoadedFiles.fingerprint(table)));
    var loaded = files.stream().map(Loaded::of).toList();
    var unseen = before.filter(this::isInPlace).isPresent()
        ? remembered.unseen(table.fullName(), files, loaded, mode)
        : files;
    if (unseen.isEmpty()) {
      return LoadResult.seen();
    }
    try (var folder = new TemporaryFolder()) {
      var parts = parts(table, unseen, folder.path(), progress);
      var fresh = parts.stream().map(part -> loaded.get(files.indexOf(part.file()))).toList();
      return change(table, parts, mode, before, fresh, progress, Optional.empty());
    }
  }

  /// Where files that do not lie on this machine are reached.
  @FunctionalInterface
  public interface Connected {

    /// Opens the place of a connection for reading.
    ///
    /// @throws portrait.foundation.model.ProblemException when there is no such connection, or it has no files
    FileStore open(String connection);

    /// Opens the system of a connection that gives records; empty when it gives none.
    ///
    /// @throws portrait.foundation.model.ProblemException when there is no such connection
    default Optional<RecordStore> records(String connection) {
      return Optional.empty();
    }
  }

  /// From now on tables can name connections.
  public void reachThrough(Connected places) {
    connected = places;
  }

  /// Loads a table from where its definition says: those of its files that are new or have changed; of a table that is
  /// replaced all of them, when one is.
  ///
  /// @param base where a relative path of this machine begins
  /// @throws portrait.foundation.model.ProblemException as [#load], and as the place when files lie elsewhere
  public LoadResult loadFromPath(TableDefinition table, Path base, LoadListener progress) {
    return failures.watched(table.fullName(), () -> table.connection().isEmpty()
        ? taken(table, filesOf(table, base), table.mode(), progress)
        : fetched(table, progress));
  }

  /// Asks the system behind a connection whether it can be read; empty when it is none that gives records.
  ///
  /// @throws portrait.foundation.model.ProblemException with the likely cause when it cannot
  public Optional<String> verify(String connection) {
    return connected.records(connection).map(opened -> {
      try (var store = opened) {
        return store.verify();
      }
    });
  }

  private LoadResult fetched(TableDefinition table, LoadListener progress) {
    var records = connected.records(table.connection().orElseThrow());
    if (records.isPresent()) {
      try (var store = records.get()) {
        return recorded(table, store, progress);
      }
    }
    if (table.query().isPresent()) {
      throw Problem.of(Problem.Code.INVALID_DEFINITION,
          "table %s has a query, but its connection leads to files".formatted(table.fullName()),
          "Name a file with path, or another connection.").asException();
    }
    return filed(table, progress);
  }

  /// Only records that are new where the table says how they are known: a table that is merged, with a column that tells
  /// how recent a row is.
  private LoadResult recorded(TableDefinition table, RecordStore store, LoadListener progress) {
    String definition = Positions.definition(table);
    var before = warehouse.read(session -> Positions.of(session, table))
        .filter(known -> known.definition().equals(definition));
    try (var folder = new TemporaryFolder()) {
      var reading = Reading.of(table, store, before.map(Positions::reached).orElseGet(TreeMap::new), folder.path(),
          progress);
      if (before.isPresent() && !before.get().columns().equals(reading.columns())) {
        before = Optional.empty();
        reading = Reading.of(table, store, new TreeMap<>(), folder.path(), progress);
      }
      boolean isMore = table.mode() == LoadMode.UPSERT && before.isPresent();
      if (isMore && !reading.reached().isEmpty() && reading.isEmpty()) {
        return LoadResult.seen();
      }
      if (before.isEmpty() && reading.hasUnknownColumns() && table.columns().isEmpty()) {
        throw Problem.of(Problem.Code.NOT_FOUND,
            "there is nothing in %s yet, so the columns of %s cannot be found by looking".formatted(
                table.path().orElse("it"), table.fullName()),
            "List columns in the definition, or load the table when the first record is there.").asException();
      }
      var state = before.flatMap(_ -> remembered.table(table.fullName()));
      return change(table, reading.parts(warehouse), before.isEmpty() ? LoadMode.REPLACE : table.mode(), state,
          List.of(), progress, Optional.of(new Positions(definition, reading.columns(), reading.reached())));
    }
  }

  private LoadResult filed(TableDefinition table, LoadListener progress) {
    try (var store = connected.open(table.connection().orElseThrow()); var folder = new TemporaryFolder()) {
      var named = DistantFiles.named(table, store);
      boolean isKnown = remembered.table(table.fullName())
          .filter(state -> state.definition().equals(LoadedFiles.fingerprint(table))).filter(this::isInPlace)
          .isPresent();
      var wanted = isKnown ? distant.unseen(table, named) : named;
      if (wanted.isEmpty()) {
        return LoadResult.seen();
      }
      var files = new ArrayList<Path>();
      for (var file : wanted) {
        files.add(DistantFiles.fetch(store, file, folder.path().resolve(String.valueOf(files.size()))));
      }
      var result = taken(table, files, table.mode(), progress);
      distant.remember(table, wanted);
      return result;
    }
  }

  private LoadResult change(TableDefinition table, List<Load.Part> parts, LoadMode mode, Optional<Remembered> before,
      List<Loaded> files, LoadListener listener, Optional<Positions> reached) {
    var now = clock.instant().truncatedTo(ChronoUnit.MICROS);
    record Done(LoadResult result, List<String> changed, List<ColumnDefinition> columns, long rows, long refused) {}
    var done = warehouse.write(session -> {
      var choice = ColumnChoice.of(session, table, parts, before.map(Remembered::columns), mode,
          lost -> users.of(table.fullName(), lost));
      checkLost(session, table, choice);
      var load = new Load(session, table, choice.columns(), new ColumnValues(choice.decimal()), now);
      var result = switch (mode) {
        case REPLACE -> load.replace(parts);
        case UPSERT -> load.upsert(parts);
        case DELETE -> load.delete(parts);
      };
      new WithheldRows(session, table, withheld).delete();
      reached.ifPresent(positions -> positions.keep(session, table));
      return new Done(result, load.changedKeys(), choice.columns(), count(session, table.warehouseName()),
          refusedRows(session, table));
    });
    remembered.remember(new Remembered(table.fullName(), LoadedFiles.fingerprint(table), done.columns(), done.rows(),
        done.refused(), now), files, mode);
    if (before.isPresent() && !done.changed().isEmpty()) {
      listener.changed(done.changed());
    }
    return done.result();
  }

  /// A source that takes whatever its file holds may lose a column when it is read in another way than before.
  private void checkLost(WarehouseSession session, TableDefinition table, ColumnChoice choice) {
    var lost = session.schema(table.warehouseName()).filter(_ -> table.columns().isEmpty())
        .map(schema -> columnNames(session, table).stream().filter(name -> choice.columns().stream()
            .noneMatch(column -> column.name().equalsIgnoreCase(name))).toList())
        .orElse(List.of());
    var using = lost.isEmpty() ? List.<String>of() : users.of(table.fullName(), lost);
    if (!using.isEmpty()) {
      throw ColumnChoice.used(Problem.of(Problem.Code.INVALID_FILE,
          "the file no longer has %s of %s".formatted(String.join(", ", lost), table.fullName()),
          "Change those first, or load a file that has it; the table stays as it was."), using).asException();
    }
  }

  /// The files that a table's own `path` names, in the order of their names; empty when it has no path.
  ///
  /// @param base where a relative path begins
  /// @throws portrait.foundation.model.ProblemException `not_found` when there is no such file
  public List<Path> filesOf(TableDefinition table, Path base) {
    if (table.path().isEmpty()) {
      return List.of();
    }
    Path pattern = base.resolve(table.path().orElseThrow());
    if (!pattern.toString().matches(".*[*?{\\[].*")) {
      return List.of(pattern);
    }
    Path root = pattern;
    while (root.toString().matches(".*[*?{\\[].*")) {
      root = Optional.ofNullable(root.getParent()).orElse(base);
    }
    var matcher = FileSystems.getDefault().getPathMatcher("glob:" + pattern);
    try (Stream<Path> all = Files.isDirectory(root) ? Files.walk(root) : Stream.of()) {
      var found = all.filter(Files::isRegularFile).filter(matcher::matches).sorted().toList();
      if (found.isEmpty()) {
        throw Problem.of(Problem.Code.NOT_FOUND,
            "no file fits the path '%s' of table %s".formatted(table.path().orElseThrow(), table.fullName()),
            "A relative path begins at %s.".formatted(base)).asException();
      }
      return found;
    } catch (IOException failure) {
      throw new UncheckedIOException("listing " + root, failure);
    }
  }

  /// Looks at a file and suggests how to define its table.
  public Discovery discover(Path file) {
    checkFile(file);
    var format = FileFormat.ofName(String.valueOf(file.getFileName())).orElse(FileFormat.CSV);
    try (var folder = new TemporaryFolder()) {
      var extract = FileReader.of(format).read(file,
          new ReadRequest(CsvOptions.none(), folder.path(), ROWS_LOOKED_AT, (_, _) -> {}), warehouse);
      return warehouse.read(session -> {
        var suggestions = Suggestions.of(session, extract);
        var rows = session.query(Sql.format("SELECT * FROM ({}) ORDER BY line LIMIT %d".formatted(ROWS_SHOWN),
            extract.rows(extract.columns())), row -> {
              var values = new ArrayList<@Nullable String>();
              for (int column = 2; column <= row.columns(); column++) {
                values.add(row.textOrNull(column));
              }
              return (List<@Nullable String>) values;
            });
        var notes = new ArrayList<>(suggestions.notes());
        long refused = session.query(Sql.format("SELECT count(*) FROM ({})", extract.refused()), row -> row.number(1))
            .getFirst();
        if (refused > 0) {
          notes.add("%d of the first %d rows cannot be read and would be refused.".formatted(refused,
              extract.rowsRead()));
        }
        return new Discovery(format, extract.csv().map(csv -> new CsvOptions(csv.delimiter(), csv.quote(), csv.escape(),
            csv.encoding(), csv.header(), suggestions.decimal(), csv.nullTexts())), suggestions.columns(),
            suggestions.key(), suggestions.updated(), rows, suggestions.rowsSeen(), notes);
      });
    }
  }

  /// The definition of a table.
  public Optional<TableDefinition> definition(String fullName) {
    return allDefined().filter(table -> table.fullName().equals(fullName)).findFirst();
  }

  /// Every table of every source, loaded or not, by name.
  public List<TableState> tables() {
    var states = remembered.tables().stream().collect(Collectors.toMap(Remembered::name, Function.identity()));
    var failed = failures.all();
    return allDefined().sorted(Comparator.comparing(TableDefinition::fullName))
        .map(table -> state(table, Optional.ofNullable(states.get(table.fullName())),
            Optional.ofNullable(failed.get(table.fullName()))))
        .toList();
  }

  public Optional<TableState> table(String fullName) {
    return definition(fullName).map(table -> state(table, remembered.table(fullName),
        Optional.ofNullable(failures.all().get(fullName))));
  }

  /// What columns can mean: semantic types that are suggested.
  public static List<String> meanings() {
    return Suggestions.meanings();
  }

  /// The namespace of the values of a column with that meaning.
  public static Optional<String> identityOf(String meaning) {
    return Suggestions.identityOf(meaning);
  }

  /// What the columns of a table seem to mean, by their names and the first rows; columns that say nothing are left out.
  public Map<String, String> meaningsOf(String fullName) {
    var state = table(fullName);
    if (state.isEmpty()) {
      return Map.of();
    }
    var preview = state.get().loadedAt().isPresent() ? rows(fullName, ROWS_FOR_MEANINGS, 0)
        : new Preview(List.of(), List.of(), 0);
    var meanings = new HashMap<String, String>();
    for (var column : state.get().columns()) {
      int place = preview.columns().indexOf(column.name());
      var values = place < 0 ? List.of()
          : preview.rows().stream().map(row -> row.get(place)).filter(Objects::nonNull).toList();
      Suggestions.meaning(column.name(), column.type(), values.size(),
          values.stream().filter(Suggestions::isAddress).count())
          .ifPresent(meaning -> meanings.put(column.name(), meaning));
    }
    return meanings;
  }

  /// Good rows, in the order of the key.
  public Preview rows(String fullName, int limit, int offset) {
    var table = defined(fullName);
    var order = table.key().stream().map(key -> Sql.quoted(key) + " NULLS LAST").collect(Collectors.joining(", "));
    return preview(table.warehouseName(), List.of(Load.ROW_HASH), order, limit, offset);
  }

  /// Refused rows, one line for each reason.
  public Preview refused(String fullName, int limit, int offset) {
    return preview(defined(fullName).corruptName(), List.of(),
        "loaded_at DESC, file, line, field NULLS LAST, reason, found NULLS LAST", limit, offset);
  }

  private Preview preview(String table, List<String> hidden, String order, int limit, int offset) {
    return warehouse.read(session -> {
      var schema = session.schema(table);
      if (schema.isEmpty()) {
        return new Preview(List.of(), List.of(), 0);
      }
      var names = schema.orElseThrow().columns().stream().map(column -> column.name())
          .filter(name -> !hidden.contains(name)).toList();
      var rows = session.query(Sql.of("SELECT %s FROM %s ORDER BY %s LIMIT %d OFFSET %d".formatted(
          names.stream().map(Sql::quoted).collect(Collectors.joining(", ")), Sql.quoted(table), order, limit, offset)),
          Sources::values);
      return new Preview(names, rows, count(session, table));
    });
  }

  private static List<@Nullable Object> values(WarehouseRow row) {
    var values = new ArrayList<@Nullable Object>();
    for (int column = 1; column <= row.columns(); column++) {
      values.add(row.value(column));
    }
    return values;
  }

  private List<Load.Part> parts(TableDefinition table, List<Path> files, Path folder, LoadListener progress) {
    var parts = new ArrayList<Load.Part>();
    long lines = 0;
    long rows = 0;
    for (int i = 0; i < files.size(); i++) {
      Path file = files.get(i);
      long rowsBefore = rows;
      int filesLeft = files.size() - i - 1;
      var format = table.format().or(() -> FileFormat.ofName(String.valueOf(file.getFileName())))
          .orElse(FileFormat.CSV);
      Extract extract = FileReader.of(format).read(file, new ReadRequest(table.csv(), folder, Long.MAX_VALUE,
          (read, share) -> {
            // Files of one table are taken to be of like size.
            long whole = share > 0 ? Math.round(read / share) : read;
            progress.progress(rowsBefore + read, rowsBefore + whole * (1 + filesLeft));
          }), warehouse);
      parts.add(new Load.Part(file, extract, lines));
      lines += extract.lines();
      rows += extract.rowsRead();
    }
    progress.progress(rows, rows);
    return parts;
  }

  private static TableState state(TableDefinition table, Optional<Remembered> known, Optional<LoadFailure> failure) {
    return new TableState(table.fullName(), table.title(), known.map(Remembered::rows).orElse(0L),
        known.map(Remembered::refused).orElse(0L), known.map(Remembered::loadedAt),
        failure, known.map(Remembered::columns).orElseGet(() -> ColumnChoice.declared(table)));
  }

  /// Whether the warehouse still holds what was remembered: it may have been rebuilt or restored.
  private boolean isInPlace(Remembered state) {
    return warehouse.read(session -> definition(state.name()).filter(
        table -> session.exists(table.warehouseName()) && count(session, table.warehouseName()) == state.rows())
        .isPresent());
  }

  private static long count(WarehouseSession session, String table) {
    return session.query(Sql.of("SELECT count(*) FROM " + Sql.quoted(table)), row -> row.number(1)).getFirst();
  }

  private static long refusedRows(WarehouseSession session, TableDefinition table) {
    return session.query(Sql.of("SELECT count(*) FROM (SELECT DISTINCT loaded_at, file, line FROM %s)"
        .formatted(Sql.quoted(table.corruptName()))), row -> row.number(1)).getFirst();
  }

  private Stream<TableDefinition> allDefined() {
    return definitions.all(KIND).stream().flatMap(source -> source.tables().stream());
  }

  private TableDefinition defined(String fullName) {
    return definition(fullName).orElseThrow(() -> {
      String known = allDefined().map(TableDefinition::fullName).sorted().collect(Collectors.joining(", "));
      return Problem.of(Problem.Code.NOT_FOUND, "there is no source table '%s'".formatted(fullName),
          known.isEmpty() ? "Apply a Source definition first." : "There are: " + known).asException();
    });
  }

  private static void checkFiles(TableDefinition table, List<Path> files, LoadMode mode) {
    if (files.isEmpty()) {
      throw Problem.of(Problem.Code.INVALID_PARAMETER, "no file was named for " + table.fullName()).asException();
    }
    if (table.isKeyedByLine() && mode != LoadMode.REPLACE) {
      throw Problem.of(Problem.Code.INVALID_PARAMETER,
          "%s has no key of its own, so its rows cannot be told from those of another file"
              .formatted(table.fullName()),
          "Load the whole table, with mode replace.").asException();
    }
    if (new HashSet<>(files).size() < files.size()) {
      throw Problem.of(Problem.Code.INVALID_PARAMETER, "a file was named twice").asException();
    }
    files.forEach(Sources::checkFile);
  }

  private static void checkFile(Path file) {
    if (!Files.exists(file)) {
      throw Problem.of(Problem.Code.NOT_FOUND, "there is no file %s".formatted(file)).asException();
    }
    if (!Files.isRegularFile(file)) {
      throw Problem.of(Problem.Code.INVALID_FILE, "%s is no file".formatted(file),
          "Name the files in it, for example with %s/*.csv".formatted(file)).asException();
    }
  }

  /// A folder that only this process's user can read, gone at the end.
  private record TemporaryFolder(Path path) implements AutoCloseable {

    TemporaryFolder() {
      this(created());
    }

    private static Path created() {
      try {
        return Files.createTempDirectory("portrait-load");
      } catch (IOException failure) {
        throw new UncheckedIOException("creating a temporary folder", failure);
      }
    }

    @Override
    public void close() {
      try (var files = Files.walk(path)) {
        for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
          Files.delete(file);
        }
      } catch (IOException failure) {
        throw new UncheckedIOException("deleting " + path, failure);
      }
    }
  }
}
