package portrait.processes.rebuild;

import java.time.Clock;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import portrait.foundation.database.Migrations;
import portrait.foundation.definitions.Definitions;
import portrait.foundation.jobs.JobId;
import portrait.foundation.jobs.Jobs;
import portrait.foundation.jobs.TaskGraph;
import portrait.foundation.jobs.TaskGraph.Task;
import portrait.processes.refresh.Refresh;
import portrait.processes.refresh.Stages;
import portrait.processes.repair.Repair;
import portrait.processes.retention.Retention;

/// Derives everything anew from the facts: links from events, source rows and match rules; customers from links;
/// fragments from events and rows; profiles, measures and memberships from all of them. It goes on beside the live path,
/// in slices that are one transaction each: every slice is derived inside a transaction that is rolled back, compared
/// with what was there, and, unless this is only a check, derived once more for good where something differed.
///
/// What counts as a fact is decision 10.
public final class Rebuild {

  /// The name of the job.
  public static final String JOB = "rebuild";

  private final Stages stages;
  private final Jobs jobs;
  private final Definitions definitions;
  private final Clock clock;
  private final ReportTable reports = new ReportTable();

  public static Migrations migrations() {
    return Migrations.beside(Rebuild.class);
  }

  public Rebuild(Stages stages, Jobs jobs, Definitions definitions, Clock clock) {
    this.stages = stages;
    this.jobs = jobs;
    this.definitions = definitions;
    this.clock = clock;
  }

  /// Starts a rebuild and returns at once.
  ///
  /// @param isCheck only report differences, change nothing
  /// @throws portrait.foundation.model.ProblemException `already_running` while a rebuild goes on or waits
  public JobId start(boolean isCheck, String by) {
    var run = new RebuildRun(stages, isCheck, this::isAllThere, clock.instant());
    return jobs.start(JOB, Set.of(Refresh.JOB, Repair.JOB, Retention.JOB, "erasure"),
        isCheck ? "Check against the facts" : "Rebuild from the facts",
        id -> graph(run, id), by);
  }

  /// Whether no event was deleted because it was old, and none will be while this goes on.
  private boolean isAllThere() {
    return definitions.all(Retention.KIND).isEmpty()
        && jobs.latest(Retention.JOB).isEmpty();
  }

  private TaskGraph graph(RebuildRun run, JobId id) {
    return new TaskGraph(List.of(
        new Task("identities", "Identities and what ties them", List.of(), run::identities),
        new Task("rows", "Rows of source tables", List.of("identities"), run::rows),
        new Task("customers", "Who is one customer", List.of("rows"), run::customers),
        new Task("leftovers", "What is left of customers that are no more", List.of("customers"), run::leftovers),
        new Task("portraits", "Profiles, measures and memberships", List.of("leftovers"), progress -> {
          run.portraits(progress);
          stages.database().write(transaction -> reports.insert(transaction, run.report(id), clock.instant()));
        })));
  }

  /// What a rebuild found; empty for a job that is no rebuild, has not ended, or ended too long ago.
  public Optional<RebuildReport> report(JobId job) {
    return stages.database().read(transaction -> reports.find(transaction, job));
  }
}
