package portrait.doors.web;

import java.util.Optional;
import portrait.foundation.definitions.Definition;
import portrait.foundation.model.Yaml;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;
import tools.jackson.dataformat.yaml.YAMLMapper;

/// The definition of a source with one more table: a new source, or one that keeps the tables it has.
final class SourceWithTable {

  private static final YAMLMapper YAML = Yaml.builder().build();

  private SourceWithTable() {}

  /// @param fresh the definition of a source with that table alone
  static String of(Optional<Definition> known, String fresh, String source, String table) {
    if (known.isEmpty()) {
      return fresh;
    }
    var added = YAML.readTree(fresh).path("spec").path("tables").path(0);
    var spec = (ObjectNode) known.get().spec().deepCopy();
    var tables = YAML.createArrayNode();
    for (JsonNode kept : spec.path("tables")) {
      if (!kept.path("name").asString("").equals(table)) {
        tables.add(kept);
      }
    }
    spec.set("tables", tables.add(added));
    var whole = YAML.createObjectNode().put("kind", "Source").put("name", source);
    whole.set("spec", spec);
    return DefinitionText.of(whole);
  }
}
