package portrait.doors.web;

import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import portrait.foundation.expressions.Explanation;
import portrait.stages.segments.Estimate;

/// A segment being written: its form, whom it would fit, and the words a rule can use.
///
/// @param purpose what members must agree to; empty for what counts by default
/// @param purposes to choose from
/// @param offered the attributes, measures, segments and events there are
public record SegmentBuilderPage(String name, String title, String description, String rule, String timeZone,
    String tags, String purpose, List<String> purposes, Guess guess, List<Offer> offered) {

  /// What is known about the rule as it is written now.
  ///
  /// @param estimate empty while the rule is empty or wrong
  /// @param mistakes what is wrong with it
  /// @param sample a few of those it fits
  /// @param late events it looks at that come with the load of a table, and those tables
  public record Guess(Optional<Estimate> estimate, List<String> mistakes, List<Fitting> sample,
      SortedMap<String, Set<String>> late) {

    static final Guess NOTHING = wrong(List.of());

    static Guess wrong(List<String> mistakes) {
      return new Guess(Optional.empty(), mistakes, List.of(), new TreeMap<>());
    }
  }

  /// Somebody the rule fits.
  ///
  /// @param why empty when they are gone since the last refresh
  public record Fitting(CustomersPage.Card card, Optional<Explanation> why) {}

  /// @param kind a key of the messages
  public record Offer(String kind, List<Word> words) {}

  /// @param text what is put into the rule
  public record Word(String label, String text) {}
}
