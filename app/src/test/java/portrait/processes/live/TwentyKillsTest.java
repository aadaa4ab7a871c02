package portrait.processes.live;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.util.HashSet;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import portrait.foundation.database.TestDatabases;
import portrait.foundation.model.Identity;

/// Kills the live path alone, twenty times, on the embedded store: a light process that takes more moments than the whole
/// server of [CrashTest] can in the same time.
class TwentyKillsTest {

  private static final int KILLS = 20;

  @Test
  void everyAcknowledgedEventIsThereOnceAfterTwentyKills(@TempDir Path home) throws IOException, InterruptedException {
    long seed = new Random().nextLong();
    var random = new Random(seed);
    var acknowledged = new HashSet<String>();

    for (int kill = 1; kill <= KILLS; kill++) {
      var child = start(home, kill);
      try (var answers = child.inputReader()) {
        collect(answers, acknowledged, 1 + random.nextInt(60));
        // By its handle: the process itself would close the stream with what it said last.
        child.toHandle().destroyForcibly();
        // What it said before it died was acknowledged, too.
        collect(answers, acknowledged, Integer.MAX_VALUE);
      }
      child.waitFor();
    }

    try (var portrait = new TestLive(TestDatabases.sqlite(home), Clock.systemUTC())) {
      var stored = portrait.facts().stream().map(fact -> fact.event().id()).toList();
      var once = Set.copyOf(stored);
      assertEquals(once.size(), stored.size(), "an event is there twice, seed " + seed);
      assertTrue(once.containsAll(acknowledged), "an acknowledged event is missing, seed " + seed);
      assertTrue(acknowledged.size() >= KILLS, "seed " + seed);
      var people = portrait.facts().stream().flatMap(fact -> fact.event().identities().stream())
          .collect(Collectors.toSet());
      try (var clean = Replay.of(portrait.facts(), TestDatabases.sqlite(home.resolve("clean")), "", Instant.now())) {
        for (Identity person : people) {
          Replay.assertSame(clean, portrait, person, "seed " + seed);
        }
      }
    }
  }

  private static void collect(BufferedReader answers, Set<String> acknowledged, int count) throws IOException {
    for (int line = 0; line < count; line++) {
      String id = answers.readLine();
      if (id == null) {
        return;
      }
      // A line that the kill cut off lacks its end mark.
      if (id.endsWith(".")) {
        acknowledged.add(id.substring(0, id.length() - 1));
      }
    }
  }

  private static Process start(Path home, int run) throws IOException {
    return new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin", "java").toString(),
        "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-Xmx128m", "-Xlog:disable",
        "--enable-native-access=ALL-UNNAMED", "-Dorg.sqlite.tmpdir=" + home,
        "-cp", System.getProperty("java.class.path"), Child.class.getName(), home.toString(), String.valueOf(run))
        .redirectError(ProcessBuilder.Redirect.DISCARD).start();
  }

  /// The process that is killed: a few callers send messages and print the id of each that was acknowledged.
  static final class Child {

    private static final int CALLERS = 4;

    private Child() {}

    public static void main(String[] arguments) throws InterruptedException {
      var portrait = new TestLive(TestDatabases.sqlite(Path.of(arguments[0])), Clock.systemUTC());
      var next = new AtomicInteger();
      for (int caller = 0; caller < CALLERS; caller++) {
        Thread.startVirtualThread(() -> {
          while (true) {
            int number = next.incrementAndGet();
            String id = arguments[1] + "-" + number;
            portrait.send("""
                {"type": "identify", "messageId": "%s", "userId": "u%d", "anonymousId": "a%d", "traits": {"n": %d}}"""
                .formatted(id, number % 11, number % 17, number));
            synchronized (portrait) {
              System.out.println(id + ".");
              System.out.flush();
            }
          }
        });
      }
      Thread.currentThread().join();
    }
  }
}
