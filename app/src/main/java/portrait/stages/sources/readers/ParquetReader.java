package portrait.stages.sources.readers;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import portrait.foundation.model.Problem;
import portrait.foundation.model.ProblemException;
import portrait.foundation.warehouse.Sql;
import portrait.foundation.warehouse.Warehouse;
import portrait.foundation.warehouse.WarehouseException;

/// Reads Parquet. Values come out as text like those of the other formats, so that one set of rules makes columns of
/// them; lists and structures come out as JSON. The line of a row is its place in the file, counted from 1.
final class ParquetReader implements FileReader {

  @Override
  public Extract read(Path file, ReadRequest request, Warehouse warehouse) {
    try (var stream = Files.newInputStream(file)) {
      if (!new String(stream.readNBytes(4), StandardCharsets.ISO_8859_1).equals("PAR1")) {
        throw Problem.of(Problem.Code.INVALID_FILE, "%s is no Parquet file: it does not begin with PAR1".formatted(
            file.getFileName()), "Set `format` to what the file is: csv or jsonl.").asException();
      }
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
    try {
      var columns = warehouse.read(session -> session.query(
          Sql.of("SELECT column_name, column_type FROM (DESCRIBE SELECT * FROM read_parquet(?))", file.toString()),
          row -> new ParquetColumn(row.text(1), row.text(2))));
      long rows = warehouse.read(session -> session
          .query(Sql.of("SELECT count(*) FROM read_parquet(?)", file.toString()), row -> row.number(1)).getFirst());
      long read = Math.min(rows, request.rowsMax());
      request.progress().read(read, 1);
      return new ParquetExtract(new FileColumns(FileColumns.unique(columns.stream().map(ParquetColumn::name).toList())),
          columns, file, read);
    } catch (WarehouseException failure) {
      throw new ProblemException(Problem.of(Problem.Code.INVALID_FILE,
          "%s cannot be read as Parquet: it is damaged or cut short".formatted(file.getFileName()),
          "Check that the file is whole."), failure);
    }
  }

  private record ParquetColumn(String name, String type) {

    private static final String NESTED = ".*(\\[[0-9]*]|\\))$";

    String text() {
      String quoted = Sql.quoted(name);
      return type.startsWith("DECIMAL") || !type.matches(NESTED)
          ? "CAST(%s AS VARCHAR)".formatted(quoted)
          : "CAST(to_json(%s) AS VARCHAR)".formatted(quoted);
    }
  }

  private record ParquetExtract(FileColumns file, List<ParquetColumn> types, Path path, long rowsRead)
      implements
        Extract {

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
      var values = new StringBuilder("file_row_number + 1 AS line");
      for (int place = 1; place <= wanted.size(); place++) {
        values.append(", nullif(trim(%s), '') AS c%d"
            .formatted(types.get(columns().indexOf(wanted.get(place - 1))).text(), place));
      }
      return Sql.of("SELECT %s FROM read_parquet(?, file_row_number = true) WHERE file_row_number < ?"
          .formatted(values), path.toString(), rowsRead);
    }

    @Override
    public Sql raw() {
      String fields = types.stream().map(column -> Sql.quoted(column.name()))
          .collect(Collectors.joining(", "));
      return Sql.of("""
          SELECT file_row_number + 1 AS line, CAST(to_json(row_of) AS VARCHAR) AS raw
          FROM (SELECT file_row_number, struct_pack(%s) AS row_of FROM read_parquet(?, file_row_number = true))"""
          .formatted(fields), path.toString());
    }

    @Override
    public Sql refused() {
      return Sql.of("""
          SELECT 0::BIGINT AS line, '' AS field, '' AS found, '' AS expected, '' AS reason, '' AS raw WHERE false""");
    }

    @Override
    public long lines() {
      return rowsRead;
    }

    @Override
    public Optional<CsvOptions> csv() {
      return Optional.empty();
    }
  }
}
