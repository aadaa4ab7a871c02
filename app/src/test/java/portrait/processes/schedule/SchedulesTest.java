package portrait.processes.schedule;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;
import portrait.TestPortrait;
import portrait.foundation.database.TestDatabases;
import portrait.foundation.jobs.Job;
import portrait.foundation.jobs.Progress;
import portrait.foundation.jobs.Status;
import portrait.foundation.jobs.TaskGraph;
import portrait.foundation.jobs.TaskGraph.Task;
import portrait.foundation.model.Problem;
import portrait.processes.schedule.ScheduledRun.Outcome;

/// What is planned runs, once. The clock of the test stands at noon of 22 November 2026 until time is let pass.
@ParameterizedClass
@EnumSource(TestDatabases.Product.class)
class SchedulesTest {

  private static final Duration HOUR = Duration.ofHours(1);

  private final TestDatabases.Product product;
  private TestPortrait portrait;
  private Schedules schedules;

  SchedulesTest(TestDatabases.Product product) {
    this.product = product;
  }

  @BeforeEach
  void open(@TempDir Path home) {
    portrait = TestPortrait.in(home, product.settings(home));
    schedules = portrait.parts().schedules();
    portrait.collect("/v1/identify", "{\"userId\": \"dora\", \"traits\": {\"city\": \"Lyon\"}}");
    portrait.refresh();
    portrait.apply("""
        kind: Segment
        name: lyon
        spec: { where: "city = 'Lyon'" }
        ---
        kind: Measure
        name: orders
        spec: { aggregate: count, event: Order Completed }
        ---
        kind: Segment
        name: buyers
        spec: { where: "measure.orders >= 1" }
        """);
    portrait.rollOut();
  }

  @AfterEach
  void close() {
    portrait.close();
  }

  @Test
  void aRefreshRunsSeveralTimesADayAndNotBefore() {
    schedule("run: refresh, at: ['12:30', '13:30']");
    schedules.tick();
    assertEquals(List.of(), schedules.history("s", 9));
    portrait.passUnnoticed(HOUR);
    var first = started(1);
    assertEquals(Instant.parse("2026-11-22T12:30:00Z"), first.plannedAt());
    assertEquals("refresh", job(first).name());
    schedules.tick();
    assertEquals(1, schedules.history("s", 9).size());
    portrait.passUnnoticed(HOUR);
    assertEquals(Instant.parse("2026-11-22T13:30:00Z"), started(2).plannedAt());
  }

  @Test
  void itemsRunInTheOrderInWhichTheyBuildOnEachOther() {
    schedule("run: [Segment/buyers, Segment/lyon, Measure/orders], at: ['12:30']");
    portrait.passUnnoticed(HOUR);
    var job = job(started(1));
    assertEquals(Status.DONE, job.status());
    var names = job.tasks().stream().map(task -> task.name()).toList();
    assertTrue(names.indexOf("Measure/orders") < names.indexOf("Segment/buyers"), names.toString());
  }

  @Test
  void ofRunsThatWereMissedTheLastIsMadeUpForOrNone() {
    schedule("at: ['12:30', '13:00']");
    portrait.apply("kind: Schedule\nname: strict\nspec: { at: ['12:30', '13:00'], missed: skip }");
    portrait.passUnnoticed(HOUR.multipliedBy(48));
    var made = started(1);
    assertEquals(Instant.parse("2026-11-24T13:00:00Z").minus(Duration.ofDays(1)), made.plannedAt());
    assertEquals(1, schedules.history("s", 9).size());
    assertEquals(List.of(Outcome.MISSED), schedules.history("strict", 9).stream().map(ScheduledRun::outcome).toList());
  }

  @Test
  void whatIsDueTogetherRunsTogether() {
    schedule("run: [Segment/lyon], at: ['12:30']");
    portrait.apply("kind: Schedule\nname: t\nspec: { run: [Segment/lyon, Measure/orders], at: ['12:30'] }");
    portrait.passUnnoticed(HOUR);
    var one = started(1);
    assertEquals(one.job(), schedules.history("t", 9).getFirst().job());
    assertEquals(List.of("Segment/lyon", "Measure/orders"),
        job(one).tasks().stream().map(task -> task.name()).toList());
  }

  @Test
  void itemsThatAreDueWithARefreshAreLeftToIt() {
    schedule("run: [Segment/lyon], at: ['12:30']");
    portrait.apply("kind: Schedule\nname: all\nspec: { at: ['12:30'] }");
    portrait.passUnnoticed(HOUR);
    schedules.tick();
    var item = started(1);
    var whole = schedules.history("all", 9).getFirst();
    portrait.parts().jobs().await(whole.job().orElseThrow());
    // The refresh may have been quicker than the look at the items, which then ran by themselves.
    assertTrue(item.outcome() == Outcome.JOINED && item.job().equals(whole.job())
        || item.outcome() == Outcome.STARTED, item.toString());
  }

  @Test
  void whatCannotGoOnBesideAnotherJobWaitsForIt() throws Exception {
    schedule("run: [Segment/lyon], at: ['12:30']");
    var hold = new CountDownLatch(1);
    var other = portrait.parts().jobs().start("rebuild", "In the way",
        TaskGraph.of(new Task("wait", "Wait", List.of(), _ -> hold.await())), "test");
    portrait.passUnnoticed(HOUR);
    var run = begun(1);
    assertEquals(Outcome.STARTED, run.outcome());
    assertEquals(Status.QUEUED, job(run).status());
    hold.countDown();
    portrait.parts().jobs().await(other);
    assertEquals(Status.DONE, portrait.parts().jobs().await(run.job().orElseThrow()).status());
  }

  @Test
  void anItemThatFailsStopsOnlyWhatBuildsOnIt() {
    var done = Collections.synchronizedList(new ArrayList<String>());
    var own = new Schedules(portrait.parts().definitions(), portrait.parts().database(), portrait.parts().refresh(),
        List.of(new Items("Measure", done), new Items("Segment", done)), portrait.parts().jobs(),
        java.time.Clock.systemUTC());
    portrait.apply("""
        kind: Schedule
        name: mixed
        spec: { run: [Segment/buyers, Measure/orders, Segment/lyon], at: ['12:30'], active: false }
        """);
    var job = portrait.parts().jobs().await(own.run("mixed", "test"));
    assertEquals(Status.FAILED, job.status());
    assertEquals(List.of("Segment/lyon"), done);
    assertEquals(Status.SKIPPED, job.tasks().stream().filter(task -> task.name().equals("Segment/buyers"))
        .findFirst().orElseThrow().status());
  }

  /// Work that fails for one of its items.
  private record Items(String kind, List<String> done) implements ItemWork {

    @Override
    public boolean isPartOfRefresh() {
      return false;
    }

    @Override
    public Run begin() {
      return (String name, Progress _) -> {
        if (name.equals("orders")) {
          throw Problem.of(Problem.Code.WAREHOUSE_FAILED, "it cannot be computed").asException();
        }
        done.add(kind + "/" + name);
      };
    }
  }

  @Test
  void whatIsWrongIsRefusedAndWhatIsScheduledCannotBeDeleted() {
    for (String spec : List.of("at: ['25:00']", "at: ['06:00'], days: [monday], days_of_month: [1]",
        "at: ['06:00'], time_zone: Mars/Olympus", "at: ['06:00'], run: [Segment/nobody]",
        "at: ['06:00'], run: [Schedule/s]", "run: refresh")) {
      var answer = portrait.exchange("POST", "/api/v1/definitions", "kind: Schedule\nname: w\nspec: { " + spec + " }");
      assertEquals(400, answer.statusCode(), spec + ": " + answer.body());
    }
    schedule("run: [Segment/lyon], at: ['12:30']");
    assertEquals(409, portrait.exchange("DELETE", "/api/v1/definitions/Segment/lyon", "").statusCode());
  }

  @Test
  void theApiListsRunsAndHistory() {
    schedule("title: Twice, run: [Segment/lyon], at: ['06:30'], time_zone: Europe/Paris");
    var listed = portrait.get("/api/v1/schedules").path("schedules").get(0);
    assertEquals("2026-11-23T05:30:00Z", listed.path("next").asString());
    var run = portrait.exchange("POST", "/api/v1/schedules/s/run", "{}");
    assertEquals(202, run.statusCode(), run.body());
    var last = portrait.get("/api/v1/schedules/s").path("history").get(0);
    assertEquals("started", last.path("outcome").asString());
    assertTrue(run.body().contains(last.path("job").asString()), last.toString());
  }

  private void schedule(String spec) {
    portrait.apply("kind: Schedule\nname: s\nspec: { " + spec + " }");
  }

  /// Looks until so many planned moments were dealt with; the product's own look may come first.
  private ScheduledRun started(int count) {
    var latest = begun(count);
    latest.job().ifPresent(portrait.parts().jobs()::await);
    return latest;
  }

  private ScheduledRun begun(int count) {
    while (schedules.history("s", 9).size() < count) {
      schedules.tick();
    }
    return schedules.history("s", 9).getFirst();
  }

  private Job job(ScheduledRun run) {
    return portrait.parts().jobs().find(run.job().orElseThrow()).orElseThrow();
  }
}
