package portrait.foundation.filesets;

import java.time.temporal.ChronoUnit;
import java.util.Locale;
import portrait.foundation.filesets.FileSet.Table;
import portrait.foundation.model.ColumnType;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/// What is written last: which files there are, with how many rows, and what their columns are.
final class Indexes {

  private static final JsonMapper JSON = JsonMapper.shared();

  private Indexes() {}

  /// Whether a manifest was written by this run.
  static boolean isOf(FileSets.Run run, String index) {
    try {
      var written = JSON.readTree(index);
      return written.path("run").asString("").equals(run.id().toString())
          || written.path("modifiedTime").asString("").equals(moment(run));
    } catch (JacksonException _) {
      return false;
    }
  }

  /// As exactly as the profile store keeps it.
  private static String moment(FileSets.Run run) {
    return run.startedAt().truncatedTo(ChronoUnit.MICROS).toString();
  }

  static String manifest(FileSet set, FileSets.Run run, Layout layout) {
    var manifest = JSON.createObjectNode().put("export", run.export()).put("run", run.id().toString())
        .put("startedAt", run.startedAt().toString()).put("full", run.isFull())
        .put("format", layout.format().name().toLowerCase(Locale.ROOT))
        .put("compression", layout.compression().name().toLowerCase(Locale.ROOT)).put("rows", set.rows());
    var tables = manifest.putArray("tables");
    for (var table : set.tables()) {
      var written = tables.addObject().put("name", table.name()).put("rows", table.rows());
      var columns = written.putArray("columns");
      table.columns().forEach(column -> columns.addObject().put("name", column.name())
          .put("type", column.type().name().toLowerCase(Locale.ROOT)));
    }
    var files = manifest.putArray("files");
    set.parts().forEach(part -> files.addObject().put("name", part.name()).put("table", part.table())
        .put("rows", part.rows()).put("bytes", part.bytes()).put("sha256", part.sha256()));
    return manifest.toPrettyString();
  }

  /// The format of the Common Data Model folder, as Customer Insights writes it.
  static String model(FileSet set, FileSets.Run run, String address) {
    var model = JSON.createObjectNode().put("name", run.export()).put("version", "1.0")
        .put("modifiedTime", moment(run));
    var entities = model.putArray("entities");
    set.tables().forEach(table -> entity(entities.addObject(), table, set, address));
    return model.toPrettyString();
  }

  private static void entity(ObjectNode entity, Table table, FileSet set, String address) {
    entity.put("$type", "LocalEntity").put("name", table.name());
    var attributes = entity.putArray("attributes");
    table.columns().forEach(column -> attributes.addObject().put("name", column.name())
        .put("dataType", dataType(column.type())));
    var partitions = entity.putArray("partitions");
    set.parts().stream().filter(part -> part.table().equals(table.name())).forEach(part -> {
      var partition = partitions.addObject().put("name", part.name().substring(part.name().lastIndexOf('/') + 1))
          .put("location", address + part.name());
      partition.putObject("fileFormatSettings").put("$type", "CsvFormatSettings").put("columnHeaders", true)
          .put("delimiter", ",").put("quoteStyle", "QuoteStyle.Csv").put("csvStyle", "CsvStyle.QuoteAlways")
          .put("encoding", "UTF-8");
      var annotations = partition.putArray("annotations");
      annotations.addObject().put("name", "rows").put("value", String.valueOf(part.rows()));
      annotations.addObject().put("name", "sha256").put("value", part.sha256());
    });
  }

  private static String dataType(ColumnType type) {
    return switch (type) {
      case STRING, JSON -> "string";
      case INTEGER -> "int64";
      case NUMBER -> "double";
      case BOOLEAN -> "boolean";
      case DATE -> "date";
      case TIMESTAMP -> "dateTime";
    };
  }
}
