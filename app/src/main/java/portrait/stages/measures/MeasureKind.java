package portrait.stages.measures;

import portrait.foundation.definitions.Kind;
import tools.jackson.databind.JsonNode;

final class MeasureKind implements Kind<MeasureDefinition> {

  @Override
  public String name() {
    return "Measure";
  }

  @Override
  public MeasureDefinition parse(String name, JsonNode spec) {
    throw new UnsupportedOperationException();
  }

  @Override
  public String schema() {
    return "{}";
  }
}
