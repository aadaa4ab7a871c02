package portrait.foundation.connections;

import portrait.foundation.definitions.Kind;
import portrait.foundation.security.Permission;
import portrait.foundation.security.Role;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/// Definitions of kind `Connection`. What fits a connector is checked where the connectors are known, see [Connections].
final class ConnectionKind implements Kind<ConnectionDefinition> {

  @Override
  public String name() {
    return "Connection";
  }

  @Override
  public Permission permission() {
    return Permission.ADMINISTER;
  }

  @Override
  public ConnectionDefinition parse(String name, JsonNode spec) {
    JsonNode settings = spec.path("settings");
    return new ConnectionDefinition(name, spec.path("title").asString(name), spec.path("type").asString(),
        settings.isObject() ? settings : JsonMapper.shared().createObjectNode(),
        spec.path("may_use").valueStream().map(JsonNode::asString).distinct().toList());
  }

  /// Whoever does not administer sees what it is called and what it leads to, no more.
  @Override
  public JsonNode shown(JsonNode spec, Role role) {
    if (role.allows(Permission.ADMINISTER) || !spec.isObject()) {
      return spec;
    }
    var brief = ((ObjectNode) spec).deepCopy();
    brief.retain("title", "type");
    return brief;
  }
}
