package portrait.processes.rollout;

import java.time.Instant;
import java.util.ArrayDeque;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import portrait.foundation.definitions.Change;
import portrait.foundation.definitions.Definitions;
import portrait.foundation.expressions.Uses;
import portrait.processes.refresh.Stages;
import portrait.stages.activities.Activities;
import portrait.stages.measures.MeasureDefinition;
import portrait.stages.measures.Measures;
import portrait.stages.segments.SegmentDefinition;
import portrait.stages.segments.Segments;

/// Says of segments what is to be expected of them, from what is or would be defined.
record Forecasts(Stages stages, Definitions definitions, Instant now) {

  /// A change of more segments is not counted one by one.
  private static final int COUNTED_MAX = 50;

  Forecast of(SegmentDefinition segment) {
    var estimate = stages.warehouse().read(session -> stages.segments().estimate(session, segment, now));
    return new Forecast(segment.name(), Optional.of(estimate), "", Activities.tablesOf(definitions, reach(segment)));
  }

  /// @param changes that would be made; these definitions are those there would be then
  List<Forecast> of(List<Change> changes) {
    var made = changes.stream().filter(change -> change.action() != Change.Action.UNCHANGED).toList();
    var changed = made.stream().map(change -> change.kind() + "/" + change.name()).collect(Collectors.toSet());
    return made.stream().filter(change -> change.kind().equals(Segments.KIND.name()))
        .flatMap(change -> definitions.one(Segments.KIND, change.name()).stream())
        .filter(segment -> !segment.isStatic()).limit(COUNTED_MAX)
        .map(segment -> of(stages.segments().readingMeasures(segment, definitions), changed)).toList();
  }

  private Forecast of(SegmentDefinition segment, Set<String> changed) {
    var needed = new TreeSet<String>();
    segment.uses().measures().forEach(name -> needed.add("Measure/" + name));
    segment.uses().segments().forEach(name -> needed.add("Segment/" + name));
    needed.retainAll(changed);
    return needed.isEmpty() ? of(segment)
        : new Forecast(segment.name(), Optional.empty(),
            "it builds on %s, which must be saved first".formatted(String.join(", ", needed)),
            Activities.tablesOf(definitions, reach(segment)));
  }

  /// What the rule depends on, by way of measures and other segments, too.
  private Uses reach(SegmentDefinition segment) {
    var measures = definitions.all(Measures.KIND).stream()
        .collect(Collectors.toMap(MeasureDefinition::name, MeasureDefinition::uses));
    var segments = definitions.all(Segments.KIND).stream()
        .collect(Collectors.toMap(SegmentDefinition::name, SegmentDefinition::uses));
    var reach = segment.uses();
    var seen = new HashSet<String>();
    var waiting = new ArrayDeque<>(List.of(segment.uses()));
    while (!waiting.isEmpty()) {
      var uses = waiting.poll();
      // A rule may call a measure like an attribute.
      var next = new ArrayDeque<Uses>();
      uses.measures().stream().filter(measures::containsKey).filter(name -> seen.add("m " + name)).map(measures::get)
          .forEach(next::add);
      uses.attributes().stream().filter(measures::containsKey).filter(name -> seen.add("m " + name)).map(measures::get)
          .forEach(next::add);
      uses.segments().stream().filter(segments::containsKey).filter(name -> seen.add("s " + name)).map(segments::get)
          .forEach(next::add);
      for (var each : next) {
        reach = reach.and(each);
      }
      waiting.addAll(next);
    }
    return reach;
  }
}
