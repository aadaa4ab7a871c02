package portrait.processes.live;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import portrait.foundation.expressions.Subject;
import portrait.stages.events.PastEvent;
import portrait.stages.profiles.Document;
import tools.jackson.databind.JsonNode;

/// A customer as the evaluator sees them: merged attributes, what happened, and measures once they are computed.
final class CustomerSubject implements Subject {

  private final Document document;
  private final List<PastEvent> history;
  private Map<String, Object> measures = Map.of();

  CustomerSubject(Document document, List<PastEvent> history) {
    this.document = document;
    this.history = history;
  }

  void measured(Map<String, Object> values) {
    measures = values;
  }

  @Override
  public @Nullable Object attribute(String name) {
    Object value = Optional.ofNullable(document.attributes().get(name)).map(Document.Value::value).orElse(null);
    return value instanceof JsonNode json ? json.toString() : value;
  }

  @Override
  public @Nullable Object measure(String name) {
    return measures.get(name);
  }

  /// Memberships are decided segment by segment, by the stage that owns them.
  @Override
  public boolean isMember(String segment) {
    return false;
  }

  @Override
  public List<PastEvent> events() {
    return history;
  }
}
