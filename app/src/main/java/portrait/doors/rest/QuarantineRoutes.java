package portrait.doors.rest;

import static portrait.doors.http.Access.needs;

import java.util.Optional;
import portrait.doors.http.Answer;
import portrait.doors.http.Door;
import portrait.doors.http.Request;
import portrait.doors.http.Routes;
import portrait.foundation.security.Permission;
import portrait.foundation.security.Security;
import portrait.processes.live.Live;

/// Messages that were refused: seen, corrected, sent again, thrown away.
final class QuarantineRoutes implements Door {

  private static final String ALL = "/api/v1/quarantine";
  private static final String ONE = ALL + "/{id}";
  private static final int PAGE_MAX = 1_000;

  private final Live live;
  private final Security security;

  QuarantineRoutes(Live live, Security security) {
    this.live = live;
    this.security = security;
  }

  @Override
  public void routes(Routes routes) {
    var contribute = needs(Permission.CONTRIBUTE);
    routes.get(ALL, contribute, this::list);
    routes.post(ONE + "/replay", contribute, this::replay);
    routes.get(ONE, contribute, this::one);
    routes.delete(ONE, contribute, this::discard);
  }

  private Answer list(Request request) {
    return Answer.json(
        Shapes.refused(live.quarantine(request.query("cursor"), request.query("limit", 1, PAGE_MAX, 100))));
  }

  private Answer one(Request request) {
    return Answer.json(Shapes.quarantined(live.quarantined(request.pathPart("id"))));
  }

  private Answer replay(Request request) {
    String id = request.pathPart("id");
    byte[] body = request.body(Rest.BODY_BYTES_MAX);
    var receipt = live.replay(id, body.length == 0 ? Optional.empty() : Optional.of(body));
    security.audit("message replayed", id, body.length == 0 ? "as it was" : "corrected");
    return Answer.json(Shapes.object().put("id", id).put("accepted", receipt.accepted())
        .put("duplicate", receipt.repeated()));
  }

  private Answer discard(Request request) {
    String id = request.pathPart("id");
    live.discard(id);
    security.audit("message deleted", id, "");
    return Answer.json(Shapes.object().put("id", id).put("deleted", true));
  }
}
