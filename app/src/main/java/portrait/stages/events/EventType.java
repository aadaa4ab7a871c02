package portrait.stages.events;

import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Locale;
import portrait.foundation.model.Problem;

/// What kind of fact an event is. The first six are the calls of the public collection protocol; `ACTIVITY` is a row of
/// a source table that an activity definition maps to the timeline.
public enum EventType {
  TRACK, PAGE, SCREEN, IDENTIFY, GROUP, ALIAS, ACTIVITY;

  /// The type as it is written in messages and answers: `track`.
  @JsonValue
  public String text() {
    return name().toLowerCase(Locale.ROOT);
  }

  /// Reads a type as it is written in messages and answers.
  public static EventType of(String text) {
    for (var type : values()) {
      if (type.text().equals(text)) {
        return type;
      }
    }
    throw Problem.of(Problem.Code.INVALID_EVENT,
        "type must be one of identify, track, page, screen, group, alias but was something else").asException();
  }
}
