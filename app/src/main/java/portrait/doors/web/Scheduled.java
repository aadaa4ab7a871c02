package portrait.doors.web;

import static portrait.doors.http.Access.needs;

import java.time.DayOfWeek;
import java.time.ZoneId;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import portrait.doors.http.Answer;
import portrait.doors.http.Door;
import portrait.doors.http.Request;
import portrait.doors.http.Routes;
import portrait.foundation.definitions.Definition;
import portrait.foundation.definitions.Definitions;
import portrait.foundation.jobs.Jobs;
import portrait.foundation.model.ProblemException;
import portrait.foundation.security.Permission;
import portrait.foundation.security.Security;
import portrait.processes.schedule.ScheduleDefinition;
import portrait.processes.schedule.ScheduledRun;
import portrait.processes.schedule.Schedules;
import tools.jackson.databind.json.JsonMapper;

/// What runs by itself: made by choosing days and times, run now, switched on and off.
final class Scheduled implements Door {

  private static final String PAGE = "/schedules";
  private static final int LATELY = 5;
  private static final SchedulesPage.Form EMPTY = new SchedulesPage.Form("", List.of(), "06:00", List.of(), "UTC",
      true);

  private final Renderer renderer;
  private final Schedules schedules;
  private final Definitions definitions;
  private final Jobs jobs;
  private final Security security;

  Scheduled(Renderer renderer, Schedules schedules, Definitions definitions, Jobs jobs, Security security) {
    this.renderer = renderer;
    this.schedules = schedules;
    this.definitions = definitions;
    this.jobs = jobs;
    this.security = security;
  }

  @Override
  public void routes(Routes routes) {
    var administer = needs(Permission.ADMINISTER);
    routes.get(PAGE, needs(Permission.VIEW), request -> page(request, request.query("item")
        .map(item -> new SchedulesPage.Form("", List.of(item), "06:00", List.of(), "UTC", true)).orElse(EMPTY),
        List.of(), 200));
    routes.post(PAGE, administer, this::make);
    routes.post(PAGE + "/{name}/run", needs(Permission.CONTRIBUTE), this::run);
    routes.post(PAGE + "/{name}/active", administer, this::switched);
  }

  private Answer make(Request request) {
    var form = sent(request);
    try {
      definitions.apply(definition(form), request.caller().name());
      return Renderer.done(PAGE, renderer.text(request).of("schedules.saved"));
    } catch (ProblemException refused) {
      return page(request, form, SentText.mistakes(refused.problem(), renderer.text(request)),
          Answer.problem(refused.problem(), request.id()).status());
    }
  }

  private SchedulesPage.Form sent(Request request) {
    boolean isRefresh = request.form("what").filter("items"::equals).isEmpty();
    return new SchedulesPage.Form(request.form("title").orElse("").strip(),
        isRefresh ? List.of()
            : items().stream().map(SchedulesPage.Item::key).filter(key -> request.form("item:" + key).isPresent())
                .toList(),
        request.form("times").orElse("").strip(),
        Arrays.stream(DayOfWeek.values()).map(Scheduled::word).filter(day -> request.form("day:" + day).isPresent())
            .toList(),
        request.form("time_zone").orElse("UTC"), request.form("missed").filter("skip"::equals).isEmpty());
  }

  private String definition(SchedulesPage.Form form) {
    var spec = JsonMapper.shared().createObjectNode().put("title", form.title());
    if (form.items().isEmpty()) {
      spec.put("run", "refresh");
    } else {
      form.items().forEach(spec.putArray("run")::add);
    }
    var at = spec.putArray("at");
    Stream.of(form.times().split("[,\\s]+")).filter(time -> !time.isEmpty()).forEach(at::add);
    if (!form.days().isEmpty()) {
      form.days().forEach(spec.putArray("days")::add);
    }
    spec.put("time_zone", form.zone()).put("missed", form.isMissedRun() ? "run" : "skip");
    return Definition.document(Schedules.KIND.name(), definitions.freeName(Schedules.KIND.name(), form.title()), spec);
  }

  private Answer run(Request request) {
    try {
      var id = schedules.run(request.pathPart("name"), request.caller().name());
      security.audit("schedule run", request.pathPart("name"), id.toString());
      return Renderer.done("/jobs/" + id, renderer.text(request).of("schedules.started"));
    } catch (ProblemException refused) {
      return Renderer.failed(PAGE, refused.problem());
    }
  }

  private Answer switched(Request request) {
    var schedule = schedules.one(request.pathPart("name"));
    boolean isActive = request.form("active").filter("true"::equals).isPresent();
    var before = definitions.find(Schedules.KIND.name(), schedule.name()).orElseThrow();
    try {
      definitions.apply(before.edited(spec -> spec.put("active", isActive)), request.caller().name(),
          Editing.of(request));
      return Renderer.done(PAGE,
          renderer.text(request).of(isActive ? "schedules.switchedOn" : "schedules.switchedOff"));
    } catch (ProblemException refused) {
      return Renderer.failed(PAGE, refused.problem());
    }
  }

  private Answer page(Request request, SchedulesPage.Form form, List<String> mistakes, int status) {
    var text = renderer.text(request);
    var shown = schedules.all().stream().map(schedule -> new SchedulesPage.Schedule(schedule.name(), schedule.title(),
        schedule.isActive(), says(schedule, text),
        schedule.isRefresh() ? List.of(text.of("schedules.refresh")) : schedule.items(), schedules.next(schedule),
        schedules.history(schedule.name(), LATELY).stream().map(this::run).toList())).toList();
    return renderer.page(request, "schedules", text.of("nav.schedules"), "schedules",
        new SchedulesPage(shown, items(), zones(), form, mistakes)).withStatus(status);
  }

  private SchedulesPage.Run run(ScheduledRun run) {
    return new SchedulesPage.Run(run.plannedAt(), "schedules.outcome." + run.outcome().name().toLowerCase(Locale.ROOT),
        run.job().map(Object::toString).orElse(""),
        run.job().flatMap(jobs::find).map(job -> job.status().text()).orElse(""));
  }

  private static String says(ScheduleDefinition schedule, Messages text) {
    var timetable = schedule.timetable();
    String days = !timetable.daysOfMonth().isEmpty()
        ? text.of("schedules.daysOfMonth", timetable.daysOfMonth().stream().sorted().map(String::valueOf)
            .collect(Collectors.joining(", ")))
        : timetable.days().isEmpty() || timetable.days().size() == DayOfWeek.values().length
            ? text.of("schedules.everyDay")
            : timetable.days().stream().sorted().map(day -> text.of("day." + word(day)))
                .collect(Collectors.joining(", "));
    return text.of("schedules.says", days,
        timetable.times().stream().map(Object::toString).collect(Collectors.joining(", ")),
        timetable.zone().getId().equals("Z") ? "UTC" : timetable.zone().getId());
  }

  private List<SchedulesPage.Item> items() {
    return schedules.kinds().stream().flatMap(kind -> definitions.list(kind).stream())
        .map(definition -> new SchedulesPage.Item(definition.kind() + "/" + definition.name(),
            definition.spec().path("title").asString(definition.name())))
        .toList();
  }

  /// Names of places, as people know them.
  private static List<String> zones() {
    return Stream.concat(Stream.of("UTC"), ZoneId.getAvailableZoneIds().stream()
        .filter(zone -> zone.matches("(Africa|America|Asia|Atlantic|Australia|Europe|Indian|Pacific)/[A-Za-z_]+"))
        .sorted()).toList();
  }

  private static String word(DayOfWeek day) {
    return day.name().toLowerCase(Locale.ROOT);
  }
}
