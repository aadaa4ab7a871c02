package portrait.foundation.filesets;

import java.io.BufferedWriter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import portrait.foundation.model.ColumnType;
import portrait.foundation.warehouse.ColumnTypes;
import portrait.foundation.warehouse.Sql;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.JsonNodeFactory;

/// Rows on their way into a set of files, kept on this machine until there are no more: only then it is known what type
/// each column has, the same in all files.
public final class RowFile implements AutoCloseable {

  private static final JsonNodeFactory NODES = JsonNodeFactory.instance;
  private static final JsonMapper JSON = JsonMapper.shared();

  private final List<String> columns;
  private final Path file;
  private final BufferedWriter out;
  private final @Nullable ColumnType[] types;
  private long rows;

  RowFile(Path file, List<String> columns) {
    this.columns = List.copyOf(columns);
    this.file = file;
    this.types = new ColumnType[columns.size()];
    try {
      this.out = Files.newBufferedWriter(Files.createFile(file));
    } catch (IOException failure) {
      throw new UncheckedIOException("creating " + file, failure);
    }
  }

  /// Adds a row: values in the order of the columns.
  public void add(List<? extends @Nullable Object> values) {
    var row = JSON.createObjectNode();
    for (int i = 0; i < columns.size(); i++) {
      Object value = values.get(i);
      if (value != null) {
        var type = type(value);
        var before = types[i];
        types[i] = before == null ? type : common(before, type);
        row.set("c" + i, node(value));
      }
    }
    try {
      out.write(row.toString());
      out.write('\n');
    } catch (IOException failure) {
      throw new UncheckedIOException("writing " + file, failure);
    }
    rows++;
  }

  private static ColumnType type(Object value) {
    return switch (value) {
      case Integer _,Long _ -> ColumnType.INTEGER;
      case Double _,BigDecimal _ -> ColumnType.NUMBER;
      case Boolean _ -> ColumnType.BOOLEAN;
      case List<?> _,JsonNode _ -> ColumnType.JSON;
      default -> ColumnType.STRING;
    };
  }

  private static ColumnType common(ColumnType one, ColumnType other) {
    if (one == other) {
      return one;
    }
    boolean areNumbers = (one == ColumnType.INTEGER || one == ColumnType.NUMBER)
        && (other == ColumnType.INTEGER || other == ColumnType.NUMBER);
    return areNumbers ? ColumnType.NUMBER : ColumnType.STRING;
  }

  private static JsonNode node(Object value) {
    return switch (value) {
      case Integer number -> NODES.numberNode(number);
      case Long number -> NODES.numberNode(number);
      case Double number -> NODES.numberNode(number);
      case BigDecimal number -> NODES.numberNode(number);
      case Boolean answer -> NODES.booleanNode(answer);
      case JsonNode already -> already;
      case List<?> several -> JSON.valueToTree(several);
      default -> NODES.stringNode(value.toString());
    };
  }

  /// All rows as a table; none is added after.
  public FileSets.Content as(String table) {
    try {
      out.close();
    } catch (IOException failure) {
      throw new UncheckedIOException("writing " + file, failure);
    }
    var selected = new StringBuilder();
    var typed = new StringBuilder();
    for (int i = 0; i < columns.size(); i++) {
      var type = types[i];
      selected.append(i == 0 ? "" : ", ").append("c").append(i).append(" AS ").append(Sql.quoted(columns.get(i)));
      typed.append(i == 0 ? "" : ", ").append("c").append(i).append(": '").append(switch (type) {
        case INTEGER, NUMBER, BOOLEAN, JSON -> ColumnTypes.name(type);
        // Days and moments stay as they were written.
        case null, default -> ColumnTypes.name(ColumnType.STRING);
      }).append("'");
    }
    // Of an empty file the engine reads no columns.
    String empty = IntStream.range(0, columns.size()).mapToObj("NULL::VARCHAR AS c%d"::formatted)
        .collect(Collectors.joining(", "));
    String source = rows == 0 ? "(SELECT %s) WHERE false".formatted(empty)
        : "read_json('%s', format = 'newline_delimited', columns = {%s})".formatted(file.toString().replace("'", "''"),
            typed);
    return new FileSets.Content(table, Sql.of("SELECT %s FROM %s".formatted(selected, source)));
  }

  @Override
  public void close() {
    try {
      out.close();
      Files.deleteIfExists(file);
    } catch (IOException failure) {
      throw new UncheckedIOException("deleting " + file, failure);
    }
  }
}
