package portrait.doors.web;

import static portrait.doors.http.Access.needs;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import portrait.doors.http.Answer;
import portrait.doors.http.Door;
import portrait.doors.http.Request;
import portrait.doors.http.Routes;
import portrait.foundation.definitions.Definition;
import portrait.foundation.definitions.Definitions;
import portrait.foundation.jobs.Progress;
import portrait.foundation.model.Problem;
import portrait.foundation.model.ProblemException;
import portrait.foundation.security.Permission;
import portrait.stages.matching.MatchEngine;
import portrait.stages.matching.ProbabilisticRule;
import portrait.stages.matching.SemanticType;
import portrait.stages.sources.ColumnDefinition;
import portrait.stages.sources.Sources;
import portrait.stages.unification.RulePreview;
import portrait.stages.unification.Unification;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// A probabilistic rule as a form: what is compared and how, which pairs are looked at, from where on they match; and
/// what it would find.
final class LikelyRules implements Door {

  static final String ADDRESS = "/unify/likely";
  private static final int FIELDS_MAX = 40;
  private static final int EMPTY_FIELDS = 2;

  private final Renderer renderer;
  private final Unification unification;
  private final Definitions definitions;
  private final Sources sources;

  LikelyRules(Renderer renderer, Unification unification, Definitions definitions, Sources sources) {
    this.renderer = renderer;
    this.unification = unification;
    this.definitions = definitions;
    this.sources = sources;
  }

  @Override
  public void routes(Routes routes) {
    routes.get(ADDRESS, needs(Permission.VIEW).withPatience(), this::rule);
    routes.post(ADDRESS, needs(Permission.CONTRIBUTE).withPatience(), this::edit);
  }

  private Answer rule(Request request) {
    int place = request.query("place", -1, Integer.MAX_VALUE, -1);
    var rules = needed().spec().path("rules");
    if (place >= rules.size() || place >= 0 && !isLikely(rules.get(place))) {
      throw Problem.of(Problem.Code.NOT_FOUND, "there is no probabilistic rule %d".formatted(place + 1),
          "Rules are listed on the page Unify.").asException();
    }
    var rule = place >= 0 ? rules.get(place) : fresh();
    return form(request, place, rule, Optional.empty(), Optional.empty());
  }

  static boolean isLikely(JsonNode rule) {
    return rule.path("type").asString("conditions").equals("probabilistic");
  }

  /// A new rule compares what the names of the attributes tell.
  private ObjectNode fresh() {
    var rule = JsonMapper.shared().createObjectNode();
    var compare = rule.putArray("compare");
    for (var field : ProbabilisticRule.suggested(attributes())) {
      var written = compare.addObject();
      if (field.attributes().size() == 1) {
        written.put("attribute", field.attributes().getFirst());
      } else {
        written.put("name", field.name()).set("attributes", texts(field.attributes().stream()));
      }
      written.put("type", field.type().text());
    }
    return rule;
  }

  /// Shows what the rule would find, or saves it. What was written stays in the form until it is saved.
  private Answer edit(Request request) {
    int place = Integer.parseInt(request.form("place").filter(text -> text.matches("-?[0-9]{1,4}")).orElse("-1"));
    var rule = written(request);
    try {
      if (request.form("do").filter("save"::equals).isEmpty()) {
        return form(request, place, rule, Optional.of(unification.preview(rule, Progress.silent())), Optional.empty());
      }
      definitions.apply(needed().edited(spec -> {
        var rules = spec.withArray("rules");
        if (place >= 0 && place < rules.size()) {
          rules.set(place, rule);
        } else {
          rules.add(rule);
        }
      }), request.caller().name(), Editing.of(request));
      return Renderer.done("/unify", renderer.text(request).of("rule.saved", rule.path("name").asString()));
    } catch (ProblemException refused) {
      return form(request, place, rule, Optional.empty(), Optional.of(refused.problem()));
    }
  }

  private static ObjectNode written(Request request) {
    var rule = JsonMapper.shared().createObjectNode();
    rule.put("name", request.form("name").orElse("").strip());
    rule.put("type", "probabilistic");
    if (request.form("active").isEmpty()) {
      rule.put("active", false);
    }
    var tables = request.form("tables").map(LikelyRules::names).orElse(List.of()).stream()
        .filter(table -> request.form("table." + table).isPresent()).toList();
    if (!tables.isEmpty() && tables.size() < request.form("tables").map(LikelyRules::names).orElse(List.of()).size()) {
      rule.set("tables", texts(tables.stream()));
    }
    var compare = JsonMapper.shared().createArrayNode();
    for (int number = 0; number < FIELDS_MAX; number++) {
      field(request, "f" + number).ifPresent(compare::add);
    }
    if (!compare.isEmpty()) {
      rule.set("compare", compare);
    }
    var blocks = JsonMapper.shared().createArrayNode();
    request.form("blocks").orElse("").lines().map(LikelyRules::names).filter(block -> !block.isEmpty())
        .forEach(block -> blocks.add(texts(block.stream())));
    if (!blocks.isEmpty()) {
      rule.set("blocks", blocks);
    }
    request.form("pairs").filter(pairs -> !pairs.equals("all")).ifPresent(pairs -> rule.put("pairs", pairs));
    request.form("threshold").map(String::strip).filter(text -> !text.isEmpty()).ifPresent(text -> {
      if (text.matches("[0-9]{0,3}(\\.[0-9]{1,9})?")) {
        rule.put("threshold", Double.parseDouble(text));
      } else {
        rule.put("threshold", text);
      }
    });
    if (request.form("relatives").filter("no"::equals).isPresent()) {
      rule.put("relatives", false);
    }
    return rule;
  }

  /// A row without attributes is left out: that is how one is taken away.
  private static Optional<ObjectNode> field(Request request, String key) {
    var attributes = request.form(key + ".attributes").map(LikelyRules::names).orElse(List.of());
    if (attributes.isEmpty()) {
      return Optional.empty();
    }
    var field = JsonMapper.shared().createObjectNode();
    request.form(key + ".name").map(String::strip)
        .filter(name -> !name.isEmpty() && !name.equals(attributes.getFirst()))
        .ifPresent(name -> field.put("name", name));
    if (attributes.size() == 1) {
      field.put("attribute", attributes.getFirst());
    } else {
      field.set("attributes", texts(attributes.stream()));
    }
    request.form(key + ".type").filter(type -> !type.isEmpty()).ifPresent(type -> field.put("type", type));
    request.form(key + ".shared").filter(shared -> !shared.isEmpty())
        .ifPresent(shared -> field.put("shared", shared.equals("yes")));
    return Optional.of(field);
  }

  private static List<String> names(String text) {
    return Stream.of(text.split(",", -1)).map(String::strip).filter(name -> !name.isEmpty()).toList();
  }

  private static ArrayNode texts(Stream<String> texts) {
    var array = JsonMapper.shared().createArrayNode();
    texts.forEach(array::add);
    return array;
  }

  private Answer form(Request request, int place, JsonNode rule, Optional<RulePreview> preview,
      Optional<Problem> problem) {
    var chosen = new HashSet<String>();
    rule.path("tables").forEach(table -> chosen.add(table.asString()));
    var tables = new ArrayList<LikelyRulePage.Table>();
    needed().spec().path("tables").forEach(table -> {
      String name = table.path("table").asString("");
      tables.add(new LikelyRulePage.Table(name, chosen.isEmpty() || chosen.contains(name)));
    });
    var blocks = new ArrayList<String>();
    rule.path("blocks").forEach(block -> blocks.add(joined(block)));
    var page = new LikelyRulePage(place, rule.path("name").asString(""), rule.path("active").asBoolean(true), tables,
        fields(rule.path("compare")), attributes(), types(), String.join("\n", blocks),
        rule.path("pairs").asString("all"), rule.path("threshold").asString(""), rule.path("relatives").asBoolean(true),
        preview);
    var text = renderer.text(request);
    return problem.isPresent()
        ? renderer.page(request, "likelyRule", page.title(text), "unify", page, problem.get())
        : renderer.page(request, "likelyRule", page.title(text), "unify", page);
  }

  private static String joined(JsonNode list) {
    return list.valueStream().map(JsonNode::asString).collect(Collectors.joining(", "));
  }

  private static List<LikelyRulePage.Field> fields(JsonNode compare) {
    var fields = new ArrayList<LikelyRulePage.Field>();
    for (var field : compare) {
      String attributes = field.has("attribute") ? field.path("attribute").asString()
          : joined(field.path("attributes"));
      fields.add(new LikelyRulePage.Field("f" + fields.size(), field.path("name").asString(""), attributes,
          field.path("type").asString(""),
          field.has("shared") ? field.path("shared").asBoolean(false) ? "yes" : "no" : ""));
    }
    for (int number = 0; number < EMPTY_FIELDS; number++) {
      fields.add(new LikelyRulePage.Field("f" + fields.size(), "", "", "", ""));
    }
    return fields;
  }

  private static List<LikelyRulePage.Type> types() {
    return Arrays.stream(SemanticType.values()).map(type -> new LikelyRulePage.Type(type.text(),
        MatchEngine.levels(type).stream()
            .map(level -> new LikelyRulePage.Level(LikelyPairPage.level(level), level)).toList()))
        .toList();
  }

  private List<String> attributes() {
    return List.copyOf(Unification.attributes(definitions, table -> sources.table(table)
        .map(state -> state.columns().stream().map(ColumnDefinition::name).toList()).orElse(List.of())));
  }

  private Definition needed() {
    return definitions.list(Unification.KIND.name()).stream().findFirst().orElseThrow(() -> Problem.of(
        Problem.Code.NOT_FOUND, "there is no Unification yet", "Define one with its tables first.").asException());
  }
}
