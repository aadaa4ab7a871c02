package portrait.processes.rollout;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicLong;
import portrait.foundation.database.Migrations;
import portrait.foundation.definitions.Change;
import portrait.foundation.definitions.Definitions;
import portrait.foundation.jobs.Job;
import portrait.foundation.jobs.JobId;
import portrait.foundation.jobs.Jobs;
import portrait.foundation.jobs.Progress;
import portrait.foundation.jobs.TaskGraph;
import portrait.foundation.jobs.TaskGraph.Task;
import portrait.foundation.model.Problem;
import portrait.foundation.model.ProblemException;
import portrait.processes.refresh.Stages;
import portrait.stages.segments.SegmentDefinition;

/// Applies what is new or changed to everybody. Nobody need ask for it: [#tick] notices.
public final class Rollout {

  /// The name of the job.
  public static final String JOB = "rollout";

  /// A rebuild compares what is kept with what the definitions say, and mends it.
  private static final Set<String> NOT_BESIDE = Set.of("rebuild", "erasure");
  private static final Duration AGAIN_AFTER_FAILURE = Duration.ofMinutes(5);

  private final Definitions definitions;
  private final Stages stages;
  private final Jobs jobs;
  private final Clock clock;
  private final RolledOut rolledOut;
  /** How often definitions changed. */
  private final AtomicLong changes = new AtomicLong();
  /** The number of changes after which nothing waited. */
  private volatile long settled = -1;
  private volatile Instant notBefore = Instant.MIN;

  public static Migrations migrations() {
    return Migrations.beside(Rollout.class);
  }

  public Rollout(Definitions definitions, Stages stages, Jobs jobs, Clock clock) {
    this.definitions = definitions;
    this.stages = stages;
    this.jobs = jobs;
    this.clock = clock;
    this.rolledOut = new RolledOut(stages.database());
    definitions.onChange(this::changed);
  }

  /// A segment that is deleted or off has lost its members: should it come back, it is new.
  private void changed(List<Change> some) {
    var inForce = inForce();
    rolledOut.forget(some.stream().map(change -> change.kind() + "/" + change.name())
        .filter(key -> !inForce.containsKey(key)).toList());
    changes.incrementAndGet();
    notBefore = Instant.MIN;
  }

  /// Measures and segments that do not count for everybody yet: `Segment/vip`.
  public List<String> waiting() {
    return settled == changes.get() ? List.of() : waiting(inForce());
  }

  private List<String> waiting(Map<String, String> inForce) {
    var done = rolledOut.all();
    return inForce.entrySet().stream().filter(each -> !each.getValue().equals(done.get(each.getKey())))
        .map(Map.Entry::getKey).toList();
  }

  private Map<String, String> inForce() {
    var all = new TreeMap<String, String>();
    stages.measures().fingerprints().forEach((name, fingerprint) -> all.put("Measure/" + name, fingerprint));
    stages.segments().fingerprints().forEach((name, fingerprint) -> all.put("Segment/" + name, fingerprint));
    return all;
  }

  /// What is to be expected of a segment that is not saved yet.
  public Forecast forecast(SegmentDefinition segment) {
    return new Forecasts(stages, definitions, clock.instant()).of(segment);
  }

  /// What is to be expected of the segments that a text would create or change.
  ///
  /// @throws ProblemException as [Definitions#diff]
  public List<Forecast> forecast(String yamlOrJson) {
    return new Forecasts(stages, definitions.proposed(yamlOrJson), clock.instant()).of(definitions.diff(yamlOrJson));
  }

  /// Computes a measure or segment anew, for lists and queries as of the last refresh, and publishes whom that concerns.
  ///
  /// @param key for example `Segment/vip`
  /// @throws ProblemException `warehouse_failed`: its last good state is untouched
  public void recompute(String key, Progress progress) {
    var run = new RolloutRun(stages, List.of(key), clock.instant());
    run.tables(progress);
    run.likelyMembers(progress);
  }

  /// The run that goes on.
  public Optional<Job> running() {
    return jobs.latest(JOB).filter(job -> !job.status().isEnd());
  }

  /// Starts at once what [#tick] would start within seconds.
  ///
  /// @return the run, or the one that goes on already; empty when nothing waits
  public Optional<JobId> start(String by) {
    long seen = changes.get();
    var inForce = inForce();
    var waiting = waiting(inForce);
    if (waiting.isEmpty()) {
      settled = seen;
      return Optional.empty();
    }
    try {
      return Optional.of(begin(inForce, waiting, by));
    } catch (ProblemException refused) {
      if (refused.problem().code() != Problem.Code.ALREADY_RUNNING) {
        throw refused;
      }
      // What it was begun without is begun when it has ended.
      return running().map(Job::id);
    }
  }

  private JobId begin(Map<String, String> inForce, List<String> waiting, String by) {
    var run = new RolloutRun(stages, waiting, clock.instant());
    return jobs.start(JOB, NOT_BESIDE, "Apply new rules to everybody", _ -> TaskGraph.of(
        new Task("tables", "Compute tables for lists and queries", List.of(), run::tables),
        new Task("members", "Bring customers in line", List.of(), progress -> {
          run.members(progress);
          rolledOut.add(inForce);
        })), by);
  }

  /// Starts a run when something waits and none goes on. Call it every few seconds.
  public void tick() {
    var now = clock.instant();
    if (settled == changes.get() || now.isBefore(notBefore) || running().isPresent()) {
      return;
    }
    // Should the run fail, the next must not follow at once. A change sets this back.
    notBefore = now.plus(AGAIN_AFTER_FAILURE);
    start("Portrait");
  }
}
