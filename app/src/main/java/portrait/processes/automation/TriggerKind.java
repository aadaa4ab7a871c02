package portrait.processes.automation;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;
import portrait.foundation.connections.Connections;
import portrait.foundation.definitions.Definitions;
import portrait.foundation.definitions.Kind;
import portrait.foundation.model.Problem;
import portrait.processes.automation.TriggerDefinition.Bound;
import portrait.processes.automation.TriggerDefinition.When;
import portrait.stages.measures.MeasureTable;
import portrait.stages.measures.Measures;
import portrait.stages.segments.Segments;
import portrait.stages.sources.Sources;
import tools.jackson.databind.JsonNode;

/// Definitions of kind `Trigger`.
final class TriggerKind implements Kind<TriggerDefinition> {

  private static final List<String> MEMBERS = List.of("source", "segment", "measure", "above", "below");

  @Override
  public String name() {
    return "Trigger";
  }

  @Override
  public TriggerDefinition parse(String name, JsonNode spec) {
    var when = When.valueOf(spec.path("when").asString().toUpperCase(Locale.ROOT));
    var wrong = MEMBERS.stream().filter(spec::has).filter(member -> !belongs(when, member)).toList();
    if (!wrong.isEmpty()) {
      throw Problem.of(Problem.Code.INVALID_DEFINITION,
          "it has %s, which says nothing with when: %s".formatted(String.join(" and ", wrong), when.text()))
          .asException();
    }
    if (when.hasBound() && spec.has("above") == spec.has("below")) {
      throw Problem.of(Problem.Code.INVALID_DEFINITION, spec.has("above")
          ? "it has both above and below but must have one of them"
          : "it has neither above nor below but must have one of them").asException();
    }
    var about = when.member().map(member -> spec.path(member).asString("")).filter(text -> !text.isEmpty());
    if (when.hasBound() && about.isEmpty()) {
      throw Problem.of(Problem.Code.INVALID_DEFINITION, "%s is missing".formatted(when.member().orElseThrow()))
          .asException();
    }
    var bound = !when.hasBound() ? Optional.<Bound>empty()
        : Optional.of(spec.has("above") ? new Bound(spec.path("above").asDouble(), true)
            : new Bound(spec.path("below").asDouble(), false));
    return new TriggerDefinition(name, spec.path("title").asString(name), when, about, bound,
        spec.path("connection").asString(), spec.path("active").asBoolean(true));
  }

  private static boolean belongs(When when, String member) {
    return when.member().filter(member::equals).isPresent()
        || when.hasBound() && (member.equals("above") || member.equals("below"));
  }

  @Override
  public List<Problem> check(TriggerDefinition trigger, Definitions others) {
    var problems = new ArrayList<Problem>();
    trigger.about().ifPresent(about -> {
      String kind = kind(trigger.when());
      if (others.find(kind, about).isEmpty()) {
        problems.add(Problem.of(Problem.Code.INVALID_DEFINITION, "%s was '%s' but there is none of that name"
            .formatted(trigger.when().member().orElseThrow(), about)));
      } else if (trigger.when() == When.MEASURE_VALUE && others.one(Measures.KIND, about)
          .filter(measure -> measure instanceof MeasureTable table && table.isOfBusiness()
              && table.dimensions().isEmpty())
          .isEmpty()) {
        problems.add(Problem.of(Problem.Code.INVALID_DEFINITION,
            "measure was '%s', which has a value for each customer or dimension".formatted(about),
            "Choose a measure of the business without dimensions."));
      }
    });
    return problems;
  }

  private static String kind(When when) {
    return switch (when) {
      case SOURCE_FAILED, SOURCE_LOADED -> Sources.KIND.name();
      case SEGMENT_SIZE -> Segments.KIND.name();
      case MEASURE_VALUE -> Measures.KIND.name();
      case REFRESH_ENDED, UNIFICATION_ENDED -> throw new IllegalArgumentException("it is about nothing by name");
    };
  }

  @Override
  public List<String> uses(TriggerDefinition trigger) {
    return Stream.concat(Stream.of(Connections.KIND.name() + "/" + trigger.connection()),
        trigger.about().map(about -> kind(trigger.when()) + "/" + about).stream()).toList();
  }
}
