package portrait.doors.web;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import portrait.foundation.model.Identity;
import portrait.stages.unification.PairExplanation;

/// Why two records are, or are not, one person: a waterfall.
///
/// @param zero where even odds stand, in percent of the width
public record LikelyPairPage(PairExplanation pair, List<Bar> bars, double zero) {

  /// @param from where the bar begins, in percent of the width
  /// @param width of the bar, in percent
  /// @param label key of the words for the level
  public record Bar(PairExplanation.Step step, double from, double width, String label) {}

  /// Lays the steps beside each other.
  public static LikelyPairPage of(PairExplanation pair) {
    double least = 0;
    double most = 0;
    double sum = 0;
    for (var step : pair.steps()) {
      sum += step.bits();
      least = Math.min(least, sum);
      most = Math.max(most, sum);
    }
    double scale = 100 / Math.max(1, most - least);
    var bars = new ArrayList<Bar>();
    sum = 0;
    for (var step : pair.steps()) {
      double from = Math.min(sum, sum + step.bits());
      bars.add(new Bar(step, (from - least) * scale, Math.max(0.6, Math.abs(step.bits()) * scale),
          level(step.level())));
      sum += step.bits();
    }
    return new LikelyPairPage(pair, bars, -least * scale);
  }

  /// The key of the words for a level.
  static String level(String level) {
    return "level." + level.toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9]+", "_");
  }

  /// The page about a pair.
  public static String url(Identity one, Identity other) {
    return "/unify/pair?namespace=%s&value=%s&otherNamespace=%s&otherValue=%s".formatted(
        CustomersPage.encoded(one.namespace()), CustomersPage.encoded(one.value()),
        CustomersPage.encoded(other.namespace()), CustomersPage.encoded(other.value()));
  }
}
