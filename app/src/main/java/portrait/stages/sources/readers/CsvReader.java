package portrait.stages.sources.readers;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import portrait.foundation.model.Problem;
import portrait.foundation.warehouse.Sql;
import portrait.foundation.warehouse.Warehouse;

/// Reads CSV. The file is cut here, which costs about a tenth of a load, because only so is there an exact reason, line
/// number and text for each row that is refused; the engine then reads what is well formed.
final class CsvReader implements FileReader {

  private static final int HEAD_BYTES = 1 << 18;
  private static final int FOUND_CHARACTERS_MAX = 200;
  private static final int RAW_CHARACTERS_MAX = 10_000;
  static final List<String> REFUSED_COLUMNS = List.of("field", "found", "expected", "reason", "raw");

  @Override
  public Extract read(Path file, ReadRequest request, Warehouse warehouse) {
    var text = TextFile.of(file, request.csv().encoding(), request.isALook());
    byte[] head = text.head(HEAD_BYTES);
    var dialect = CsvDialect.of(request.csv(), head, head.length < HEAD_BYTES);
    try (var stream = new CountingStream(Files.newInputStream(file));
        var rows = new StagedRows(Files.createTempFile(request.folder(), "rows", ".csv"));
        var refused = new StagedRows(Files.createTempFile(request.folder(), "refused", ".csv"))) {
      var parser = dialect.parser(text.open(stream));
      var columns = columns(parser, dialect, file);
      parser.expectFields(columns.size());
      var nulls = request.csv().nullTexts().stream().filter(one -> !one.isEmpty())
          .map(one -> one.getBytes(StandardCharsets.UTF_8)).toArray(byte[][]::new);
      var report = new Reporter(file, request, stream);
      byte[] scratch = new byte[CsvParser.RECORD_BYTES_MAX];
      while (report.rows() < request.rowsMax() && parser.next()) {
        report.row();
        var fault = parser.fault();
        if (fault.isPresent()) {
          refuse(refused, parser, fault.orElseThrow(), columns);
          if (parser.isHopeless()) {
            throw Problem.of(Problem.Code.INVALID_FILE,
                "%s cannot be cut into rows: up to line %d, %s".formatted(file.getFileName(), parser.line(),
                    "more than a thousand quotes are opened and not closed"),
                "Set `csv: { quote: ... }` to the quote that the file uses, or to \"\" when it has none.")
                .asException();
          }
        } else {
          stage(rows, parser, nulls, scratch);
        }
      }
      report.end();
      return new CsvExtract(new FileColumns(columns), rows, refused, report.rows(), parser.linesRead(),
          dialect.options(request.csv(), text.encoding().name()));
    } catch (IOException failure) {
      throw TextFile.unreadable(file, failure);
    }
  }

  private static List<String> columns(CsvParser parser, CsvDialect dialect, Path file) throws IOException {
    if (!dialect.header()) {
      return IntStream.rangeClosed(1, dialect.width()).mapToObj(place -> "column" + place).toList();
    }
    if (!parser.next()) {
      throw Problem.of(Problem.Code.INVALID_FILE,
          "%s holds nothing but blank lines: it has not even a header".formatted(file.getFileName())).asException();
    }
    var fault = parser.fault();
    if (fault.isPresent()) {
      throw Problem.of(Problem.Code.INVALID_FILE, "the header of %s, line %d, cannot be read: %s".formatted(
          file.getFileName(), parser.line(), fault.orElseThrow().reason())).asException();
    }
    return FileColumns.unique(IntStream.range(0, parser.fields()).mapToObj(parser::text).toList());
  }

  private static void stage(StagedRows rows, CsvParser parser, byte[][] nulls, byte[] scratch) throws IOException {
    rows.begin(parser.line());
    for (int i = 0; i < parser.fields(); i++) {
      byte[] bytes = parser.bytes();
      int from = parser.start(i);
      int to = parser.end(i);
      if (parser.isEscaped(i)) {
        to = parser.copy(i, scratch, 0);
        bytes = scratch;
        from = 0;
      }
      for (byte[] one : nulls) {
        if (Arrays.equals(one, 0, one.length, bytes, from, to)) {
          to = from;
        }
      }
      rows.field(bytes, from, to);
    }
    rows.end();
  }

  static void refuse(StagedRows refused, CsvParser parser, CsvParser.Fault fault, List<String> columns)
      throws IOException {
    refused.begin(parser.line());
    refused.field(fault.field() >= 0 && fault.field() < columns.size() ? columns.get(fault.field()) : "");
    refused.field(shortened(fault.found(), FOUND_CHARACTERS_MAX));
    refused.field(fault.expected());
    refused.field(fault.reason());
    refused.field(shortened(parser.raw().replace('\0', '\u2400'), RAW_CHARACTERS_MAX));
    refused.end();
  }

  private static String shortened(String text, int charactersMax) {
    return text.length() <= charactersMax ? text : text.substring(0, charactersMax) + "…";
  }

  private record CsvExtract(FileColumns file, StagedRows staged, StagedRows unreadable, long rowsRead, long lines,
      CsvOptions dialect) implements Extract {

    @Override
    public List<String> columns() {
      return file.names();
    }

    @Override
    public Optional<String> find(String name) {
      return file.find(name);
    }

    @Override
    public Sql rows(List<String> wanted) {
      var selected = new StringBuilder("line");
      for (int i = 0; i < wanted.size(); i++) {
        selected.append(", c%d AS c%d".formatted(columns().indexOf(wanted.get(i)) + 1, i + 1));
      }
      return Sql.format("SELECT %s FROM {}".formatted(selected), staged.relation(places()));
    }

    @Override
    public Sql raw() {
      String delimiter = "chr(%d)".formatted((int) dialect.delimiter().orElseThrow());
      String fields = places().stream().map(place -> """
          CASE WHEN %1$s IS NULL THEN ''
            WHEN contains(%1$s, %2$s) OR contains(%1$s, '"') OR contains(%1$s, chr(10))
              THEN '"' || replace(%1$s, '"', '""') || '"'
            ELSE %1$s END""".formatted(place, delimiter)).collect(Collectors.joining(", "));
      return Sql.format("SELECT line, concat_ws(%s, %s) AS raw FROM {}".formatted(delimiter, fields),
          staged.relation(places()));
    }

    @Override
    public Sql refused() {
      return Sql.format("SELECT * FROM {}", unreadable.relation(REFUSED_COLUMNS));
    }

    @Override
    public Optional<CsvOptions> csv() {
      return Optional.of(dialect);
    }

    private List<String> places() {
      return IntStream.rangeClosed(1, columns().size()).mapToObj(place -> "c" + place).toList();
    }
  }
}
