package portrait.processes.refresh;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import portrait.foundation.definitions.Definition;
import portrait.foundation.definitions.Definitions;
import portrait.foundation.model.Problem;
import portrait.foundation.model.ProblemException;
import portrait.stages.measures.MeasureDefinition;
import portrait.stages.measures.Measures;
import portrait.stages.policies.MergePolicy;
import portrait.stages.segments.SegmentDefinition;
import portrait.stages.segments.Segments;
import portrait.stages.sources.ColumnDefinition;
import portrait.stages.sources.Sources;
import portrait.stages.sources.TableDefinition;
import portrait.stages.sources.TableState;
import portrait.stages.unification.Unification;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// Refuses to take away an attribute that others use, whichever way it would go: its column, its table, its mapping or
/// the whole Unification. Everybody who uses it is named at once, beside those who use the column itself.
public final class ChangeGuard {

  private final Stages stages;
  private final Definitions definitions;

  private ChangeGuard(Stages stages, Definitions definitions) {
    this.stages = stages;
    this.definitions = definitions;
  }

  /// From now on.
  static void guard(Definitions definitions, Stages stages) {
    var guard = new ChangeGuard(stages, definitions);
    definitions.guard(Unification.KIND, (_, _, others) -> guard.lost(others));
    definitions.guardDeletion(Unification.KIND, (_, _, others) -> guard.lost(others));
    // Where the Unification changes as well, its own guard sees both.
    definitions.guard(Sources.KIND, (_, _, others) -> others.all(Unification.KIND).equals(definitions.all(
        Unification.KIND)) ? guard.lost(others) : List.of());
    stages.sources().guard((table, columns) -> wrongWithout(definitions, stages.sources(), table, columns));
  }

  /// What a source could not lose a table, or a column of it, for: everything that would be wrong then, in words.
  ///
  /// @throws ProblemException `not_found` when there is no such source or table, `invalid_parameter` for a column that the
  ///         table does not have
  public static List<String> dependants(Definitions definitions, Sources sources, String source, String table,
      Optional<String> column) {
    var present = present(definitions, source);
    var one = table(present.spec(), source, table);
    if (column.isPresent()) {
      var columns = columns(one, sources, source + "." + table);
      if (columns.stream().noneMatch(each -> isNamed(each, column.get()))) {
        throw Problem.of(Problem.Code.INVALID_PARAMETER,
            "column was '%s', which %s.%s does not have".formatted(column.get(), source, table),
            "It has %s.".formatted(columns.stream().map(ChangeGuard::name).toList())).asException();
      }
      return wrongWithout(definitions, sources, source + "." + table, List.of(column.get()));
    }
    var spec = (ObjectNode) present.spec().deepCopy();
    var tables = (ArrayNode) spec.path("tables");
    if (tables.size() == 1) {
      return wrong(() -> definitions.without(Sources.KIND.name(), source));
    }
    tables.removeIf(each -> name(each).equals(table));
    return wrong(() -> definitions.diff(Definition.document(Sources.KIND.name(), source, spec)));
  }

  /// Everything that would be wrong if a table lost some columns.
  ///
  /// @param table its full name
  private static List<String> wrongWithout(Definitions definitions, Sources sources, String table,
      List<String> columns) {
    String source = table.substring(0, table.indexOf('.'));
    var spec = (ObjectNode) present(definitions, source).spec().deepCopy();
    var one = table(spec, source, table.substring(source.length() + 1));
    var left = columns(one, sources, table).stream()
        .filter(each -> columns.stream().noneMatch(column -> isNamed(each, column))).toList();
    // As if the source listed what is left, also where it takes whatever the file holds.
    one.putArray("columns").addAll(left);
    return wrong(() -> definitions.diff(Definition.document(Sources.KIND.name(), source, spec)));
  }

  private static List<String> wrong(Runnable change) {
    try {
      change.run();
      return List.of();
    } catch (ProblemException refused) {
      var problem = refused.problem();
      return problem.code() == Problem.Code.CONFLICT ? List.of(problem.message())
          : problem.details().entrySet().stream().sorted(Map.Entry.comparingByKey()).map(Map.Entry::getValue).toList();
    }
  }

  private static Definition present(Definitions definitions, String source) {
    return definitions.find(Sources.KIND.name(), source).orElseThrow(() -> Problem.of(Problem.Code.NOT_FOUND,
        "there is no Source named '%s'".formatted(source), "").asException());
  }

  private static ObjectNode table(JsonNode spec, String source, String table) {
    return (ObjectNode) spec.path("tables").valueStream().filter(each -> name(each).equals(table)).findFirst()
        .orElseThrow(() -> Problem.of(Problem.Code.NOT_FOUND, "source %s has no table '%s'".formatted(source, table),
            "").asException());
  }

  /// Those that the source lists, else those that were loaded.
  private static List<JsonNode> columns(JsonNode table, Sources sources, String fullName) {
    if (!table.path("columns").isEmpty()) {
      return table.path("columns").valueStream().toList();
    }
    return sources.table(fullName).map(TableState::columns).orElse(List.of()).stream()
        .filter(column -> !column.name().equals(TableDefinition.LINE_NUMBER))
        .<JsonNode>map(column -> JsonMapper.shared().createObjectNode().put("name", column.name()).put("type",
            column.type().text()))
        .toList();
  }

  private static String name(JsonNode named) {
    return named.path("name").asString("");
  }

  private static boolean isNamed(JsonNode column, String name) {
    return name(column).equalsIgnoreCase(name);
  }

  private List<Problem> lost(Definitions others) {
    var columns = stages.sources().tables().stream().collect(Collectors.<TableState, String, Collection<String>>toMap(
        TableState::fullName, table -> table.columns().stream().map(ColumnDefinition::name).toList()));
    var before = Unification.attributes(definitions, table -> columns.getOrDefault(table, List.of()));
    var after = Unification.attributes(others, table -> columns.getOrDefault(table, List.of()));
    var measures = others.all(Measures.KIND).stream().map(MeasureDefinition::name).toList();
    var problems = new ArrayList<Problem>();
    for (String attribute : before) {
      if (!after.contains(attribute) && !measures.contains(attribute)) {
        var users = users(attribute, others);
        boolean isSent = !users.isEmpty()
            && stages.database().read(transaction -> stages.profiles().isSent(transaction, attribute));
        if (!users.isEmpty() && !isSent) {
          problems.add(Problem.of(Problem.Code.INVALID_DEFINITION,
              "attribute '%s' would be gone, but it is used by %s".formatted(attribute, String.join(", ", users)),
              "Change those first, or together with it."));
        }
      }
    }
    return problems;
  }

  private static Collection<String> users(String attribute, Definitions others) {
    var users = new TreeSet<String>();
    others.all(Segments.KIND).stream().filter(SegmentDefinition::isActive)
        .filter(segment -> segment.uses().attributes().contains(attribute))
        .forEach(segment -> users.add("Segment " + segment.name()));
    others.all(Measures.KIND).stream().filter(measure -> measure.uses().attributes().contains(attribute))
        .forEach(measure -> users.add("Measure " + measure.name()));
    others.all(MergePolicy.KIND).stream().filter(policy -> named(policy).anyMatch(attribute::equals))
        .forEach(policy -> users.add("MergePolicy " + policy.name()));
    others.all(Unification.KIND).stream().filter(unification -> named(unification.merge()).anyMatch(attribute::equals))
        .forEach(unification -> users.add("Unification " + unification.name()));
    return users;
  }

  private static Stream<String> named(MergePolicy policy) {
    return Stream.concat(policy.attributes().keySet().stream(),
        policy.groups().stream().map(MergePolicy.Group::attributes).flatMap(List::stream));
  }
}
