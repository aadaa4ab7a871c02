package portrait.doors.rest;

import static portrait.doors.http.Access.needs;

import java.util.Objects;
import java.util.Optional;
import portrait.doors.http.Answer;
import portrait.doors.http.Bell;
import portrait.doors.http.Door;
import portrait.doors.http.Request;
import portrait.doors.http.Routes;
import portrait.foundation.security.Permission;
import portrait.foundation.security.Security;

/// Work that has ended, for whoever asks.
final class NotificationRoutes implements Door {

  private static final int LIMIT = 50;
  private static final int LIMIT_MAX = 500;

  private final Bell bell;
  private final Security security;

  NotificationRoutes(Bell bell, Security security) {
    this.bell = bell;
    this.security = security;
  }

  @Override
  public void routes(Routes routes) {
    routes.get("/api/v1/notifications", needs(Permission.VIEW), this::list);
    routes.post("/api/v1/notifications", needs(Permission.VIEW), this::read);
  }

  private Answer list(Request request) {
    var preferences = security.preferences(request.caller());
    var readUntil = bell.readUntil(preferences);
    var shape = Shapes.object().put("unread", bell.unread(preferences));
    var told = shape.putArray("notifications");
    bell.ended(request.query("limit", 1, LIMIT_MAX, LIMIT)).forEach(job -> {
      var ended = Objects.requireNonNull(job.endedAt());
      var one = told.addObject().put("job", job.id().toString()).put("name", job.name()).put("title", job.title())
          .put("status", job.status().text()).put("endedAt", ended.toString()).put("by", job.by())
          .put("unread", ended.isAfter(readUntil));
      job.problem().ifPresent(problem -> one.put("problem", problem.message()));
    });
    return Answer.json(shape);
  }

  private Answer read(Request request) {
    var body = Shapes.read(request.bodyText(Rest.BODY_BYTES_MAX));
    bell.read(request.caller(), Optional.of(body.path("until").asString("")));
    return list(request);
  }
}
