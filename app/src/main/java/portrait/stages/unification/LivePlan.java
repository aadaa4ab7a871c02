package portrait.stages.unification;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import portrait.stages.unification.LiveRule.Standing;
import portrait.stages.unification.UnificationDefinition.Condition;
import portrait.stages.unification.UnificationDefinition.MatchRule;
import portrait.stages.unification.UnificationDefinition.RulesTried;
import portrait.stages.unification.UnificationDefinition.UnifiedTable;

/// Which rules of a definition count between two refreshes, and what they read.
final class LivePlan {

  /// Of a key that stands for what an application sent.
  static final int SENT = -1;
  /** Each event about one of them looks at all of them. */
  static final int SHARED_MAX = 50;
  static final LivePlan NOTHING = new LivePlan(List.of());

  private final List<UnificationDefinition> definitions;
  private final Optional<UnificationDefinition> definition;
  private final Map<Integer, MatchRule> rules = new LinkedHashMap<>();
  private final List<LiveRule> standings = new ArrayList<>();
  private final Set<String> read = new HashSet<>();

  private LivePlan(List<UnificationDefinition> definitions) {
    this.definitions = definitions;
    this.definition = definitions.stream().findFirst();
    definition.ifPresent(this::sort);
  }

  /// The same plan for as long as the definitions are the same list.
  LivePlan current(List<UnificationDefinition> now) {
    return now == definitions ? this : new LivePlan(now);
  }

  private void sort(UnificationDefinition of) {
    var waiting = new HashSet<Set<String>>();
    for (int number = 0; number < of.rules().size(); number++) {
      var rule = of.rules().get(number);
      var tables = Set.copyOf(List.of(rule.left(), rule.right()).stream().distinct().toList());
      var standing = standing(of, rule, waiting.contains(tables));
      if (standing == Standing.LIVE) {
        rules.put(number, rule);
        for (boolean left : new boolean[]{true, false}) {
          rule.allConditions().forEach(condition -> read.addAll(attributes(rule, condition, left)));
        }
      } else if (standing != Standing.INACTIVE && !rule.isDeduplication()
          && of.rulesTried() == RulesTried.UNTIL_FIRST_HIT) {
        waiting.add(tables);
      }
      standings.add(new LiveRule(rule.name(), standing, 0));
    }
    of.likely().forEach(rule -> standings.add(new LiveRule(rule.name(),
        rule.active() ? Standing.PROBABILISTIC : Standing.INACTIVE, 0)));
  }

  private static Standing standing(UnificationDefinition of, MatchRule rule, boolean isBehind) {
    if (!rule.active()) {
      return Standing.INACTIVE;
    }
    if (!of.live() || !rule.live().orElse(true)) {
      return Standing.SWITCHED_OFF;
    }
    if (!rule.hasExact() && rule.live().isEmpty()) {
      return Standing.NO_EXACT_CONDITION;
    }
    return isBehind ? Standing.EARLIER_RULE_WAITS : Standing.LIVE;
  }

  /// Those that count, by their place in the definition.
  Map<Integer, MatchRule> rules() {
    return rules;
  }

  /// All rules of the definition.
  List<LiveRule> standings() {
    return standings;
  }

  /// Whether a rule that counts looks at one of these attributes.
  boolean reads(Set<String> attributes) {
    for (String attribute : attributes) {
      if (read.contains(attribute)) {
        return true;
      }
    }
    return false;
  }

  boolean isEmpty() {
    return rules.isEmpty();
  }

  /// A value that more records share is left to the refresh.
  int sharedMax() {
    return Math.min(SHARED_MAX, definition.map(UnificationDefinition::blockSizeMax).orElse(0));
  }

  boolean stopsAtFirstHit() {
    return definition.filter(found -> found.rulesTried() == RulesTried.UNTIL_FIRST_HIT).isPresent();
  }

  /// The place of the table that a namespace names the rows of; empty for any other namespace.
  Optional<Integer> rank(String namespace) {
    var tables = definition.map(UnificationDefinition::tables).orElse(List.of());
    return IntStream.range(0, tables.size()).filter(place -> tables.get(place).table().equals(namespace)).boxed()
        .findFirst();
  }

  /// Which attributes an application may say a column's value by, the best first.
  List<String> attributes(MatchRule rule, Condition condition, boolean left) {
    String column = left ? condition.left() : condition.right();
    var table = unified(left ? rule.left() : rule.right());
    if (table.attributes().isEmpty()) {
      return table.exclude().stream().anyMatch(column::equalsIgnoreCase) ? List.of() : List.of(column);
    }
    return table.attributes().entrySet().stream().filter(entry -> entry.getValue().equalsIgnoreCase(column))
        .map(Map.Entry::getKey).sorted().toList();
  }

  private UnifiedTable unified(String table) {
    return definition.orElseThrow().tables().stream().filter(each -> each.table().equals(table)).findFirst()
        .orElseThrow();
  }

  /// A text that is another one whenever keys that were made before are worth nothing now.
  String fingerprint() {
    if (rules.isEmpty()) {
      return "";
    }
    return rules.entrySet().stream()
        .map(entry -> entry.getKey() + " " + entry.getValue().left() + " " + entry.getValue().right() + " "
            + entry.getValue().conditions() + entry.getValue().exceptions())
        .collect(Collectors.joining(" | ", "", " | "))
        + definition.orElseThrow().tables().stream().map(table -> table.table() + new TreeMap<>(table.attributes())
            + table.exclude().stream().sorted().toList() + table.where().orElse(""))
            .collect(Collectors.joining(" "))
        + " " + sharedMax() + stopsAtFirstHit();
  }
}
