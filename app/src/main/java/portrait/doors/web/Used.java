package portrait.doors.web;

import static portrait.doors.http.Access.needs;

import java.time.Clock;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.function.ToLongFunction;
import java.util.stream.Collectors;
import portrait.doors.http.Answer;
import portrait.doors.http.Door;
import portrait.doors.http.Request;
import portrait.doors.http.Routes;
import portrait.doors.http.Usage;
import portrait.foundation.security.KeyInfo;
import portrait.foundation.security.Permission;
import portrait.foundation.security.Security;

/// What programs and people asked for.
final class Used implements Door {

  private static final int DAYS = 30;
  private static final int LINES = 200;

  private final Renderer renderer;
  private final Usage usage;
  private final Security security;
  private final Clock clock;

  Used(Renderer renderer, Usage usage, Security security, Clock clock) {
    this.renderer = renderer;
    this.usage = usage;
    this.security = security;
    this.clock = clock;
  }

  @Override
  public void routes(Routes routes) {
    routes.get("/usage", needs(Permission.ADMINISTER), this::page);
  }

  private Answer page(Request request) {
    var text = renderer.text(request);
    var names = security.keys().stream().collect(Collectors.toMap(KeyInfo::id, KeyInfo::name));
    var today = LocalDate.ofInstant(clock.instant(), ZoneOffset.UTC);
    var days = usage.between(today.minusDays(DAYS - 1), today);
    var byCaller = days.stream().collect(Collectors.groupingBy(Usage.Day::caller));
    long most = byCaller.values().stream().mapToLong(each -> sum(each, Usage.Day::requests)).max().orElse(1);
    var callers = byCaller.entrySet().stream().map(each -> {
      long requests = sum(each.getValue(), Usage.Day::requests);
      return new UsagePage.Caller(name(each.getKey(), names, text), requests, sum(each.getValue(), Usage.Day::events),
          sum(each.getValue(), Usage.Day::refused), (int) (requests * 100 / Math.max(1, most)));
    }).sorted(Comparator.comparingLong(UsagePage.Caller::requests).reversed()
        .thenComparing(UsagePage.Caller::name)).toList();
    var latest = days.stream().limit(LINES).map(day -> new UsagePage.Day(day.day().toString(),
        name(day.caller(), names, text), day.requests(), day.events(), day.refused())).toList();
    return renderer.page(request, "usage", text.of("nav.usage"), "usage", new UsagePage(DAYS, callers, latest));
  }

  private static long sum(List<Usage.Day> days, ToLongFunction<Usage.Day> of) {
    return days.stream().mapToLong(of).sum();
  }

  private static String name(String caller, Map<String, String> names, Messages text) {
    return switch (caller) {
      case Usage.PEOPLE -> text.of("usage.people");
      case Usage.COMMANDS -> text.of("usage.commands");
      case Usage.NOBODY -> text.of("usage.nobody");
      default -> names.getOrDefault(caller, caller);
    };
  }
}
