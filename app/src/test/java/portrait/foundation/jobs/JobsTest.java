package portrait.foundation.jobs;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import portrait.foundation.database.Database;
import portrait.foundation.database.DatabaseSettings;
import portrait.foundation.database.TestDatabases;
import portrait.foundation.jobs.TaskGraph.Task;
import portrait.foundation.jobs.TaskGraph.Work;
import portrait.foundation.model.Problem;
import portrait.foundation.model.ProblemException;
import portrait.foundation.model.TestClock;
import portrait.foundation.warehouse.Sql;
import portrait.foundation.warehouse.Warehouse;
import portrait.foundation.warehouse.WarehouseSettings;

class JobsTest {

  private static final Work NOTHING = _ -> {};

  @TempDir
  Path folder;
  private Database database;
  private Jobs jobs;

  @BeforeEach
  void open() {
    database = Database.open(new DatabaseSettings.Sqlite(folder.resolve("portrait.db")), List.of(Jobs.migrations()));
    jobs = new Jobs(database, Clock.systemUTC());
  }

  @AfterEach
  void close() {
    jobs.close();
    database.close();
  }

  @Test
  void aTaskStartsWhenThoseBeforeItAreDone() {
    var order = Collections.synchronizedList(new ArrayList<String>());
    var id = jobs.start("refresh", "Refresh", TaskGraph.of(task("one", _ -> order.add("one")),
        task("two", _ -> order.add("two"), "one"), task("three", _ -> order.add("three"), "one", "two")), "test");

    var job = jobs.await(id);

    assertEquals(List.of("one", "two", "three"), order);
    assertEquals(Status.DONE, job.status());
    assertEquals(job, jobs.find(id).orElseThrow());
  }

  @Test
  void tasksThatDoNotDependOnEachOtherRunSideBySide() {
    var bothAreHere = new CountDownLatch(2);
    Work meet = _ -> {
      bothAreHere.countDown();
      bothAreHere.await();
    };

    var id = jobs.start("refresh", "Refresh", TaskGraph.of(task("one", meet), task("two", meet)), "test");

    assertEquals(Status.DONE, jobs.await(id).status());
  }

  @Test
  void aFailedTaskTakesDownOnlyTheTasksAfterIt() {
    var problem = Problem.of(Problem.Code.INVALID_FILE, "the file is empty", "Send another one.");
    var id = jobs.start("refresh", "Refresh", TaskGraph.of(task("bad", _ -> {
      throw problem.asException();
    }), task("after", NOTHING, "bad"), task("later", NOTHING, "after"), task("other", NOTHING)), "test");

    var job = jobs.await(id);

    assertEquals(Status.FAILED, job.status());
    assertEquals(List.of(Status.FAILED, Status.SKIPPED, Status.SKIPPED, Status.DONE), statuses(job));
    assertEquals(problem, job.problem().orElseThrow());
  }

  @Test
  void cancelInterruptsWhatRunsAndWhatWaits() throws InterruptedException {
    var started = new CountDownLatch(1);
    var id = jobs.start("refresh", "Refresh", TaskGraph.of(task("endless", _ -> {
      started.countDown();
      new CountDownLatch(1).await();
    }), task("after", NOTHING, "endless")), "test");
    started.await();

    jobs.cancel(id);

    var job = jobs.await(id);
    assertEquals(Status.CANCELLED, job.status());
    assertEquals(List.of(Status.CANCELLED, Status.CANCELLED), statuses(job));
  }

  @Test
  void cancelEndsATaskThatOnlyReportsProgress() throws InterruptedException {
    var started = new CountDownLatch(1);
    var id = jobs.start("refresh", "Refresh", TaskGraph.of(task("busy", progress -> {
      while (true) {
        progress.done(1);
        started.countDown();
      }
    })), "test");
    started.await();

    jobs.cancel(id);

    assertEquals(Status.CANCELLED, jobs.await(id).status());
  }

  @Test
  void cancelEndsAStatementOfTheWarehouse() throws InterruptedException {
    try (var warehouse = Warehouse.open(WarehouseSettings.inMemory())) {
      var started = new CountDownLatch(1);
      var id = jobs.start("refresh", "Refresh", TaskGraph.of(task("endless", _ -> warehouse.read(session -> {
        started.countDown();
        return session.query(Sql.of("SELECT count(*) FROM range(10000000) AS a, range(10000000) AS b WHERE a = b + 1"),
            row -> row.number(1));
      }))), "test");
      started.await();

      jobs.cancel(id);

      assertEquals(Status.CANCELLED, jobs.await(id).status());
    }
  }

  @Test
  void aSecondRunOfTheSameNameIsRefusedAndNamesTheFirst() {
    var release = new CountDownLatch(1);
    var first = jobs.start("refresh", "Refresh", TaskGraph.of(task("waits", _ -> release.await())), "ann");

    var refused = assertThrows(ProblemException.class,
        () -> jobs.start("refresh", "Refresh", TaskGraph.of(task("one", NOTHING)), "bob"));
    jobs.await(jobs.start("load", "Load", TaskGraph.of(task("one", NOTHING)), "bob"));

    assertEquals(Problem.Code.ALREADY_RUNNING, refused.problem().code());
    assertEquals(first.toString(), refused.problem().details().get("job"));
    release.countDown();
    jobs.await(first);
    jobs.await(jobs.start("refresh", "Refresh", TaskGraph.of(task("one", NOTHING)), "bob"));
  }

  @Test
  void historySurvivesARestart() {
    var id = jobs.start("refresh", "Refresh", TaskGraph.of(task("one", progress -> {
      progress.expect(10);
      progress.done(7);
      progress.note("3 rows had no key");
    })), "ann");
    jobs.await(id);
    jobs.close();
    database.close();

    open();

    assertEquals(List.of("3 rows had no key"),
        jobs.recent(5).stream().map(run -> run.tasks().getFirst().note()).toList());
    var found = jobs.find(id).orElseThrow();
    assertEquals(Status.DONE, found.status());
    assertEquals(7, found.tasks().getFirst().rowsDone());
    assertEquals(10, found.tasks().getFirst().rowsExpected());
  }

  @Test
  void aRunCutOffByAStopIsFoundFailed() throws InterruptedException {
    var started = new CountDownLatch(1);
    var release = new CountDownLatch(1);
    var id = jobs.start("refresh", "Refresh", TaskGraph.of(task("waits", _ -> {
      started.countDown();
      release.await();
    }), task("after", NOTHING, "waits")), "ann");
    started.await();

    try (var restarted = new Jobs(database, Clock.systemUTC())) {
      var job = restarted.find(id).orElseThrow();
      assertEquals(Status.FAILED, job.status());
      assertEquals("interrupted by a stop", job.tasks().getFirst().note());
      restarted.await(restarted.start("refresh", "Refresh", TaskGraph.of(task("one", NOTHING)), "ann"));
    }
    release.countDown();
    jobs.await(id);
  }

  @Test
  void aNodeThatStartsLeavesTheRunsOfOthersAloneUntilTheyAreSilent() throws InterruptedException {
    var clock = new TestClock(Instant.parse("2026-11-22T12:00:00Z"));
    try (var shared = Database.open(TestDatabases.postgres(), List.of(Jobs.migrations()));
        var one = new Jobs(shared, clock)) {
      var started = new CountDownLatch(1);
      var release = new CountDownLatch(1);
      var id = one.start("refresh", "Refresh", TaskGraph.of(task("waits", _ -> {
        started.countDown();
        release.await();
      })), "ann");
      started.await();
      try (var other = new Jobs(shared, clock)) {
        assertEquals(Status.RUNNING, other.find(id).orElseThrow().status());

        clock.advance(Duration.ofMinutes(2));
        one.beat();
        other.beat();
        assertEquals(Status.RUNNING, other.find(id).orElseThrow().status());

        other.cancel(id);
        one.beat();
        assertEquals(Status.CANCELLED, one.await(id).status());
      }
    }
  }

  @Test
  void theRunOfANodeThatFellSilentIsFoundFailed() throws InterruptedException {
    var clock = new TestClock(Instant.parse("2026-11-22T12:00:00Z"));
    try (var shared = Database.open(TestDatabases.postgres(), List.of(Jobs.migrations()));
        var silent = new Jobs(shared, clock);
        var other = new Jobs(shared, clock)) {
      var started = new CountDownLatch(1);
      var id = silent.start("refresh", "Refresh", TaskGraph.of(task("waits", _ -> {
        started.countDown();
        new CountDownLatch(1).await();
      })), "ann");
      started.await();

      clock.advance(Duration.ofMinutes(2));
      other.beat();

      assertEquals(Status.FAILED, other.find(id).orElseThrow().status());
      other.await(other.start("refresh", "Refresh", TaskGraph.of(task("one", NOTHING)), "bob"));
    }
  }

  @Test
  void aRunWaitsForThoseItCannotGoOnBesideWhicheverComesFirst() {
    var ended = new ConcurrentLinkedQueue<String>();
    var release = new CountDownLatch(1);
    var refresh = jobs.start("refresh", "Refresh", TaskGraph.of(task("waits", _ -> {
      release.await();
      ended.add("refresh");
    })), "ann");
    var rebuild = jobs.start("rebuild", Set.of("refresh"), "Rebuild",
        _ -> TaskGraph.of(task("one", _ -> ended.add("rebuild"))), "bob");
    var load = jobs.start("load", Set.of("rebuild"), "Load", _ -> TaskGraph.of(task("one", _ -> ended.add("load"))),
        "bob");
    jobs.await(jobs.start("backup", "Backup", TaskGraph.of(task("one", _ -> ended.add("backup"))), "bob"));

    var waiting = jobs.find(rebuild).orElseThrow();
    assertEquals(Status.QUEUED, waiting.status());
    assertEquals("waits for 'refresh', job %s, started by ann".formatted(refresh), waiting.tasks().getFirst().note());
    assertEquals(List.of(rebuild), jobs.recent("rebuild", 5).stream().map(Job::id).toList());
    assertEquals(Problem.Code.ALREADY_RUNNING, assertThrows(ProblemException.class,
        () -> jobs.start("rebuild", "Rebuild", TaskGraph.of(task("one", NOTHING)), "bob")).problem().code());
    release.countDown();
    assertEquals(Status.DONE, jobs.await(load).status());
    assertEquals(Status.DONE, jobs.await(rebuild).status());
    assertEquals(List.of("backup", "refresh", "rebuild", "load"), List.copyOf(ended));
    assertEquals("", jobs.find(rebuild).orElseThrow().tasks().getFirst().note());
  }

  @Test
  void aRunThatWaitsCanBeCancelledAndLetsTheNextOn() {
    var release = new CountDownLatch(1);
    var refresh = jobs.start("refresh", "Refresh", TaskGraph.of(task("waits", _ -> release.await())), "ann");
    var rebuild = jobs.start("rebuild", Set.of("refresh"), "Rebuild", _ -> TaskGraph.of(task("one", NOTHING)), "bob");

    jobs.cancel(rebuild);

    assertEquals(Status.CANCELLED, jobs.await(rebuild).status());
    assertEquals(Status.RUNNING, jobs.find(refresh).orElseThrow().status());
    var again = jobs.start("rebuild", Set.of("refresh"), "Rebuild", _ -> TaskGraph.of(task("one", NOTHING)), "bob");
    release.countDown();
    assertEquals(Status.DONE, jobs.await(again).status());
  }

  @Test
  void aRunWaitsForOneOfAnotherNode() throws InterruptedException {
    var clock = new TestClock(Instant.parse("2026-11-22T12:00:00Z"));
    try (var shared = Database.open(TestDatabases.postgres(), List.of(Jobs.migrations()));
        var one = new Jobs(shared, clock);
        var other = new Jobs(shared, clock)) {
      var started = new CountDownLatch(1);
      var release = new CountDownLatch(1);
      var refresh = one.start("refresh", "Refresh", TaskGraph.of(task("waits", _ -> {
        started.countDown();
        release.await();
      })), "ann");
      started.await();
      var rebuild = other.start("rebuild", Set.of("refresh"), "Rebuild", _ -> TaskGraph.of(task("one",
          _ -> assertEquals(Status.DONE, one.find(refresh).orElseThrow().status()))), "bob");

      assertEquals(Status.QUEUED, one.find(rebuild).orElseThrow().status());
      release.countDown();

      assertEquals(Status.DONE, other.await(rebuild).status());
    }
  }

  @Test
  void whatARunCannotGoOnBesideWaitsForItToo() {
    var release = new CountDownLatch(1);
    var rebuild = jobs.start("rebuild", Set.of("refresh", "erasure"), "Rebuild",
        _ -> TaskGraph.of(task("waits", _ -> release.await())), "ann");

    var refresh = jobs.start("refresh", "Refresh", TaskGraph.of(task("one", NOTHING)), "bob");

    assertEquals(Status.QUEUED, jobs.find(refresh).orElseThrow().status());
    jobs.await(jobs.start("fresh", "Something else", TaskGraph.of(task("one", NOTHING)), "bob"));
    release.countDown();
    assertEquals(Status.DONE, jobs.await(refresh).status());
    assertEquals(Status.DONE, jobs.find(rebuild).orElseThrow().status());
  }

  @Test
  void aWatcherHearsTheStateNowAndTheEndLast() throws Exception {
    var release = new CountDownLatch(1);
    var heard = Collections.synchronizedList(new ArrayList<Job>());
    var id = jobs.start("refresh", "Refresh", TaskGraph.of(task("waits", progress -> {
      release.await();
      progress.done(5);
    })), "ann");

    try (var _ = jobs.watch(id, heard::add)) {
      assertFalse(heard.getFirst().status().isEnd());
      release.countDown();
      jobs.await(id);
    }

    assertTrue(heard.getLast().status().isEnd());
    assertEquals(5, heard.getLast().tasks().getFirst().rowsDone());
  }

  @Test
  void aGraphNamesOnlyTasksBefore() {
    var wrong = assertThrows(IllegalArgumentException.class,
        () -> TaskGraph.of(task("one", NOTHING, "two"), task("two", NOTHING)));
    assertEquals("task 'one' is after 'two', which is not listed before it", wrong.getMessage());
  }

  private static Task task(String name, Work work, String... after) {
    return new Task(name, name, List.of(after), work);
  }

  private static List<Status> statuses(Job job) {
    return job.tasks().stream().map(TaskState::status).toList();
  }
}
