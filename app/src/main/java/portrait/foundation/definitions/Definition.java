package portrait.foundation.definitions;

import java.time.Instant;
import java.util.function.Consumer;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/// One named resource as it is in force, or as it was at an earlier version.
///
/// @param kind for example `Segment`
/// @param name unique within its kind
/// @param spec what it says; a JSON null in the history where the definition was deleted
/// @param version counted from 1, goes up with every change, deletions included
/// @param appliedBy who applied this version
/// @param revision which change of all definitions made this version: it tells who changed what after whom
public record Definition(String kind, String name, JsonNode spec, int version, Instant appliedAt, String appliedBy,
    long revision) {

  /// A definition as [Definitions#apply] takes it.
  ///
  /// @return JSON
  public static String document(String kind, String name, JsonNode spec) {
    var whole = JsonMapper.shared().createObjectNode().put("kind", kind).put("name", name);
    return whole.set("spec", spec).toString();
  }

  /// This definition with something changed, as [Definitions#apply] takes it.
  ///
  /// @param edit changes a copy of the spec
  /// @return JSON
  public String edited(Consumer<ObjectNode> edit) {
    var changed = (ObjectNode) spec.deepCopy();
    edit.accept(changed);
    return document(kind, name, changed);
  }
}
