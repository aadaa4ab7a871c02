package portrait.stages.unification;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import portrait.foundation.definitions.Definitions;
import portrait.foundation.model.Problem;
import portrait.stages.policies.MergePolicy;
import portrait.stages.policies.MergePolicy.How;
import portrait.stages.policies.MergePolicy.Rule;

/// Merge policies ready to use, and what they were made from: definitions answer with the same lists until they change.
///
/// @param policies the one in force first; those that name no order have that of the unified tables
record PoliciesInForce(List<MergePolicy> defined, List<UnificationDefinition> unifications,
    List<MergePolicy> policies) {

  static final PoliciesInForce NONE = of(List.of(), List.of());

  /// This, or what definitions say now.
  PoliciesInForce current(Definitions definitions) {
    var nowDefined = definitions.all(MergePolicy.KIND);
    var nowUnifications = definitions.all(Unification.KIND);
    return nowDefined == defined && nowUnifications == unifications ? this : of(nowDefined, nowUnifications);
  }

  MergePolicy named(String name) {
    return policies.stream().filter(policy -> policy.name().equals(name)).findFirst()
        .orElseThrow(() -> Problem.of(Problem.Code.NOT_FOUND, "there is no merge policy named '%s'".formatted(name),
            "There are %s.".formatted(policies.stream().map(MergePolicy::name).collect(Collectors.joining(", "))))
            .asException());
  }

  private static PoliciesInForce of(List<MergePolicy> defined, List<UnificationDefinition> unifications) {
    var own = unifications.stream().findFirst().map(UnificationDefinition::merge)
        .orElse(new MergePolicy(Unification.POLICY, Unification.POLICY, false,
            new Rule(How.IMPORTANCE, List.of(), false), Map.of(), List.of()));
    var tables = unifications.stream().flatMap(definition -> definition.tables().stream())
        .map(UnificationDefinition.UnifiedTable::table).toList();
    var customId = unifications.stream().flatMap(definition -> definition.customId().stream()).findFirst();
    var all = defined.stream().map(policy -> policy.withOrder(tables))
        .map(policy -> customId.map(id -> policy.with(id.name(), id.rule())).orElse(policy))
        .sorted(Comparator.comparing(MergePolicy::isDefault).reversed().thenComparing(MergePolicy::name))
        .collect(Collectors.toCollection(ArrayList::new));
    boolean isReplaced = !all.isEmpty() && all.getFirst().isDefault();
    all.add(isReplaced ? all.size() : 0, customId.map(id -> own.with(id.name(), id.rule())).orElse(own));
    return new PoliciesInForce(defined, unifications, List.copyOf(all));
  }
}
