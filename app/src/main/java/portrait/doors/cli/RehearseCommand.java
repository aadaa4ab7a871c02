package portrait.doors.cli;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.Comparator;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import portrait.processes.demo.DemoSize;

/// What the launcher runs once after each build, so that the JVM can note which classes a start needs, and how the
/// methods behave that serve look-ups and events: a tiny shop in a folder that is thrown away, one request of each sort,
/// and some thousand of those that must be quick from the first moment on.
@Command(name = "rehearse", hidden = true)
final class RehearseCommand implements Callable<Integer> {

  /** The compiler looks at a method after some thousand calls. */
  private static final int REPEATS = 3_000;

  private static final int BATCH = 50;
  private static final String VIEW = """
      {"type": "track", "anonymousId": "mobile_guest123", "event": "Product Viewed", "properties": {"category": "leather-shoes"}}""";

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
      for (String path : new String[]{"/health/ready", "/", "/customers", "/api/v1/segments"}) {
        send(client, request(running, path));
      }
      var lookUp = request(running, "/api/v1/profiles/anonymous_id/mobile_guest123");
      for (int i = 0; i < REPEATS; i++) {
        send(client, lookUp);
        send(client, request(running, "/v1/track").POST(BodyPublishers.ofString(VIEW)));
      }
      var batch = BodyPublishers
          .ofString("{\"batch\": [%s]}".formatted(String.join(",", Collections.nCopies(BATCH, VIEW))));
      for (int i = 0; i < REPEATS / BATCH; i++) {
        send(client, request(running, "/v1/batch").POST(batch));
      }
    } finally {
      delete(folder);
    }
    return 0;
  }

  private static HttpRequest.Builder request(Product.Running running, String path) {
    return HttpRequest.newBuilder(running.server().url().resolve(URI.create(path)))
        .header("Authorization", "Bearer " + running.server().key().reveal());
  }

  private static void send(HttpClient client, HttpRequest.Builder request) throws IOException, InterruptedException {
    int status = client.send(request.build(), BodyHandlers.discarding()).statusCode();
    if (status != 200) {
      throw new IllegalStateException("a request of the rehearsal was answered with " + status);
    }
  }

  private static void delete(Path folder) throws IOException {
    try (var files = Files.walk(folder)) {
      for (var file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }
}
