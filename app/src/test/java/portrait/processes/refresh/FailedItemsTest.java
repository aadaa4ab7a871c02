package portrait.processes.refresh;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import portrait.TestPortrait;
import portrait.foundation.jobs.Job;
import portrait.foundation.jobs.Status;
import portrait.foundation.jobs.TaskState;
import portrait.foundation.warehouse.Sql;

/// What fails keeps its last good state, and so does what builds on it; everything else goes on.
class FailedItemsTest {

  private static final String DEFINITIONS = """
      kind: Source
      name: shop
      spec:
        tables:
          - { name: contacts, path: contacts.csv, key: id, columns: [
              { name: id, type: string }, { name: name, type: string }, { name: points, type: number },
              { name: joined, type: timestamp } ] }
          - { name: orders, path: orders.csv, key: order_id, columns: [
              { name: order_id, type: string }, { name: contact, type: string }, { name: at, type: timestamp } ] }
      ---
      kind: Unification
      name: customers
      spec: { tables: [ { table: shop.contacts } ] }
      ---
      kind: Activity
      name: orders
      spec: { title: Orders, table: shop.orders, customer: { column: contact, namespace: shop.contacts }, timestamp: at,
        event: Order Completed }
      ---
      kind: Measure
      name: orders
      spec: { aggregate: count, event: Order Completed }
      ---
      kind: Measure
      name: stars
      spec: { formula: "points * points + coalesce(year(joined) * 0, 0)", type: integer,
        time_zone: Pacific/Auckland }
      ---
      kind: Measure
      name: more_stars
      spec: { formula: "coalesce(measure.stars, 0) + 1" }
      ---
      kind: Segment
      name: buyers
      spec: { where: { measure: { orders: { at_least: 1 } } } }
      ---
      kind: Segment
      name: starred
      spec: { where: { measure: { more_stars: { at_least: 2 } } } }
      ---
      kind: Segment
      name: unstarred
      spec: { where: { not: { segment: starred } } }
      """;

  @TempDir
  Path home;
  private TestPortrait portrait;

  @BeforeEach
  void refreshOnce() throws IOException {
    write("contacts.csv", "id,name,points,joined", "1,Ann,2,2020-01-01 00:00:00", "2,Bob,,2020-01-01 00:00:00");
    write("orders.csv", "order_id,contact,at", "o1,1,2026-11-01 10:00:00");
    portrait = TestPortrait.in(home);
    portrait.apply(DEFINITIONS);
    portrait.refresh();
    // Otherwise the new rules are applied to everybody at some moment of the test, and computed once more.
    portrait.rollOut();
  }

  @AfterEach
  void close() {
    portrait.close();
  }

  @Test
  void aTableThatCannotBeLoadedKeepsItsRowsAndTheOthersGoOn() throws IOException {
    Files.delete(home.resolve("contacts.csv"));
    write("orders.csv", "order_id,contact,at", "o1,1,2026-11-01 10:00:00", "o2,2,2026-11-02 10:00:00");

    var job = refresh();

    var sources = task(job, "sources");
    assertEquals(Status.FAILED, sources.status());
    assertTrue(message(sources).startsWith("table shop.contacts was not loaded, and its 2 rows of "), message(sources));
    assertTrue(task(job, "unification").note().endsWith("; as of an earlier load: shop.contacts"),
        task(job, "unification").note());
    assertEquals(Status.DONE, task(job, "publish").status());
    assertEquals(List.of("Ann 1", "Bob 1"), rows("""
        SELECT name, orders FROM "Customer" JOIN "Customer_Measure" USING ("CustomerId") ORDER BY name"""));
    assertEquals(List.of("buyers Ann", "buyers Bob", "starred Ann", "unstarred Bob"), memberships());
  }

  /// Just before measures are computed an attribute gets a time that is as late as the warehouse can have it, which no row
  /// of a file can say: what adds to it fails.
  private Job refreshSpoiling(String attribute) {
    var jobs = portrait.parts().jobs();
    var id = portrait.parts().refresh().start(Optional.empty(), "test");
    var isSpoiled = new AtomicBoolean();
    try (var _ = jobs.watch(id, job -> {
      if (task(job, "measures").status() == Status.RUNNING && isSpoiled.compareAndSet(false, true)) {
        portrait.parts().warehouse().write(session -> {
          session.execute(
              "UPDATE \"Customer\" SET \"%s\" = TIMESTAMP '294247-01-10 04:00:54.775806'".formatted(attribute));
          return true;
        });
      }
    })) {
      return jobs.await(id);
    } catch (Exception failure) {
      throw new IllegalStateException(failure);
    }
  }

  @Test
  void aMeasureThatCannotBeComputedKeepsItsValuesAndSoDoesWhatBuildsOnIt() throws IOException {
    write("contacts.csv", "id,name,points,joined", "1,Ann,2,2020-01-01 00:00:00", "2,Bob,7,2020-01-01 00:00:00");
    write("orders.csv", "order_id,contact,at", "o1,1,2026-11-01 10:00:00", "o2,2,2026-11-02 10:00:00");

    var job = refreshSpoiling("joined");

    assertEquals(Status.FAILED, task(job, "measures").status());
    assertTrue(message(task(job, "measures")).matches(
        "measure stars was not computed: .+; measure more_stars was not computed: it counts with measure stars, .+"),
        message(task(job, "measures")));
    assertEquals("segment starred was not computed: it builds on measure more_stars, which was not computed; "
        + "segment unstarred was not computed: it builds on segment starred, which was not computed",
        message(task(job, "segments")));
    assertEquals(Status.DONE, task(job, "publish").status());
    assertEquals(List.of("Ann 1 4 5.0", "Bob 1 null 1.0"), rows("""
        SELECT name, orders, stars, more_stars FROM "Customer" JOIN "Customer_Measure" USING ("CustomerId")
        ORDER BY name"""));
    assertEquals(List.of("buyers Ann", "buyers Bob", "starred Ann", "unstarred Bob"), memberships());

    write("contacts.csv", "id,name,points,joined", "1,Ann,2,2020-01-01 00:00:00", "2,Bob,3,2020-01-01 00:00:00");
    portrait.refresh();
    assertEquals(List.of("buyers Ann", "buyers Bob", "starred Ann", "starred Bob"), memberships());
  }

  @Test
  void anActivityThatCannotBeMappedStopsNoOther() throws IOException {
    portrait.apply("""
        kind: Source
        name: web
        spec: { tables: [ { name: visits, path: visits.csv, key: id } ] }
        ---
        kind: Activity
        name: visits
        spec: { title: Visits, table: web.visits, customer: { column: contact, namespace: shop.contacts },
          timestamp: at, event: Visited }
        """);
    write("visits.csv", "id,contact,moment", "v1,1,2026-11-01 10:00:00");
    write("contacts.csv", "id,name,points,joined", "1,Anna,2,2020-01-01 00:00:00", "2,Bob,,2020-01-01 00:00:00");
    write("orders.csv", "order_id,contact,at", "o2,2,2026-11-01 10:00:00");

    var job = refresh();

    assertEquals(
        "activities of web.visits stay as they were: Activity visits: timestamp was 'at', but web.visits has no "
            + "such column",
        message(task(job, "unification")));
    assertEquals(Status.DONE, task(job, "publish").status());
    assertEquals(List.of("buyers Bob", "starred Anna", "unstarred Bob"), memberships());
  }

  private Job refresh() {
    return portrait.parts().jobs().await(portrait.parts().refresh().start(Optional.empty(), "test"));
  }

  private static TaskState task(Job job, String name) {
    return job.tasks().stream().filter(task -> task.name().equals(name)).findFirst().orElseThrow();
  }

  private static String message(TaskState task) {
    return Objects.requireNonNull(task.problem()).message();
  }

  private List<String> memberships() {
    return rows("""
        SELECT "Segment", name FROM "SegmentMembership" JOIN "Customer" USING ("CustomerId") ORDER BY 1, 2""");
  }

  private List<String> rows(String sql) {
    return portrait.parts().warehouse().read(session -> session.query(Sql.of(sql), row -> {
      var text = new StringBuilder();
      for (int column = 1; column <= row.columns(); column++) {
        text.append(column > 1 ? " " : "").append(row.value(column));
      }
      return text.toString();
    }));
  }

  private void write(String file, String... lines) throws IOException {
    Files.writeString(home.resolve(file), String.join("\n", lines) + "\n");
  }
}
