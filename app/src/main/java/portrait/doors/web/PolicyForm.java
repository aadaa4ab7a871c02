package portrait.doors.web;

import static portrait.doors.http.Access.needs;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import portrait.doors.http.Answer;
import portrait.doors.http.Door;
import portrait.doors.http.Request;
import portrait.doors.http.Routes;
import portrait.foundation.definitions.Definition;
import portrait.foundation.definitions.Definitions;
import portrait.foundation.model.Problem;
import portrait.foundation.model.ProblemException;
import portrait.foundation.security.Permission;
import portrait.stages.events.Event;
import portrait.stages.policies.MergePolicy;
import portrait.stages.enrichments.EnrichmentDefinition;
import portrait.stages.enrichments.Enrichments;
import portrait.stages.sources.ColumnDefinition;
import portrait.stages.sources.Sources;
import portrait.stages.sources.TableState;
import portrait.stages.unification.Unification;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.MissingNode;
import tools.jackson.databind.node.ObjectNode;

/// One merge policy as a form: which value wins, attribute by attribute, and which attributes are taken together. A new one
/// begins with what is in force.
final class PolicyForm implements Door {

  private static final String ADDRESS = "/policies/edit";
  private static final String KIND = MergePolicy.KIND.name();
  private static final String IMPORTANCE = "importance";
  private static final int ROWS_MAX = 1_000;

  private final Renderer renderer;
  private final Sources sources;
  private final Definitions definitions;

  PolicyForm(Renderer renderer, Sources sources, Definitions definitions) {
    this.renderer = renderer;
    this.sources = sources;
    this.definitions = definitions;
  }

  @Override
  public void routes(Routes routes) {
    var contribute = needs(Permission.CONTRIBUTE);
    routes.get(ADDRESS, contribute, request -> show(request, known(request.query("name").orElse("")),
        Optional.empty()));
    routes.post(ADDRESS, contribute, this::change);
  }

  private Answer show(Request request, PolicyFormPage page, Optional<Problem> refused) {
    String title = renderer.text(request).of("policyForm.title");
    return refused.isPresent() ? renderer.page(request, "policyForm", title, "policies", page, refused.get())
        : renderer.page(request, "policyForm", title, "policies", page);
  }

  private Answer change(Request request) {
    var text = renderer.text(request);
    var page = sent(request);
    try {
      if (page.isNew() && definitions.find(KIND, page.name()).isPresent()) {
        throw Problem.of(Problem.Code.CONFLICT, text.of("policyForm.taken", page.name()), "").asException();
      }
      definitions.apply(documents(page), request.caller().name(), Editing.of(request));
      return Renderer.done("/policies", text.of("policyForm.saved", page.title()));
    } catch (ProblemException refused) {
      return show(request, new PolicyFormPage(page.isNew(), page.name(), page.title(), page.isDefault(), page.rule(),
          page.order(), page.isListedOnly(), page.rows(), page.sources(), SentText.mistakes(refused.problem(), text)),
          Optional.of(refused.problem()));
    }
  }

  private PolicyFormPage known(String name) {
    if (name.isEmpty()) {
      return page(true, "", "", false, inForce());
    }
    var spec = definitions.find(KIND, name).map(Definition::spec).orElseThrow(() -> Problem.of(Problem.Code.NOT_FOUND,
        "there is no MergePolicy named '%s'".formatted(name), "Policies are listed on the page Merge policies.")
        .asException());
    return page(false, name, spec.path("title").asString(""), spec.path("default").asBoolean(false), spec);
  }

  /// The merge of the Unification, or the policy that is the default, as a `spec`.
  private JsonNode inForce() {
    return definitions.all(MergePolicy.KIND).stream().filter(MergePolicy::isDefault).findFirst()
        .flatMap(policy -> definitions.find(KIND, policy.name())).map(Definition::spec).orElseGet(() -> {
          var merge = definitions.list("Unification").stream().findFirst().map(found -> found.spec().path("merge"))
              .filter(JsonNode::isObject).map(found -> (ObjectNode) found.deepCopy())
              .orElseGet(() -> JsonMapper.shared().createObjectNode());
          var rule = merge.remove("default");
          return rule == null ? merge : merge.set("rule", rule);
        });
  }

  private PolicyFormPage page(boolean isNew, String name, String title, boolean isDefault, JsonNode spec) {
    var attributes = new LinkedHashSet<>(Unification.attributes(definitions, table -> sources.table(table).stream()
        .map(TableState::columns).flatMap(List::stream).map(ColumnDefinition::name).toList()));
    spec.path("attributes").properties().forEach(entry -> attributes.add(entry.getKey()));
    var groups = spec.path("groups");
    groups.forEach(group -> group.path("attributes").forEach(each -> attributes.add(each.asString())));
    var rows = new ArrayList<PolicyFormPage.Row>();
    for (String attribute : attributes) {
      int group = groupOf(groups, attribute);
      var own = group >= 0 ? groups.get(group) : spec.path("attributes").path(attribute);
      rows.add(new PolicyFormPage.Row(rows.size(), attribute, own.isString() ? own.asString()
          : own.path("rule").asString(""), group < 0 ? "" : String.valueOf(group + 1), joined(own.path("order"))));
    }
    return new PolicyFormPage(isNew, name, title, isDefault, spec.path("rule").asString(IMPORTANCE),
        joined(spec.path("order")), spec.path("others").asString("").equals("left_out"), rows, sources(), List.of());
  }

  private static int groupOf(JsonNode groups, String attribute) {
    for (int place = 0; place < groups.size(); place++) {
      if (groups.get(place).path("attributes").valueStream().anyMatch(each -> each.asString().equals(attribute))) {
        return place;
      }
    }
    return -1;
  }

  private List<String> sources() {
    return Stream.of(Stream.of(Event.LIVE), sources.tables().stream().map(TableState::fullName),
        definitions.all(Enrichments.KIND).stream().filter(EnrichmentDefinition::isInProfile)
            .map(EnrichmentDefinition::source))
        .flatMap(each -> each).toList();
  }

  private static String joined(JsonNode order) {
    return order.valueStream().map(JsonNode::asString).collect(Collectors.joining(", "));
  }

  private PolicyFormPage sent(Request request) {
    var rows = new ArrayList<PolicyFormPage.Row>();
    for (int place = 0; place < ROWS_MAX && request.form("attribute-" + place).isPresent(); place++) {
      rows.add(new PolicyFormPage.Row(place, field(request, "attribute-" + place), field(request, "rule-" + place),
          field(request, "group-" + place), field(request, "order-" + place)));
    }
    return new PolicyFormPage(request.form("new").isPresent(), field(request, "name"), field(request, "title"),
        request.form("default").isPresent(), field(request, "rule"), field(request, "order"),
        request.form("listed").isPresent(), rows, sources(), List.of());
  }

  private static String field(Request request, String name) {
    return request.form(name).orElse("").strip();
  }

  /// The policy, and the one whose place as the default it takes.
  private String documents(PolicyFormPage page) {
    var documents = new ArrayList<String>();
    documents.add(Definition.document(KIND, page.name(), spec(page)));
    if (page.isDefault()) {
      definitions.all(MergePolicy.KIND).stream().filter(MergePolicy::isDefault)
          .filter(policy -> !policy.name().equals(page.name()))
          .forEach(policy -> documents.add(definitions.find(KIND, policy.name()).orElseThrow()
              .edited(spec -> spec.put("default", false))));
    }
    return "[" + String.join(",", documents) + "]";
  }

  private ObjectNode spec(PolicyFormPage page) {
    var spec = JsonMapper.shared().createObjectNode();
    if (!page.title().isEmpty()) {
      spec.put("title", page.title());
    }
    if (page.isDefault()) {
      spec.put("default", true);
    }
    if (!page.rule().equals(IMPORTANCE)) {
      spec.put("rule", page.rule());
    }
    order(spec, page.order());
    if (page.isListedOnly()) {
      spec.put("others", "left_out");
    }
    var before = definitions.find(KIND, page.name()).map(Definition::spec).orElse(MissingNode.getInstance());
    var attributes = JsonMapper.shared().createObjectNode();
    var groups = new TreeMap<String, ObjectNode>();
    for (var row : page.rows()) {
      if (!row.group().isEmpty()) {
        var group = groups.computeIfAbsent(row.group(), _ -> JsonMapper.shared().createObjectNode());
        group.withArray("attributes").add(row.attribute());
        own(group, row, before.path("groups").path(Math.max(groupOf(before.path("groups"), row.attribute()), 0)));
      } else if (!row.rule().isEmpty() || !row.order().isEmpty()) {
        own(attributes.putObject(row.attribute()), row, before.path("attributes").path(row.attribute()));
        if (attributes.path(row.attribute()).size() == 1 && !row.rule().isEmpty()) {
          attributes.put(row.attribute(), row.rule());
        }
      }
    }
    if (!attributes.isEmpty()) {
      spec.set("attributes", attributes);
    }
    if (!groups.isEmpty()) {
      groups.values().forEach(spec.putArray("groups")::add);
    }
    return spec;
  }

  /// The form does not ask whether an order of its own is the only one; what was written about that stays.
  private static void own(ObjectNode rule, PolicyFormPage.Row row, JsonNode before) {
    if (!row.rule().isEmpty()) {
      rule.put("rule", row.rule());
    }
    order(rule, row.order());
    if (!row.order().isEmpty() && before.has("others")) {
      rule.set("others", before.path("others"));
    }
  }

  private static void order(ObjectNode rule, String order) {
    var sources = Arrays.stream(order.split(",")).map(String::strip).filter(source -> !source.isEmpty()).toList();
    if (!sources.isEmpty()) {
      sources.forEach(rule.putArray("order")::add);
    }
  }
}
