package portrait.doors.rest;

import static portrait.doors.http.Access.needs;

import java.time.Clock;
import java.time.DateTimeException;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.stream.Collectors;
import portrait.doors.http.Answer;
import portrait.doors.http.Door;
import portrait.doors.http.Request;
import portrait.doors.http.Routes;
import portrait.doors.http.Usage;
import portrait.foundation.model.Problem;
import portrait.foundation.model.ProblemException;
import portrait.foundation.security.KeyInfo;
import portrait.foundation.security.Permission;
import portrait.foundation.security.Security;

/// What each key asked for, day by day.
final class UsageRoutes implements Door {

  private static final int DAYS = 30;

  private final Usage usage;
  private final Security security;
  private final Clock clock;

  UsageRoutes(Usage usage, Security security, Clock clock) {
    this.usage = usage;
    this.security = security;
    this.clock = clock;
  }

  @Override
  public void routes(Routes routes) {
    routes.get("/api/v1/usage", needs(Permission.ADMINISTER), this::days);
  }

  private Answer days(Request request) {
    var today = LocalDate.ofInstant(clock.instant(), ZoneOffset.UTC);
    var last = day(request, "to", today);
    var names = security.keys().stream().collect(Collectors.toMap(KeyInfo::id, KeyInfo::name));
    var days = usage.between(day(request, "from", last.minusDays(DAYS - 1)), last);
    return Answer.json(Shapes.list("days", days, day -> Shapes.object().put("day", day.day().toString())
        .put("caller", day.caller()).put("name", names.getOrDefault(day.caller(), day.caller()))
        .put("requests", day.requests()).put("events", day.events()).put("refused", day.refused())));
  }

  private static LocalDate day(Request request, String name, LocalDate otherwise) {
    return request.query(name).map(text -> {
      try {
        return LocalDate.parse(text);
      } catch (DateTimeException noDay) {
        throw new ProblemException(Problem.of(Problem.Code.INVALID_PARAMETER,
            "%s was '%s' but must be a day such as 2026-01-31".formatted(name, text)), noDay);
      }
    }).orElse(otherwise);
  }
}
