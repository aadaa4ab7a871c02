package portrait.stages.enrichments;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import portrait.TestPortrait;
import portrait.TestServer;
import portrait.app.Wiring;
import portrait.foundation.database.TestDatabases;
import portrait.foundation.jobs.Progress;
import portrait.foundation.security.Role;
import portrait.foundation.warehouse.Sql;
import portrait.stages.enrichments.EnrichmentReport.Status;

/// What holds for every count that reads one place after the other and remembers what it read: cancelled or killed in the
/// middle it is not shown as done, goes on where it was, and counts nothing twice.
abstract class CountContract {

  static final String NAME = "office";

  @TempDir
  Path home;
  TestPortrait portrait;

  /// Defines the enrichment `office` with the output `Office`, which reads two places, and lays two messages into the
  /// first and one into the second, all with accounts. Whoever is asked hangs at the second.
  ///
  /// @param at when they were sent
  abstract void hangAtTheSecondPlace(Instant at) throws Exception;

  abstract void awaitHanging() throws InterruptedException;

  /// What was read does not exist any more at the place it was read from.
  abstract void emptyTheFirstPlace() throws Exception;

  /// Addresses that the operator allows.
  abstract List<String> furtherHosts();

  @Test
  void aCountThatIsCancelledInTheMiddleGoesOnWhereItWas() throws Exception {
    hangAtTheSecondPlace(portrait.now().minus(Duration.ofDays(3)));
    var id = portrait.parts().enrichments().start(NAME, "test");
    awaitHanging();
    portrait.parts().jobs().cancel(id);
    assertEquals("CANCELLED", portrait.parts().jobs().await(id).status().name());
    var cancelled = portrait.parts().enrichments().runs(NAME, 1).getFirst();
    assertEquals(Status.CANCELLED, cancelled.status(), () -> cancelled.problem().toString());
    assertTrue(portrait.get("/api/v1/enrichments/office").path("coverage").path("emails").isMissingNode(),
        "half of it is not shown as all");
    emptyTheFirstPlace();
    assertGoesOn(portrait.parts());
  }

  @Test
  void aServerThatIsKilledInTheMiddleOfACountGoesOnWhereItWas() throws Exception {
    hangAtTheSecondPlace(Instant.now().minus(Duration.ofDays(3)));
    String key = portrait.parts().security().createKey(Role.ADMIN, "test").key().reveal();
    portrait.close();
    if (!furtherHosts().isEmpty()) {
      Files.writeString(home.resolve("portrait.yaml"), "further_hosts: %s\n".formatted(furtherHosts().getFirst()));
    }
    try (var server = TestServer.start(home, TestDatabases.sqlite(home))) {
      server.begin("/api/v1/enrichments/office/run", key);
      awaitHanging();
      server.kill();
    }
    emptyTheFirstPlace();
    try (var parts = TestServer.open(home, TestDatabases.sqlite(home), furtherHosts())) {
      assertFalse(parts.enrichments().runs(NAME, 10).stream().anyMatch(run -> run.status() == Status.DONE));
      assertGoesOn(parts);
    }
  }

  private static void assertGoesOn(Wiring parts) throws InterruptedException {
    assertEquals(Status.DONE, parts.enrichments().run(NAME, Progress.silent(), "test").status());
    assertEquals(3, mails(parts));
    assertEquals(Status.DONE, parts.enrichments().run(NAME, Progress.silent(), "test").status());
    assertEquals(3, mails(parts), "once more changes nothing");
  }

  private static long mails(Wiring parts) {
    return parts.warehouse().read(session -> session.first(Sql.of("""
        SELECT CAST(sum("NoOfEmails_ToAccount" + "NoOfEmails_FromAccount") AS BIGINT) FROM "Office_Periods"
        WHERE "AggregationLevel" = 'year'"""), row -> row.number(1))).orElseThrow();
  }
}
