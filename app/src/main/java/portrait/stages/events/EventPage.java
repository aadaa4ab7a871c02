package portrait.stages.events;

import java.util.List;
import java.util.Optional;

/// Some events, newest first.
///
/// @param next cursor of the following page; absent on the last
public record EventPage(List<Event> events, Optional<String> next) {

  public EventPage {
    events = List.copyOf(events);
  }
}
