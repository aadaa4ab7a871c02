package portrait.stages.engagement;

import java.util.function.Consumer;

/// A place that mail and meetings are read from.
@FunctionalInterface
public interface Correspondence {

  /// Hands on everything that is there, in any order; what is there several times is counted once.
  Reading read(Consumer<Encounter> use);

  /// How far it could be read.
  ///
  /// @param placesRead files, or mailboxes
  /// @param placesUnread mailboxes that could not be read
  /// @param entriesUnread messages and meetings that could not be understood
  record Reading(long placesRead, long placesUnread, long entriesUnread) {}
}
