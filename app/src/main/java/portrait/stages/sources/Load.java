package portrait.stages.sources;

import java.math.BigDecimal;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import portrait.foundation.model.ColumnType;
import portrait.foundation.model.Identity;
import portrait.foundation.model.Problem;
import portrait.foundation.model.Schema;
import portrait.foundation.warehouse.Sql;
import portrait.foundation.warehouse.WarehouseSession;
import portrait.stages.sources.readers.Extract;

/// One load, inside one transaction of the warehouse: text becomes values, rows that do not fit are set aside with
/// their reasons, the rest changes the table.
///
/// Steps, each a temporary table: `load_text` (rows as text) → `load_refused` (which of them, and why) → `load_new`
/// (rows as values) → the table.
final class Load {

  static final String ROW_HASH = "_row_hash";
  static final List<String> CORRUPT_COLUMNS = List.of("loaded_at", "file", "line", "field", "found", "expected",
      "reason", "raw");

  private static final int REASONS_TOLD = 5;
  private static final int CHANGED_TOLD_MAX = 1_000;
  private static final String IS_GOOD = """
      NOT EXISTS (SELECT 1 FROM load_refused AS r WHERE r.file = load_text.file AND r.line = load_text.line)""";

  private final WarehouseSession session;
  private final TableDefinition table;
  private final List<ColumnDefinition> columns;
  private final ColumnValues rules;
  private final Instant now;
  private final String target;
  private final String corrupt;

  private long read;
  private long loaded;
  private long refused;
  private long unchanged;
  private long changed;
  private long deleted;
  private final List<String> changedKeys = new ArrayList<>();

  /// @param columns those to load, with their types
  Load(WarehouseSession session, TableDefinition table, List<ColumnDefinition> columns, ColumnValues rules,
      Instant now) {
    this.session = session;
    this.table = table;
    this.columns = columns;
    this.rules = rules;
    this.now = now;
    this.target = Sql.quoted(table.warehouseName());
    this.corrupt = Sql.quoted(table.corruptName());
  }

  /// One file of the load.
  ///
  /// @param lineOffset how many lines the files before it have
  record Part(Path file, Extract extract, long lineOffset) {}

  /// The files are the whole table.
  LoadResult replace(List<Part> parts) {
    session.execute("DROP TABLE IF EXISTS " + corrupt);
    createCorrupt();
    var wanted = values();
    stage(parts, columns, wanted);
    boolean isComparable = isComparable();
    long before = session.exists(table.warehouseName()) ? count(target) : 0;
    if (isComparable) {
      session.execute("CREATE TEMP TABLE load_old AS SELECT %s, %s FROM %s".formatted(keyNames(""), ROW_HASH, target));
    }
    session.execute(Sql.format("CREATE OR REPLACE TABLE %s AS {}".formatted(target), rowsAsValues(columns, wanted)));
    loaded = count(target);
    if (isComparable) {
      unchanged = number(Sql.of("SELECT count(*) FROM %s AS n JOIN load_old AS o ON %s AND n.%s = o.%s"
          .formatted(target, sameKey("n", "o"), ROW_HASH, ROW_HASH)));
      deleted = before - number(Sql.of("SELECT count(*) FROM load_old AS o SEMI JOIN %s AS n ON %s"
          .formatted(target, sameKey("n", "o"))));
    } else {
      deleted = before;
    }
    changed = loaded - unchanged;
    if (isComparable && changed <= CHANGED_TOLD_MAX) {
      tell("SELECT n.* FROM %s AS n ANTI JOIN load_old AS o ON %s AND n.%s = o.%s".formatted(target, sameKey("n", "o"),
          ROW_HASH, ROW_HASH));
    }
    return result();
  }

  /// The files' rows take the place of those with their keys, file after file.
  LoadResult upsert(List<Part> parts) {
    prepareTarget();
    var wanted = values();
    for (var part : parts) {
      stage(List.of(part), columns, wanted);
      session.execute(Sql.format("CREATE OR REPLACE TEMP TABLE load_new AS {}", rowsAsValues(columns, wanted)));
      loaded += count("load_new");
      table.updated().ifPresent(updated -> unchanged += session.execute("""
          DELETE FROM load_new USING %s AS o WHERE %s AND o.%s > load_new.%s"""
          .formatted(target, sameKey("load_new", "o"), Sql.quoted(updated), Sql.quoted(updated))));
      unchanged += session.execute("DELETE FROM load_new USING %s AS o WHERE %s AND o.%s = load_new.%s"
          .formatted(target, sameKey("load_new", "o"), ROW_HASH, ROW_HASH));
      changed += count("load_new");
      if (changed <= CHANGED_TOLD_MAX) {
        tell("FROM load_new");
      }
      session.execute("DELETE FROM %s USING load_new AS n WHERE %s".formatted(target, sameKey(target, "n")));
      session.execute("INSERT INTO %s SELECT * FROM load_new".formatted(target));
    }
    return result();
  }

  /// Remembers the keys of rows that changed.
  private void tell(String rows) {
    var key = Sql.join(" || '|' || ", table.key().stream()
        .map(column -> Sql.format("trim(CAST({} AS VARCHAR))", Sql.name(column))).toList());
    changedKeys.addAll(session.query(Sql.format("SELECT {} FROM (" + rows + ") ORDER BY 1", key), row -> row.text(1)));
  }

  /// The keys of rows that are new or differ; empty when they are many.
  List<String> changedKeys() {
    return changed <= CHANGED_TOLD_MAX ? changedKeys.stream().distinct().toList() : List.of();
  }

  /// The rows with the files' keys go.
  LoadResult delete(List<Part> parts) {
    prepareTarget();
    var keys = columns.stream().filter(column -> table.key().contains(column.name())).toList();
    var wanted = values(keys);
    for (var part : parts) {
      stage(List.of(part), keys, wanted);
      session.execute(Sql.format("CREATE OR REPLACE TEMP TABLE load_new AS {}", rowsAsValues(keys, wanted)));
      loaded += count("load_new");
      long gone = session
          .execute("DELETE FROM %s USING load_new AS n WHERE %s".formatted(target, sameKey(target, "n")));
      deleted += gone;
      unchanged += count("load_new") - gone;
    }
    return result();
  }

  /// The columns of which some text does not fit their type.
  static List<ColumnDefinition> misfits(WarehouseSession session, Sql rows, List<ColumnDefinition> columns,
      List<Sql> values) {
    var checks = new ArrayList<Sql>();
    for (int i = 0; i < columns.size(); i++) {
      checks.add(columns.get(i).type() == ColumnType.STRING
          ? Sql.of("count(*) FILTER (WHERE false)")
          : Sql.format("count(*) FILTER (WHERE c%d IS NOT NULL AND ({}) IS NULL)".formatted(i + 1), values.get(i)));
    }
    return session.query(Sql.format("SELECT {} FROM {}", Sql.join(", ", checks), rows), row -> {
      var found = new ArrayList<ColumnDefinition>();
      for (int i = 0; i < columns.size(); i++) {
        if (row.number(i + 1) > 0) {
          found.add(columns.get(i));
        }
      }
      return found;
    }).getFirst();
  }

  private void prepareTarget() {
    if (!session.exists(table.corruptName())) {
      createCorrupt();
    }
    var wanted = new Schema(Stream.concat(columns.stream().map(each -> Schema.Column.of(each.name(), each.type())),
        Stream.of(Schema.Column.of(ROW_HASH, ColumnType.INTEGER))).toList());
    var present = session.schema(table.warehouseName());
    if (present.isEmpty()) {
      session.create(table.warehouseName(), wanted);
    } else if (present.orElseThrow().equals(wanted)) {
      return;
    } else if (wanted.columns().containsAll(present.orElseThrow().columns())) {
      session.execute("CREATE OR REPLACE TEMP TABLE load_kept AS FROM " + target);
      session.execute("DROP TABLE " + target);
      session.create(table.warehouseName(), wanted);
      session.execute("INSERT INTO %s BY NAME FROM load_kept".formatted(target));
    } else {
      throw Problem.of(Problem.Code.CONFLICT,
          "the columns of %s have changed since it was last loaded".formatted(table.fullName()),
          "Load the whole table once, with mode replace.").asException();
    }
  }

  private void createCorrupt() {
    session.create(table.corruptName(), new Schema(CORRUPT_COLUMNS.stream().map(name -> Schema.Column.of(name,
        switch (name) {
          case "loaded_at" -> ColumnType.TIMESTAMP;
          case "line" -> ColumnType.INTEGER;
          default -> ColumnType.STRING;
        })).toList()));
  }

  /// Brings in the rows as text and sets aside those that are refused.
  private void stage(List<Part> parts, List<ColumnDefinition> wanted, List<Sql> values) {
    var texts = new ArrayList<Sql>();
    for (int file = 0; file < parts.size(); file++) {
      var part = parts.get(file);
      var names = wanted.stream().filter(column -> !isLineNumber(column))
          .map(column -> part.extract().find(column.inFile()).orElseThrow()).toList();
      // The columns come as c1, c2, … without the line number, which stands first when there is one.
      String selected = Stream.iterate(1, place -> place + 1).limit(names.size())
          .map(place -> "c%d AS c%d".formatted(place, place + (table.isKeyedByLine() ? 1 : 0)))
          .collect(Collectors.joining(", "));
      texts.add(Sql.format("SELECT %d AS file, line%s, %s FROM ({})".formatted(file,
          table.isKeyedByLine() ? ", line + %d AS c1".formatted(part.lineOffset()) : "", selected),
          part.extract().rows(names)));
    }
    session.execute(Sql.format("CREATE OR REPLACE TEMP TABLE load_text AS {}", Sql.join(" UNION ALL ", texts)));
    session.execute("""
        CREATE OR REPLACE TEMP TABLE load_refused (
          file INTEGER, line BIGINT, field VARCHAR, found VARCHAR, expected VARCHAR, reason VARCHAR)""");
    var typed = wanted.stream().filter(column -> !isLineNumber(column)).toList();
    for (var misfit : misfits(session, Sql.of("load_text"), wanted, values)) {
      int place = wanted.indexOf(misfit);
      session.execute(Sql.format("""
          INSERT INTO load_refused
          SELECT file, line, {}, left(c%1$d, 200), {}, {} FROM load_text WHERE c%1$d IS NOT NULL AND ({}) IS NULL"""
          .formatted(place + 1), parameter(misfit.name()), parameter(rules.expected(misfit)),
          parameter("the value is not " + rules.expected(misfit)), values.get(place)));
    }
    refuseKeys(typed, wanted, values, parts.stream().anyMatch(part -> part.extract().laterRowsHold()));
    keepRefused(parts);
    read += parts.stream().mapToLong(part -> part.extract().rowsRead()).sum();
    refused += number(Sql.of("SELECT count(*) FROM (SELECT DISTINCT file, line FROM load_refused)"));
    for (var part : parts) {
      refused += number(Sql.format("SELECT count(*) FROM ({})", part.extract().refused()));
    }
  }

  /// @param laterHold whether rows whose key comes again are passed over instead
  private void refuseKeys(List<ColumnDefinition> typed, List<ColumnDefinition> wanted, List<Sql> values,
      boolean laterHold) {
    if (table.isKeyedByLine()) {
      return;
    }
    for (var column : typed) {
      if (table.key().contains(column.name())) {
        String text = "c" + (wanted.indexOf(column) + 1);
        session.execute(Sql.format("""
            INSERT INTO load_refused
            SELECT file, line, {}, left(%1$s, 200), {},
              CASE WHEN %1$s IS NULL THEN 'the primary key is empty' ELSE 'the primary key is too long' END
            FROM load_text WHERE %1$s IS NULL OR length(%1$s) > %2$d""".formatted(text, Identity.VALUE_LENGTH_MAX),
            parameter(column.name()),
            parameter("a value of at most %d characters".formatted(Identity.VALUE_LENGTH_MAX))));
      }
    }
    var parts = table.key().stream().map(each -> values.get(place(wanted, each))).toList();
    var key = parts.size() == 1 ? parts.getFirst() : Sql.format("row({})", Sql.join(", ", parts));
    session.execute(Sql.format("""
        CREATE OR REPLACE TEMP TABLE load_repeated AS
        SELECT key FROM (SELECT {} AS key FROM load_text WHERE %s) GROUP BY key HAVING count(*) > 1"""
        .formatted(IS_GOOD), key));
    if (count("load_repeated") == 0) {
      return;
    }
    var recency = table.updated().filter(updated -> place(wanted, updated) >= 0)
        .map(updated -> Sql.format("({}) DESC NULLS LAST, ", values.get(place(wanted, updated)))).orElse(Sql.of(""));
    if (laterHold) {
      session.execute(Sql.format("""
          DELETE FROM load_text USING (
            SELECT file, line, row_number() OVER (PARTITION BY key ORDER BY {}file DESC, line DESC) AS place
            FROM (SELECT *, {} AS key FROM load_text WHERE %s) SEMI JOIN load_repeated USING (key)) AS ranked
          WHERE ranked.place > 1 AND load_text.file = ranked.file AND load_text.line = ranked.line"""
          .formatted(IS_GOOD), recency, key));
      return;
    }
    String found = table.key().stream().map(each -> "c" + (place(wanted, each) + 1)).collect(Collectors.joining(", "));
    session.execute(Sql.format("""
        INSERT INTO load_refused
        SELECT file, line, {}, left(found, 200), 'a key that no other row has', 'the key is that of line ' || winner
        FROM (
          SELECT file, line, found, row_number() OVER newest AS place, first_value(line) OVER newest AS winner
          FROM (SELECT *, {} AS key, concat_ws('|', %s) AS found FROM load_text WHERE %s) AS good
            SEMI JOIN load_repeated USING (key)
          WINDOW newest AS (PARTITION BY key ORDER BY {}file, line))
        WHERE place > 1""".formatted(found, IS_GOOD), parameter(String.join("|", table.key())), key, recency));
  }

  /// Puts refused rows where people find them, with the row as it is in the file.
  private void keepRefused(List<Part> parts) {
    boolean any = count("load_refused") > 0;
    for (int file = 0; file < parts.size(); file++) {
      var part = parts.get(file);
      String name = String.valueOf(part.file().getFileName());
      session.execute(Sql.format(
          """
          INSERT INTO %s SELECT {}::TIMESTAMP, {}, line, field, found, expected, reason, raw FROM ({})"""
              .formatted(corrupt),
          parameter(now), parameter(name), part.extract().refused()));
      if (any) {
        session.execute(Sql.format(
            """
            INSERT INTO %s SELECT {}::TIMESTAMP, {}, r.line, field, found, expected, reason, raw
            FROM load_refused AS r JOIN ({}) AS whole ON r.line = whole.line WHERE r.file = %d""".formatted(corrupt,
                file),
            parameter(now), parameter(name), part.extract().raw()));
      }
    }
  }

  private Sql rowsAsValues(List<ColumnDefinition> wanted, List<Sql> values) {
    var named = new ArrayList<Sql>();
    for (int i = 0; i < wanted.size(); i++) {
      named.add(Sql.format("{} AS {}", values.get(i), Sql.name(wanted.get(i).name())));
    }
    String all = wanted.stream().map(column -> Sql.quoted(column.name())).collect(Collectors.joining(", "));
    // The engine's hash, because a cryptographic one costs as much as the rest of the load. Should a later version of
    // the engine hash otherwise, the next load counts every row as changed, once.
    return Sql.format("SELECT *, CAST(hash(%s) >> 1 AS BIGINT) AS %s FROM (SELECT {} FROM load_text WHERE %s)"
        .formatted(all, ROW_HASH, IS_GOOD), Sql.join(", ", named));
  }

  private LoadResult result() {
    if (refused > table.corruptLimit() * read) {
      throw tooManyBadRows().asException();
    }
    return new LoadResult(read, loaded, refused, unchanged, changed, deleted, false);
  }

  private Problem tooManyBadRows() {
    var problem = Problem.of(Problem.Code.TOO_MANY_BAD_ROWS,
        "%d of %d rows for %s were refused, more than the %s%% that its corrupt_limit allows; the table stays as it was"
            .formatted(refused, read, table.fullName(),
                BigDecimal.valueOf(table.corruptLimit() * 100).stripTrailingZeros().toPlainString()),
        "Mend the file or the definition, or raise corrupt_limit.");
    var reasons = session.query(Sql.of("""
        SELECT file || ' line ' || line || coalesce(', ' || nullif(field, ''), '') || ': ' || reason FROM %s
        WHERE loaded_at = ? ORDER BY file, line, field NULLS LAST LIMIT %d""".formatted(corrupt, REASONS_TOLD), now),
        row -> row.text(1));
    for (int i = 0; i < reasons.size(); i++) {
      problem = problem.with("reason" + (i + 1), reasons.get(i));
    }
    return problem;
  }

  private boolean isComparable() {
    var present = session.schema(table.warehouseName());
    return present.isPresent() && present.orElseThrow().column(ROW_HASH).isPresent()
        && table.key().stream().allMatch(key -> present.orElseThrow().column(key)
            .filter(column -> column.type() == columns.get(place(columns, key)).type()).isPresent());
  }

  private List<Sql> values() {
    return values(columns);
  }

  private List<Sql> values(List<ColumnDefinition> wanted) {
    var values = new ArrayList<Sql>();
    for (int i = 0; i < wanted.size(); i++) {
      values.add(isLineNumber(wanted.get(i)) ? Sql.of("c1") : rules.value(wanted.get(i), "c" + (i + 1)));
    }
    return values;
  }

  private static boolean isLineNumber(ColumnDefinition column) {
    return column.name().equals(TableDefinition.LINE_NUMBER);
  }

  private static int place(List<ColumnDefinition> columns, String name) {
    for (int i = 0; i < columns.size(); i++) {
      if (columns.get(i).name().equals(name)) {
        return i;
      }
    }
    return -1;
  }

  private String keyNames(String prefix) {
    return table.key().stream().map(key -> prefix + Sql.quoted(key)).collect(Collectors.joining(", "));
  }

  private String sameKey(String one, String other) {
    return table.key().stream().map(key -> "%1$s.%3$s = %2$s.%3$s".formatted(one, other, Sql.quoted(key)))
        .collect(Collectors.joining(" AND "));
  }

  private long count(String relation) {
    return number(Sql.of("SELECT count(*) FROM " + relation));
  }

  private long number(Sql sql) {
    return session.query(sql, row -> row.number(1)).getFirst();
  }

  private static Sql parameter(@Nullable Object value) {
    return Sql.of("?", value);
  }
}
