package portrait.stages.segments;

import java.util.List;
import java.util.Optional;

/// Some comings and goings of a segment, newest first.
///
/// @param next hand it in to get older ones; empty after the last
public record ChangePage(List<MembershipChange> changes, Optional<String> next) {

  public ChangePage {
    changes = List.copyOf(changes);
  }
}
