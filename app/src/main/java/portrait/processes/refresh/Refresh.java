package portrait.processes.refresh;

import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import portrait.foundation.jobs.JobId;
import portrait.foundation.jobs.Jobs;
import portrait.foundation.jobs.Progress;
import portrait.foundation.jobs.TaskGraph.Task;
import portrait.foundation.jobs.TaskGraph;
import portrait.foundation.model.Problem;
import portrait.foundation.warehouse.Sql;
import portrait.stages.events.Expiry;
import portrait.stages.exports.ExportDefinition.Occasion;
import portrait.stages.measures.MeasureTable;
import portrait.stages.sources.LoadListener;
import portrait.stages.sources.LoadMode;

/// Everything that is computed over whole tables, as one graph of tasks. The list in [#graph] is the product in eight
/// lines.
public final class Refresh {

  /// The name of the job.
  public static final String JOB = "refresh";

  /// The task of a planned refresh, and of no other, that sends what changed.
  public static final String EXPORTS = "exports";

  /// A rebuild compares the profile store with the rows that the last refresh took in, and an erasure deletes some;
  /// another refresh must wait.
  private static final Set<String> NOT_BESIDE = Set.of("rebuild", "erasure");

  private final Stages stages;
  private final Jobs jobs;
  private final Path base;
  private final Clock clock;

  /// @param base where relative paths of source tables begin
  public Refresh(Stages stages, Jobs jobs, Path base, Clock clock) {
    this.stages = stages;
    this.jobs = jobs;
    this.base = base;
    this.clock = clock;
  }

  /// Starts a refresh and returns at once.
  ///
  /// @param only one task alone, on what the others left behind; all of them when empty
  public JobId start(Optional<String> only, String by) {
    var graph = only.isEmpty() && stages.exports().isAnyOn(Occasion.EVALUATION)
        ? sending(EnumSet.of(Occasion.EVALUATION), by)
        : graph(only);
    return jobs.start(JOB, NOT_BESIDE, only.map(task -> "Refresh " + task).orElse("Refresh"), _ -> graph, by);
  }

  /// Starts a refresh that was planned, and returns at once: at its end exports send what changed.
  public JobId startPlanned(String by) {
    var graph = sending(EnumSet.of(Occasion.SCHEDULED_REFRESH, Occasion.EVALUATION), by);
    return jobs.start(JOB, NOT_BESIDE, "Refresh", _ -> graph, by);
  }

  private TaskGraph sending(Set<Occasion> occasions, String by) {
    var tasks = new ArrayList<>(graph(Optional.empty()).tasks());
    tasks.add(new Task(EXPORTS, "Send what changed", List.of("enrichments"),
        progress -> stages.exports().runAll(occasions, progress, by)));
    return new TaskGraph(tasks);
  }

  /// How far a run of the unification goes.
  public enum Scope {
    /** The rules only: counts and pairs to look at, no customer changes. */
    MATCHING,
    /** Up to the table of customers, and what was published of them. */
    CUSTOMERS,
    /** And everything that depends on it. */
    EVERYTHING
  }

  /// Starts a run of the unification and returns at once.
  ///
  /// @throws portrait.foundation.model.ProblemException `conflict` for `CUSTOMERS` before the first whole refresh
  public JobId unify(Scope scope, String by) {
    var run = new RefreshRun(stages, base, clock.instant());
    var sources = new Task("sources", "Load source tables", List.of(), run::sources);
    return switch (scope) {
      case MATCHING -> jobs.start(JOB, NOT_BESIDE, "Match records",
          _ -> TaskGraph.of(sources, new Task("matching", "Match records", List.of("sources"), run::matching)), by);
      case CUSTOMERS -> {
        refuseBeforeFirstRefresh();
        yield jobs.start(JOB, NOT_BESIDE, "Unify customers", _ -> TaskGraph.of(sources,
            new Task("unification", "Match records and find customers", List.of("sources"), run::unification),
            new Task("profiles", "Merge customers", List.of("unification"), run::profiles),
            new Task("publish", "Publish what changed", List.of("profiles"), run::publish)), by);
      }
      case EVERYTHING -> start(Optional.empty(), by);
    };
  }

  /// What is published includes measures and memberships of the last refresh.
  private void refuseBeforeFirstRefresh() {
    boolean isFirst = stages.warehouse().read(session -> List.of("Customer_Measure", "SegmentMembership",
        "UnifiedActivity").stream().anyMatch(table -> !session.exists(table)));
    if (isFirst) {
      throw Problem.of(Problem.Code.CONFLICT, "nothing was refreshed yet, so there is nothing to leave as it is",
          "Run everything once.").asException();
    }
  }

  /// The tasks of a refresh.
  ///
  /// @throws portrait.foundation.model.ProblemException `invalid_parameter` when there is no task of that name
  public TaskGraph graph(Optional<String> only) {
    var run = new RefreshRun(stages, base, clock.instant());
    var tasks = List.of(
        new Task("sources", "Load source tables", List.of(), run::sources),
        new Task("unification", "Match records and find customers", List.of("sources"), run::unification),
        new Task("profiles", "Merge customers", List.of("unification"), run::profiles),
        new Task("activities", "Build timelines", List.of("unification"), run::activities),
        new Task("measures", "Compute measures", List.of("profiles", "activities"),
            only.isEmpty() ? run::measures : run::measuresAlone),
        new Task("tables", "Compute tables of measures", List.of("activities"), run::measureTables),
        new Task("segments", "Find members of segments", List.of("measures"), run::segments),
        new Task("publish", "Publish what changed", List.of("segments"), run::publish),
        new Task("enrichments", "Ask what others know about customers", List.of("publish"),
            progress -> stages.enrichments().runAll(progress, "Refresh")));
    if (only.isEmpty()) {
      return new TaskGraph(tasks);
    }
    var one = tasks.stream().filter(task -> task.name().equals(only.get())).findFirst()
        .orElseThrow(() -> Problem.of(Problem.Code.INVALID_PARAMETER,
            "task was '%s' but must be one of %s".formatted(only.get(),
                tasks.stream().map(Task::name).collect(Collectors.joining(", "))))
            .asException());
    return TaskGraph.of(new Task(one.name(), one.title(), List.of(), one.work()));
  }

  /// Loads files into a source table. When few of its rows are new or differ, they are taken in and matched at once; the
  /// next refresh takes in the others, and rows that went.
  ///
  /// @throws portrait.foundation.model.ProblemException as [portrait.stages.sources.Sources#load]
  public Loaded load(String table, List<Path> files, LoadMode mode) {
    var changed = new ArrayList<String>();
    var result = stages.sources().load(table, files, mode, new LoadListener() {
      @Override
      public void progress(long rowsDone, long rowsExpected) {}

      @Override
      public void changed(List<String> keys) {
        changed.addAll(keys);
      }
    });
    var rows = stages.unification().rows(table, changed, stages.database(), stages.matching());
    rows.ifPresent(some -> {
      stages.live().takeIn(some);
      stages.unification().takenIn(some);
    });
    return new Loaded(result, rows.map(some -> some.records().size()).orElse(0));
  }

  /// Everything in the warehouse that follows from the tables and the profile store, anew and at once; no table is
  /// loaded, and nobody is asked.
  public void derive(Progress progress) throws InterruptedException {
    for (var task : graph(Optional.empty()).tasks()) {
      if (!List.of("sources", "enrichments").contains(task.name())) {
        task.work().run(progress);
      }
    }
  }

  /// Takes out of the warehouse whoever is no more, and collected events that are kept no longer. What is computed of
  /// others follows with the next refresh.
  public void dropGone(List<Expiry> expiries, Progress progress) {
    stages.unification().copyIdentities(stages.database(), stages.identities(), progress);
    stages.unification().dropGone();
    var assignments = stages.unification().assignments();
    stages.activities().drop(expiries, assignments, progress);
    stages.enrichments().dropGone();
    stages.warehouse().write(session -> {
      var tables = Stream.concat(Stream.of("Customer_Measure", "SegmentMembership"), stages.measures().tables().stream()
          .filter(table -> !table.isOfBusiness()).map(MeasureTable::warehouseTable)).toList();
      for (String table : tables) {
        if (session.schema(table).isPresent()) {
          session.execute(Sql.format("DELETE FROM {} WHERE \"CustomerId\" NOT IN (SELECT customer FROM ({}))",
              Sql.name(table), assignments));
        }
      }
      return true;
    });
  }
}
