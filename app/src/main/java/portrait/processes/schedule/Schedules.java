package portrait.processes.schedule;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import portrait.foundation.database.Database;
import portrait.foundation.database.Migrations;
import portrait.foundation.definitions.Definition;
import portrait.foundation.definitions.Definitions;
import portrait.foundation.definitions.Kind;
import portrait.foundation.jobs.Job;
import portrait.foundation.jobs.JobId;
import portrait.foundation.jobs.Jobs;
import portrait.foundation.jobs.TaskGraph;
import portrait.foundation.jobs.TaskGraph.Task;
import portrait.foundation.model.Problem;
import portrait.foundation.model.ProblemException;
import portrait.processes.refresh.Refresh;
import portrait.processes.schedule.ScheduledRun.Outcome;

/// Starts what is planned. Without a definition of kind `Schedule` nothing runs by itself.
public final class Schedules {

  /// `kind: Schedule`.
  public static final Kind<ScheduleDefinition> KIND = new ScheduleKind();

  /// The name of the job that runs items.
  public static final String JOB = "schedule";

  private static final Set<String> NOT_BESIDE = Set.of(Refresh.JOB, "rebuild");
  /** What is later than this was due while Portrait was down, or could not be started for that long. */
  private static final Duration LATE = Duration.ofMinutes(10);

  private final Definitions definitions;
  private final Refresh refresh;
  private final Map<String, ItemWork> work = new HashMap<>();
  private final Jobs jobs;
  private final ScheduleTable table;
  private final Clock clock;

  public static Migrations migrations() {
    return Migrations.beside(Schedules.class);
  }

  /// @param works the kinds of items that can be run by themselves
  public Schedules(Definitions definitions, Database database, Refresh refresh, List<ItemWork> works, Jobs jobs,
      Clock clock) {
    this.definitions = definitions;
    this.refresh = refresh;
    works.forEach(each -> work.put(each.kind(), each));
    this.jobs = jobs;
    this.table = new ScheduleTable(database);
    this.clock = clock;
    definitions.guard(KIND, (schedule, _, _) -> unsuitable(schedule));
  }

  private List<Problem> unsuitable(ScheduleDefinition schedule) {
    return schedule.items().stream().filter(item -> !work.containsKey(kind(item)))
        .map(item -> Problem.of(Problem.Code.INVALID_DEFINITION, "run names %s, which cannot be run by itself"
            .formatted(item),
            "A schedule runs refresh, or items of the kinds %s.".formatted(
                String.join(", ", new TreeSet<>(work.keySet())))))
        .toList();
  }

  /// Every schedule, by name.
  public List<ScheduleDefinition> all() {
    return definitions.all(KIND);
  }

  /// A schedule.
  ///
  /// @throws ProblemException `not_found`
  public ScheduleDefinition one(String name) {
    return definitions.one(KIND, name).orElseThrow(() -> Problem.of(Problem.Code.NOT_FOUND,
        "there is no schedule '%s'".formatted(name), "GET /api/v1/schedules lists them.").asException());
  }

  /// When it runs next; empty for one that is off.
  public Optional<Instant> next(ScheduleDefinition schedule) {
    return schedule.isActive() ? Optional.of(schedule.timetable().next(clock.instant())) : Optional.empty();
  }

  /// What became of its planned moments, newest first.
  public List<ScheduledRun> history(String name, int limit) {
    return table.history(name, limit);
  }

  /// Kinds of items that can be run by themselves, sorted.
  public List<String> kinds() {
    return List.copyOf(new TreeSet<>(work.keySet()));
  }

  /// Runs a schedule now, whenever it is planned.
  ///
  /// @throws ProblemException `not_found`; `already_running` while items of schedules, or the refresh asked for, go on or wait
  public JobId run(String name, String by) {
    var schedule = one(name);
    var id = schedule.isRefresh() ? refresh.startPlanned(by) : runItems(List.of(schedule), by);
    var now = clock.instant();
    table.record(new ScheduledRun(name, now, now, Outcome.STARTED, Optional.of(id)));
    return id;
  }

  /// Starts what has come due. Call it every few seconds.
  public void tick() {
    var now = clock.instant();
    var due = new ArrayList<Due>();
    for (var schedule : all()) {
      if (schedule.isActive()) {
        due(schedule, now).ifPresent(due::add);
      }
    }
    var missed = due.stream().filter(each -> each.isMissed(now)).toList();
    missed.stream().filter(each -> table.claim(each.name(), each.planned()))
        .forEach(each -> record(each, Outcome.MISSED, Optional.empty()));
    due.removeAll(missed);
    begin(due.stream().filter(each -> each.schedule().isRefresh()).toList(),
        claimed -> refresh.startPlanned(by(claimed)));
    begin(due.stream().filter(each -> !each.schedule().isRefresh()).toList(),
        claimed -> runItems(claimed.stream().map(Due::schedule).toList(), by(claimed)));
  }

  /// A planned moment that has come.
  ///
  /// @param before up to which the schedule was dealt with
  private record Due(ScheduleDefinition schedule, Instant planned, Instant before) {

    String name() {
      return schedule.name();
    }

    boolean isMissed(Instant now) {
      return !schedule.isMissedRun() && planned.isBefore(now.minus(LATE));
    }
  }

  /// What was planned before the schedule was saved as it is now does not count. Of several moments that were missed the
  /// last stands for all.
  private Optional<Due> due(ScheduleDefinition schedule, Instant now) {
    var savedAt = definitions.find(KIND.name(), schedule.name()).map(Definition::appliedAt).orElse(now);
    if (schedule.timetable().last(savedAt, now).isEmpty()) {
      return Optional.empty();
    }
    var handled = table.handledUntil(schedule.name());
    return schedule.timetable().last(Collections.max(List.of(savedAt, handled)), now)
        .map(planned -> new Due(schedule, planned, handled));
  }

  private interface Starter {
    JobId start(List<Due> claimed);
  }

  private void begin(List<Due> due, Starter starter) {
    var claimed = due.stream().filter(each -> table.claim(each.name(), each.planned())).toList();
    if (claimed.isEmpty()) {
      return;
    }
    var running = wholeRefresh();
    var alone = new ArrayList<Due>();
    for (var each : claimed) {
      var same = running.filter(job -> !job.startedAt().isBefore(each.planned()) && isPartOfRefresh(each.schedule()));
      same.ifPresentOrElse(job -> record(each, Outcome.JOINED, Optional.of(job.id())), () -> alone.add(each));
    }
    if (alone.isEmpty()) {
      return;
    }
    try {
      var id = starter.start(alone);
      alone.forEach(each -> record(each, Outcome.STARTED, Optional.of(id)));
    } catch (ProblemException refused) {
      if (refused.problem().code() != Problem.Code.ALREADY_RUNNING) {
        throw refused;
      }
      // They begin when the run before has ended.
      alone.forEach(each -> table.giveBack(each.name(), each.planned(), each.before()));
    }
  }

  private Optional<Job> wholeRefresh() {
    return jobs.latest(Refresh.JOB).filter(job -> !job.status().isEnd() && job.tasks().size() > 1);
  }

  private boolean isPartOfRefresh(ScheduleDefinition schedule) {
    return schedule.items().stream().map(Schedules::kind).allMatch(kind -> {
      var known = work.get(kind);
      return known != null && known.isPartOfRefresh();
    });
  }

  private void record(Due due, Outcome outcome, Optional<JobId> job) {
    table.record(new ScheduledRun(due.name(), due.planned(), clock.instant(), outcome, job));
  }

  private static String by(List<Due> claimed) {
    return "Schedule " + claimed.stream().map(Due::name).collect(Collectors.joining(", "));
  }

  /// One job for all items, each after those of them that it builds on.
  private JobId runItems(List<ScheduleDefinition> schedules, String by) {
    var items = schedules.stream().flatMap(schedule -> schedule.items().stream()).distinct().toList();
    var runs = work.values().stream().filter(each -> items.stream().anyMatch(item -> kind(item).equals(each.kind())))
        .collect(Collectors.toMap(ItemWork::kind, ItemWork::begin));
    // Whatever an item builds on builds on fewer.
    var tasks = items.stream().map(item -> new Task(item, item,
        items.stream().filter(other -> isUsedBy(other, item)).toList(),
        progress -> Objects.requireNonNull(runs.get(kind(item))).item(name(item), progress)))
        .sorted(Comparator.comparing(task -> task.after().size())).toList();
    return jobs.start(JOB, NOT_BESIDE, schedules.stream().map(ScheduleDefinition::title)
        .collect(Collectors.joining(", ")), _ -> new TaskGraph(tasks), by);
  }

  private boolean isUsedBy(String item, String other) {
    return definitions.usedBy(kind(item), name(item)).contains(other)
        || definitions.usedFurther(kind(item), name(item)).contains(other);
  }

  private static String kind(String item) {
    return item.substring(0, item.indexOf('/'));
  }

  private static String name(String item) {
    return item.substring(item.indexOf('/') + 1);
  }
}
