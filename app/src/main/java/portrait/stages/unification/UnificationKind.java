package portrait.stages.unification;

import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import portrait.foundation.definitions.Definitions;
import portrait.foundation.definitions.Kind;
import portrait.foundation.expressions.RowCondition;
import portrait.foundation.model.ColumnType;
import portrait.foundation.model.Problem;
import portrait.foundation.model.ProblemException;
import portrait.foundation.model.Schema;
import portrait.stages.events.Event;
import portrait.stages.matching.ProbabilisticRule;
import portrait.stages.consent.Consent;
import portrait.stages.policies.MergePolicy;
import portrait.stages.policies.MergePolicy.How;
import portrait.stages.policies.MergePolicy.Rule;
import portrait.stages.sources.Sources;
import portrait.stages.sources.TableDefinition;
import portrait.stages.unification.UnificationDefinition.Condition;
import portrait.stages.unification.UnificationDefinition.CustomId;
import portrait.stages.unification.UnificationDefinition.CustomMatch;
import portrait.stages.unification.UnificationDefinition.Deduplication;
import portrait.stages.unification.UnificationDefinition.LikelyRule;
import portrait.stages.unification.UnificationDefinition.MatchException;
import portrait.stages.unification.UnificationDefinition.MatchRule;
import portrait.stages.unification.UnificationDefinition.Preference;
import portrait.stages.unification.UnificationDefinition.RulesTried;
import portrait.stages.unification.UnificationDefinition.UnifiedTable;
import portrait.stages.unification.UnificationDefinition.Winner;
import tools.jackson.databind.JsonNode;

/// Reads `Unification` definitions.
final class UnificationKind implements Kind<UnificationDefinition> {

  private static final int BLOCK_SIZE_MAX = 200;

  @Override
  public String name() {
    return "Unification";
  }

  @Override
  public UnificationDefinition parse(String name, JsonNode spec) {
    var tables = new ArrayList<UnifiedTable>();
    var customId = customId(spec.path("custom_id"));
    for (var table : spec.path("tables")) {
      tables.add(table(table, customId));
    }
    var rules = new ArrayList<MatchRule>();
    var likely = new ArrayList<LikelyRule>();
    for (int place = 0; place < spec.path("rules").size(); place++) {
      var rule = spec.path("rules").get(place);
      String path = "rules[%d]".formatted(place);
      if (rule.path("type").asString("conditions").equals("probabilistic")) {
        likely.add(new LikelyRule(rule.path("name").asString(),
            ProbabilisticRule.parse(rule, "Unification %s: %s".formatted(name, path)),
            rule.path("active").asBoolean(true)));
      } else {
        rules.add(rule(name, path, rule));
      }
    }
    rules.addAll(standardRules(tables, rules));
    var custom = new ArrayList<CustomMatch>();
    spec.path("custom").forEach(each -> custom.add(new CustomMatch(
        CustomMatch.Type.valueOf(each.path("type").asString().toUpperCase(Locale.ROOT)),
        each.path("table").asString())));
    var merge = spec.path("merge");
    var order = new ArrayList<String>();
    merge.path("order").forEach(source -> order.add(source.asString()));
    if (order.isEmpty()) {
      tables.forEach(table -> order.add(table.table()));
    }
    var attributes = new LinkedHashMap<String, Rule>();
    merge.path("attributes").properties()
        .forEach(entry -> attributes.put(entry.getKey(), mergeRule(entry.getValue().asString(), order)));
    var definition = new UnificationDefinition(name, tables, rules, likely,
        new MergePolicy(Unification.POLICY, name, false, mergeRule(merge.path("default").asString("importance"), order),
            attributes, List.of()),
        RulesTried.valueOf(spec.path("rules_tried").asString("until_first_hit").toUpperCase(Locale.ROOT)),
        custom, customId, spec.path("live").asBoolean(true), spec.path("block_size_max").asInt(BLOCK_SIZE_MAX));
    checkNames(definition);
    return definition;
  }

  private static Optional<CustomId> customId(JsonNode written) {
    var columns = new LinkedHashMap<String, String>();
    written.path("columns").forEach(each -> columns.putIfAbsent(each.path("table").asString(),
        each.path("column").asString()));
    return written.isObject() ? Optional.of(new CustomId(written.path("name").asString(), columns)) : Optional.empty();
  }

  private static UnifiedTable table(JsonNode table, Optional<CustomId> customId) {
    var attributes = new LinkedHashMap<String, String>();
    table.path("attributes").properties()
        .forEach(entry -> attributes.put(entry.getKey(), entry.getValue().asString()));
    var exclude = new ArrayList<String>();
    table.path("exclude").forEach(column -> exclude.add(column.asString()));
    String where = table.path("where").asString("");
    if (!where.isBlank()) {
      RowCondition.read(where(table.path("table").asString()), where);
    }
    var further = new LinkedHashMap<String, String>();
    customId.ifPresent(id -> Optional.ofNullable(id.columns().get(table.path("table").asString()))
        .ifPresent(column -> further.put(id.name(), column)));
    return new UnifiedTable(table.path("table").asString(), table.path("include_all").asBoolean(true), attributes,
        exclude, further, where.isBlank() ? Optional.empty() : Optional.of(where),
        deduplication(table.path("deduplicate")));
  }

  private static Deduplication deduplication(JsonNode deduplicate) {
    var columns = new LinkedHashMap<String, Preference>();
    deduplicate.path("columns").properties()
        .forEach(entry -> columns.put(entry.getKey(), preference(entry.getValue())));
    return new Deduplication(preference(deduplicate), columns, deduplicate.path("by_default").asBoolean(true));
  }

  /// Written as one word, or with the column that says how recent a row is.
  private static Preference preference(JsonNode preference) {
    String winner = preference.isString() ? preference.asString() : preference.path("winner").asString("most_filled");
    return new Preference(Winner.valueOf(winner.toUpperCase(Locale.ROOT)),
        Optional.ofNullable(preference.path("by").asString(null)));
  }

  /// Rules for tables that have none of their own for duplicates: rows that are equal in every column that the rules use.
  private static List<MatchRule> standardRules(List<UnifiedTable> tables, List<MatchRule> rules) {
    var standard = new ArrayList<MatchRule>();
    for (var table : tables) {
      boolean hasOwn = rules.stream().anyMatch(rule -> rule.isDeduplication() && rule.left().equals(table.table()));
      var columns = rules.stream().filter(MatchRule::active).flatMap(rule -> rule.columns(table.table()).stream())
          .distinct().sorted().toList();
      if (!hasOwn && table.deduplication().byDefault() && !columns.isEmpty()) {
        standard.add(new MatchRule("equal rows of " + table.table(), table.table(), table.table(),
            columns.stream().map(column -> new Condition(column, column, List.of())).toList(), true));
      }
    }
    return standard;
  }

  private static MatchRule rule(String name, String path, JsonNode rule) {
    var conditions = IntStream.range(0, rule.path("conditions").size())
        .mapToObj(
            place -> condition(name, "%s.conditions[%d]".formatted(path, place), rule.path("conditions").get(place)))
        .toList();
    var exceptions = IntStream.range(0, rule.path("exceptions").size())
        .mapToObj(place -> new MatchException(
            condition(name, "%s.exceptions[%d]".formatted(path, place), rule.path("exceptions").get(place)),
            rule.path("exceptions").get(place).path("differs").asBoolean(false)))
        .toList();
    return new MatchRule(rule.path("name").asString(), rule.path("left").asString(), rule.path("right").asString(),
        conditions, exceptions, rule.path("active").asBoolean(true),
        rule.has("live") ? Optional.of(rule.path("live").asBoolean()) : Optional.empty());
  }

  private static Condition condition(String name, String path, JsonNode condition) {
    var normalise = new ArrayList<Normalisation>();
    for (var text : condition.path("normalise")) {
      normalise.add(Normalisation.of(text.asString()).orElseThrow());
    }
    String both = condition.path("column").asString("");
    return new Condition(condition.path("left").asString(both), condition.path("right").asString(both), normalise,
        Comparison.of(condition.path("compare").asString("edits")).orElseThrow(),
        percent(name, path, condition.path("precision")));
  }

  /// Where the condition of a table stands, for messages.
  static String where(String table) {
    return "Unification: where of " + table;
  }

  private static int percent(String name, String path, JsonNode precision) {
    String text = precision.asString("exact");
    int percent = switch (text) {
      case "low" -> 30;
      case "medium" -> 60;
      case "high" -> 80;
      case "exact" -> 100;
      default -> text.matches("[0-9]{1,3}%?") ? Integer.parseInt(text.replace("%", "")) : 0;
    };
    if (percent < 1 || percent > 100) {
      throw wrong(name, "%s.precision was '%s' but must be low, medium, high, exact or 1 to 100".formatted(path, text),
          "low is 30 %, medium 60 %, high 80 % of the longer text without an edit.");
    }
    return percent;
  }

  /// What the schema cannot say: names that must be there or must differ.
  private static void checkNames(UnificationDefinition definition) {
    var tables = definition.tables().stream().map(UnifiedTable::table).toList();
    if (tables.stream().distinct().count() != tables.size()) {
      throw wrong(definition.name(), "tables has the same table twice: " + tables, "Name each table once.");
    }
    var rules = new ArrayList<>(definition.rules().stream().map(MatchRule::name).toList());
    for (var likely : definition.likely()) {
      rules.add(likely.name());
      if (!tables.containsAll(likely.rule().tables())) {
        throw wrong(definition.name(), "rule '%s' has tables %s but must have some of %s".formatted(likely.name(),
            likely.rule().tables(), tables), "Add the table under tables, or correct its name.");
      }
    }
    if (rules.stream().distinct().count() != rules.size()) {
      throw wrong(definition.name(), "rules has the same name twice: " + rules,
          "Give each rule a name of its own: it is shown as the reason of a match.");
    }
    for (var rule : definition.rules()) {
      for (String table : List.of(rule.left(), rule.right())) {
        if (!tables.contains(table)) {
          throw wrong(definition.name(),
              "rule '%s' has table '%s' but must have one of %s".formatted(rule.name(), table,
                  tables),
              "Add the table under tables, or correct its name.");
        }
      }
      for (var condition : rule.allConditions()) {
        if (rule.isDeduplication() && !condition.left().equals(condition.right())) {
          throw wrong(definition.name(),
              "rule '%s' compares '%s' with '%s' within one table but must compare one column with itself"
                  .formatted(rule.name(), condition.left(), condition.right()),
              "Write `column: %s`.".formatted(condition.left()));
        }
      }
    }
    for (String source : definition.merge().standard().order()) {
      if (!tables.contains(source) && !source.equals(Event.LIVE) && !source.startsWith(MergePolicy.ADDED)) {
        throw wrong(definition.name(),
            "merge.order has '%s' but must have only %s and 'live'".formatted(source, tables),
            "Correct the name.");
      }
    }
  }

  /// Tables and columns must exist; columns are known only where the source lists them.
  @Override
  public List<Problem> check(UnificationDefinition definition, Definitions others) {
    var problems = new ArrayList<Problem>();
    others.all(this).stream().filter(other -> !other.name().equals(definition.name())).findFirst()
        .ifPresent(other -> problems.add(wrong(definition.name(),
            "there is a Unification already, '%s', but there must be one".formatted(other.name()),
            "Add the tables to it, or delete it first.").problem()));
    problems.addAll(checkTables(definition, others));
    problems.addAll(checkCustomId(definition, others));
    problems.addAll(checkCompared(definition, others));
    return problems;
  }

  /// Probabilistic rules compare attributes that some table gives. They are known where every source lists its columns.
  private static List<Problem> checkCompared(UnificationDefinition definition, Definitions others) {
    var given = new TreeSet<String>(String.CASE_INSENSITIVE_ORDER);
    for (var table : definition.tables()) {
      var attributes = attributes(table, others);
      if (attributes.isEmpty()) {
        return List.of();
      }
      given.addAll(attributes);
    }
    return definition.likely().stream().flatMap(likely -> Stream.concat(likely.rule().fields().stream()
        .flatMap(field -> field.attributes().stream()), likely.rule().blocks().stream().flatMap(List::stream))
        .distinct().filter(attribute -> !given.contains(attribute))
        .map(attribute -> wrong(definition.name(), "rule '%s' compares '%s', which no table gives"
            .formatted(likely.name(), attribute), "The tables give %s.".formatted(given)).problem()))
        .toList();
  }

  /// Its tables take part, and its name is its own.
  private static List<Problem> checkCustomId(UnificationDefinition definition, Definitions others) {
    var problems = new ArrayList<Problem>();
    definition.customId().ifPresent(id -> {
      var tables = definition.tables().stream().map(UnifiedTable::table).toList();
      id.columns().keySet().stream().filter(table -> !tables.contains(table)).forEach(table -> problems.add(
          wrong(definition.name(), "custom_id.columns has table '%s' but must have some of %s".formatted(table, tables),
              "Add the table under tables, or correct its name.").problem()));
      boolean isTaken = CustomerTable.RESERVED.contains(id.name().toLowerCase(Locale.ROOT))
          || definition.tables().stream().flatMap(table -> attributes(table, others).stream())
              .anyMatch(id.name()::equalsIgnoreCase);
      if (isTaken) {
        problems.add(wrong(definition.name(), "custom_id.name was '%s' but must be a name that no attribute has"
            .formatted(id.name()), "Choose another name, or leave that attribute out.").problem());
      }
    });
    return problems;
  }

  /// What a table gives, as far as its source lists it.
  private static List<String> attributes(UnifiedTable table, Definitions others) {
    return attributes(table, others, _ -> List.of());
  }

  /// What a table gives: attributes whose columns are there.
  ///
  /// @param loaded columns of a table whose source lists none
  static List<String> attributes(UnifiedTable table, Definitions others,
      Function<String, Collection<String>> loaded) {
    var source = others.all(Sources.KIND).stream().flatMap(found -> found.tables().stream())
        .filter(found -> found.fullName().equals(table.table())).findFirst();
    if (source.isEmpty()) {
      return List.of();
    }
    var listed = source.get().columns().isEmpty() ? loaded.apply(table.table())
        : source.get().columns().stream().map(column -> column.name()).toList();
    var named = table.attributes().isEmpty()
        ? listed.stream().filter(column -> table.exclude().stream().noneMatch(column::equalsIgnoreCase))
        : table.attributes().entrySet().stream()
            .filter(entry -> listed.isEmpty() || listed.stream().anyMatch(entry.getValue()::equalsIgnoreCase))
            .map(Map.Entry::getKey);
    return Stream.concat(named, source.get().columns().stream().flatMap(column -> column.consent().stream())
        .map(Consent::attribute)).toList();
  }

  List<Problem> checkTables(UnificationDefinition definition, Definitions others) {
    var problems = new ArrayList<Problem>();
    for (var custom : definition.custom()) {
      if (others.all(Sources.KIND).stream().flatMap(found -> found.tables().stream())
          .noneMatch(found -> found.fullName().equals(custom.table()))) {
        problems.add(wrong(definition.name(), "custom has '%s', which no Source defines".formatted(custom.table()),
            "Apply the Source with it, in the same file or before.").problem());
      }
    }
    for (var table : definition.tables()) {
      var source = others.all(Sources.KIND).stream().flatMap(found -> found.tables().stream())
          .filter(found -> found.fullName().equals(table.table())).findFirst();
      if (source.isEmpty()) {
        problems.add(wrong(definition.name(), "tables has '%s', which no Source defines".formatted(table.table()),
            "Apply the Source with it, in the same file or before.").problem());
      } else {
        problems.addAll(missingColumns(definition, table, source.get()));
      }
    }
    return problems;
  }

  private static List<Problem> missingColumns(UnificationDefinition definition, UnifiedTable table,
      TableDefinition source) {
    if (source.columns().isEmpty()) {
      return List.of();
    }
    var schema = new Schema(source.columns().stream().map(column -> Schema.Column.of(column.name(), column.type()))
        .toList());
    var used = new ArrayList<>(table.attributes().values());
    used.addAll(table.further().values());
    for (var rule : definition.rules()) {
      used.addAll(rule.columns(table.table()));
    }
    used.addAll(table.exclude());
    used.addAll(table.deduplication().columns().keySet());
    table.deduplication().preference().by().ifPresent(used::add);
    table.deduplication().columns().values().forEach(preference -> preference.by().ifPresent(used::add));
    table.where().ifPresent(where -> used.addAll(RowCondition.read(where(table.table()), where).columns()));
    var problems = new ArrayList<>(used.stream().distinct().filter(column -> schema.column(column).isEmpty())
        .map(column -> wrong(definition.name(), "%s has no column '%s'".formatted(table.table(), column),
            "It has %s.".formatted(source.columns().stream().map(known -> known.name()).toList())).problem())
        .toList());
    definition.rules().forEach(rule -> rule.roughColumns(table.table()).stream()
        .flatMap(column -> schema.column(column).stream()).filter(column -> column.type() != ColumnType.STRING)
        .forEach(column -> problems.add(wrong(definition.name(),
            "rule '%s' compares %s of %s roughly, but it is a %s".formatted(rule.name(), column.name(), table.table(),
                column.type().text()),
            "Only text can be nearly the same. Write `precision: exact`.").problem())));
    return problems;
  }

  @Override
  public List<String> uses(UnificationDefinition definition) {
    return Stream.concat(definition.tables().stream().map(UnifiedTable::table),
        definition.custom().stream().map(CustomMatch::table))
        .map(table -> "Source/" + table.substring(0, table.indexOf('.'))).distinct().toList();
  }

  private static Rule mergeRule(String text, List<String> order) {
    return new Rule(How.valueOf(text.toUpperCase(Locale.ROOT)), order, false);
  }

  private static ProblemException wrong(String name, String what, String hint) {
    return Problem.of(Problem.Code.INVALID_DEFINITION, "Unification %s: %s".formatted(name, what), hint).asException();
  }
}
