package portrait.foundation.jobs;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import portrait.foundation.database.StoreException;
import portrait.foundation.model.Problem;
import portrait.foundation.model.ProblemException;
import portrait.foundation.warehouse.WarehouseException;

/// A job under way: one virtual thread per task, which first waits for the tasks before it.
final class JobRun {

  private static final Logger LOG = LoggerFactory.getLogger(JobRun.class);
  /// Progress of fast loops is told to watchers at most this often; starts and ends are always told.
  private static final Duration PROGRESS_EVERY = Duration.ofMillis(100);

  private final JobId id;
  private final String name;
  private final String title;
  private final String by;
  private final Instant startedAt;
  private final Map<String, TaskRun> tasks = new LinkedHashMap<>();
  private final JobStore store;
  private final Semaphore places;
  private final Clock clock;
  private final List<Thread> threads;
  private final CompletableFuture<Job> ended = new CompletableFuture<>();
  private final List<Consumer<Job>> watchers = new CopyOnWriteArrayList<>();
  private final ReentrantLock telling = new ReentrantLock();
  private long toldNanos = System.nanoTime();
  /** Held while [#waiting] is changed or interrupted, so that an interrupt hits the waiting and nothing after it. */
  private final ReentrantLock turns = new ReentrantLock();
  private @Nullable Thread waiting;
  private volatile boolean begun;
  private volatile boolean cancelled;
  private volatile @Nullable Instant endedAt;

  JobRun(JobId id, String name, String title, TaskGraph graph, String by, JobStore store, Semaphore places,
      Clock clock) {
    this.id = id;
    this.name = name;
    this.title = title;
    this.by = by;
    this.store = store;
    this.places = places;
    this.clock = clock;
    this.startedAt = now();
    graph.tasks().forEach(task -> tasks.put(task.name(), new TaskRun(task, this)));
    this.threads = tasks.values().stream()
        .map(task -> Thread.ofVirtual().name("task-" + task.task.name()).unstarted(() -> run(task))).toList();
  }

  JobId id() {
    return id;
  }

  /// Waits for the end of another run.
  interface Turn {

    void await(Job before) throws InterruptedException;
  }

  /// Starts every task when the turn of this run has come; then they wait for each other.
  ///
  /// @param first the runs that must have ended before
  /// @param afterwards called when the last task has ended and the end is written
  void start(List<Job> first, Turn turn, Runnable afterwards) {
    begun = first.isEmpty();
    Thread.ofVirtual().name("job-" + name).start(() -> {
      awaitTurn(first, turn);
      begun = true;
      threads.forEach(Thread::start);
      tasks.values().forEach(task -> task.end.join());
      endedAt = now();
      write();
      afterwards.run();
      tell();
      ended.complete(state());
    });
  }

  private void awaitTurn(List<Job> first, Turn turn) {
    var task = tasks.values().iterator().next();
    waits(Thread.currentThread());
    try {
      for (var before : first) {
        task.note("waits for '%s', job %s, started by %s".formatted(before.name(), before.id(), before.by()));
        turn.await(before);
        task.note("");
      }
    } catch (InterruptedException | ProblemException asked) {
      LOG.debug("job '{}' was cancelled before its turn came", name, asked);
    } catch (RuntimeException failure) {
      LOG.error("job '{}' cannot find out whether its turn has come and is cancelled", name, failure);
      cancelled = true;
    }
    waits(null);
  }

  private void waits(@Nullable Thread thread) {
    turns.lock();
    try {
      waiting = thread;
      Thread.interrupted();
    } finally {
      turns.unlock();
    }
  }

  void cancel() {
    turns.lock();
    try {
      cancelled = true;
      if (waiting != null) {
        waiting.interrupt();
      }
    } finally {
      turns.unlock();
    }
    threads.forEach(Thread::interrupt);
  }

  void awaitEnd() throws InterruptedException {
    try {
      ended.get();
    } catch (ExecutionException impossible) {
      throw new IllegalStateException(impossible);
    }
  }

  boolean isCancelled() {
    return cancelled;
  }

  Job state() {
    var states = tasks.values().stream().map(TaskRun::state).toList();
    return new Job(id, name, title, status(states), startedAt, endedAt, by, states);
  }

  Job await() {
    try {
      awaitEnd();
      return ended.join();
    } catch (InterruptedException asked) {
      Thread.currentThread().interrupt();
      throw new ProblemException(Problem.of(Problem.Code.CANCELLED,
          "cancelled while waiting for job '%s', which goes on".formatted(name)), asked);
    }
  }

  AutoCloseable watch(Consumer<Job> watcher) {
    telling.lock();
    try {
      watchers.add(watcher);
      tell(watcher, state());
    } finally {
      telling.unlock();
    }
    return () -> watchers.remove(watcher);
  }

  /// A task reported progress.
  void moved() {
    if (!watchers.isEmpty() && System.nanoTime() - toldNanos > PROGRESS_EVERY.toNanos() && telling.tryLock()) {
      try {
        tell();
      } finally {
        telling.unlock();
      }
    }
  }

  private void run(TaskRun task) {
    var end = Status.CANCELLED;
    boolean isUsable = false;
    Problem why = null;
    try {
      if (!isReady(task)) {
        end = Status.SKIPPED;
      } else {
        places.acquire();
        try {
          task.check();
          task.start(now());
          changed();
          task.task.work().run(task);
          why = task.failure();
          end = why == null ? Status.DONE : Status.FAILED;
          isUsable = true;
        } finally {
          places.release();
        }
      }
    } catch (InterruptedException asked) {
      // Cancelled: there is nothing to tell, and this thread ends here.
    } catch (ProblemException failure) {
      if (!cancelled) {
        end = Status.FAILED;
        why = failure.problem();
      }
    } catch (Throwable failure) {
      // The edge of the task: whatever happened, the job must come to an end.
      if (!cancelled) {
        LOG.error("task '{}' of job '{}' failed", task.task.name(), name, failure);
        end = Status.FAILED;
        why = problem(task.task.name(), failure);
      }
    }
    task.end(end, why, now());
    changed();
    task.end.complete(isUsable ? Status.DONE : end);
  }

  /// Waits for the tasks before this one; false when one of them did not end well.
  private boolean isReady(TaskRun task) throws InterruptedException {
    for (String before : task.task.after()) {
      try {
        if (Objects.requireNonNull(tasks.get(before)).end.get() != Status.DONE) {
          if (cancelled) {
            throw new InterruptedException();
          }
          return false;
        }
      } catch (ExecutionException impossible) {
        throw new IllegalStateException(impossible);
      }
    }
    return true;
  }

  private static Problem problem(String task, Throwable failure) {
    var code = switch (failure) {
      case StoreException _ -> Problem.Code.STORE_FAILED;
      case WarehouseException _ -> Problem.Code.WAREHOUSE_FAILED;
      case Throwable _ -> Problem.Code.INTERNAL;
    };
    return Problem.of(code,
        "task '%s' failed: %s".formatted(task, String.valueOf(failure.getMessage()).lines().findFirst().orElse("")),
        "The last good state is untouched. The log has the details.");
  }

  private Status status(List<TaskState> states) {
    if (endedAt == null) {
      return begun ? Status.RUNNING : Status.QUEUED;
    }
    var found = states.stream().map(TaskState::status).toList();
    return found.contains(Status.CANCELLED)
        ? Status.CANCELLED
        : found.contains(Status.FAILED) ? Status.FAILED : Status.DONE;
  }

  /// As the store keeps it, so that a run read back equals the run that was watched.
  private Instant now() {
    return clock.instant().truncatedTo(ChronoUnit.MICROS);
  }

  private void changed() {
    write();
    tell();
  }

  /// One at a time: a state taken earlier must not overwrite a later one.
  private synchronized void write() {
    try {
      store.update(state());
    } catch (RuntimeException failure) {
      LOG.error("the state of job '{}' could not be written", name, failure);
    }
  }

  private void tell() {
    telling.lock();
    try {
      toldNanos = System.nanoTime();
      var state = state();
      watchers.forEach(watcher -> tell(watcher, state));
    } finally {
      telling.unlock();
    }
  }

  private void tell(Consumer<Job> watcher, Job state) {
    try {
      watcher.accept(state);
    } catch (RuntimeException failure) {
      LOG.warn("a watcher of job '{}' failed and hears no more: {}", name, failure.getMessage());
      watchers.remove(watcher);
    }
  }
}
