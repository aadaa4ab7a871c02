package portrait.foundation.expressions;

import java.time.Instant;
import java.util.List;
import java.util.Optional;

/// Why a condition holds for one customer, or does not: the tree of the condition with what was found.
///
/// @param text the condition as text
/// @param holds empty when it is unknown, because a value is missing
/// @param found the facts it looked at, in words: `city is 'Lyon'`, `4 events`
/// @param events ids of the events that counted, oldest first, at most twenty
/// @param changesAt when the answer can change by time alone
/// @param parts the conditions it is made of
public record Explanation(String text, Optional<Boolean> holds, List<String> found, List<String> events,
    Optional<Instant> changesAt, List<Explanation> parts) {

  public Explanation {
    found = List.copyOf(found);
    events = List.copyOf(events);
    parts = List.copyOf(parts);
  }
}
