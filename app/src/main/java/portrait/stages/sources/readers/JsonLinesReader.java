package portrait.stages.sources.readers;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;
import portrait.foundation.model.Problem;
import portrait.foundation.warehouse.Sql;
import portrait.foundation.warehouse.Warehouse;

/// Reads JSON Lines: one object a line. Cut into lines here, for exact line numbers; taken apart by the engine.
final class JsonLinesReader implements FileReader {

  private static final List<String> RAW = List.of("raw");
  private static final String IS_OBJECT = "(json_valid(raw) AND coalesce(try(json_type(raw)) = 'OBJECT', false))";

  @Override
  public Extract read(Path file, ReadRequest request, Warehouse warehouse) {
    var text = TextFile.of(file, request.csv().encoding(), request.isALook());
    refuseArray(file, text);
    try (var stream = new CountingStream(Files.newInputStream(file));
        var rows = new StagedRows(Files.createTempFile(request.folder(), "rows", ".csv"));
        var refused = new StagedRows(Files.createTempFile(request.folder(), "refused", ".csv"))) {
      var parser = new CsvParser(text.open(stream), CsvParser.NONE, CsvParser.NONE, CsvParser.NONE);
      var report = new Reporter(file, request, stream);
      while (report.rows() < request.rowsMax() && parser.next()) {
        report.row();
        var fault = parser.fault();
        if (fault.isPresent()) {
          CsvReader.refuse(refused, parser, fault.orElseThrow(), List.of());
        } else {
          rows.begin(parser.line());
          rows.field(parser.bytes(), parser.start(0), parser.end(0));
          rows.end();
        }
      }
      report.end();
      rows.close();
      refused.close();
      return new JsonExtract(new FileColumns(keys(rows, warehouse)), rows, refused, report.rows(), parser.linesRead());
    } catch (IOException failure) {
      throw TextFile.unreadable(file, failure);
    }
  }

  private static void refuseArray(Path file, TextFile text) {
    if (new String(text.head(256), StandardCharsets.UTF_8).stripLeading().startsWith("[")) {
      throw Problem.of(Problem.Code.INVALID_FILE,
          "%s is a JSON array but must have one object on each line".formatted(file.getFileName()),
          "Turn it into JSON Lines, for example with: jq -c '.[]'").asException();
    }
  }

  /// Every key of the objects, in the order in which they are first seen.
  static List<String> keys(StagedRows rows, Warehouse warehouse) {
    var used = new HashSet<String>();
    return warehouse.read(session -> session.query(Sql.format("""
        SELECT key FROM (
          SELECT line, unnest(json_keys(raw)) AS key, generate_subscripts(json_keys(raw), 1) AS place
          FROM {} WHERE %s)
        GROUP BY key ORDER BY min((line, place)), key""".formatted(IS_OBJECT), rows.relation(RAW)),
        row -> row.text(1))).stream().filter(key -> used.add(key.toLowerCase(Locale.ROOT))).toList();
  }

  record JsonExtract(FileColumns file, StagedRows staged, StagedRows unreadable, long rowsRead, long lines)
      implements
        Extract {

    @Override
    public List<String> columns() {
      return file.names();
    }

    /// A key may be absent from every object of one file: its value is null then.
    @Override
    public Optional<String> find(String name) {
      return Optional.of(file.find(name).orElse(name));
    }

    @Override
    public Sql rows(List<String> wanted) {
      var values = new StringBuilder("line");
      for (int place = 1; place <= wanted.size(); place++) {
        values.append(", nullif(trim(v[%1$d]), '') AS c%1$d".formatted(place));
      }
      // All paths in one call: each call would parse the object again.
      String paths = wanted.stream().map(name -> "'" + path(name).replace("'", "''") + "'")
          .collect(Collectors.joining(", "));
      return Sql.format("""
          SELECT %s FROM (SELECT line, json_extract_string(raw, [%s]) AS v FROM {} WHERE %s)"""
          .formatted(values, paths, IS_OBJECT), staged.relation(RAW));
    }

    @Override
    public Sql raw() {
      return Sql.format("SELECT line, raw FROM {}", staged.relation(RAW));
    }

    @Override
    public Sql refused() {
      return Sql.format("""
          SELECT * FROM {} UNION ALL
          SELECT line, NULL, left(raw, 200), 'one JSON object',
            CASE WHEN json_valid(raw) THEN 'the line is JSON but no object' ELSE 'the line is not JSON' END, raw
          FROM {} WHERE NOT %s""".formatted(IS_OBJECT), unreadable.relation(CsvReader.REFUSED_COLUMNS),
          staged.relation(RAW));
    }

    @Override
    public Optional<CsvOptions> csv() {
      return Optional.empty();
    }

    /// A column is a key as it stands, or a path when it begins with `$`. Keys are written as JSON pointers, which
    /// need no quotes.
    private static String path(String column) {
      return column.startsWith("$") ? column : "/" + column.replace("~", "~0").replace("/", "~1");
    }
  }
}
