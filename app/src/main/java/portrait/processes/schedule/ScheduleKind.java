package portrait.processes.schedule;

import java.time.DateTimeException;
import java.time.DayOfWeek;
import java.time.LocalTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import portrait.foundation.definitions.Definitions;
import portrait.foundation.definitions.Kind;
import portrait.foundation.expressions.Zones;
import portrait.foundation.model.Problem;
import portrait.foundation.model.ProblemException;
import portrait.foundation.security.Permission;
import tools.jackson.databind.JsonNode;

/// Definitions of kind `Schedule`.
final class ScheduleKind implements Kind<ScheduleDefinition> {

  @Override
  public String name() {
    return "Schedule";
  }

  @Override
  public Permission permission() {
    return Permission.ADMINISTER;
  }

  @Override
  public ScheduleDefinition parse(String name, JsonNode spec) {
    var days = spec.path("days").valueStream()
        .map(day -> DayOfWeek.valueOf(day.asString().toUpperCase(Locale.ROOT))).collect(Collectors.toSet());
    var daysOfMonth = spec.path("days_of_month").valueStream().map(JsonNode::asInt).collect(Collectors.toSet());
    if (!days.isEmpty() && !daysOfMonth.isEmpty()) {
      throw Problem.of(Problem.Code.INVALID_DEFINITION, "it has both days and days_of_month but must have one of them",
          "Two schedules may run the same.").asException();
    }
    var timetable = new Timetable(spec.path("at").valueStream().map(ScheduleKind::time).toList(), days, daysOfMonth,
        Zones.ofSpec(spec));
    return new ScheduleDefinition(name, spec.path("title").asString(name),
        spec.path("run").valueStream().map(JsonNode::asString).distinct().toList(), timetable,
        !spec.path("missed").asString("run").equals("skip"), spec.path("active").asBoolean(true));
  }

  private static LocalTime time(JsonNode written) {
    try {
      return LocalTime.parse(written.asString());
    } catch (DateTimeException wrong) {
      throw new ProblemException(Problem.of(Problem.Code.INVALID_DEFINITION,
          "at was '%s' but must be a time of the day such as 06:00".formatted(written.asString())), wrong);
    }
  }

  @Override
  public List<Problem> check(ScheduleDefinition schedule, Definitions others) {
    var problems = new ArrayList<Problem>();
    for (String item : schedule.items()) {
      String kind = item.substring(0, item.indexOf('/'));
      if (!others.kinds().contains(kind) || others.find(kind, item.substring(kind.length() + 1)).isEmpty()) {
        problems.add(Problem.of(Problem.Code.INVALID_DEFINITION, "run names %s but there is none".formatted(item),
            "Define it first, or in the same text."));
      }
    }
    return problems;
  }

  @Override
  public List<String> uses(ScheduleDefinition schedule) {
    return schedule.items();
  }
}
