package portrait.stages.events;

import java.time.Instant;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/// An event as the live evaluator sees it. Its properties are parsed only when somebody asks for one, because most
/// conditions are decided by name and time.
public final class PastEvent {

  private final String id;
  private final String name;
  private final EventType type;
  private final Instant at;
  private final String text;
  private @Nullable ObjectNode properties;

  PastEvent(String id, String name, EventType type, Instant at, String text) {
    this.id = id;
    this.name = name;
    this.type = type;
    this.at = at;
    this.text = text;
  }

  public String id() {
    return id;
  }

  public String name() {
    return name;
  }

  public EventType type() {
    return type;
  }

  public Instant at() {
    return at;
  }

  public ObjectNode properties() {
    ObjectNode known = properties;
    if (known == null) {
      known = EventJson.object(text);
      properties = known;
    }
    return known;
  }
}
