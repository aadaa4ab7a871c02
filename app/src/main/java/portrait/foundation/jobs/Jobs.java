package portrait.foundation.jobs;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import portrait.foundation.database.Database;
import portrait.foundation.database.Migrations;
import portrait.foundation.model.Problem;
import portrait.foundation.model.ProblemException;

/// Long work as graphs of tasks. A task that fails takes down only the tasks after it. One run of a name goes on at a
/// time, on one of the nodes that share the store; kinds that would disturb each other take turns. Runs are remembered
/// over restarts.
public final class Jobs implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(Jobs.class);
  /// Tasks at work at one time, over all jobs. They share two stores, so more would only wait there.
  private static final int TASKS_MAX = 4;

  private static final Duration ALIVE_EVERY = Duration.ofSeconds(5);
  /// How often a run that waits for one of another node asks the store for it.
  private static final Duration LOOK_AGAIN_AFTER = Duration.ofMillis(250);

  private final JobStore store;
  private final Clock clock;
  private final ScheduledExecutorService heart = Executors
      .newSingleThreadScheduledExecutor(Thread.ofPlatform().daemon().name("jobs-alive").factory());
  private final Semaphore places = new Semaphore(TASKS_MAX);
  private final Map<JobId, JobRun> running = new ConcurrentHashMap<>();

  public static Migrations migrations() {
    return Migrations.beside(Jobs.class);
  }

  /// Runs that a stop of their process cut off are marked as failed, now and while this node runs.
  public Jobs(Database database, Clock clock) {
    this.store = new JobStore(database);
    this.clock = clock;
    failInterrupted();
    if (store.isShared()) {
      heart.scheduleWithFixedDelay(this::beat, ALIVE_EVERY.toSeconds(), ALIVE_EVERY.toSeconds(), TimeUnit.SECONDS);
    }
  }

  private void failInterrupted() {
    int interrupted = store.failInterrupted(clock.instant());
    if (interrupted > 0) {
      LOG.warn("{} jobs were interrupted by a stop", interrupted);
    }
  }

  /// Says that this node is alive, ends what somebody asked another node to end, and looks for nodes that are gone. Runs
  /// by itself every few seconds; it must not fail, or it would be the last.
  void beat() {
    try {
      if (!running.isEmpty()) {
        store.alive(clock.instant()).forEach(this::cancel);
      }
      failInterrupted();
    } catch (RuntimeException failure) {
      LOG.warn("the jobs of this node could not be marked as alive; it will be tried again", failure);
    }
  }

  /// Starts a run and returns at once.
  ///
  /// @param name the kind of job: `refresh`
  /// @param by who asked for it
  /// @throws ProblemException `already_running` with the detail `job` when a run of that name goes on
  public JobId start(String name, String title, TaskGraph graph, String by) {
    return start(name, Set.of(), title, _ -> graph, by);
  }

  /// Starts a run that must not go on beside some others: it waits until those that came first have ended, and they wait
  /// for it when they come later.
  ///
  /// @param notBeside names of kinds of jobs
  /// @param graph made for the id of the run, before its turn has come: what others may change meanwhile is for its tasks
  ///        to look up
  /// @throws ProblemException `already_running` with the detail `job` when a run of that name goes on or waits
  public JobId start(String name, Set<String> notBeside, String title, Function<JobId, TaskGraph> graph, String by) {
    var id = new JobId(UUID.randomUUID());
    var run = new JobRun(id, name, title, graph.apply(id), by, store, places, clock);
    var first = store.insert(run.state(), notBeside);
    running.put(run.id(), run);
    run.start(first, this::awaitEnd, () -> running.remove(run.id()));
    return run.id();
  }

  /// Waits for a run of this or another node.
  private void awaitEnd(Job job) throws InterruptedException {
    var here = running.get(job.id());
    if (here != null) {
      here.awaitEnd();
    }
    while (here == null && store.goesOn(job.id())) {
      Thread.sleep(LOOK_AGAIN_AFTER);
    }
  }

  /// Asks a run to stop. Its tasks are interrupted and leave the state from before; a run that has ended stays as it is.
  /// A run of another node stops within seconds.
  ///
  /// @throws ProblemException `not_found` when there is no such run
  public void cancel(JobId id) {
    var run = running.get(id);
    if (run != null) {
      run.cancel();
    } else {
      recorded(id);
      store.askToCancel(id);
    }
  }

  /// A run, now or from history.
  public Optional<Job> find(JobId id) {
    var run = running.get(id);
    return run != null ? Optional.of(run.state()) : store.find(id);
  }

  /// The latest runs, newest first.
  public List<Job> recent(int limit) {
    return store.recent(limit).stream().map(this::now).toList();
  }

  /// The latest runs of a kind, newest first.
  ///
  /// @param name the kind: `refresh`
  public List<Job> recent(String name, int limit) {
    return store.latest(name, limit).stream().map(this::now).toList();
  }

  /// Runs that have ended, those that ended last first.
  public List<Job> ended(int limit) {
    return store.ended(limit);
  }

  /// How many runs have ended since a moment.
  public long countEnded(Instant since) {
    return store.countEnded(since);
  }

  /// The latest run of a kind, which may go on.
  public Optional<Job> latest(String name) {
    return recent(name, 1).stream().findFirst();
  }

  private Job now(Job stored) {
    var run = running.get(stored.id());
    return run != null ? run.state() : stored;
  }

  /// Waits until a run has ended. An interrupt ends the waiting, not the run.
  ///
  /// @throws ProblemException `not_found` when there is no such run, `cancelled` when the caller was interrupted
  public Job await(JobId id) {
    var run = running.get(id);
    return run != null ? run.await() : recorded(id);
  }

  /// Hands the present state of a run to `watcher` and then every change, in order, the end last. Fast progress is told
  /// ten times a second. The watcher is called on the threads that work, so it must be quick.
  ///
  /// @return closes the watch
  /// @throws ProblemException `not_found` when there is no such run
  public AutoCloseable watch(JobId id, Consumer<Job> watcher) {
    var run = running.get(id);
    if (run != null) {
      return run.watch(watcher);
    }
    watcher.accept(recorded(id));
    return () -> {};
  }

  /// Cancels what runs and waits for its end.
  @Override
  public void close() {
    heart.close();
    var runs = List.copyOf(running.values());
    runs.forEach(JobRun::cancel);
    runs.forEach(JobRun::await);
  }

  private Job recorded(JobId id) {
    return store.find(id).orElseThrow(() -> Problem
        .of(Problem.Code.NOT_FOUND, "there is no job " + id, "The list of jobs shows the latest runs.").asException());
  }
}
