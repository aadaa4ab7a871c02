package portrait.stages.enrichments;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import portrait.TestPortrait;
import portrait.TestServer;
import portrait.app.Configuration;
import portrait.app.Wiring;
import portrait.foundation.connections.Connections;
import portrait.foundation.database.TestDatabases;
import portrait.foundation.jobs.Progress;
import portrait.foundation.model.ProblemException;
import portrait.foundation.model.Secret;
import portrait.foundation.security.Role;
import portrait.foundation.warehouse.WarehouseSettings;
import portrait.stages.enrichments.EnrichmentReport.Status;
import portrait.stages.enrichments.PartnerFake.Fault;

/// What holds for every provider that is called over a network, whatever goes wrong: nobody is paid twice, what was
/// answered is kept, and what is missing is shown.
abstract class ProviderContract {

  static final String NAME = "asked";

  @TempDir
  Path home;
  TestPortrait portrait;
  private PartnerFake partner;

  /// The system that is asked.
  abstract PartnerFake partner() throws IOException;

  /// @return `type` and `settings` of a connection, in one line; its secret is called `partner.secret`
  abstract String connection(String address);

  abstract String secret();

  /// An enrichment called `asked` through the connection `partner`, which tells `company` and keeps `industry`.
  abstract String enrichment();

  @BeforeEach
  void open() throws IOException {
    partner = partner();
    start();
    portrait.parts().connections().putSecret("partner.secret", Secret.of(secret()), "test");
    portrait.apply("""
        kind: Connection
        name: partner
        spec: %s
        """.formatted(connection(partner.address())));
    portrait.parts().connections().agree("partner", Connections.PRIVACY_TEXT, "test");
    portrait.apply(enrichment());
    for (String company : List.of("Acme", "Globex", "Stark")) {
      person(company, company);
    }
  }

  final void start() {
    portrait = TestPortrait.of(new Configuration(home, "127.0.0.1", 0, TestDatabases.sqlite(home),
        WarehouseSettings.inMemory()).with(List.of(partner.address())));
    portrait.parts().enrichments().pauseWith(this::paused);
  }

  /// Waiting costs no time, and the clock goes on.
  void paused(Duration time) throws InterruptedException {
    if (Thread.interrupted()) {
      throw new InterruptedException();
    }
    portrait.passUnnoticed(time);
  }

  @AfterEach
  void close() throws IOException {
    portrait.close();
    partner.close();
  }

  final void person(String id, String company) {
    assertEquals(200, portrait.collect("/v1/identify", """
        {"userId": "%s", "traits": {"company": "%s"}}""".formatted(id, company)).statusCode());
  }

  final EnrichmentReport run() throws InterruptedException {
    return portrait.parts().enrichments().run(NAME, Progress.silent(), "test");
  }

  final String industry(String user) {
    return portrait.get("/api/v1/profiles/user_id/" + user).path("attributes").path("industry").asString("");
  }

  private void assertEverybodyIsEnrichedAndPaidOnce() {
    for (String company : List.of("Acme", "Globex", "Stark")) {
      assertFalse(industry(company).isEmpty(), company);
    }
    assertEquals(3, partner.paid());
    assertFalse(partner.hasFaults());
  }

  @Test
  void everybodyIsAskedAboutOnce() throws InterruptedException {
    assertFalse(
        portrait.parts().enrichments().verify(portrait.parts().connections().one("partner")).orElseThrow().isEmpty());
    assertEquals(0, partner.paid(), "verifying costs nothing");
    var report = run();
    assertEquals(Status.DONE, report.status());
    assertEquals(3, report.counts().enriched());
    assertEverybodyIsEnrichedAndPaidOnce();
    assertEquals(0, run().counts().asked());
    assertEquals(3, partner.paid());
  }

  @Test
  void aStormOfFaultsIsWaitedOut() throws InterruptedException {
    partner.fail(Fault.THROTTLED, Fault.THROTTLED, Fault.THROTTLED, Fault.THROTTLED, Fault.THROTTLED, Fault.THROTTLED,
        Fault.THROTTLED, Fault.UNAVAILABLE, Fault.BAD_GATEWAY);
    assertEquals(Status.DONE, run().status());
    assertEverybodyIsEnrichedAndPaidOnce();
  }

  @Test
  void whoeverCannotBeReachedIsAskedLater() throws Exception {
    partner.stop();
    assertThrows(ProblemException.class, this::run);
    assertEquals(Status.FAILED, portrait.parts().enrichments().runs(NAME, 1).getFirst().status());
    assertEquals(0, portrait.parts().enrichments().enriched(NAME));
    partner.start();
    assertEquals(Status.DONE, run().status());
    assertEverybodyIsEnrichedAndPaidOnce();
  }

  @Test
  void whatMayHaveBeenPaidForIsShownAndNotAskedAgainByItself() throws InterruptedException {
    partner.fail(Fault.RESET_AFTER_ACTING);
    var report = run();
    assertEquals(Status.PARTLY, report.status());
    assertTrue(report.counts().refused() > 0, "what is missing is shown");
    assertEquals(3, partner.paid());
    assertEquals(0, run().counts().asked());
    assertEquals(3, partner.paid(), "nobody is paid twice");
    var shown = portrait.get("/api/v1/enrichments/asked/refusals").path("refusals");
    assertEquals(report.counts().refused(), shown.size());

    long again = portrait.parts().enrichments().askAgain(NAME);
    assertEquals(report.counts().refused(), again);
    assertEquals(Status.DONE, run().status());
    assertEquals(3, portrait.parts().enrichments().enriched(NAME));
  }

  @Test
  void anAnswerThatIsCutOffIsNotPaidTwice() throws InterruptedException {
    partner.fail(Fault.TRUNCATED);
    run();
    run();
    assertEquals(3, partner.paid());
  }

  @Test
  void aKeyThatEndedStopsTheRunAndAnotherGoesOn() throws InterruptedException {
    partner.expire();
    var refused = assertThrows(ProblemException.class, this::run);
    assertFalse(refused.getMessage().contains(secret()));
    assertThrows(ProblemException.class,
        () -> portrait.parts().enrichments().verify(portrait.parts().connections().one("partner")));
    partner.renew();
    assertEquals(Status.DONE, run().status());
    assertEverybodyIsEnrichedAndPaidOnce();
  }

  @Test
  void aRunThatIsCancelledEndsAtOnceAndTheNextGoesOn() throws InterruptedException {
    partner.fail(Fault.NONE, Fault.HANGS);
    var id = portrait.parts().enrichments().start(NAME, "test");
    partner.awaitHanging();
    portrait.parts().jobs().cancel(id);
    assertEquals("CANCELLED", portrait.parts().jobs().await(id).status().name());
    assertNotEquals(Status.DONE, portrait.parts().enrichments().runs(NAME, 1).getFirst().status());
    run();
    assertEverybodyIsEnrichedOrShown(portrait.parts());
  }

  @Test
  void aServerThatIsKilledWhileItAsksPaysNobodyTwice() throws Exception {
    String key = portrait.parts().security().createKey(Role.ADMIN, "test").key().reveal();
    portrait.close();
    Files.writeString(home.resolve("portrait.yaml"), "further_hosts: " + partner.address() + "\n");
    partner.fail(Fault.NONE, Fault.HANGS);
    try (var server = TestServer.start(home, TestDatabases.sqlite(home))) {
      server.begin("/api/v1/enrichments/asked/run", key);
      partner.awaitHanging();
      server.kill();
    }
    try (var parts = TestServer.open(home, TestDatabases.sqlite(home), List.of(partner.address()))) {
      parts.enrichments().run(NAME, Progress.silent(), "test");
      assertEverybodyIsEnrichedOrShown(parts);
    }
  }

  private void assertEverybodyIsEnrichedOrShown(Wiring parts) {
    var shown = parts.enrichments().refusals(NAME, 100).stream().map(Enrichments.Unanswered::customer);
    var enriched = parts.enrichments().preview(NAME, 100).stream().map(Enrichments.Enriched::customer);
    assertEquals(3, Stream.concat(shown, enriched).distinct().count(), "who is not enriched is shown");
    assertEquals(3, partner.paid(), "everybody was asked about, and nobody is paid twice");
  }

  @Test
  void whileNobodyAgreedNothingLeaves() {
    portrait.apply("""
        kind: Connection
        name: partner
        spec: { title: Moved, %s
        """.formatted(connection(partner.address() + "/").substring(1)));
    assertThrows(ProblemException.class, this::run);
    assertEquals(0, partner.paid());
  }
}
