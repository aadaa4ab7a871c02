package portrait.processes.retention;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import portrait.foundation.definitions.Definitions;
import portrait.foundation.expressions.Span;
import portrait.foundation.expressions.Uses;
import portrait.stages.measures.Measures;
import portrait.stages.segments.Segments;

/// How far back segments and measures look.
final class Windows {

  private Windows() {}

  /// Those that look further back than the rule keeps things, each with how far.
  static List<String> beyond(RetentionRule rule, Definitions definitions) {
    var found = new ArrayList<String>();
    for (var segment : definitions.all(Segments.KIND)) {
      add(found, "Segment " + segment.name(), segment.uses(), rule);
    }
    for (var measure : definitions.all(Measures.KIND)) {
      add(found, "Measure " + measure.name(), measure.uses(), rule);
    }
    return found;
  }

  private static void add(List<String> found, String name, Uses uses, RetentionRule rule) {
    boolean isBeyond = rule.visitors().filter(visitors -> reaches(uses, visitors.idle(), Set.of())).isPresent()
        || rule.events().filter(events -> reaches(uses, events.olderThan(), events.names())).isPresent();
    if (isBeyond) {
      found.add("%s (%s)".formatted(name, uses.isLifetime() ? "all the past" : uses.windowMax().orElseThrow()));
    }
  }

  private static boolean reaches(Uses uses, Span kept, Set<String> names) {
    boolean looksAtThem = names.isEmpty() || uses.isAnyEvent() || !Collections.disjoint(uses.events(), names);
    boolean looksBeyond = uses.isLifetime()
        || uses.windowMax().filter(window -> window.secondsMax() > kept.secondsMax()).isPresent();
    return looksAtThem && looksBeyond;
  }
}
