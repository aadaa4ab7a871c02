package portrait;

import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import portrait.app.Configuration;
import portrait.app.Wiring;
import portrait.foundation.database.DatabaseSettings;
import portrait.foundation.database.TestDatabases;
import portrait.foundation.jobs.Job;
import portrait.foundation.jobs.Status;
import portrait.foundation.security.Role;
import portrait.foundation.warehouse.WarehouseSettings;
import portrait.processes.rebuild.RebuildReport.Finding;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// The whole product on a temporary profile store and a warehouse in memory, everything defaulted, on a free port. Tests
/// call its parts, or speak HTTP to it.
public final class TestPortrait implements AutoCloseable {

  private static final JsonMapper JSON = JsonMapper.builder().build();

  private final StoppedClock clock;
  private final HttpClient client = HttpClient.newHttpClient();
  private final Wiring parts;

  private TestPortrait(Configuration configuration, Instant now) {
    clock = new StoppedClock(now);
    parts = Wiring.open(configuration, clock);
  }

  /// The product with settings of its own.
  public static TestPortrait of(Configuration configuration) {
    return new TestPortrait(configuration, Instant.parse("2026-11-22T12:00:00Z"));
  }

  /// The product at the machine's own time, for programs from outside that say when something happened.
  ///
  /// @param home a folder of the test, usually a `@TempDir`
  public static TestPortrait today(Path home) {
    return new TestPortrait(inMemory(home, TestDatabases.sqlite(home)), Instant.now());
  }

  /// @param home a folder of the test, usually a `@TempDir`
  public static TestPortrait in(Path home) {
    return in(home, TestDatabases.sqlite(home));
  }

  /// The product with its profile store somewhere else.
  public static TestPortrait in(Path home, DatabaseSettings profileStore) {
    return of(inMemory(home, profileStore));
  }

  private static Configuration inMemory(Path home, DatabaseSettings profileStore) {
    return new Configuration(home, "127.0.0.1", 0, profileStore, WarehouseSettings.inMemory());
  }

  /// The product with its warehouse in a file of the home, for tests that close it and open it again.
  public static TestPortrait durable(Path home, DatabaseSettings profileStore) {
    return of(new Configuration(home, "127.0.0.1", 0, profileStore,
        WarehouseSettings.at(home.resolve("warehouse.duckdb"))));
  }

  /// Everything there is.
  public Wiring parts() {
    return parts;
  }

  public Instant now() {
    return clock.instant();
  }

  /// Lets time pass, and what follows from that happen.
  public void pass(Duration time) {
    clock.now.updateAndGet(now -> now.plus(time));
    parts.live().tick(clock.instant());
  }

  /// Lets time pass and does nothing about it: the product has to notice by itself.
  public void passUnnoticed(Duration time) {
    clock.now.updateAndGet(now -> now.plus(time));
  }

  /// Lets time pass up to a moment that another life of the same home had reached.
  public void passTo(Instant moment) {
    pass(Duration.between(clock.instant(), moment));
  }

  public void apply(String yaml) {
    parts.definitions().apply(yaml, "test");
  }

  /// Runs a refresh to its end.
  ///
  /// @throws AssertionError with the problem when it does not end well
  public Job refresh() {
    return ended(parts.jobs().await(parts.refresh().start(Optional.empty(), "test")));
  }

  /// Rebuilds the home to the end, or only looks.
  ///
  /// @return what was wrong
  /// @throws AssertionError with the problem when it does not end well
  public List<Finding> rebuild(boolean isCheck) {
    var id = parts.rebuild().start(isCheck, "test");
    ended(parts.jobs().await(id));
    return parts.rebuild().report(id).orElseThrow().findings();
  }

  private static Job ended(Job job) {
    if (job.status() != Status.DONE) {
      throw new AssertionError("%s ended as %s: %s".formatted(job.name(), job.status(), job.problem()));
    }
    return job;
  }

  /// Waits until every measure and segment counts for everybody.
  public void rollOut() {
    while (!parts.rollout().waiting().isEmpty()) {
      parts.rollout().start("test").ifPresent(parts.jobs()::await);
    }
  }

  /// Sends one collection call: `collect("/v1/track", "{…}")`.
  public HttpResponse<String> collect(String path, String json) {
    var key = parts.security().createKey(Role.COLLECT, "test").key();
    String user = Base64.getEncoder()
        .encodeToString((key.reveal() + ":").getBytes(java.nio.charset.StandardCharsets.UTF_8));
    return send(request(path).header("Authorization", "Basic " + user).header("Content-Type", "application/json")
        .POST(HttpRequest.BodyPublishers.ofString(json)));
  }

  /// Asks the API as the owner.
  ///
  /// @throws AssertionError when the answer is not 200
  public JsonNode get(String path) {
    var answer = exchange("GET", path, "");
    if (answer.statusCode() != 200) {
      throw new AssertionError("GET %s answered %d: %s".formatted(path, answer.statusCode(), answer.body()));
    }
    return JSON.readTree(answer.body());
  }

  /// Any request as the owner, whatever the answer.
  public HttpResponse<String> exchange(String method, String path, String body) {
    return exchange(method, path, body, Map.of());
  }

  /// Any request as the owner, with more headers; `Authorization` among them makes it somebody else's.
  public HttpResponse<String> exchange(String method, String path, String body, Map<String, String> headers) {
    var request = request(path).header("Authorization", "Bearer " + parts.server().key().reveal())
        .header("Content-Type", body.startsWith("{") ? "application/json" : "application/yaml")
        .method(method, HttpRequest.BodyPublishers.ofString(body));
    headers.forEach(request::setHeader);
    return send(request);
  }

  /// Sends a form of a page as the owner; a redirection is not followed.
  public HttpResponse<String> submit(String path, String form) {
    return send(request(path).header("Authorization", "Bearer " + parts.server().key().reveal())
        .header("Content-Type", "application/x-www-form-urlencoded").POST(HttpRequest.BodyPublishers.ofString(form)));
  }

  private HttpRequest.Builder request(String path) {
    return HttpRequest.newBuilder(parts.server().url().resolve(path));
  }

  private HttpResponse<String> send(HttpRequest.Builder request) {
    try {
      return client.send(request.build(), BodyHandlers.ofString());
    } catch (IOException failure) {
      throw new AssertionError(failure);
    } catch (InterruptedException asked) {
      Thread.currentThread().interrupt();
      throw new AssertionError(asked);
    }
  }

  @Override
  public void close() {
    client.close();
    parts.close();
  }

  private static final class StoppedClock extends Clock {

    private final AtomicReference<Instant> now;

    StoppedClock(Instant now) {
      this.now = new AtomicReference<>(now);
    }

    @Override
    public Instant instant() {
      return now.get();
    }

    @Override
    public ZoneId getZone() {
      return ZoneOffset.UTC;
    }

    @Override
    public Clock withZone(ZoneId zone) {
      return this;
    }
  }
}
