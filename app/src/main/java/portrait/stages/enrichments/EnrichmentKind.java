package portrait.stages.enrichments;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;
import portrait.foundation.connections.Connections;
import portrait.foundation.definitions.Definitions;
import portrait.foundation.definitions.Kind;
import portrait.foundation.expressions.Expressions;
import portrait.foundation.expressions.Formula;
import portrait.foundation.expressions.Uses;
import portrait.foundation.model.ColumnType;
import portrait.foundation.model.Problem;
import portrait.foundation.model.ProblemException;
import portrait.stages.consent.Consent;
import portrait.stages.enrichments.EnrichmentDefinition.About;
import portrait.stages.enrichments.EnrichmentDefinition.Input;
import portrait.stages.enrichments.EnrichmentDefinition.Kept;
import portrait.stages.measures.Measures;
import portrait.stages.segments.Segments;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Definitions of kind `Enrichment`. What the provider asks for is checked where providers are known, see [Enrichments].
final class EnrichmentKind implements Kind<EnrichmentDefinition> {

  /** Columns that every output table has. */
  private static final Set<String> TAKEN = Set.of("customerid", "accountid", "enrichedat");
  /** Columns that every customer has. */
  private static final Set<String> OF_CUSTOMERS = Set.of("known", "firstseen", "lastseen", "previouscustomerid");

  @Override
  public String name() {
    return "Enrichment";
  }

  @Override
  public EnrichmentDefinition parse(String name, JsonNode spec) {
    var inputs = new TreeMap<String, Input>();
    spec.path("inputs").forEachEntry((input, text) -> inputs.put(input, input(input, text.asString())));
    var attributes = new LinkedHashMap<String, Kept>();
    boolean isInProfile = spec.path("profile").asBoolean(true);
    var seen = new HashSet<String>();
    spec.path("attributes").forEachEntry((attribute, written) -> {
      String lower = attribute.toLowerCase(Locale.ROOT);
      if (TAKEN.contains(lower) || isInProfile && OF_CUSTOMERS.contains(lower)) {
        throw wrong("attributes has '%s', but every customer has a column of that name".formatted(attribute));
      }
      if (Consent.isAbout(attribute)) {
        throw wrong("attributes has '%s', but only people themselves say what they consent to".formatted(attribute));
      }
      if (!seen.add(lower)) {
        throw wrong("attributes has '%s' twice, ignoring case".formatted(attribute));
      }
      attributes.put(attribute, kept(attribute, written));
    });
    var about = spec.path("about").asString("people").equals("accounts") ? About.ACCOUNTS : About.PEOPLE;
    if (about == About.ACCOUNTS && spec.has("segment")) {
      throw wrong("segment was '%s' but segments are groups of people, and this is about accounts"
          .formatted(spec.path("segment").asString()));
    }
    JsonNode settings = spec.path("settings");
    return new EnrichmentDefinition(name, spec.path("title").asString(name), spec.path("provider").asString(),
        about, text(spec, "connection"), text(spec, "segment"),
        settings.isObject() ? settings : JsonMapper.shared().createObjectNode(), inputs, attributes,
        text(spec, "output").orElse("Enrichment_" + name.replace('-', '_')), isInProfile,
        spec.has("again_after_days") ? OptionalInt.of(spec.path("again_after_days").asInt()) : OptionalInt.empty(),
        spec.path("active").asBoolean(true));
  }

  private static Optional<String> text(JsonNode spec, String name) {
    return Optional.of(spec.path(name).asString("")).filter(text -> !text.isEmpty());
  }

  private static Input input(String name, String text) {
    var formula = placed("inputs." + name, () -> Expressions.formula(text));
    var uses = Expressions.uses(formula);
    if (uses.windowMax().isPresent() || uses.isAnyEvent() || !uses.events().isEmpty() || !uses.segments().isEmpty()) {
      throw wrong("inputs.%s looks at events or segments, but it may look at attributes and measures only"
          .formatted(name));
    }
    return new Input(text, formula);
  }

  private static Kept kept(String name, JsonNode written) {
    String text = written.isString() ? written.asString() : written.path("from").asString();
    var type = written.has("type") ? Optional.of(ColumnType.of(written.path("type").asString()))
        : Optional.<ColumnType>empty();
    return new Kept(text, placed("attributes." + name, () -> Expressions.eventFormula(text)), type);
  }

  private static Formula placed(String path, java.util.function.Supplier<Formula> reading) {
    try {
      return reading.get();
    } catch (ProblemException wrong) {
      throw new ProblemException(new Problem(wrong.problem().code(), path + ": " + wrong.problem().message(),
          wrong.problem().hint(), wrong.problem().details()), wrong);
    }
  }

  private static ProblemException wrong(String message) {
    return Problem.of(Problem.Code.INVALID_DEFINITION, message).asException();
  }

  @Override
  public List<Problem> check(EnrichmentDefinition enrichment, Definitions others) {
    var problems = new ArrayList<String>();
    enrichment.connection().filter(connection -> others.one(Connections.KIND, connection).isEmpty())
        .ifPresent(connection -> problems.add("connection was '%s' but there is none of that name"
            .formatted(connection)));
    enrichment.segment().filter(segment -> others.one(Segments.KIND, segment).isEmpty())
        .ifPresent(segment -> problems.add("segment was '%s' but there is no such segment".formatted(segment)));
    measures(enrichment).filter(measure -> others.one(Measures.KIND, measure).isEmpty())
        .forEach(measure -> problems.add("inputs names the measure '%s' but there is none".formatted(measure)));
    if (enrichment.about() == About.ACCOUNTS) {
      measures(enrichment).forEach(measure -> problems.add(
          "inputs names the measure '%s', but measures are of people, and this is about accounts".formatted(measure)));
    }
    others.all(this).stream().filter(other -> !other.name().equals(enrichment.name())
        && other.output().equalsIgnoreCase(enrichment.output()))
        .forEach(other -> problems.add("output was '%s' but that is the table of enrichment %s"
            .formatted(enrichment.output(), other.name())));
    return problems.stream().map(problem -> Problem.of(Problem.Code.INVALID_DEFINITION, problem)).toList();
  }

  private static Stream<String> measures(EnrichmentDefinition enrichment) {
    return enrichment.inputs().values().stream().map(Input::formula).map(Expressions::uses).map(Uses::measures)
        .flatMap(Set::stream).distinct();
  }

  @Override
  public List<String> uses(EnrichmentDefinition enrichment) {
    return Stream.of(enrichment.connection().stream().map(connection -> Connections.KIND.name() + "/" + connection),
        enrichment.segment().stream().map(segment -> Segments.KIND.name() + "/" + segment),
        measures(enrichment).map(measure -> Measures.KIND.name() + "/" + measure)).flatMap(each -> each).distinct()
        .toList();
  }
}
