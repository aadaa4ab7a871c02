package portrait.foundation.connections;

import java.util.List;
import portrait.foundation.security.Caller;
import portrait.foundation.security.Permission;
import tools.jackson.databind.JsonNode;

/// One saved connection.
///
/// @param type of its connector
/// @param settings as they are written: secrets are references
/// @param mayUse roles, people and keys beside administrators who may export to it
public record ConnectionDefinition(String name, String title, String type, JsonNode settings, List<String> mayUse) {

  public ConnectionDefinition {
    mayUse = List.copyOf(mayUse);
  }

  /// Whether somebody may send customers through it.
  public boolean mayBeUsedBy(Caller caller) {
    return caller.role().allows(Permission.ADMINISTER) || caller.role().allows(Permission.CONTRIBUTE)
        && (mayUse.contains(caller.role().text()) || mayUse.contains(caller.name()));
  }
}
