package portrait;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import portrait.app.Configuration;
import portrait.app.Main;
import portrait.app.Wiring;
import portrait.foundation.database.DatabaseSettings;
import portrait.foundation.security.Role;
import portrait.foundation.warehouse.WarehouseSettings;

/// A real server in a process of its own, for tests that kill it or give it little memory.
public final class TestServer implements AutoCloseable {

  private final Process process;
  private final BufferedReader output;
  private final URI url;

  private TestServer(Process process, BufferedReader output, URI url) {
    this.process = process;
    this.output = output;
    this.url = url;
  }

  /// Starts to serve the home on a free port.
  ///
  /// @param options of the JVM
  public static TestServer start(Path home, DatabaseSettings store, String... options) {
    var command = new ArrayList<>(List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString(),
        "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-XX:+ExitOnOutOfMemoryError", "-Xlog:disable",
        "--enable-native-access=ALL-UNNAMED"));
    command.addAll(List.of(options));
    command.addAll(List.of("-cp", System.getProperty("java.class.path"), Main.class.getName(), "serve", "--home",
        home.toString(), "--port", "0"));
    var builder = new ProcessBuilder(command).redirectError(home.resolve("server.log").toFile());
    if (store instanceof DatabaseSettings.Postgres(var url, var user, var password)) {
      builder.environment().put("PORTRAIT_DATABASE_URL", url);
      builder.environment().put("PORTRAIT_DATABASE_USER", user);
      builder.environment().put("PORTRAIT_DATABASE_PASSWORD", password.reveal());
    }
    try {
      var process = builder.start();
      var output = process.inputReader();
      for (String line = output.readLine(); line != null; line = output.readLine()) {
        if (line.startsWith("url: ")) {
          return new TestServer(process, output, URI.create(line.substring("url: ".length()).strip()));
        }
      }
      throw new AssertionError("the server stopped at once: see server.log in its home");
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
  }

  /// The same home in this process, while no server runs on it.
  public static Wiring open(Path home, DatabaseSettings store) {
    return open(home, store, List.of());
  }

  /// The same where the operator allows further hosts.
  public static Wiring open(Path home, DatabaseSettings store, List<String> furtherHosts) {
    return Wiring.open(new Configuration(home, "127.0.0.1", 0, store,
        WarehouseSettings.at(home.resolve("warehouse.duckdb"))).with(furtherHosts), Clock.systemUTC());
  }

  /// A key that may collect, as the header of a request.
  public static String collectAuthorization(Wiring portrait) {
    String key = portrait.security().createKey(Role.COLLECT, "test").key().reveal();
    return "Basic " + Base64.getEncoder().encodeToString((key + ":").getBytes(StandardCharsets.UTF_8));
  }

  /// Where it answers.
  public URI url() {
    return url;
  }

  /// Asks for work that takes a while, such as `/api/v1/exports/all/run`.
  ///
  /// @param key of somebody who may
  /// @throws AssertionError when it was not begun
  public void begin(String path, String key) throws IOException, InterruptedException {
    try (var client = HttpClient.newHttpClient()) {
      var answer = client.send(HttpRequest.newBuilder(url.resolve(path)).header("Authorization", "Bearer " + key)
          .POST(HttpRequest.BodyPublishers.ofString("{}")).build(), BodyHandlers.ofString());
      assertEquals(202, answer.statusCode(), answer.body());
    }
  }

  /// A collection call.
  public HttpRequest batch(String authorization, String body) {
    return HttpRequest.newBuilder(url.resolve("/v1/batch")).header("Authorization", authorization)
        .POST(HttpRequest.BodyPublishers.ofString(body)).build();
  }

  /// Kills it, as a power cut would: nothing of it is closed.
  public void kill() {
    // By its handle: the process itself would close the streams.
    process.toHandle().destroyForcibly();
  }

  /// Asks it to stop, as a service manager does, and waits for its end.
  public void stop() throws InterruptedException {
    process.toHandle().destroy();
    process.waitFor();
  }

  public boolean isAlive() {
    return process.isAlive();
  }

  /// Kills it, if nobody did, and waits for its end.
  @Override
  public void close() {
    kill();
    try {
      process.waitFor();
      output.close();
    } catch (InterruptedException asked) {
      Thread.currentThread().interrupt();
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
  }
}
