package portrait.doors.rest;

import static portrait.doors.http.Access.needs;

import java.util.Optional;
import portrait.doors.http.Answer;
import portrait.doors.http.Door;
import portrait.doors.http.Request;
import portrait.doors.http.Routes;
import portrait.foundation.database.Database;
import portrait.foundation.model.Problem;
import portrait.foundation.security.Permission;
import portrait.foundation.security.Security;
import portrait.processes.live.Live;
import portrait.stages.events.Events;

/// Messages that were refused: seen, corrected, sent again, thrown away.
final class QuarantineRoutes implements Door {

  private static final String ALL = "/api/v1/quarantine";
  private static final String ONE = ALL + "/{id}";
  private static final int PAGE_MAX = 1_000;

  private final Live live;
  private final Events events;
  private final Database database;
  private final Security security;

  QuarantineRoutes(Live live, Events events, Database database, Security security) {
    this.live = live;
    this.events = events;
    this.database = database;
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
    int limit = request.query("limit", 1, PAGE_MAX, 100);
    long before = request.query("cursor").map(QuarantineRoutes::number).orElse(Long.MAX_VALUE);
    // One more than asked for tells whether there is a next page.
    var found = database.read(transaction -> events.quarantined(transaction, before, limit + 1));
    var page = found.subList(0, Math.min(limit, found.size()));
    var next = found.size() > limit ? Optional.of(String.valueOf(page.getLast().number())) : Optional.<String>empty();
    return Answer.json(Shapes.next(Shapes.list("messages", page, Shapes::quarantined), next)
        .put("total", database.read(events::quarantinedCount)));
  }

  private Answer one(Request request) {
    long number = number(request.pathPart("id"));
    return Answer.json(Shapes.quarantined(database.read(transaction -> events.findQuarantined(transaction, number))
        .orElseThrow(() -> Problem.of(Problem.Code.NOT_FOUND, "there is no message %d in the quarantine"
            .formatted(number)).asException())));
  }

  private Answer replay(Request request) {
    long number = number(request.pathPart("id"));
    byte[] body = request.body(Rest.BODY_BYTES_MAX);
    var receipt = live.replay(number, body.length == 0 ? Optional.empty() : Optional.of(body));
    security.audit("message replayed", String.valueOf(number), body.length == 0 ? "as it was" : "corrected");
    return Answer.json(Shapes.object().put("id", String.valueOf(number)).put("accepted", receipt.accepted())
        .put("duplicate", receipt.repeated()));
  }

  private Answer discard(Request request) {
    long number = number(request.pathPart("id"));
    live.discard(number);
    security.audit("message deleted", String.valueOf(number), "");
    return Answer.json(Shapes.object().put("id", String.valueOf(number)).put("deleted", true));
  }

  private static long number(String text) {
    try {
      return Long.parseLong(text);
    } catch (NumberFormatException _) {
      throw Problem.of(Problem.Code.INVALID_PARAMETER, "'%s' is no number of a message in the quarantine"
          .formatted(text)).asException();
    }
  }
}
