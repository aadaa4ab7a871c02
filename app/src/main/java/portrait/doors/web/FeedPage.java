package portrait.doors.web;

import java.util.List;

/// The feed for Excel, Power BI and programs.
///
/// @param address where it is
/// @param assistants where they ask
/// @param sets what is in it
public record FeedPage(String address, String assistants, List<EntitySet> sets) {

  public FeedPage {
    sets = List.copyOf(sets);
  }

  /// @param says what its rows are
  public record EntitySet(String name, String says) {}
}
