package portrait.doors.cli;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import portrait.processes.demo.DemoSize;

/// What the launcher runs once after each build, so that the JVM can note which classes a start needs: a tiny shop in a
/// folder that is thrown away, and one request of each sort.
@Command(name = "rehearse", hidden = true)
final class RehearseCommand implements Callable<Integer> {

  private final Context context;

  RehearseCommand(Context context) {
    this.context = context;
  }

  @Override
  public Integer call() throws IOException, InterruptedException {
    var folder = Files.createTempDirectory("portrait-rehearsal");
    var home = new Home(folder);
    try (var _ = home.tryLock().orElseThrow();
        var running = context.product().start(home, Map.of("host", "127.0.0.1", "port", "0"));
        var client = HttpClient.newHttpClient()) {
      running.demo().fill(folder.resolve("demo"), new DemoSize(0, 0, 1), (_, _, _) -> {});
      running.security().ensureOwner();
      for (String path : new String[]{"/health/ready", "/", "/customers", "/api/v1/segments",
          "/api/v1/profiles/anonymous_id/mobile_guest123"}) {
        client.send(HttpRequest.newBuilder(running.server().url().resolve(URI.create(path)))
            .header("Authorization", "Bearer " + running.server().key().reveal()).build(), BodyHandlers.discarding());
      }
    } finally {
      delete(folder);
    }
    return 0;
  }

  private static void delete(Path folder) throws IOException {
    try (var files = Files.walk(folder)) {
      for (var file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }
}
