package portrait.doors.web;

import static portrait.doors.http.Access.needs;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;
import portrait.doors.http.Answer;
import portrait.doors.http.Door;
import portrait.doors.http.Request;
import portrait.doors.http.Routes;
import portrait.foundation.definitions.Definition;
import portrait.foundation.definitions.Definitions;
import portrait.foundation.model.Identity;
import portrait.foundation.model.ProblemException;
import portrait.foundation.security.Permission;
import portrait.foundation.security.Security;
import portrait.processes.repair.Repair;
import portrait.stages.identity.Namespace;
import portrait.stages.identity.Simulation;
import portrait.stages.sources.Sources;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/// Who is who: settings of the namespaces, tried before they are applied, and people kept apart by hand.
final class Identities implements Door {

  private static final String AREA = "identities";
  private static final int SEPARATIONS_COUNTED = 1_000;

  private final Renderer renderer;
  private final Repair repair;
  private final Definitions definitions;
  private final Sources sources;
  private final Security security;

  Identities(Renderer renderer, Repair repair, Definitions definitions, Sources sources, Security security) {
    this.renderer = renderer;
    this.repair = repair;
    this.definitions = definitions;
    this.sources = sources;
    this.security = security;
  }

  @Override
  public void routes(Routes routes) {
    var contribute = needs(Permission.CONTRIBUTE);
    routes.get("/identities", needs(Permission.VIEW), request -> page(request, rows(request), Optional.empty()));
    routes.post("/identities", contribute, this::change);
    routes.post("/customers/{id}/separate", contribute, request -> {
      repair.separate(identity(request, "one"), identity(request, "other"), request.caller().name(), "");
      security.audit("identities separated", request.pathPart("id"), "");
      return Renderer.done("/customers/" + request.pathPart("id"), renderer.text(request).of("customer.separated"));
    });
    routes.post("/customers/{id}/join", contribute, this::join);
    routes.post("/customers/{id}/unjoin", contribute, request -> {
      repair.unjoin(identity(request, "one"), identity(request, "other"));
      security.audit("joined identities let go", request.pathPart("id"), "");
      return Renderer.done("/customers/" + request.pathPart("id"), renderer.text(request).of("customer.unjoined"));
    });
    routes.post("/customers/{id}/rejoin", contribute, request -> {
      repair.rejoin(identity(request, "one"), identity(request, "other"));
      security.audit("identities rejoined", request.pathPart("id"), "");
      return Renderer.done("/customers/" + request.pathPart("id"), renderer.text(request).of("customer.rejoined"));
    });
  }

  /// The other customer is named by their CustomerId, as it stands on their page.
  private Answer join(Request request) {
    String page = "/customers/" + request.pathPart("id");
    try {
      repair.join(Identity.asked("customer", request.pathPart("id")),
          Identity.asked("customer",
              request.form("other").map(String::strip).filter(text -> !text.isEmpty()).orElse("-")),
          request.caller().name());
      security.audit("identities joined", request.pathPart("id"), "");
      return Renderer.done(page, renderer.text(request).of("customer.joined"));
    } catch (ProblemException refused) {
      return Renderer.failed(page, refused.problem());
    }
  }

  private static Identity identity(Request request, String which) {
    return Identity.asked(request.form(which + ".namespace").orElse(""), request.form(which + ".value").orElse(""));
  }

  /// Tries what the form says, or the deletion of a Namespace, or applies what the form says.
  private Answer change(Request request) {
    var deleted = request.form("delete").filter(name -> !name.isBlank());
    var rows = deleted.isPresent() ? rows(request) : read(request);
    var text = renderer.text(request);
    try {
      if (deleted.isPresent()) {
        return page(request, rows, Optional.of(trial(repair.simulate("", deleted.stream().toList()), text)));
      }
      String changed = changed(rows);
      if (changed.isEmpty()) {
        return page(request, rows, Optional.of(new IdentitiesPage.Trial(false, 0, true, 0, 0, 0, 0, List.of())));
      }
      if (request.form("do").filter("apply"::equals).isPresent()) {
        definitions.apply(changed, request.caller().name(), Editing.of(request));
        repair.tick();
        return Renderer.done("/identities", text.of("identities.applied"));
      }
      return page(request, rows, Optional.of(trial(repair.simulate(changed), text)));
    } catch (ProblemException refused) {
      return renderer.page(request, "identities", text.of("nav.identities"), AREA, shown(rows, Optional.empty()),
          refused.problem());
    }
  }

  private Answer page(Request request, List<IdentitiesPage.Row> rows, Optional<IdentitiesPage.Trial> trial) {
    return renderer.page(request, "identities", renderer.text(request).of("nav.identities"), AREA, shown(rows, trial));
  }

  private IdentitiesPage shown(List<IdentitiesPage.Row> rows, Optional<IdentitiesPage.Trial> trial) {
    var counts = repair.counts();
    long all = counts.identities().values().stream().mapToLong(Long::longValue).sum();
    return new IdentitiesPage(all, counts.links(), counts.cutLinks(),
        repair.separations(SEPARATIONS_COUNTED).size(), repair.isSettled(), rows, trial);
  }

  private List<IdentitiesPage.Row> rows(Request request) {
    var titles = new NamespaceTitles(definitions, sources, renderer.text(request));
    var counts = repair.counts().identities();
    return repair.namespaces().stream()
        .map(namespace -> new IdentitiesPage.Row(namespace.name(), titles.of(namespace.name()), namespace.priority(),
            type(namespace), namespace.unique(), namespace.valuesMax(), ownJunk(namespace.name()),
            counts.getOrDefault(namespace.name(), 0L)))
        .toList();
  }

  private static String type(Namespace namespace) {
    return namespace.type().name().toLowerCase(Locale.ROOT);
  }

  /// What the definition lists; what is built in goes without saying.
  private String ownJunk(String namespace) {
    return defined(namespace).stream().flatMap(definition -> definition.spec().path("junk").valueStream())
        .map(value -> value.asString("")).collect(Collectors.joining(", "));
  }

  private Optional<Definition> defined(String namespace) {
    return definitions.list("Namespace").stream()
        .filter(definition -> definition.spec().path("namespace").asString(definition.name()).equals(namespace))
        .findFirst();
  }

  private List<IdentitiesPage.Row> read(Request request) {
    var rows = new ArrayList<IdentitiesPage.Row>();
    for (var row : rows(request)) {
      String prefix = row.namespace() + ":";
      rows.add(new IdentitiesPage.Row(row.namespace(), row.title(),
          whole(request.form(prefix + "priority"), row.priority()), request.form(prefix + "type").orElse(row.type()),
          request.form(prefix + "unique").isPresent(), whole(request.form(prefix + "max"), row.valuesMax()),
          request.form(prefix + "junk").orElse(row.junk()), row.identities()));
    }
    return rows;
  }

  private static int whole(Optional<String> text, int otherwise) {
    try {
      return text.map(String::strip).map(Integer::parseInt).orElse(otherwise);
    } catch (NumberFormatException _) {
      return otherwise;
    }
  }

  /// Definitions for those namespaces whose settings are other than those in force.
  private String changed(List<IdentitiesPage.Row> rows) {
    var texts = new ArrayList<String>();
    for (var namespace : repair.namespaces()) {
      rows.stream().filter(row -> row.namespace().equals(namespace.name())).forEach(row -> {
        boolean isSame = row.priority() == namespace.priority() && row.type().equals(type(namespace))
            && row.unique() == namespace.unique() && (row.unique() || row.valuesMax() == namespace.valuesMax())
            && row.junk().equals(ownJunk(row.namespace()));
        if (!isSame) {
          texts.add(definition(row));
        }
      });
    }
    return String.join("\n", texts);
  }

  private String definition(IdentitiesPage.Row row) {
    var before = defined(row.namespace());
    String plain = row.namespace().replaceAll("[^A-Za-z0-9_-]", "_");
    String name = before.map(Definition::name).orElse(Character.isLetter(plain.charAt(0)) ? plain : "n_" + plain);
    var spec = before.map(known -> (ObjectNode) known.spec().deepCopy())
        .orElseGet(() -> JsonMapper.shared().createObjectNode());
    if (!row.namespace().equals(name)) {
      spec.put("namespace", row.namespace());
    }
    spec.put("priority", row.priority()).put("type", row.type()).put("unique", row.unique()).put("values_max",
        row.valuesMax());
    var junk = spec.putArray("junk");
    Arrays.stream(row.junk().split("[,\n]")).map(String::strip).filter(value -> !value.isEmpty()).forEach(junk::add);
    return Definition.document("Namespace", name, spec);
  }

  private IdentitiesPage.Trial trial(Simulation simulation, Messages text) {
    var titles = new NamespaceTitles(definitions, sources, text);
    return new IdentitiesPage.Trial(true, simulation.examined(), simulation.isComplete(), simulation.merged(),
        simulation.split(), simulation.becomeKnown(), simulation.becomeUnknown(),
        simulation.samples().stream().map(sample -> new IdentitiesPage.Sample(
            sample.before().stream().map(before -> person(before.id().toString(), before.identities(), titles))
                .toList(),
            sample.after().stream().map(after -> person("", after, titles)).toList())).toList());
  }

  private static IdentitiesPage.Person person(String id, List<Identity> identities, NamespaceTitles titles) {
    return new IdentitiesPage.Person(id, identities.stream().map(identity -> Customers.called(identity, titles))
        .toList());
  }
}
