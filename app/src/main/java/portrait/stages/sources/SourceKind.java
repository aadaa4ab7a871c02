package portrait.stages.sources;

import portrait.foundation.definitions.Kind;
import tools.jackson.databind.JsonNode;

/// Reads `Source` definitions.
final class SourceKind implements Kind<SourceDefinition> {

  @Override
  public String name() {
    return "Source";
  }

  @Override
  public SourceDefinition parse(String name, JsonNode spec) {
    throw new UnsupportedOperationException();
  }

  @Override
  public String schema() {
    throw new UnsupportedOperationException();
  }
}
