package portrait.stages.profiles;

import java.time.Instant;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import portrait.stages.events.Event;

/// Decides which fragment gives each attribute. The whole-table run has the same rules in SQL; keep them together.
final class Merge {

  private static final Comparator<@Nullable Instant> OLDEST_FIRST = Comparator.nullsFirst(Comparator.naturalOrder());
  private static final Comparator<Said> NEWEST_FIRST = Comparator.comparing(Said::at, OLDEST_FIRST).reversed();
  private static final Comparator<Said> OLDEST_SAID_FIRST = Comparator.comparing(Said::at,
      Comparator.nullsLast(Comparator.<Instant>naturalOrder()));

  private final MergePolicy policy;
  private final Map<String, Integer> ranks = new HashMap<>();

  Merge(MergePolicy policy) {
    this.policy = policy;
    for (String source : policy.order()) {
      ranks.putIfAbsent(source, ranks.size());
    }
  }

  Document of(List<Fragment> fragments) {
    var winners = new TreeMap<String, Said>();
    var liveWinners = new TreeMap<String, Said>();
    for (var fragment : fragments) {
      boolean apart = fragment.source().equals(Event.LIVE) && !ranks.containsKey(Event.LIVE);
      fragment.attributes().forEach((name, value) -> {
        var said = new Said(value, fragment.source(), fragment.timeOf(name), fragment.anchor());
        var rule = policy.of(name);
        var side = apart && rule == MergePolicy.Rule.IMPORTANCE ? liveWinners : winners;
        side.merge(name, said, (one, other) -> order(rule).compare(one, other) <= 0 ? one : other);
      });
    }
    liveWinners.forEach((name, said) -> winners.merge(name, said,
        (table, live) -> NEWEST_FIRST.compare(live, table) <= 0 ? live : table));
    var attributes = new TreeMap<String, Document.Value>();
    winners.forEach((name, said) -> Optional.ofNullable(said.value())
        .ifPresent(value -> attributes.put(name, new Document.Value(value, said.source(), said.at()))));
    return new Document(attributes);
  }

  /// The winner first. Total, so that the order of the fragments does not matter.
  private Comparator<Said> order(MergePolicy.Rule rule) {
    Comparator<Said> importance = Comparator.<Said>comparingInt(said -> ranks.getOrDefault(said.source(), ranks.size()))
        .thenComparing(Said::source);
    return switch (rule) {
      case IMPORTANCE -> importance.thenComparing(NEWEST_FIRST).thenComparingLong(Said::anchor);
      case MOST_RECENT -> NEWEST_FIRST.thenComparing(importance).thenComparingLong(Said::anchor);
      case LEAST_RECENT -> OLDEST_SAID_FIRST.thenComparing(importance).thenComparingLong(Said::anchor);
    };
  }

  /// One source's word on one attribute.
  private record Said(@Nullable Object value, String source, @Nullable Instant at, long anchor) {}
}
