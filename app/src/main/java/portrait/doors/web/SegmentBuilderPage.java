package portrait.doors.web;

import java.util.List;
import java.util.Optional;
import portrait.stages.segments.Estimate;

/// A segment being written: its form, whom it would fit, and the words a rule can use.
///
/// @param offered the attributes, measures, segments and events there are
public record SegmentBuilderPage(String name, String title, String description, String rule, String timeZone,
    String tags, Guess guess, List<Offer> offered) {

  /// What is known about the rule as it is written now.
  ///
  /// @param estimate empty while the rule is empty or wrong
  /// @param mistakes what is wrong with it
  /// @param sample a few of those it fits
  public record Guess(Optional<Estimate> estimate, List<String> mistakes, List<CustomersPage.Card> sample) {

    static final Guess NOTHING = new Guess(Optional.empty(), List.of(), List.of());
  }

  /// @param kind a key of the messages
  public record Offer(String kind, List<Word> words) {}

  /// @param text what is put into the rule
  public record Word(String label, String text) {}
}
