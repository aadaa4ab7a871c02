package portrait.stages.exports;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import portrait.TestServer;
import portrait.app.Wiring;
import portrait.foundation.connections.Connections;
import portrait.foundation.database.TestDatabases;
import portrait.foundation.jobs.Progress;
import portrait.foundation.model.ProblemException;
import portrait.foundation.model.Secret;
import portrait.foundation.security.Role;
import portrait.stages.events.Event;
import portrait.stages.events.MessageBody;
import portrait.stages.exports.RunReport.Status;
import tools.jackson.databind.json.JsonMapper;

/// Runs that write files and are cut short: whoever reads by the manifests finds every row once, and all files that they
/// name.
class FileExportFaultsTest {

  private static final int PEOPLE = 40;

  @TempDir
  Path home;

  @Test
  void whoIsKilledInTheMidstOfFilesWritesEveryRowOnce() throws Exception {
    String key;
    try (var portrait = open(List.of())) {
      disk(portrait, "disk", "format: json_lines, rows_per_file: 1");
      people(portrait, 0, PEOPLE);
      key = portrait.security().createKey(Role.ADMIN, "test").key().reveal();
    }
    try (var client = HttpClient.newHttpClient()) {
      for (int files : List.of(1, 5)) {
        try (var server = TestServer.start(home, TestDatabases.sqlite(home))) {
          long before = written().size();
          var answer = client.send(HttpRequest.newBuilder(server.url().resolve("/api/v1/exports/all/run"))
              .header("Authorization", "Bearer " + key).POST(HttpRequest.BodyPublishers.ofString("{}")).build(),
              BodyHandlers.ofString());
          assertEquals(202, answer.statusCode(), answer.body());
          while (written().size() < before + files) {
            Thread.onSpinWait();
          }
          server.kill();
        }
        readersSeeWholeRuns();
      }
    }
    try (var portrait = open(List.of())) {
      portrait.exports().run("all", false, Progress.silent(), "test");
      assertEquals(PEOPLE, portrait.exports().sent("all"));
    }
    everybodyOnce(PEOPLE);
  }

  @Test
  void whoIsStoppedBetweenManifestAndLedgerIsBelievedByTheNextRun() throws Exception {
    for (String index : List.of("manifest", "model")) {
      String export = "all_" + index;
      try (var portrait = open(List.of())) {
        disk(portrait, "disk", "index: " + index + (index.equals("model")
            ? ", format: csv, folder: '{export}', file: '{table}/{yyyy}{MM}{dd}{HH}{mm}{ss}/{table}_{part}'"
            : ""), export);
        people(portrait, 0, PEOPLE);
        portrait.database().write(tx -> tx.update("""
            CREATE TRIGGER power BEFORE UPDATE OF is_published ON export_run WHEN NEW.is_published = 1
            BEGIN SELECT RAISE(ABORT, 'the power fails'); END"""));
        assertThrows(RuntimeException.class, () -> portrait.exports().run(export, true, Progress.silent(), "test"));
        portrait.database().write(tx -> tx.update("DROP TRIGGER power"));
        assertEquals(Status.FAILED, portrait.exports().runs(export, 1).getFirst().status());
        assertEquals(0, portrait.exports().sent(export));
      }
      try (var portrait = open(List.of())) {
        people(portrait, 3, 4, "later");
        var report = portrait.exports().run(export, false, Progress.silent(), "test");

        assertEquals(0, report.counts().entered(), "they are there already");
        assertEquals(1, report.counts().changed());
        assertEquals(PEOPLE, portrait.exports().sent(export));
        assertEquals(Status.DONE, portrait.exports().runs(export, 2).getLast().status());
        assertEquals(PEOPLE, portrait.exports().run(export, true, Progress.silent(), "test").counts().delivered(),
            "a full run is one all the same");
      }
    }
  }

  @Test
  void whoIsStoppedBeforeTheManifestBeginsAnew() throws Exception {
    try (var portrait = open(List.of())) {
      disk(portrait, "disk", "format: json_lines, rows_per_file: 10");
      people(portrait, 0, PEOPLE);
      portrait.database().write(tx -> tx.update("""
          CREATE TRIGGER power BEFORE UPDATE OF is_published ON export_run WHEN NEW.is_published = 2
          BEGIN SELECT RAISE(ABORT, 'the power fails'); END"""));
      assertThrows(RuntimeException.class, () -> portrait.exports().run("all", false, Progress.silent(), "test"));
      portrait.database().write(tx -> tx.update("DROP TRIGGER power"));
      assertEquals(PEOPLE, portrait.exports().run("all", false, Progress.silent(), "test").counts().entered());
    }
    everybodyOnce(PEOPLE);
  }

  @Test
  void aFullDiskEndsInAFailedRunThatSaysSoAndTheNextIsWhole() throws Exception {
    assumeTrue(mounted("true"), "only root may mount a small disk, and only on Linux");
    Path small = Files.createDirectories(home.resolve("exports/small"));
    assumeTrue(mounted("mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", small.toString()),
        "a small disk cannot be mounted here");
    try (var portrait = open(List.of())) {
      disk(portrait, "small", "format: json_lines, rows_per_file: 10");
      people(portrait, 0, PEOPLE, "x".repeat(900));
      Files.write(small.resolve("ballast"), new byte[24 << 10]);

      var full = assertThrows(ProblemException.class,
          () -> portrait.exports().run("all", false, Progress.silent(), "test"));

      assertTrue(full.getMessage().contains("there is no space left"), full.getMessage());
      var report = portrait.exports().runs("all", 1).getFirst();
      assertEquals(Status.FAILED, report.status());
      assertEquals(full.getMessage(), report.problem().orElseThrow().message());
      assertEquals(List.of(), written(), "what was written is taken back");
      assertEquals(0, portrait.exports().sent("all"));

      Files.delete(small.resolve("ballast"));
      assertEquals(Status.DONE, portrait.exports().run("all", false, Progress.silent(), "test").status());
      everybodyOnce(PEOPLE);
    } finally {
      assertTrue(mounted("umount", small.toString()));
    }
  }

  @Test
  void credentialsThatExpireInTheMidstAreNamedAndTheNextRunIsWhole() throws Exception {
    var bucket = new ConcurrentSkipListMap<String, byte[]>();
    var calls = new AtomicInteger();
    var expiresAfter = new AtomicInteger(4);
    var s3 = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    s3.createContext("/", exchange -> {
      byte[] body = exchange.getRequestBody().readAllBytes();
      String name = exchange.getRequestURI().getPath();
      String query = String.valueOf(exchange.getRequestURI().getQuery());
      String call = exchange.getRequestMethod() + (query.contains("uploads") ? " begin" : "");
      boolean isExpired = (call.startsWith("P") ? calls.incrementAndGet() : calls.get()) > expiresAfter.get();
      String answer = "";
      int status = 200;
      switch (isExpired ? "expired" : call) {
        case "POST begin" ->
          answer = "<InitiateMultipartUploadResult><UploadId>1</UploadId></InitiateMultipartUploadResult>";
        case "PUT" -> {
          bucket.put(name, body);
          exchange.getResponseHeaders().set("ETag", "\"1\"");
        }
        case "POST" -> answer = "<CompleteMultipartUploadResult><ETag>1</ETag></CompleteMultipartUploadResult>";
        case "DELETE" -> {
          status = 204;
          bucket.remove(name);
        }
        case "expired" -> {
          status = 400;
          answer = "<Error><Code>ExpiredToken</Code><Message>never-shown</Message></Error>";
        }
        default -> status = bucket.containsKey(name) ? 200 : 404;
      }
      byte[] bytes = answer.getBytes(StandardCharsets.UTF_8);
      exchange.sendResponseHeaders(status, bytes.length == 0 ? -1 : bytes.length);
      exchange.getResponseBody().write(bytes);
      exchange.close();
    });
    s3.start();
    String address = "http://127.0.0.1:" + s3.getAddress().getPort();
    try (var portrait = open(List.of(address))) {
      portrait.connections().putSecret("s3.secret", Secret.of("never-shown"), "test");
      portrait.definitions().apply("""
          kind: Connection
          name: s3
          spec: { type: s3, settings: { bucket: shop, access_key_id: AKIA, secret_access_key: { secret: s3.secret }, session_token: { secret: s3.secret }, endpoint: '%s' } }
          """.formatted(address), "test");
      portrait.connections().agree("s3", Connections.PRIVACY_TEXT, "test");
      export(portrait, "s3", "format: json_lines, rows_per_file: 10", "all");
      people(portrait, 0, PEOPLE);

      var expired = assertThrows(ProblemException.class,
          () -> portrait.exports().run("all", false, Progress.silent(), "test"));

      assertTrue(expired.getMessage().contains("the credentials have expired"), expired.getMessage());
      assertEquals("Create new ones and enter them.", expired.problem().hint());
      assertFalse(expired.problem().toString().contains("never-shown"));
      assertTrue(bucket.keySet().stream().noneMatch(name -> name.endsWith("manifest.json")), bucket.keySet()::toString);
      assertEquals(0, portrait.exports().sent("all"));

      expiresAfter.set(Integer.MAX_VALUE);
      assertEquals(PEOPLE, portrait.exports().run("all", false, Progress.silent(), "test").counts().entered());
      assertEquals(1, bucket.keySet().stream().filter(name -> name.endsWith("manifest.json")).count());
    } finally {
      s3.stop(0);
    }
  }

  private static boolean mounted(String... command) throws IOException, InterruptedException {
    if (!"root".equals(System.getProperty("user.name")) || !Files.exists(Path.of("/proc/mounts"))) {
      return false;
    }
    var process = new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(
        ProcessBuilder.Redirect.DISCARD).start();
    return process.waitFor(1, TimeUnit.MINUTES) && process.exitValue() == 0;
  }

  private Wiring open(List<String> hosts) {
    return TestServer.open(home, TestDatabases.sqlite(home), hosts);
  }

  private static void disk(Wiring portrait, String folder, String settings) {
    disk(portrait, folder, settings, "all");
  }

  private static void disk(Wiring portrait, String folder, String settings, String export) {
    portrait.definitions().apply("""
        kind: Connection
        name: disk
        spec: { type: disk, settings: { folder: %s } }
        """.formatted(folder), "test");
    portrait.connections().agree("disk", Connections.PRIVACY_TEXT, "test");
    export(portrait, "disk", settings, export);
  }

  private static void export(Wiring portrait, String connection, String settings, String name) {
    portrait.definitions().apply("""
        kind: Export
        name: %s
        spec: { connection: %s, columns: [number, name], settings: { %s } }
        """.formatted(name, connection, settings), "test");
  }

  private static void people(Wiring portrait, int from, int to) {
    people(portrait, from, to, "Ann");
  }

  private static void people(Wiring portrait, int from, int to, String name) {
    String messages = IntStream.range(from, to).mapToObj(
        number -> "{\"type\":\"identify\",\"userId\":\"u%d\",\"traits\":{\"number\":%d,\"name\":\"%s\"}}".formatted(
            number, number, name))
        .collect(Collectors.joining(","));
    portrait.live().receive(MessageBody.batch(("{\"batch\":[" + messages + "]}").getBytes(StandardCharsets.UTF_8))
        .collect(Instant.now(), Event.LIVE));
  }

  /// All files of rows there are, whole runs or not.
  private List<Path> written() {
    return under(".jsonl");
  }

  private List<Path> under(String ending) {
    Path exports = home.resolve("exports");
    if (!Files.exists(exports)) {
      return List.of();
    }
    try (var files = Files.walk(exports)) {
      return files.filter(file -> file.toString().endsWith(ending)).sorted().toList();
    } catch (UncheckedIOException | IOException changing) {
      // Files come and go while a server writes: the next look sees them.
      return List.of();
    }
  }

  /// Reads as the page says: a manifest first, then the files it names.
  private List<String> readersSeeWholeRuns() throws IOException {
    var rows = new ArrayList<String>();
    for (var manifest : under("manifest.json")) {
      var told = JsonMapper.shared().readTree(Files.readString(manifest));
      long before = rows.size();
      for (var file : told.path("files")) {
        rows.addAll(Files.readAllLines(manifest.resolveSibling(file.path("name").asString())));
      }
      assertEquals(told.path("rows").asLong(), rows.size() - before, manifest.toString());
    }
    return rows;
  }

  private void everybodyOnce(int people) throws IOException {
    Map<Integer, Long> times = readersSeeWholeRuns().stream()
        .map(row -> JsonMapper.shared().readTree(row).path("number").asInt())
        .collect(Collectors.groupingBy(Function.identity(), TreeMap::new, Collectors.counting()));
    assertEquals(IntStream.range(0, people).boxed().collect(Collectors.toMap(Function.identity(), _ -> 1L)), times);
  }
}
