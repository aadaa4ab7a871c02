package portrait.doors.web;

import static portrait.doors.http.Access.needs;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import portrait.doors.http.Answer;
import portrait.doors.http.Door;
import portrait.doors.http.Request;
import portrait.doors.http.Routes;
import portrait.foundation.connections.Connections;
import portrait.foundation.definitions.Definition;
import portrait.foundation.definitions.Definitions;
import portrait.foundation.model.Problem;
import portrait.foundation.model.ProblemException;
import portrait.foundation.security.Permission;
import portrait.foundation.security.Security;
import portrait.processes.automation.TriggerDefinition.When;
import portrait.processes.automation.TriggerDefinition;
import portrait.processes.automation.Triggers;
import portrait.stages.measures.MeasureTable;
import portrait.stages.measures.Measures;
import portrait.stages.notices.Notices;
import portrait.stages.segments.Segments;
import portrait.stages.sources.Sources;
import tools.jackson.databind.json.JsonMapper;

/// Who is told what happens: made with a form, tried, switched, removed, with what was told lately.
final class Triggered implements Door {

  private static final String PAGE = "/triggers";
  private static final int LATELY = 5;
  private static final TriggersPage.Form EMPTY = new TriggersPage.Form("", When.SOURCE_FAILED.text(), Map.of(), true,
      "", "");

  private final Renderer renderer;
  private final Triggers triggers;
  private final Notices notices;
  private final Connections connections;
  private final Definitions definitions;
  private final Security security;

  Triggered(Renderer renderer, Triggers triggers, Notices notices, Connections connections, Definitions definitions,
      Security security) {
    this.renderer = renderer;
    this.triggers = triggers;
    this.notices = notices;
    this.connections = connections;
    this.definitions = definitions;
    this.security = security;
  }

  @Override
  public void routes(Routes routes) {
    var contribute = needs(Permission.CONTRIBUTE);
    routes.get(PAGE, needs(Permission.VIEW), request -> page(request, EMPTY, List.of(), 200));
    routes.post(PAGE, contribute, this::make);
    routes.post(PAGE + "/{name}/try", contribute, this::rehearse);
    routes.post(PAGE + "/{name}/active", contribute, this::switched);
    routes.post(PAGE + "/{name}/remove", contribute, this::remove);
  }

  private Answer make(Request request) {
    var when = Arrays.stream(When.values()).filter(each -> each.text().equals(request.form("when").orElse("")))
        .findFirst().orElse(When.SOURCE_FAILED);
    var about = when.member().flatMap(request::form).filter(text -> !text.isEmpty());
    var form = new TriggersPage.Form(request.form("title").orElse("").strip(), when.text(),
        about.map(text -> Map.of(when.member().orElseThrow(), text)).orElse(Map.of()),
        request.form("bound").filter("below"::equals).isEmpty(), request.form("limit").orElse("").strip(),
        request.form("connection").orElse(""));
    try {
      String name = definitions.freeName(Triggers.KIND.name(), form.title());
      definitions.apply(Definition.document(Triggers.KIND.name(), name, spec(form, when, about)),
          request.caller().name());
      return Renderer.done(PAGE, renderer.text(request).of("triggers.saved"));
    } catch (ProblemException refused) {
      return page(request, form, SentText.mistakes(refused.problem(), renderer.text(request)),
          Answer.problem(refused.problem(), request.id()).status());
    }
  }

  private static tools.jackson.databind.node.ObjectNode spec(TriggersPage.Form form, When when,
      Optional<String> about) {
    var spec = JsonMapper.shared().createObjectNode().put("title", form.title()).put("when", when.text())
        .put("connection", form.connection());
    about.ifPresent(text -> spec.put(when.member().orElseThrow(), text));
    if (when.hasBound()) {
      try {
        spec.put(form.isAbove() ? "above" : "below", Double.parseDouble(form.limit()));
      } catch (NumberFormatException wrong) {
        throw new ProblemException(Problem.of(Problem.Code.INVALID_DEFINITION,
            "the limit was '%s' but must be a number".formatted(form.limit())), wrong);
      }
    }
    return spec;
  }

  private Answer rehearse(Request request) {
    try {
      triggers.rehearse(request.pathPart("name"));
      security.audit("trigger tried", request.pathPart("name"), "");
      return Renderer.done(PAGE, renderer.text(request).of("triggers.tried"));
    } catch (ProblemException refused) {
      return Renderer.failed(PAGE, refused.problem());
    }
  }

  private Answer switched(Request request) {
    boolean isActive = request.form("active").filter("true"::equals).isPresent();
    var before = definitions.find(Triggers.KIND.name(), triggers.one(request.pathPart("name")).name()).orElseThrow();
    try {
      definitions.apply(before.edited(spec -> spec.put("active", isActive)), request.caller().name(),
          Editing.of(request));
      return Renderer.done(PAGE, renderer.text(request).of(isActive ? "triggers.switchedOn" : "triggers.switchedOff"));
    } catch (ProblemException refused) {
      return Renderer.failed(PAGE, refused.problem());
    }
  }

  private Answer remove(Request request) {
    String name = triggers.one(request.pathPart("name")).name();
    try {
      definitions.delete(Triggers.KIND.name(), name, request.caller().name(), Editing.of(request));
      security.audit("definition deleted", "Trigger/" + name, "");
      return Renderer.done(PAGE, renderer.text(request).of("triggers.removed", name));
    } catch (ProblemException refused) {
      return Renderer.failed(PAGE, refused.problem());
    }
  }

  private Answer page(Request request, TriggersPage.Form form, List<String> mistakes, int status) {
    var text = renderer.text(request);
    var usable = connections.usable().stream().filter(connection -> notices.types().contains(connection.type()))
        .map(connection -> new TriggersPage.Choice(connection.name(), connection.title())).toList();
    var names = usable.stream().map(TriggersPage.Choice::name).collect(Collectors.toSet());
    var shown = triggers.all().stream().map(trigger -> new TriggersPage.Trigger(trigger.name(), trigger.title(),
        trigger.isActive(), says(trigger, text),
        definitions.one(Connections.KIND, trigger.connection()).map(each -> each.title()).orElse(trigger.connection()),
        names.contains(trigger.connection()), triggers.told(trigger.name(), LATELY).stream()
            .map(notice -> new TriggersPage.Message(notice.madeAt(),
                "triggers.status." + notice.status().name().toLowerCase(Locale.ROOT), notice.why()))
            .toList()))
        .toList();
    return renderer.page(request, "triggers", text.of("nav.triggers"), "triggers",
        new TriggersPage(shown, usable, choices(Sources.KIND.name()), choices(Segments.KIND.name()),
            definitions.all(Measures.KIND).stream()
                .filter(measure -> measure instanceof MeasureTable table && table.isOfBusiness()
                    && table.dimensions().isEmpty())
                .map(measure -> new TriggersPage.Choice(measure.name(), measure.title())).toList(),
            form, mistakes))
        .withStatus(status);
  }

  private List<TriggersPage.Choice> choices(String kind) {
    return definitions.list(kind).stream().map(each -> new TriggersPage.Choice(each.name(),
        each.spec().path("title").asString(each.name()))).toList();
  }

  private String says(TriggerDefinition trigger, Messages text) {
    String about = trigger.about()
        .map(name -> trigger.when().member()
            .flatMap(member -> definitions.find(member.substring(0, 1).toUpperCase(Locale.ROOT) + member.substring(1),
                name))
            .map(definition -> definition.spec().path("title").asString(name)).orElse(name))
        .orElse(text.of("triggers.anySource"));
    String bound = trigger.bound()
        .map(each -> text.of(each.isAbove() ? "triggers.says.above" : "triggers.says.below", each.limit())).orElse("");
    return text.of("triggers.says." + trigger.when().text(), about, bound);
  }
}
