package portrait.doors.web;

import static portrait.doors.http.Access.needs;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Predicate;
import portrait.doors.http.Answer;
import portrait.doors.http.Door;
import portrait.doors.http.Request;
import portrait.doors.http.Routes;
import portrait.foundation.database.Database;
import portrait.foundation.definitions.Definition;
import portrait.foundation.definitions.Definitions;
import portrait.foundation.jobs.Progress;
import portrait.foundation.model.Identity;
import portrait.foundation.model.Problem;
import portrait.foundation.model.ProblemException;
import portrait.foundation.security.Permission;
import portrait.foundation.security.Security;
import portrait.processes.refresh.Refresh;
import portrait.stages.identity.IdentityGraph;
import portrait.stages.sources.Sources;
import portrait.stages.unification.Comparison;
import portrait.stages.unification.LikelyReport;
import portrait.stages.unification.MatchReport;
import portrait.stages.unification.Normalisation;
import portrait.stages.unification.RulePreview;
import portrait.stages.unification.LiveMatching;
import portrait.stages.unification.LiveRule;
import portrait.stages.unification.Unification;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// How tables become one: results, rules in their order, one rule as a form with a preview.
final class Unify implements Door {

  private static final String KIND = "Unification";
  private static final int CONDITIONS_MAX = 20;

  private final Renderer renderer;
  private final Unification unification;
  private final LiveMatching matching;
  private final Definitions definitions;
  private final Sources sources;
  private final Refresh refresh;
  private final Security security;
  private final Database database;
  private final IdentityGraph identities;

  Unify(Renderer renderer, Unification unification, LiveMatching matching, Definitions definitions, Sources sources,
      Refresh refresh,
      Security security, Database database, IdentityGraph identities) {
    this.database = database;
    this.identities = identities;
    this.renderer = renderer;
    this.unification = unification;
    this.matching = matching;
    this.definitions = definitions;
    this.sources = sources;
    this.refresh = refresh;
    this.security = security;
  }

  @Override
  public void routes(Routes routes) {
    var view = needs(Permission.VIEW);
    var contribute = needs(Permission.CONTRIBUTE);
    routes.get("/unify", view, this::results);
    routes.post("/unify/run", contribute, this::run);
    routes.get("/unify/difference", view.withPatience(), this::difference);
    routes.get("/unify/pair", view.withPatience(), this::pair);
    routes.get("/unify/rule", view.withPatience(), this::rule);
    routes.post("/unify/rule", contribute.withPatience(), this::edit);
    routes.post("/unify/rules/{place}/{action}", contribute, this::arrange);
  }

  private Answer results(Request request) {
    var found = definition();
    var report = unification.lastMatch();
    var tables = new ArrayList<UnifyPage.Table>();
    var rules = new ArrayList<UnifyPage.Rule>();
    var live = database.read(matching::rules);
    found.ifPresent(definition -> {
      var all = definition.spec().path("rules");
      for (var table : definition.spec().path("tables")) {
        String name = table.path("table").asString();
        long own = count(all, rule -> isAbout(rule, name));
        tables.add(new UnifyPage.Table(name, table.path("include_all").asBoolean(true), (int) own, report
            .flatMap(last -> last.tables().stream().filter(each -> each.table().equals(name)).findFirst())));
      }
      for (int place = 0; place < all.size(); place++) {
        rules.add(rule(place, all.get(place), report, tables, live));
      }
    });
    return renderer.page(request, "unify", renderer.text(request).of("nav.unify"), "unify",
        new UnifyPage(found.map(Definition::name).orElse(""), report, unification.lastChanges(), tables, rules,
            tables.stream().map(UnifyPage.Table::table).toList(),
            unification.lastLikely().map(LikelyReport::rules).orElse(List.of())));
  }

  /// Why two records are, or are not, one person.
  private Answer pair(Request request) {
    var one = Identity.asked(request.query("namespace").orElse(""), request.query("value").orElse(""));
    var other = Identity.asked(request.query("otherNamespace").orElse(""), request.query("otherValue").orElse(""));
    var text = renderer.text(request);
    var found = unification.explain(one, other).orElseThrow(() -> Problem.of(Problem.Code.NOT_FOUND,
        text.of("likely.notKept"), text.of("likely.notKeptText")).asException());
    return renderer.page(request, "likelyPair", text.of("likely.pair"), "unify", LikelyPairPage.of(found));
  }

  /// Whether a rule looks at a table; a probabilistic one that names none looks at all of them.
  private static boolean isAbout(JsonNode rule, String table) {
    return LikelyRules.isLikely(rule)
        ? rule.path("tables").isEmpty()
            || rule.path("tables").valueStream().anyMatch(each -> each.asString("").equals(table))
        : rule.path("left").asString("").equals(table) || rule.path("right").asString("").equals(table);
  }

  private static long count(JsonNode all, Predicate<JsonNode> which) {
    long count = 0;
    for (var each : all) {
      count += which.test(each) ? 1 : 0;
    }
    return count;
  }

  private static UnifyPage.Rule rule(int place, JsonNode rule, Optional<MatchReport> report,
      List<UnifyPage.Table> tables, List<LiveRule> live) {
    String name = rule.path("name").asString("");
    var summary = new ArrayList<String>();
    rule.path("conditions").forEach(condition -> summary.add(summary(condition)));
    rule.path("compare").forEach(field -> summary.add("≈ " + field.path("name")
        .asString(field.path("attribute").asString(field.path("attributes").path(0).asString("")))));
    rule.path("exceptions").forEach(exception -> summary.add(
        (exception.path("differs").asBoolean(false) ? "≠ " : "¬ ") + summary(exception)));
    String left = rule.path("left").asString("");
    String right = rule.path("right").asString("");
    long rows = tables.stream().filter(table -> table.table().equals(left) || table.table().equals(right))
        .reduce((_, last) -> last).flatMap(UnifyPage.Table::result).map(MatchReport.TableResult::rows).orElse(0L);
    return new UnifyPage.Rule(place, name, left, right, rule.path("active").asBoolean(true), summary, rows, report
        .flatMap(last -> last.rules().stream().filter(each -> each.rule().equals(name)).findFirst()),
        live.stream().filter(each -> each.name().equals(name)).findFirst());
  }

  /// `Mail = Email`, `Name ≈ Name 80`.
  private static String summary(JsonNode condition) {
    String both = condition.path("column").asString("");
    String precision = condition.path("precision").asString("exact");
    boolean isExact = precision.equals("exact");
    String left = condition.path("left").asString(both);
    String right = condition.path("right").asString(both);
    return left.equals(right) && isExact ? left
        : "%s %s %s%s".formatted(left, isExact ? "=" : "≈", right, isExact ? "" : " · " + precision);
  }

  private Answer difference(Request request) {
    var found = unification.difference(Optional.empty(), database, identities, Progress.silent());
    return renderer.page(request, "difference", renderer.text(request).of("difference.title"), "unify", found);
  }

  private Answer run(Request request) {
    String text = request.form("scope").orElse("everything");
    try {
      var scope = Arrays.stream(Refresh.Scope.values())
          .filter(each -> each.name().toLowerCase(Locale.ROOT).equals(text)).findFirst()
          .orElse(Refresh.Scope.EVERYTHING);
      var id = refresh.unify(scope, request.caller().name());
      security.audit("unification started", id.toString(), text);
      return Renderer.done("/jobs/" + id, renderer.text(request).of("unify.started"));
    } catch (ProblemException refused) {
      return Renderer.failed("/unify", refused.problem());
    }
  }

  private Answer rule(Request request) {
    int place = request.query("place", -1, Integer.MAX_VALUE, -1);
    var rules = needed().spec().path("rules");
    if (place >= rules.size()) {
      throw Problem.of(Problem.Code.NOT_FOUND, "there is no rule %d".formatted(place + 1),
          "Rules are listed on the page Unify.").asException();
    }
    if (place >= 0 && LikelyRules.isLikely(rules.get(place))) {
      return Answer.seeOther(LikelyRules.ADDRESS + "?place=" + place);
    }
    String left = request.query("left").orElse("");
    String right = request.query("right").orElse("");
    if (place < 0 && (left.isBlank() || right.isBlank())) {
      // There the tables of a new rule are chosen.
      return Answer.seeOther("/unify");
    }
    var rule = place >= 0 ? rules.get(place)
        : JsonMapper.shared().createObjectNode().put("left", left).put("right", right);
    return form(request, place, rule, Optional.empty(), Optional.empty());
  }

  /// Shows what the rule would find, or saves it. What was written stays in the form until it is saved.
  private Answer edit(Request request) {
    int place = Integer.parseInt(request.form("place").filter(text -> text.matches("-?[0-9]{1,4}")).orElse("-1"));
    var rule = written(request);
    try {
      if (request.form("do").filter("save"::equals).isEmpty()) {
        return form(request, place, rule, Optional.of(unification.preview(rule, Progress.silent())), Optional.empty());
      }
      change(request, rules -> {
        if (place >= 0 && place < rules.size()) {
          rules.set(place, rule);
        } else {
          rules.add(rule);
        }
      });
      return Renderer.done("/unify", renderer.text(request).of("rule.saved", rule.path("name").asString()));
    } catch (ProblemException refused) {
      return form(request, place, rule, Optional.empty(), Optional.of(refused.problem()));
    }
  }

  private Answer form(Request request, int place, JsonNode rule, Optional<RulePreview> preview,
      Optional<Problem> problem) {
    String left = rule.path("left").asString("");
    String right = rule.path("right").asString("");
    var page = new RulePage(place, rule.path("name").asString(""), left, right, rule.path("active").asBoolean(true),
        columns(left), columns(right), conditions(rule.path("conditions"), "c"),
        conditions(rule.path("exceptions"), "e"),
        Arrays.stream(Normalisation.values()).map(Normalisation::text).toList(),
        Arrays.stream(Comparison.values()).map(Comparison::text).toList(), preview);
    var text = renderer.text(request);
    return problem.isPresent() ? renderer.page(request, "rule", page.title(text), "unify", page, problem.get())
        : renderer.page(request, "rule", page.title(text), "unify", page);
  }

  private List<String> columns(String table) {
    return sources.table(table).map(state -> state.columns().stream().map(column -> column.name()).toList())
        .orElse(List.of());
  }

  private static List<RulePage.Condition> conditions(JsonNode written, String letter) {
    var conditions = new ArrayList<RulePage.Condition>();
    for (var condition : written) {
      String both = condition.path("column").asString("");
      Set<String> normalise = new HashSet<>();
      condition.path("normalise").forEach(one -> normalise.add(one.asString()));
      conditions.add(new RulePage.Condition(letter + conditions.size(), condition.path("left").asString(both),
          condition.path("right").asString(both), normalise, condition.path("compare").asString("edits"),
          condition.path("precision").asString("exact"), condition.path("differs").asBoolean(false)));
    }
    conditions.add(new RulePage.Condition(letter + conditions.size(), "", "", Set.of(), "edits", "exact",
        letter.equals("e")));
    return conditions;
  }

  private static ObjectNode written(Request request) {
    var rule = JsonMapper.shared().createObjectNode();
    rule.put("name", request.form("name").orElse("").strip());
    rule.put("left", request.form("left").orElse(""));
    rule.put("right", request.form("right").orElse(""));
    if (request.form("active").isEmpty()) {
      rule.put("active", false);
    }
    written(request, "c", rule.putArray("conditions"));
    written(request, "e", rule.putArray("exceptions"));
    if (rule.path("exceptions").isEmpty()) {
      rule.remove("exceptions");
    }
    return rule;
  }

  /// Rows without columns are left out: that is how one is taken away.
  private static void written(Request request, String letter, ArrayNode conditions) {
    for (int number = 0; number < CONDITIONS_MAX; number++) {
      String key = letter + number;
      String left = request.form(key + ".left").orElse("");
      String right = request.form(key + ".right").orElse(left);
      if (left.isEmpty() || right.isEmpty()) {
        continue;
      }
      var condition = conditions.addObject();
      condition.put("left", left).put("right", right);
      var normalise = JsonMapper.shared().createArrayNode();
      for (var one : Normalisation.values()) {
        if (request.form(key + ".normalise." + one.text()).isPresent()) {
          normalise.add(one.text());
        }
      }
      if (!normalise.isEmpty()) {
        condition.set("normalise", normalise);
      }
      request.form(key + ".compare").filter(one -> !one.equals("edits"))
          .ifPresent(one -> condition.put("compare", one));
      request.form(key + ".precision").map(String::strip).filter(one -> !one.isEmpty() && !one.equals("exact"))
          .ifPresent(one -> condition.put("precision", one));
      if (request.form(key + ".differs").isPresent()) {
        condition.put("differs", true);
      }
    }
  }

  private Answer arrange(Request request) {
    int place = request.pathPart("place").matches("[0-9]{1,4}") ? Integer.parseInt(request.pathPart("place")) : -1;
    String action = request.pathPart("action");
    try {
      change(request, rules -> {
        if (place < 0 || place >= rules.size()) {
          throw Problem.of(Problem.Code.NOT_FOUND, "there is no rule %d".formatted(place + 1)).asException();
        }
        switch (action) {
          case "up" -> move(rules, place, place - 1);
          case "down" -> move(rules, place, place + 1);
          case "on" -> ((ObjectNode) rules.get(place)).remove("active");
          case "off" -> ((ObjectNode) rules.get(place)).put("active", false);
          case "copy" -> rules.insert(place + 1, copy(rules, (ObjectNode) rules.get(place)));
          case "delete" -> rules.remove(place);
          default -> throw Problem.of(Problem.Code.NOT_FOUND, "there is no action '%s' for a rule".formatted(action))
              .asException();
        }
      });
      return Renderer.done("/unify", renderer.text(request).of("unify.changed"));
    } catch (ProblemException refused) {
      return Renderer.failed("/unify", refused.problem());
    }
  }

  private static void move(ArrayNode rules, int from, int to) {
    if (to >= 0 && to < rules.size()) {
      var rule = rules.remove(from);
      rules.insert(to, rule);
    }
  }

  private static ObjectNode copy(ArrayNode rules, ObjectNode rule) {
    var names = new HashSet<String>();
    rules.forEach(each -> names.add(each.path("name").asString("")));
    int number = 2;
    while (names.contains("%s %d".formatted(rule.path("name").asString(), number))) {
      number++;
    }
    return rule.deepCopy().put("name", "%s %d".formatted(rule.path("name").asString(), number)).put("active", false);
  }

  private void change(Request request, Consumer<ArrayNode> edit) {
    var definition = needed();
    definitions.apply(definition.edited(spec -> edit.accept(spec.withArray("rules"))), request.caller().name(),
        Editing.of(request));
  }

  private Definition needed() {
    return definition().orElseThrow(() -> Problem.of(Problem.Code.NOT_FOUND, "there is no Unification yet",
        "Define one with its tables first.").asException());
  }

  private Optional<Definition> definition() {
    return definitions.list(KIND).stream().findFirst();
  }
}
