package portrait.app;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import portrait.TestServer;
import portrait.foundation.database.TestDatabases;
import portrait.foundation.jobs.Status;
import portrait.foundation.jobs.TaskGraph;
import portrait.foundation.model.Identity;
import portrait.stages.events.Event;
import portrait.stages.events.MessageBody;

/// A home whose process was killed.
class RestartTest {

  @Test
  void opensAlthoughAJobWasCutOffWhileEventsWereInTheJournalOnly(@TempDir Path home) throws Exception {
    var killed = Files.createDirectory(home.resolve("killed"));
    var lived = Files.createDirectory(home.resolve("lived"));
    var atWork = new CountDownLatch(1);
    var goOn = new CountDownLatch(1);
    try (var portrait = TestServer.open(lived, TestDatabases.sqlite(lived))) {
      portrait.jobs().start("wait", "Wait", new TaskGraph(List.of(new TaskGraph.Task("wait", "Wait", List.of(), _ -> {
        atWork.countDown();
        goOn.await();
      }))), "test");
      atWork.await();
      // The store as it is before the event, the journal as it is after it: no later commit was made durable.
      copy("portrait.db", lived, killed);
      copy("portrait.db-wal", lived, killed);
      portrait.live().receive(MessageBody.batch("""
          {"batch": [{"type": "track", "event": "Opened", "userId": "ann", "messageId": "m1"}]}"""
          .getBytes(StandardCharsets.UTF_8)).collect(Instant.now(), Event.LIVE));
      copy("portrait.db.deferred", lived, killed);
      goOn.countDown();
    }

    try (var portrait = TestServer.open(killed, TestDatabases.sqlite(killed))) {
      assertTrue(portrait.live().find(new Identity("user_id", "ann")).isPresent());
      assertEquals(List.of(Status.FAILED), portrait.jobs().recent(10).stream().map(job -> job.status()).toList());
    }
  }

  private static void copy(String file, Path from, Path to) throws IOException {
    Files.copy(from.resolve(file), to.resolve(file));
  }
}
