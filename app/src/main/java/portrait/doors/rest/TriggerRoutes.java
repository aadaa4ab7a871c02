package portrait.doors.rest;

import static portrait.doors.http.Access.needs;

import java.util.Locale;
import portrait.doors.http.Answer;
import portrait.doors.http.Door;
import portrait.doors.http.Request;
import portrait.doors.http.Routes;
import portrait.foundation.security.Permission;
import portrait.foundation.security.Security;
import portrait.processes.automation.TriggerDefinition;
import portrait.processes.automation.Triggers;
import portrait.stages.notices.Notice;
import tools.jackson.databind.node.ObjectNode;

/// What other systems are told when something happens: the messages, and trying one.
final class TriggerRoutes implements Door {

  private static final String ALL = "/api/v1/triggers";
  private static final String ONE = ALL + "/{name}";
  private static final int MESSAGES_MAX = 200;

  private final Triggers triggers;
  private final Security security;

  TriggerRoutes(Triggers triggers, Security security) {
    this.triggers = triggers;
    this.security = security;
  }

  @Override
  public void routes(Routes routes) {
    routes.get(ALL, needs(Permission.VIEW),
        _ -> Answer.json(Shapes.list("triggers", triggers.all(), this::shape)));
    routes.get(ONE, needs(Permission.VIEW), this::one);
    routes.post(ONE + "/try", needs(Permission.CONTRIBUTE), this::rehearse);
  }

  private Answer one(Request request) {
    var trigger = triggers.one(request.pathPart("name"));
    int limit = request.query("limit", 1, MESSAGES_MAX, 50);
    var shape = shape(trigger);
    shape.set("messages", Shapes.array(triggers.told(trigger.name(), limit), TriggerRoutes::shape));
    return Answer.json(shape);
  }

  private Answer rehearse(Request request) {
    String name = request.pathPart("name");
    triggers.rehearse(name);
    security.audit("trigger tried", name, "");
    return Answer.json(Shapes.array(triggers.told(name, 1), TriggerRoutes::shape).get(0)).withStatus(202);
  }

  private ObjectNode shape(TriggerDefinition trigger) {
    var shape = Shapes.object().put("name", trigger.name()).put("title", trigger.title())
        .put("when", trigger.when().text());
    trigger.when().member().ifPresent(member -> shape.put(member, trigger.about().orElse(null)));
    trigger.bound().ifPresent(bound -> shape.put(bound.isAbove() ? "above" : "below", bound.limit()));
    return shape.put("connection", trigger.connection()).put("active", trigger.isActive())
        .set("last", triggers.told(trigger.name(), 1).stream().findFirst().map(TriggerRoutes::shape).orElse(null));
  }

  private static ObjectNode shape(Notice notice) {
    return Shapes.object().put("id", notice.id()).put("madeAt", Shapes.time(notice.madeAt()))
        .put("status", notice.status().name().toLowerCase(Locale.ROOT)).put("tries", notice.tries())
        .put("why", notice.why()).put("endedAt", notice.endedAt().map(Shapes::time).orElse(null))
        .set("message", notice.message());
  }
}
