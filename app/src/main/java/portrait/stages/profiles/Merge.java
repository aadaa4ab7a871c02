package portrait.stages.profiles;

import java.time.Instant;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import portrait.stages.consent.Status;
import portrait.stages.events.Event;
import portrait.stages.policies.MergePolicy;
import portrait.stages.policies.MergePolicy.Group;
import portrait.stages.policies.MergePolicy.Rule;

/// Decides which fragment gives each attribute. The whole-table run has the same rules in SQL; keep them together.
final class Merge {

  private static final Comparator<@Nullable Instant> OLDEST_FIRST = Comparator.nullsFirst(Comparator.naturalOrder());
  private static final Comparator<Said> NEWEST_FIRST = Comparator.comparing(Said::at, OLDEST_FIRST).reversed();
  private static final Comparator<Said> OLDEST_SAID_FIRST = Comparator.comparing(Said::at,
      Comparator.nullsLast(Comparator.<Instant>naturalOrder()));

  private static final Comparator<Said> STRICTEST_FIRST = Comparator.<Said, Status>comparing(
      said -> Status.of(said.value())).reversed();

  private final MergePolicy policy;

  Merge(MergePolicy policy) {
    this.policy = policy;
  }

  Document of(List<Fragment> fragments) {
    var attributes = new TreeMap<String, Document.Value>();
    alone(fragments).forEach((_, said) -> said.into(attributes));
    for (var group : policy.groups()) {
      Said winner = null;
      Said live = null;
      for (var fragment : fragments) {
        var said = together(fragment, group);
        if (said.isPresent() && group.rule().takes(fragment.source())) {
          if (isApart(fragment, group.rule())) {
            live = better(group.rule(), live, said.get());
          } else {
            winner = better(group.rule(), winner, said.get());
          }
        }
      }
      weighed(winner, live).ifPresent(said -> said.into(attributes));
    }
    return new Document(attributes);
  }

  /// The winner of each attribute that is in no group.
  private Map<String, Said> alone(List<Fragment> fragments) {
    var winners = new HashMap<String, Said>();
    var liveWinners = new HashMap<String, Said>();
    for (var fragment : fragments) {
      fragment.attributes().forEach((name, value) -> {
        var rule = policy.of(name);
        if (rule.takes(fragment.source()) && policy.groupOf(name).isEmpty()) {
          var said = new Said(name, value, Map.of(), fragment.source(), fragment.timeOf(name), fragment.anchor());
          (isApart(fragment, rule) ? liveWinners : winners).merge(name, said,
              (one, other) -> better(rule, one, other));
        }
      });
    }
    liveWinners.forEach((name, said) -> winners.merge(name, said, Merge::later));
    return winners;
  }

  private static boolean isApart(Fragment fragment, Rule rule) {
    return fragment.source().equals(Event.LIVE) && rule.weighsLiveByTime();
  }

  /// What a fragment says about the attributes of a group, as of the newest of them; empty when it says nothing.
  private static Optional<Said> together(Fragment fragment, Group group) {
    var values = new HashMap<String, @Nullable Object>();
    Instant at = null;
    for (String name : group.attributes()) {
      if (fragment.attributes().containsKey(name)) {
        values.put(name, fragment.attributes().get(name));
        Instant own = fragment.timeOf(name);
        at = OLDEST_FIRST.compare(own, at) > 0 ? own : at;
      }
    }
    return values.isEmpty() ? Optional.empty()
        : Optional.of(new Said("", null, values, fragment.source(), at, fragment.anchor()));
  }

  private static Said better(Rule rule, @Nullable Said one, Said other) {
    return one == null || order(rule).compare(other, one) < 0 ? other : one;
  }

  private static Optional<Said> weighed(@Nullable Said table, @Nullable Said live) {
    return table == null || live == null ? Stream.of(Optional.ofNullable(table), Optional.ofNullable(live))
        .flatMap(Optional::stream).findFirst() : Optional.of(later(table, live));
  }

  private static Said later(Said table, Said live) {
    return NEWEST_FIRST.compare(live, table) <= 0 ? live : table;
  }

  /// The winner first. Total, so that the order of the fragments does not matter.
  private static Comparator<Said> order(Rule rule) {
    Comparator<Said> importance = Comparator.<Said>comparingInt(said -> rule.rank(said.source()))
        .thenComparing(Said::source);
    return switch (rule.how()) {
      case IMPORTANCE -> importance.thenComparing(NEWEST_FIRST).thenComparingLong(Said::anchor);
      case MOST_RECENT -> NEWEST_FIRST.thenComparing(importance).thenComparingLong(Said::anchor);
      case STRICT -> NEWEST_FIRST.thenComparing(STRICTEST_FIRST).thenComparing(importance)
          .thenComparingLong(Said::anchor);
      case LEAST_RECENT -> OLDEST_SAID_FIRST.thenComparing(importance).thenComparingLong(Said::anchor);
    };
  }

  /// One source's word on one attribute, or on the attributes of a group.
  ///
  /// @param name empty for a group
  /// @param together the attributes of the group that it speaks of
  private record Said(String name, @Nullable Object value, Map<String, @Nullable Object> together, String source,
      @Nullable Instant at, long anchor) {

    void into(Map<String, Document.Value> attributes) {
      if (name.isEmpty()) {
        together.forEach((attribute, of) -> put(attributes, attribute, of));
      } else {
        put(attributes, name, value);
      }
    }

    private void put(Map<String, Document.Value> attributes, String attribute, @Nullable Object of) {
      if (of != null) {
        attributes.put(attribute, new Document.Value(Objects.requireNonNull(of), source, at));
      }
    }
  }
}
