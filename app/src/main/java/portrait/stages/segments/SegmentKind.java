package portrait.stages.segments;

import portrait.foundation.definitions.Kind;
import tools.jackson.databind.JsonNode;

final class SegmentKind implements Kind<SegmentDefinition> {

  @Override
  public String name() {
    return "Segment";
  }

  @Override
  public SegmentDefinition parse(String name, JsonNode spec) {
    throw new UnsupportedOperationException();
  }

  @Override
  public String schema() {
    return "{}";
  }
}
