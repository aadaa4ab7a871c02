package portrait.processes.refresh;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import portrait.TestPortrait;
import portrait.foundation.jobs.Job;
import portrait.foundation.jobs.Status;
import portrait.foundation.warehouse.Sql;

/// A run that somebody ends in the middle leaves everything as the last good one left it, whichever task it was at.
class CancelledRefreshTest {

  private static final int PEOPLE = 1_500;
  private static final String DEFINITIONS = """
      kind: Source
      name: shop
      spec:
        tables:
          - { name: contacts, path: contacts.csv, key: id, columns: [ { name: id }, { name: name }, { name: city } ] }
          - { name: cards, path: cards.csv, key: card, columns: [ { name: card }, { name: name } ] }
      ---
      kind: Unification
      name: customers
      spec:
        tables: [ { table: shop.contacts }, { table: shop.cards } ]
        rules:
          - { name: alike, left: shop.cards, right: shop.contacts, conditions: [ { column: name, precision: 90 } ] }
          - { name: likely, type: probabilistic, compare: [ { attribute: name, type: full_name } ] }
      ---
      kind: Segment
      name: lyon
      spec: { title: Lyon, where: "city = 'Lyon'" }
      """;

  @TempDir
  Path home;
  private TestPortrait portrait;

  @BeforeEach
  void refreshOnce() throws IOException {
    write("Lyon", PEOPLE);
    portrait = TestPortrait.in(home);
    portrait.apply(DEFINITIONS);
    portrait.refresh();
  }

  @AfterEach
  void close() {
    portrait.close();
  }

  @ParameterizedTest
  @ValueSource(strings = {"sources", "unification", "publish"})
  void theLastGoodStateStays(String task) throws IOException {
    var before = state();
    write("Nice", PEOPLE + 200);

    assertEquals(Status.CANCELLED, cancelledAt(task).status());

    assertEquals(before.profile(), state().profile(), "what is published of a customer");
    assertEquals(before.members(), state().members());
    if (!task.equals("publish")) {
      assertEquals(before.customers(), state().customers(), "the table of customers");
    }

    portrait.refresh();
    assertEquals(PEOPLE + 200, state().customers().size());
    assertEquals("Nice", portrait.get("/api/v1/profiles/shop.contacts/7").path("attributes").path("city").asString());
    assertEquals(0, portrait.get("/api/v1/segments/lyon/members").path("members").size());
  }

  /// Asks the run to stop as soon as the task has begun.
  private Job cancelledAt(String task) {
    var jobs = portrait.parts().jobs();
    var id = portrait.parts().refresh().start(Optional.empty(), "test");
    var asked = new AtomicBoolean();
    try (var _ = jobs.watch(id, job -> {
      boolean hasBegun = job.tasks().stream()
          .anyMatch(each -> each.name().equals(task) && each.status() == Status.RUNNING);
      if (hasBegun && asked.compareAndSet(false, true)) {
        jobs.cancel(id);
      }
    })) {
      return jobs.await(id);
    } catch (Exception failure) {
      throw new IllegalStateException(failure);
    }
  }

  private record State(String profile, String members, List<String> customers) {}

  private State state() {
    var profile = portrait.get("/api/v1/profiles/shop.contacts/7");
    return new State(profile.path("customerId") + " " + profile.path("attributes") + " " + profile.path("segments"),
        portrait.get("/api/v1/segments/lyon/members").path("members").toString(),
        portrait.parts().warehouse().read(session -> session.query(
            Sql.of("SELECT \"CustomerId\" || coalesce(city, '') FROM \"Customer\" ORDER BY 1"), row -> row.text(1))));
  }

  private void write(String city, int people) throws IOException {
    Files.writeString(home.resolve("contacts.csv"), IntStream.range(0, people)
        .mapToObj(i -> "%d,%s,%s".formatted(i, name(i), city))
        .collect(Collectors.joining("\n", "id,name,city\n", "\n")));
    Files.writeString(home.resolve("cards.csv"), IntStream.range(0, people / 2)
        .mapToObj(i -> "c%d,%s".formatted(i, name(i))).collect(Collectors.joining("\n", "card,name\n", "\n")));
  }

  /// Names that are far enough from each other.
  private static String name(int number) {
    return Integer.toHexString(number * 0x9E3779B1).repeat(2);
  }
}
