package portrait.doors.collect;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.zip.Deflater;
import java.util.zip.DeflaterOutputStream;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import portrait.doors.http.WebServer;
import portrait.doors.http.WebServerSettings;
import portrait.foundation.database.Database;
import portrait.foundation.database.TestDatabases;
import portrait.foundation.model.Identity;
import portrait.foundation.security.Role;
import portrait.foundation.security.Security;
import portrait.processes.live.TestLive;
import portrait.stages.events.EventQuery;
import portrait.stages.events.MessageLimits;

/// A real server on loopback, spoken to as the public libraries do.
class CollectTest {

  private static final String TRACK = "{\"event\": \"Opened\", \"userId\": \"u1\"}";

  private final HttpClient client = HttpClient.newHttpClient();
  private TestLive portrait;
  private Database accounts;
  private WebServer server;
  private String key;

  @BeforeEach
  void start(@TempDir Path home, @TempDir Path other) {
    portrait = new TestLive(TestDatabases.sqlite(home), Clock.systemUTC());
    accounts = Database.open(TestDatabases.sqlite(other), List.of(Security.migrations()));
    var security = new Security(accounts, Clock.systemUTC());
    key = security.createKey(Role.COLLECT, "website").key().reveal();
    server = WebServer.start(WebServerSettings.local(0), security,
        new PrometheusMeterRegistry(PrometheusConfig.DEFAULT), List::of,
        new portrait.doors.http.Usage(accounts, Clock.systemUTC()),
        List.of(new Collect(portrait.live, security, MessageLimits.STANDARD, Clock.systemUTC())));
  }

  @AfterEach
  void stop() {
    server.close();
    portrait.close();
    accounts.close();
    client.close();
  }

  @ParameterizedTest
  @CsvSource({"/v1/track, Opened", "/v1/t, Opened", "//v1/track/, Opened", "/v1/page, Page Viewed",
      "/v1/p, Page Viewed",
      "/v1/screen, Screen Viewed", "/v1/s, Screen Viewed", "/v1/identify, Identify", "/v1/i, Identify",
      "/v1/group, Group", "/v1/g, Group", "/v1/alias, Alias", "/v1/a, Alias"})
  void everyAddressTakesAMessageThatTheNextLookUpSees(String address, String name) {
    var answer = post(address, """
        {"event": "Opened", "userId": "u1", "groupId": "g", "previousId": "p"}""", Map.of("Authorization", basic(key)));

    assertEquals("{\"success\":true,\"accepted\":1,\"duplicate\":0,\"rejected\":0}", answer.body());
    assertEquals(200, answer.statusCode());
    assertEquals("*", answer.headers().firstValue("Access-Control-Allow-Origin").orElseThrow());
    assertEquals(List.of(name), portrait.eventNames("user_id", "u1"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"/v1/batch", "/v1/import/", "//v1/import/", "/v1/b", "/beacon/v1/batch"})
  void aBatchBringsItsKeyInTheBody(String address) {
    var answer = post(address, """
        {"batch": [{"type": "track", "event": "Opened", "userId": "u1", "messageId": "m"},
                   {"type": "track", "userId": "u1"},
                   {"type": "track", "event": "Opened", "userId": "u1", "messageId": "m"}],
         "writeKey": "%s"}""".formatted(key), Map.of("Content-Type", "application/x-www-form-urlencoded"));

    assertEquals("{\"success\":true,\"accepted\":1,\"duplicate\":1,\"rejected\":1,\"rejections\":[{\"index\":1,"
        + "\"reason\":\"event is missing but a track message must name one\"}]}", answer.body());
    assertEquals(200, answer.statusCode());
  }

  @Test
  void theKeyMayStandInTheFirstMessageOrInTheQuery() {
    assertEquals(200, post("/v1/batch", "{\"batch\": [{\"type\": \"page\", \"userId\": \"u\", \"writeKey\": \"%s\"}]}"
        .formatted(key), Map.of()).statusCode());
    assertEquals(200, post("/v1/t?writeKey=" + key, TRACK, Map.of("Content-Type", "text/plain")).statusCode());
  }

  @Test
  void aPackedBodyIsUnpacked() throws IOException {
    var packed = new ByteArrayOutputStream();
    try (var gzip = new GZIPOutputStream(packed)) {
      gzip.write(TRACK.getBytes(StandardCharsets.UTF_8));
    }

    assertEquals(200, post("/v1/track", HttpRequest.BodyPublishers.ofByteArray(packed.toByteArray()),
        Map.of("Authorization", basic(key), "Content-Encoding", "gzip")).statusCode());
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void aDeflatedBodyIsUnpackedWithOrWithoutItsHeader(boolean isRaw) throws IOException {
    var packed = new ByteArrayOutputStream();
    try (var deflate = new DeflaterOutputStream(packed, new Deflater(Deflater.DEFAULT_COMPRESSION, isRaw))) {
      deflate.write(TRACK.getBytes(StandardCharsets.UTF_8));
    }

    assertEquals(200, post("/v1/track", HttpRequest.BodyPublishers.ofByteArray(packed.toByteArray()),
        Map.of("Authorization", basic(key), "Content-Encoding", "deflate")).statusCode());
    assertEquals(List.of("Opened"), portrait.eventNames("user_id", "u1"));
  }

  @Test
  void aBodyThatIsNotPackedAsItSaysIsAProblem() {
    assertEquals(400, post("/v1/track", TRACK, Map.of("Authorization", basic(key), "Content-Encoding", "gzip"))
        .statusCode());
    assertEquals(400, post("/v1/track", TRACK, Map.of("Authorization", basic(key), "Content-Encoding", "deflate"))
        .statusCode());
    assertEquals(400, post("/v1/track", TRACK, Map.of("Authorization", basic(key), "Content-Encoding", "br"))
        .statusCode());
  }

  @Test
  void aSmallBodyThatUnpacksToALargeOneIsTooLarge() throws IOException {
    var packed = new ByteArrayOutputStream();
    try (var gzip = new GZIPOutputStream(packed)) {
      gzip.write(" ".repeat(50_000_000).getBytes(StandardCharsets.UTF_8));
    }

    assertEquals(413, post("/v1/track", HttpRequest.BodyPublishers.ofByteArray(packed.toByteArray()),
        Map.of("Authorization", basic(key), "Content-Encoding", "gzip")).statusCode());
  }

  @Test
  void aPictureIsAMessageWhoseFieldsStandInItsAddress() {
    var picture = get("/pixel/v1/track?writeKey=%s&userId=u1&event=Mail%%20Opened&properties.campaign=spring"
        .formatted(key));

    assertEquals("image/gif", picture.headers().firstValue("Content-Type").orElseThrow());
    var event = portrait.live.events(new Identity("user_id", "u1"), EventQuery.newest(1)).orElseThrow().events()
        .getFirst();
    assertEquals("Mail Opened", event.name());
    assertEquals("{\"campaign\":\"spring\"}", event.properties().toString());
    assertEquals(401, get("/pixel/v1/page?userId=u1").statusCode());
  }

  @Test
  void aPictureMayCarryItsMessageInBase64() {
    String message = "{\"writeKey\": \"%s\", \"userId\": \"u1\", \"event\": \"Öffnung?>\"}".formatted(key);
    String data = Base64.getEncoder().encodeToString(message.getBytes(StandardCharsets.UTF_8));

    assertEquals(200, get("/v1/pixel/track?data=" + data).statusCode());
    assertEquals(List.of("Öffnung?>"), portrait.eventNames("user_id", "u1"));
    assertEquals(400, get("/v1/pixel/track?data=ä").statusCode());
  }

  @Test
  void everyRefusedMessageOfABatchIsNamedWithItsReason() {
    String junk = "{\"type\": \"page\", \"userId\": \"guest\"}";
    String wrong = "{\"type\": \"dance\", \"userId\": \"u\"}";
    var answer = post("/v1/batch", "{\"batch\": [%s]}".formatted(String.join(",", wrong, junk,
        "{\"type\": \"page\", \"userId\": \"u1\"}")), Map.of("Authorization", basic(key)));

    assertEquals("{\"success\":true,\"accepted\":1,\"duplicate\":0,\"rejected\":2,\"rejections\":["
        + "{\"index\":0,\"reason\":\"type must be one of identify, track, page, screen, group, alias\"},"
        + "{\"index\":1,\"reason\":\"the event names nobody: all its identities are junk\"}]}", answer.body());
  }

  @Test
  void aWrongOrMissingKeyIsRefused() {
    assertEquals(401, post("/v1/track", TRACK, Map.of()).statusCode());
    assertEquals(401, post("/v1/track", TRACK, Map.of("Authorization", basic("pk_c_wrong"))).statusCode());
    assertEquals(401, get("/v1/projects/pk_c_wrong/settings").statusCode());
  }

  @Test
  void anUnreadableBodyIsAProblem() {
    var answer = post("/v1/track", "{\"event\": ", Map.of("Authorization", basic(key)));

    assertEquals(400, answer.statusCode());
    assertEquals("application/problem+json", answer.headers().firstValue("Content-Type").orElseThrow());
    assertTrue(answer.body().contains("\"code\":\"invalid_body\""), answer.body());
    assertEquals(413,
        post("/v1/track", "x".repeat(MessageLimits.STANDARD.bodyBytesMax() + 1), Map.of("Authorization", basic(key)))
            .statusCode());
  }

  @Test
  void theBrowserLibraryIsToldWhereToSend() {
    var answer = get("/v1/projects/" + key + "/settings");

    assertEquals(200, answer.statusCode());
    assertEquals(
        "{\"integrations\":{\"Segment.io\":{\"apiKey\":\"%s\",\"apiHost\":\"127.0.0.1:%d/v1\",\"protocol\":\"http\"}},"
            .formatted(key, server.port()) + "\"metrics\":{\"sampleRate\":0},\"plan\":{}}",
        answer.body());
    var rudder = get("/sourceConfig/?p=npm&v=3.34.1&build=modern&writeKey=" + key);
    assertTrue(rudder.body().startsWith("{\"source\":{\"id\":\"portrait\",\"name\":\"Portrait\",\"writeKey\":\"" + key),
        rudder.body());
    assertEquals(401, get("/sourceConfig/?p=npm").statusCode());
  }

  @Test
  void theSnippetIsSmallAndKeptByBrowsers() {
    var answer = get("/portrait.js");
    String tag = answer.headers().firstValue("ETag").orElseThrow();

    assertEquals(200, answer.statusCode());
    assertEquals("*", answer.headers().firstValue("Access-Control-Allow-Origin").orElseThrow());
    assertEquals("public, max-age=3600", answer.headers().firstValue("Cache-Control").orElseThrow());
    assertTrue(answer.body().getBytes(StandardCharsets.UTF_8).length < 5_000, "it must stay under 5,000 bytes");
    assertEquals(304, send(HttpRequest.newBuilder(URI.create("http://127.0.0.1:%d/portrait.js".formatted(
        server.port()))).header("If-None-Match", tag).build()).statusCode());
  }

  private static String basic(String key) {
    return "Basic " + Base64.getEncoder().encodeToString((key + ":").getBytes(StandardCharsets.UTF_8));
  }

  private HttpResponse<String> post(String address, String body, Map<String, String> headers) {
    return post(address, HttpRequest.BodyPublishers.ofString(body), headers);
  }

  private HttpResponse<String> post(String address, HttpRequest.BodyPublisher body, Map<String, String> headers) {
    var request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:%d%s".formatted(server.port(), address)))
        .POST(body);
    headers.forEach(request::header);
    return send(request.build());
  }

  private HttpResponse<String> get(String address) {
    return send(HttpRequest.newBuilder(URI.create("http://127.0.0.1:%d%s".formatted(server.port(), address))).build());
  }

  private HttpResponse<String> send(HttpRequest request) {
    try {
      return client.send(request, HttpResponse.BodyHandlers.ofString());
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    } catch (InterruptedException stopped) {
      throw new IllegalStateException(stopped);
    }
  }
}
