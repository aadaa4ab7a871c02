package portrait.doors.web;

import static portrait.doors.http.Access.needs;

import java.text.Normalizer;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import portrait.doors.http.Answer;
import portrait.doors.http.Door;
import portrait.doors.http.Request;
import portrait.doors.http.Routes;
import portrait.foundation.connections.ConnectionDefinition;
import portrait.foundation.connections.Connections;
import portrait.foundation.database.Database;
import portrait.foundation.definitions.Definition;
import portrait.foundation.definitions.Definitions;
import portrait.foundation.expressions.Columns;
import portrait.foundation.model.Problem;
import portrait.foundation.model.ProblemException;
import portrait.foundation.model.Schema;
import portrait.foundation.security.Permission;
import portrait.foundation.security.Security;
import portrait.foundation.warehouse.Warehouse;
import portrait.stages.accounts.Accounts;
import portrait.stages.enrichments.EnrichmentDefinition;
import portrait.stages.enrichments.EnrichmentDefinition.About;
import portrait.stages.enrichments.EnrichmentReport;
import portrait.stages.enrichments.Enrichments;
import portrait.stages.enrichments.providers.Provider;
import portrait.stages.identity.IdentityGraph;
import portrait.stages.measures.Measures;
import portrait.stages.profiles.Profiles;
import portrait.stages.segments.Segments;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/// What others know about customers: discovered, set up with a form, tried, run, looked at.
final class Enriching implements Door {

  private static final String PAGE = "/enrichments";
  private static final String ONE = PAGE + "/{name}";
  private static final String INPUT = "input:";
  private static final int RUNS = 20;
  private static final int SHOWN = 10;
  private static final int LOOKED_AT = 50;

  private final Renderer renderer;
  private final Enrichments enrichments;
  private final Connections connections;
  private final Definitions definitions;
  private final Segments segments;
  private final Profiles profiles;
  private final IdentityGraph identities;
  private final Database database;
  private final Warehouse warehouse;
  private final Accounts accounts;
  private final Security security;

  Enriching(Renderer renderer, Enrichments enrichments, Connections connections, Definitions definitions,
      Segments segments, Profiles profiles, IdentityGraph identities, Database database, Warehouse warehouse,
      Accounts accounts, Security security) {
    this.accounts = accounts;
    this.renderer = renderer;
    this.enrichments = enrichments;
    this.connections = connections;
    this.definitions = definitions;
    this.segments = segments;
    this.profiles = profiles;
    this.identities = identities;
    this.database = database;
    this.warehouse = warehouse;
    this.security = security;
  }

  @Override
  public void routes(Routes routes) {
    var view = needs(Permission.VIEW);
    var contribute = needs(Permission.CONTRIBUTE);
    routes.get(PAGE, view, this::list);
    routes.get(PAGE + "/new", contribute, this::blank);
    routes.post(PAGE + "/new", contribute, request -> save(request, Optional.empty()));
    routes.get(ONE, view, request -> one(request, Optional.empty()));
    routes.get(ONE + "/edit", contribute, this::edit);
    routes.post(ONE + "/edit", contribute,
        request -> save(request, Optional.of(enrichments.one(request.pathPart("name")))));
    routes.post(ONE + "/run", contribute, this::run);
    routes.post(ONE + "/again", contribute, this::again);
    routes.post(ONE + "/check", contribute, this::check);
    routes.post(ONE + "/try", contribute, this::tried);
    routes.post(ONE + "/active", contribute, this::switched);
    routes.post(ONE + "/measure", contribute, this::measure);
    routes.post(ONE + "/remove", contribute, this::remove);
  }

  private Answer list(Request request) {
    var text = renderer.text(request);
    var rows = enrichments.all().stream().map(each -> new EnrichmentsPage.Row(each.name(), each.title(),
        title(each.provider(), text), each.isActive(), enrichments.runs(each.name(), 1).stream().findFirst(),
        enrichments.enriched(each.name()), enrichments.customers(each))).toList();
    var tiles = request.caller().role().allows(Permission.CONTRIBUTE)
        ? enrichments.providers().stream().map(provider -> tile(provider, text)).toList()
        : List.<EnrichmentsPage.Tile>of();
    return renderer.page(request, "enrichments", text.of("nav.enrichments"), "enrichments",
        new EnrichmentsPage(rows, tiles));
  }

  private EnrichmentsPage.Tile tile(Provider<?, ?> provider, Messages text) {
    String type = provider.type();
    return new EnrichmentsPage.Tile(type, title(type, text),
        text.orElse("provider." + type + ".help", provider.help()),
        text.of("provider.category." + provider.category().name().toLowerCase(Locale.ROOT)),
        enrichments.all().stream().filter(each -> each.provider().equals(type)).count(),
        !provider.needsConnection() || !usable(provider.connector().type()).isEmpty(),
        provider.needsConnection() ? "/connections/new?type=" + provider.connector().type() : "");
  }

  private List<ConnectionDefinition> usable(String type) {
    return connections.usable().stream().filter(connection -> connection.type().equals(type)).toList();
  }

  private String title(String type, Messages text) {
    return enrichments.provider(type).map(each -> text.orElse("provider." + type, each.title()))
        .orElse(type);
  }

  private Answer one(Request request, Optional<EnrichmentReport.Counts> tried) {
    var text = renderer.text(request);
    var enrichment = enrichments.one(request.pathPart("name"));
    String name = enrichment.name();
    return renderer.page(request, "enrichment", enrichment.title(), "enrichments",
        new EnrichmentPage(enrichment, title(enrichment.provider(), text),
            enrichment.connection().map(connection -> connections.one(connection).title()),
            enrichments.enriched(name), enrichments.customers(enrichment), enrichments.byField(enrichment),
            enrichments.preview(name, SHOWN), enrichments.refusals(name, SHOWN), enrichments.runs(name, RUNS), tried,
            enrichments.isManageable(enrichment), enrichments.coverage(enrichment),
            enrichments.start(enrichment), enrichments.isAllowedByOthers(enrichment)));
  }

  private Answer check(Request request) {
    String name = request.pathPart("name");
    var start = enrichments.check(name);
    security.audit("consent checked", "Enrichment/" + name,
        start.map(found -> found.isAllowed() ? "given" : "missing").orElse("not needed"));
    return Renderer.done(PAGE + "/" + name, renderer.text(request).of("enrichment.checked"));
  }

  private Provider<?, ?> provider(String type) {
    return enrichments.provider(type).orElseThrow(
        () -> Problem.of(Problem.Code.NOT_FOUND, "nobody can be asked who is called '%s'".formatted(type))
            .asException());
  }

  private Answer blank(Request request) {
    var provider = provider(request.query("provider").orElse(""));
    String type = provider.type();
    String kept = provider.outputs().stream().map(output -> "%s = %s".formatted(output.attribute(), output.name()))
        .collect(Collectors.joining("\n"));
    return form(request, provider, new Draft("", "", "",
        SettingFields.saved(type, provider.target(), JsonMapper.shared().createObjectNode(), List.of()),
        suggested(provider), "", kept,
        provider.category() == Provider.Category.COMPANIES && hasAccounts() ? About.ACCOUNTS.text()
            : About.PEOPLE.text(),
        "", "", true, true, false, ""), List.of(), 200);
  }

  private Answer edit(Request request) {
    var enrichment = enrichments.one(request.pathPart("name"));
    var provider = provider(enrichment.provider());
    var known = provider.inputs().stream().map(Provider.Input::name).toList();
    var mapped = new HashMap<String, String>();
    enrichment.inputs().forEach((name, input) -> mapped.put(name, input.text()));
    return form(request, provider, new Draft(enrichment.name(), enrichment.title(),
        enrichment.connection().orElse(""),
        SettingFields.saved(enrichment.provider(), provider.target(), enrichment.settings(), List.of()), mapped,
        mapped.entrySet().stream().filter(each -> !known.contains(each.getKey())).sorted(Map.Entry.comparingByKey())
            .map(each -> "%s = %s".formatted(each.getKey(), each.getValue())).collect(Collectors.joining("\n")),
        enrichment.attributes().entrySet().stream().map(each -> "%s = %s".formatted(each.getKey(),
            each.getValue().text())).collect(Collectors.joining("\n")),
        enrichment.about().text(), enrichment.segment().orElse(""), enrichment.output(), enrichment.isInProfile(),
        enrichment.isActive(), false, ""),
        List.of(), 200);
  }

  /// What somebody filled in.
  private record Draft(String name, String title, String connection, SettingFields settings, Map<String, String> mapped,
      String others, String kept, String about, String segment, String output, boolean isInProfile, boolean isActive,
      boolean hasContacts, String contactsOutput) {}

  private Answer save(Request request, Optional<EnrichmentDefinition> before) {
    var provider = provider(before.map(EnrichmentDefinition::provider)
        .orElseGet(() -> request.form("provider").orElse("")));
    String type = provider.type();
    var mapped = new HashMap<String, String>();
    provider.inputs().forEach(input -> request.form(INPUT + input.name()).map(String::strip)
        .filter(value -> !value.isEmpty()).ifPresent(value -> mapped.put(input.name(), value)));
    String title = request.form("title").orElse("").strip();
    var draft = new Draft(before.map(EnrichmentDefinition::name).orElse(""), title,
        request.form("connection").orElse(""), SettingFields.sent(type, provider.target(), request, List.of()), mapped,
        request.form("others").orElse("").strip(), request.form("kept").orElse("").strip(),
        request.form("who").filter("accounts"::equals).orElse(About.PEOPLE.text()),
        request.form("who").filter("segment"::equals).flatMap(_ -> request.form("segment")).orElse(""),
        request.form("output").orElse("").strip(), request.form("profile").isPresent(),
        request.form("active").isPresent(), before.isEmpty() && request.form("contacts").isPresent(),
        request.form("contactsOutput").orElse("").strip());
    String name = before.map(EnrichmentDefinition::name).orElseGet(() -> freeName(title));
    try {
      var whole = written(name, type, draft, before).toString();
      var contacts = draft.hasContacts() ? provider.ofContacts() : Optional.<String>empty();
      definitions.apply(contacts.map(other -> "---\n%s\n---\n%s".formatted(whole, ofContacts(provider(other), draft)))
          .orElse(whole), request.caller().name());
      return Renderer.done(PAGE + "/" + name, renderer.text(request).of("enrichment.saved"));
    } catch (ProblemException refused) {
      return form(request, provider, draft, SentText.mistakes(refused.problem(), renderer.text(request)),
          Answer.problem(refused.problem(), request.id()).status());
    }
  }

  /// What the form does not show stays as it was.
  private ObjectNode written(String name, String type, Draft draft, Optional<EnrichmentDefinition> before) {
    var whole = JsonMapper.shared().createObjectNode().put("kind", Enrichments.KIND.name()).put("name", name);
    ObjectNode spec = before.<ObjectNode>map(each -> (ObjectNode) definitions.find(Enrichments.KIND.name(), each.name())
        .map(Definition::spec).orElseThrow().deepCopy()).orElseGet(JsonMapper.shared()::createObjectNode);
    spec.put("title", draft.title()).put("provider", type).put("profile", draft.isInProfile()).put("active",
        draft.isActive());
    put(spec, "connection", draft.connection());
    put(spec, "about", draft.about().equals(About.PEOPLE.text()) ? "" : draft.about());
    put(spec, "segment", draft.segment());
    put(spec, "output", draft.output());
    spec.set("settings", draft.settings().settings());
    var inputs = spec.putObject("inputs");
    draft.mapped().forEach(inputs::put);
    pairs(draft.others()).forEach(inputs::put);
    var typed = spec.path("attributes").deepCopy();
    var kept = spec.putObject("attributes");
    pairs(draft.kept()).forEach((attribute, from) -> {
      var saved = typed.path(attribute);
      if (saved.isObject() && saved.path("from").asString("").equals(from)) {
        kept.set(attribute, saved);
      } else {
        kept.put(attribute, from);
      }
    });
    whole.set("spec", spec);
    return whole;
  }

  /// The contacts of whom an enrichment is about: the inputs are found by themselves, and what is kept is the usual.
  private ObjectNode ofContacts(Provider<?, ?> provider, Draft draft) {
    String title = draft.title() + ": " + provider.title();
    var whole = JsonMapper.shared().createObjectNode().put("kind", Enrichments.KIND.name()).put("name",
        freeName(title));
    var spec = whole.putObject("spec").put("title", title).put("provider", provider.type())
        .put("profile", draft.isInProfile()).put("active", draft.isActive());
    put(spec, "connection", draft.connection());
    put(spec, "segment", draft.segment());
    put(spec, "output", draft.contactsOutput());
    var inputs = spec.putObject("inputs");
    suggested(provider).entrySet().stream().sorted(Map.Entry.comparingByKey())
        .forEach(entry -> inputs.put(entry.getKey(), entry.getValue()));
    var kept = spec.putObject("attributes");
    provider.outputs().forEach(output -> kept.put(output.attribute(), output.name()));
    return whole;
  }

  /// Of the fields that usually hold an input the first that there is.
  private Map<String, String> suggested(Provider<?, ?> provider) {
    var known = fields();
    var suggested = new HashMap<String, String>();
    provider.inputs().forEach(input -> input.usual().stream()
        .flatMap(usual -> known.stream().filter(usual::equalsIgnoreCase)).findFirst()
        .ifPresent(field -> suggested.put(input.name(), field)));
    return suggested;
  }

  private Optional<EnrichmentFormPage.Contacts> contacts(Provider<?, ?> provider, Draft draft, Messages text) {
    return provider.ofContacts().filter(_ -> draft.name().isEmpty()).map(this::provider).map(other -> {
      var suggested = suggested(other);
      return new EnrichmentFormPage.Contacts(title(other.type(), text),
          text.orElse("provider." + other.type() + ".help", other.help()), draft.contactsOutput(), draft.hasContacts(),
          other.inputs().stream().map(input -> new EnrichmentFormPage.Mapped(
              text.orElse("provider." + other.type() + ".input." + input.name(), input.title()),
              suggested.getOrDefault(input.name(), ""), input.isRequired())).toList());
    });
  }

  private static void put(ObjectNode spec, String member, String value) {
    if (value.isEmpty()) {
      spec.remove(member);
    } else {
      spec.put(member, value);
    }
  }

  /// `town = city`, or `city` alone.
  private static Map<String, String> pairs(String lines) {
    var pairs = new java.util.LinkedHashMap<String, String>();
    lines.lines().map(String::strip).filter(line -> !line.isEmpty()).forEach(line -> {
      int is = line.indexOf('=');
      pairs.put(is < 0 ? line.replace('.', '_') : line.substring(0, is).strip(),
          is < 0 ? line : line.substring(is + 1).strip());
    });
    return pairs;
  }

  private Answer form(Request request, Provider<?, ?> provider, Draft draft, List<String> mistakes, int status) {
    var text = renderer.text(request);
    String type = provider.type();
    Map<String, Long> sizes = database.read(segments::sizes);
    var inputs = provider.inputs().stream().map(input -> new EnrichmentFormPage.Input(input.name(),
        text.orElse("provider." + type + ".input." + input.name(), input.title()),
        text.orElse("provider." + type + ".input." + input.name() + ".help", input.help()), input.isRequired()))
        .toList();
    return renderer.page(request, "enrichmentForm", draft.name().isEmpty() ? text.of("enrichment.new") : draft.title(),
        "enrichments",
        new EnrichmentFormPage(draft.name(), draft.title(), type, title(type, text),
            text.orElse("provider." + type + ".help", provider.help()), provider.needsConnection(),
            draft.connection(),
            usable(provider.connector().type()).stream().map(each -> new ExportsPage.Choice(each.name(), each.title(),
                title(type, text))).toList(),
            draft.settings(), inputs, draft.mapped(), provider.takesOtherInputs(), draft.others(), draft.kept(),
            draft.about(), hasAccounts(), contacts(provider, draft, text), draft.segment(),
            segments.definitions().stream().map(segment -> new ExportFormPage.Segment(segment.name(),
                segment.title(), sizes.getOrDefault(segment.name(), 0L))).toList(),
            draft.output(), draft.isInProfile(), draft.isActive(), fields(), mistakes))
        .withStatus(status);
  }

  private boolean hasAccounts() {
    return accounts.definition().isPresent();
  }

  /// What customers have: columns of the last refresh, and what those seen last were said to have since.
  private List<String> fields() {
    var attributes = new TreeSet<String>();
    warehouse.read(session -> Columns.of(session).customer().columns().stream().map(Schema.Column::name)
        .filter(column -> !column.equals("CustomerId")).collect(Collectors.toList())).forEach(attributes::add);
    database.read(tx -> profiles.search(tx, "", Optional.empty(), LOOKED_AT, Optional.empty())).profiles()
        .forEach(profile -> attributes.addAll(profile.attributes().keySet()));
    var ofAccounts = new TreeSet<String>();
    database.read(tx -> accounts.after(tx, "", LOOKED_AT))
        .forEach(account -> ofAccounts.addAll(account.attributes().keySet()));
    attributes.addAll(ofAccounts);
    return Stream.of(attributes.stream(), ofAccounts.stream().map(name -> "account." + name),
        database.read(identities::namespaces).stream().map(namespace -> "identity." + namespace.name()))
        .flatMap(each -> each).toList();
  }

  private String freeName(String title) {
    String plain = Normalizer.normalize(title, Normalizer.Form.NFD).replaceAll("\\p{M}", "")
        .toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9]+", "-").replaceAll("^[^a-z]+|-+$", "");
    String base = plain.isEmpty() ? "enrichment" : plain;
    String free = base;
    for (int number = 2; definitions.find(Enrichments.KIND.name(), free).isPresent(); number++) {
      free = base + "-" + number;
    }
    return free;
  }

  private Answer run(Request request) {
    String name = request.pathPart("name");
    try {
      var id = enrichments.start(name, request.caller().name());
      security.audit("enrichment run", "Enrichment/" + name, id.toString());
      return Renderer.done("/jobs/" + id, renderer.text(request).of("enrichment.started"));
    } catch (ProblemException refused) {
      return Renderer.failed(PAGE + "/" + name, refused.problem());
    }
  }

  private Answer tried(Request request) {
    String name = request.pathPart("name");
    try {
      return one(request, Optional.of(enrichments.rehearse(name)));
    } catch (ProblemException refused) {
      return Renderer.failed(PAGE + "/" + name, refused.problem());
    }
  }

  /// What was refused may have been paid for, so that it is asked again only when somebody says so.
  private Answer again(Request request) {
    String name = request.pathPart("name");
    try {
      int questions = enrichments.askAgain(name);
      security.audit("refused questions asked again", "Enrichment/" + name, String.valueOf(questions));
      return Renderer.done(PAGE + "/" + name, renderer.text(request).of("enrichment.again", questions));
    } catch (ProblemException refused) {
      return Renderer.failed(PAGE + "/" + name, refused.problem());
    }
  }

  private Answer switched(Request request) {
    String name = enrichments.one(request.pathPart("name")).name();
    boolean isActive = request.form("active").filter("true"::equals).isPresent();
    var whole = JsonMapper.shared().createObjectNode().put("kind", Enrichments.KIND.name()).put("name", name);
    var spec = definitions.find(Enrichments.KIND.name(), name).map(Definition::spec).orElseThrow().deepCopy();
    whole.set("spec", ((ObjectNode) spec).put("active", isActive));
    return applied(request, whole, PAGE + "/" + name, PAGE + "/" + name,
        isActive ? "enrichment.switchedOn" : "enrichment.switchedOff");
  }

  /// A measure that has the value of an attribute.
  private Answer measure(Request request) {
    var enrichment = enrichments.one(request.pathPart("name"));
    String attribute = request.form("attribute").filter(enrichment.attributes()::containsKey).orElseThrow(
        () -> Problem.of(Problem.Code.INVALID_PARAMETER, "attribute must be one of the enrichment").asException());
    String name = "%s_%s".formatted(enrichment.name(), attribute).replaceAll("[^A-Za-z0-9_]", "_");
    var whole = JsonMapper.shared().createObjectNode().put("kind", Measures.KIND.name()).put("name", name);
    whole.set("spec", JsonMapper.shared().createObjectNode()
        .put("title", "%s: %s".formatted(enrichment.title(), Messages.label(attribute))).put("formula", attribute));
    return applied(request, whole, "/measures/" + name, PAGE + "/" + enrichment.name(), "enrichment.measureMade");
  }

  private Answer applied(Request request, ObjectNode definition, String done, String failed, String message) {
    try {
      definitions.apply(definition.toString(), request.caller().name());
      return Renderer.done(done, renderer.text(request).of(message));
    } catch (ProblemException refused) {
      return Renderer.failed(failed, refused.problem());
    }
  }

  private Answer remove(Request request) {
    String name = enrichments.one(request.pathPart("name")).name();
    try {
      definitions.delete(Enrichments.KIND.name(), name, request.caller().name());
      security.audit("definition deleted", "Enrichment/" + name, "");
      return Renderer.done(PAGE, renderer.text(request).of("enrichment.removed", name));
    } catch (ProblemException refused) {
      return Renderer.failed(PAGE + "/" + name, refused.problem());
    }
  }
}
