package portrait.stages.events;

import com.fasterxml.jackson.annotation.JsonIgnore;
import java.time.Instant;
import java.util.List;
import portrait.foundation.model.Identity;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/// One thing somebody did, as it is kept and shown.
///
/// @param id the message id, by which repeats are recognised; for an activity `table|key`
/// @param name the event's name; for a page or screen its name, or "Page Viewed", "Screen Viewed"; for an identify "Identify"
/// @param timestamp when it happened, corrected for a client clock that is wrong
/// @param receivedAt when it reached us
/// @param source who sent it, for example `live`, or the source table of an activity
/// @param identities every name the person carried in this event
/// @param properties what is known about the event; the traits of an identify or group
/// @param context where it happened (page, device, campaign, library); kept, but not part of the look-up answer
public record Event(String id, EventType type, String name, Instant timestamp, Instant receivedAt, String source,
    List<Identity> identities, ObjectNode properties, @JsonIgnore ObjectNode context) {

  /// Source name of events and traits that came through a collection call.
  public static final String LIVE = "live";

  public Event {
    identities = List.copyOf(identities);
  }

  /// The same event about other identities.
  Event withIdentities(List<Identity> others) {
    return new Event(id, type, name, timestamp, receivedAt, source, others, properties, context);
  }

  /// An event from the columns that hold JSON.
  public static Event stored(String id, EventType type, String name, Instant timestamp, Instant receivedAt,
      String source, List<Identity> identities, String properties, String context) {
    return new Event(id, type, name, timestamp, receivedAt, source, identities, EventJson.object(properties),
        EventJson.object(context));
  }

  /// An event without context.
  public Event(String id, EventType type, String name, Instant timestamp, Instant receivedAt, String source,
      List<Identity> identities, ObjectNode properties) {
    this(id, type, name, timestamp, receivedAt, source, identities, properties,
        new ObjectNode(JsonNodeFactory.instance));
  }
}
