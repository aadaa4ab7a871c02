package portrait.stages.sources;

import java.nio.charset.StandardCharsets;
import java.util.Locale;
import portrait.foundation.model.ColumnType;
import portrait.foundation.model.Yaml;
import portrait.stages.sources.readers.CsvOptions;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;
import tools.jackson.dataformat.yaml.YAMLMapper;
import tools.jackson.dataformat.yaml.YAMLWriteFeature;

/// Writes what was discovered as a `Source` definition.
final class SourceYaml {

  private static final YAMLMapper YAML = Yaml.builder().enable(YAMLWriteFeature.MINIMIZE_QUOTES)
      .disable(YAMLWriteFeature.WRITE_DOC_START_MARKER).enable(YAMLWriteFeature.INDENT_ARRAYS_WITH_INDICATOR).build();

  private SourceYaml() {}

  static String of(Discovery discovery, String source, String table) {
    var definition = JsonNodeFactory.instance.objectNode().put("kind", "Source").put("name", source);
    var one = definition.putObject("spec").put("title", source).putArray("tables").addObject();
    one.put("name", table).put("format", discovery.format().text());
    discovery.csv().ifPresent(csv -> csv(one.putObject("csv"), csv));
    if (discovery.key().size() == 1) {
      one.put("key", discovery.key().getFirst());
    } else {
      discovery.key().forEach(one.putArray("key")::add);
    }
    discovery.updated().ifPresent(updated -> one.put("updated", updated));
    var columns = one.putArray("columns");
    for (var column : discovery.columns()) {
      var written = columns.addObject().put("name", column.name());
      if (column.type() != ColumnType.STRING) {
        written.put("type", column.type().text());
      }
      column.from().ifPresent(from -> written.put("from", from));
      column.format().ifPresent(format -> written.put("format", format));
      column.semantic().ifPresent(semantic -> written.put("semantic", semantic));
      column.identity().ifPresent(identity -> written.put("identity", identity));
    }
    return YAML.writeValueAsString(definition);
  }

  private static void csv(ObjectNode written, CsvOptions csv) {
    csv.delimiter().ifPresent(delimiter -> written.put("delimiter", String.valueOf(delimiter)));
    csv.quote().filter(quote -> quote != '"').ifPresent(
        quote -> written.put("quote", quote == 0 ? "" : String.valueOf(quote)));
    csv.escape().ifPresent(escape -> written.put("escape", String.valueOf(escape)));
    csv.encoding().filter(encoding -> !encoding.equals(StandardCharsets.UTF_8.name()))
        .ifPresent(encoding -> written.put("encoding", encoding.toLowerCase(Locale.ROOT)));
    csv.header().filter(header -> !header).ifPresent(header -> written.put("header", header));
    csv.decimal().ifPresent(decimal -> written.put("decimal", String.valueOf(decimal)));
  }
}
