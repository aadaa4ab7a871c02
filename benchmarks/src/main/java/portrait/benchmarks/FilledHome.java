package portrait.benchmarks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Map;
import java.util.concurrent.Callable;
import portrait.app.Configuration;
import portrait.app.Wiring;
import portrait.stages.events.Event;
import portrait.stages.events.MessageBody;

/// A home with many customers, on disk and thrown away at the end. It is filled by the live path itself, inside this
/// process: without HTTP, and in the largest groups that a commit takes.
record FilledHome(Path folder) implements AutoCloseable {

  private static final int BATCH = 500;
  private static final int CALLERS = 3;

  static FilledHome create() throws IOException {
    return new FilledHome(Files.createTempDirectory("portrait-bench-home"));
  }

  /// A new folder beside what the product keeps, thrown away with it.
  Path folder(String name) throws IOException {
    return Files.createDirectories(folder.resolve("bench-" + name));
  }

  /// Waits until what was defined counts for everybody, so that it is not at work while something is measured.
  static void rollOut(Wiring portrait) {
    while (!portrait.rollout().waiting().isEmpty()) {
      portrait.rollout().start("bench").ifPresent(portrait.jobs()::await);
    }
  }

  /// Adds the people from one number to another, and the definitions that cost something.
  void fill(int from, int to) throws InterruptedException, IOException {
    var configuration = Configuration.read(folder, Map.of("port", "0"), System.getenv());
    try (var portrait = Wiring.open(configuration, Clock.systemUTC())) {
      if (from == 0) {
        portrait.definitions().apply(IngestBenchmark.definitions(), "bench");
      }
      var bodies = Traffic.introductions(from, to, BATCH);
      var work = new ArrayList<Callable<Long>>();
      for (int caller = 0; caller < CALLERS; caller++) {
        work.add(() -> {
          long done = 0;
          while (true) {
            byte[] body;
            synchronized (bodies) {
              if (!bodies.hasNext()) {
                return done;
              }
              body = bodies.next();
            }
            done += portrait.live().receive(MessageBody.batch(body).collect(Instant.now(), Event.LIVE)).accepted();
          }
        });
      }
      long accepted = Traffic.sum(work);
      if (accepted != to - from) {
        throw new IllegalStateException("%d people came, %d were taken in".formatted(to - from, accepted));
      }
    }
  }

  @Override
  public void close() throws IOException {
    try (var files = Files.walk(folder)) {
      for (var file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }
}
