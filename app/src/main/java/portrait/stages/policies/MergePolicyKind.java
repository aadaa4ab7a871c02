package portrait.stages.policies;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Stream;
import portrait.foundation.definitions.Definitions;
import portrait.foundation.definitions.Kind;
import portrait.foundation.model.Problem;
import portrait.stages.events.Event;
import portrait.stages.policies.MergePolicy.Group;
import portrait.stages.policies.MergePolicy.How;
import portrait.stages.policies.MergePolicy.Rule;
import portrait.stages.sources.Sources;
import portrait.stages.sources.TableDefinition;
import tools.jackson.databind.JsonNode;

/// Definitions of kind `MergePolicy`.
final class MergePolicyKind implements Kind<MergePolicy> {

  private static final String ENRICHMENT = "Enrichment";
  /// The policy that the `merge` of the Unification stands for.
  private static final String RESERVED = "unification";

  @Override
  public String name() {
    return "MergePolicy";
  }

  @Override
  public MergePolicy parse(String name, JsonNode spec) {
    if (name.equals(RESERVED)) {
      throw wrong(name, "the name is taken by the merge of the Unification", "Choose another name.").asException();
    }
    var order = texts(spec.path("order"));
    boolean listedOnly = isListedOnly(spec);
    var standard = new Rule(how(spec.path("rule").asString("importance")), order, listedOnly);
    var attributes = new LinkedHashMap<String, Rule>();
    spec.path("attributes").properties()
        .forEach(entry -> attributes.put(entry.getKey(), rule(entry.getValue(), standard)));
    var groups = new ArrayList<Group>();
    spec.path("groups").forEach(group -> groups.add(new Group(texts(group.path("attributes")),
        rule(group, standard))));
    refuseTwoRules(name, attributes.keySet(), groups);
    return new MergePolicy(name, spec.path("title").asString(name), spec.path("default").asBoolean(false), standard,
        attributes, groups);
  }

  /// A rule is one word, or an object that says more.
  private static Rule rule(JsonNode written, Rule standard) {
    if (written.isString()) {
      return new Rule(how(written.asString()), standard.order(), standard.listedOnly());
    }
    var how = written.has("rule") ? how(written.path("rule").asString()) : standard.how();
    var order = written.has("order") ? texts(written.path("order")) : standard.order();
    return new Rule(how, order, written.has("others") ? isListedOnly(written) : standard.listedOnly());
  }

  private static boolean isListedOnly(JsonNode written) {
    return written.path("others").asString("last").equals("left_out");
  }

  private static How how(String word) {
    return How.valueOf(word.toUpperCase(Locale.ROOT));
  }

  private static List<String> texts(JsonNode list) {
    return list.valueStream().map(JsonNode::asString).distinct().toList();
  }

  private static void refuseTwoRules(String name, Set<String> attributes, List<Group> groups) {
    var seen = new HashSet<>(attributes);
    for (var group : groups) {
      for (String attribute : group.attributes()) {
        if (!seen.add(attribute)) {
          throw wrong(name, "attribute '%s' has two rules but must have one".formatted(attribute),
              "Name it under attributes, or in one of the groups.").asException();
        }
      }
    }
  }

  /// One default there is, and every source that is listed exists.
  @Override
  public List<Problem> check(MergePolicy policy, Definitions others) {
    var problems = new ArrayList<Problem>();
    if (policy.isDefault()) {
      others.all(this).stream().filter(other -> other.isDefault() && !other.name().equals(policy.name())).findFirst()
          .ifPresent(other -> problems.add(wrong(policy.name(),
              "default was 'true' but %s is the default".formatted(other.name()),
              "Apply both together, the other with `default: false`.")));
    }
    var known = Stream.concat(others.all(Sources.KIND).stream().flatMap(source -> source.tables().stream())
        .map(TableDefinition::fullName), enrichments(others)).toList();
    listed(policy).stream().filter(source -> !source.equals(Event.LIVE) && !known.contains(source))
        .forEach(source -> problems.add(wrong(policy.name(),
            "order has '%s' but must have only source tables, enrichments and 'live'".formatted(source),
            known.isEmpty() ? "No Source is defined yet." : "The tables are %s.".formatted(String.join(", ", known)))));
    return problems;
  }

  /// Enrichments come later than policies, so they are known by name only.
  private static Stream<String> enrichments(Definitions others) {
    return others.kinds().contains(ENRICHMENT)
        ? others.list(ENRICHMENT).stream().map(each -> MergePolicy.ADDED + each.name())
        : Stream.of();
  }

  @Override
  public List<String> uses(MergePolicy policy) {
    return listed(policy).stream().filter(source -> source.indexOf('.') > 0)
        .map(source -> source.startsWith(MergePolicy.ADDED)
            ? ENRICHMENT + "/" + source.substring(MergePolicy.ADDED.length())
            : "Source/" + source.substring(0, source.indexOf('.')))
        .distinct().toList();
  }

  private static Set<String> listed(MergePolicy policy) {
    var listed = new LinkedHashSet<>(policy.standard().order());
    Stream.concat(policy.attributes().values().stream(), policy.groups().stream().map(Group::rule))
        .forEach(rule -> listed.addAll(rule.order()));
    return listed;
  }

  private static Problem wrong(String name, String what, String hint) {
    return Problem.of(Problem.Code.INVALID_DEFINITION, "MergePolicy %s: %s".formatted(name, what), hint);
  }
}
