package portrait.doors.web;

import portrait.foundation.definitions.Definition;
import portrait.foundation.model.Yaml;
import tools.jackson.databind.JsonNode;
import tools.jackson.dataformat.yaml.YAMLMapper;
import tools.jackson.dataformat.yaml.YAMLWriteFeature;

/// Definitions as people write them.
final class DefinitionText {

  private static final YAMLMapper YAML = Yaml.builder().enable(YAMLWriteFeature.MINIMIZE_QUOTES)
      .enable(YAMLWriteFeature.INDENT_ARRAYS_WITH_INDICATOR).disable(YAMLWriteFeature.WRITE_DOC_START_MARKER)
      .disable(YAMLWriteFeature.SPLIT_LINES).build();

  private DefinitionText() {}

  static String of(JsonNode node) {
    return YAML.writeValueAsString(node).stripTrailing();
  }

  static String of(Definition definition) {
    var whole = YAML.createObjectNode().put("kind", definition.kind()).put("name", definition.name());
    whole.set("spec", definition.spec());
    return of(whole);
  }
}
