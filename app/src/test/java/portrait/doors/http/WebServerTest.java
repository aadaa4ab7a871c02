package portrait.doors.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static portrait.doors.http.Access.PUBLIC;
import static portrait.doors.http.Access.needs;

import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import portrait.foundation.database.Database;
import portrait.foundation.database.DatabaseSettings;
import portrait.foundation.model.Problem;
import portrait.foundation.model.ProblemException;
import portrait.foundation.model.Secret;
import portrait.foundation.security.Caller;
import portrait.foundation.security.Permission;
import portrait.foundation.security.Role;
import portrait.foundation.security.Security;
import tools.jackson.databind.json.JsonMapper;

/// The gate that every request passes, over real HTTP.
class WebServerTest {

  private static final int PASSWORD_ITERATIONS = 10;
  private static final Secret LOCAL_KEY = Secret.of("local_0123456789abcdef");

  @TempDir
  Path home;
  private final HttpClient client = HttpClient.newBuilder().followRedirects(HttpClient.Redirect.NEVER).build();
  private final List<Problem> notReady = new ArrayList<>();
  private static final CountDownLatch CUT_OFF = new CountDownLatch(1);
  private Database database;
  private Security security;
  private WebServer server;

  @BeforeEach
  void start() {
    database = Database.open(new DatabaseSettings.Sqlite(home.resolve("portrait.db")),
        List.of(Security.migrations()));
    security = new Security(database, Clock.systemUTC(), Optional.empty(), PASSWORD_ITERATIONS);
    server = start(ConnectionLimits.STANDARD);
  }

  private WebServer start(ConnectionLimits limits) {
    return WebServer.start(WebServerSettings.local(0).withLocalKey(LOCAL_KEY).withConnections(limits), security,
        new PrometheusMeterRegistry(PrometheusConfig.DEFAULT), () -> notReady, new Usage(database, Clock.systemUTC()),
        List.of(WebServerTest::routes));
  }

  @AfterEach
  void stop() {
    server.close();
    database.close();
    client.close();
  }

  private static void routes(Routes routes) {
    routes.get("/open", PUBLIC, _ -> Answer.text("open"));
    routes.get("/large", PUBLIC, _ -> Answer.text("word ".repeat(1000)));
    routes.get("/view", needs(Permission.VIEW), _ -> Answer.text(Caller.CURRENT.get().name()));
    routes.post("/change", needs(Permission.CONTRIBUTE), _ -> Answer.text("changed"));
    routes.post("/anywhere", PUBLIC.withAnyOrigin(), request -> Answer.text(request.bodyText(100)));
    routes.post("/sign-in", PUBLIC, _ -> Answer.text("in"));
    routes.get("/things/{name}/<value>/parts", PUBLIC, request -> Answer.text("parts of " + request.pathPart("value")));
    routes.get("/things/{name}/<value>", PUBLIC, request -> Answer.text(request.pathPart("value")));
    routes.get("/number", PUBLIC, request -> Answer.text("" + request.query("n", 1, 9, 5)));
    routes.get("/user", PUBLIC, request -> Answer.text(request.basicUser().orElse("nobody")));
    routes.get("/api/v1/endless", PUBLIC.withPatience(), _ -> {
      try {
        new CountDownLatch(1).await();
        return Answer.empty();
      } catch (InterruptedException cut) {
        CUT_OFF.countDown();
        throw new IOException(cut);
      }
    });
    routes.get("/busy", PUBLIC, _ -> {
      throw Problem.of(Problem.Code.TOO_BUSY, "the queue is full").with("retryAfterSeconds", 7).asException();
    });
    routes.get("/defect", PUBLIC, _ -> {
      throw new IllegalStateException("a detail that stays inside");
    });
  }

  @Test
  void everyAnswerCarriesTheHeadersThatKeepBrowsersSafe() throws Exception {
    for (String path : List.of("/open", "/nowhere", "/defect", "/view")) {
      var headers = get(path).headers();
      String policy = headers.firstValue("Content-Security-Policy").orElse("none at " + path);
      assertTrue(policy.contains("default-src 'self'"), policy);
      assertFalse(policy.contains("unsafe-inline") || policy.contains("unsafe-eval"), policy);
      assertEquals("nosniff", headers.firstValue("X-Content-Type-Options").orElse(""));
      assertEquals("DENY", headers.firstValue("X-Frame-Options").orElse(""));
      assertTrue(headers.firstValue("X-Request-Id").isPresent());
      assertTrue(headers.firstValue("Server").isEmpty(), "the server tells what it is");
    }
  }

  @Test
  void aQuestionEndsWhenTheOneWhoAskedIsGone() throws Exception {
    try (var asker = new Socket("127.0.0.1", server.port())) {
      asker.getOutputStream().write("GET /api/v1/endless HTTP/1.1\r\nHost: localhost\r\n\r\n".getBytes(
          StandardCharsets.UTF_8));
    }
    assertTrue(CUT_OFF.await(25, TimeUnit.SECONDS), "the question goes on though nobody waits for its answer");
  }

  @Test
  void aBodyNobodyWantedDoesNotHarmTheNextRequest() throws Exception {
    try (var asker = new Socket("127.0.0.1", server.port())) {
      var out = asker.getOutputStream();
      out.write("POST /nowhere HTTP/1.1\r\nHost: localhost\r\nContent-Length: 20000\r\n\r\n".getBytes(
          StandardCharsets.UTF_8));
      out.flush();
      out.write(new byte[20_000]);
      out.write("GET /open HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n".getBytes(
          StandardCharsets.UTF_8));
      out.flush();
      String answers = new String(asker.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      assertTrue(answers.startsWith("HTTP/1.1 404"), answers);
      assertTrue(answers.contains("HTTP/1.1 200"), answers);
    }
  }

  @Test
  void whatIsNeverReadIsSaidToEndTheConnection() throws Exception {
    try (var asker = new Socket("127.0.0.1", server.port())) {
      asker.getOutputStream().write(("POST /nowhere HTTP/1.1\r\nHost: localhost\r\nContent-Length: 20000\r\n"
          + "Expect: 100-continue\r\n\r\n").getBytes(StandardCharsets.UTF_8));
      String answer = new String(asker.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      assertTrue(answer.startsWith("HTTP/1.1 404"), answer);
      assertTrue(answer.contains("Connection: close"), answer);
    }
  }

  @Test
  void aRequestThatIsNeverFinishedIsEnded() throws Exception {
    try (var impatient = start(new ConnectionLimits(100, Duration.ofMillis(100), 1));
        var head = connected(impatient, "GET /open HTTP/1.1\r\nHost: loc");
        var body = connected(impatient,
            "POST /anywhere HTTP/1.1\r\nHost: localhost\r\nContent-Length: 90\r\n\r\nbegun")) {
      head.getInputStream().readAllBytes();
      String answer = new String(body.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      assertFalse(answer.contains(" 200 "), answer);
    }
  }

  @Test
  void aBodyThatComesTooSlowlyIsRefused() throws Exception {
    // So much a second that whoever sends its body in two pieces is too slow.
    try (var hasty = start(new ConnectionLimits(100, Duration.ofSeconds(30), 1L << 50));
        var sender = connected(hasty,
            "POST /anywhere HTTP/1.1\r\nHost: localhost\r\nContent-Length: 90\r\n\r\nbegun")) {
      String answer = new String(sender.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      assertTrue(answer.startsWith("HTTP/1.1 400 "), answer);
    }
  }

  @Test
  void furtherConnectionsWaitForOneToEnd() throws Exception {
    try (var small = start(new ConnectionLimits(2, Duration.ofSeconds(30), 1));
        var first = connected(small, "GET /open HTTP/1.1\r\nHost: localhost\r\n\r\n");
        var second = connected(small, "GET /open HTTP/1.1\r\nHost: localhost\r\n\r\n")) {
      assertEquals('H', first.getInputStream().read());
      assertEquals('H', second.getInputStream().read());
      try (var third = connected(small, "GET /open HTTP/1.1\r\nHost: localhost\r\n\r\n")) {
        third.setSoTimeout(200);
        assertThrows(SocketTimeoutException.class, () -> third.getInputStream().read());
        first.close();
        third.setSoTimeout(0);
        assertEquals('H', third.getInputStream().read());
      }
    }
  }

  private static Socket connected(WebServer to, String sent) throws IOException {
    var socket = new Socket("127.0.0.1", to.port());
    socket.getOutputStream().write(sent.getBytes(StandardCharsets.UTF_8));
    return socket;
  }

  @Test
  void problemsAreDocumentsAndHideDefects() throws Exception {
    var busy = get("/busy");
    assertEquals(503, busy.statusCode());
    assertEquals("7", busy.headers().firstValue("Retry-After").orElse(""));
    assertEquals("application/problem+json", busy.headers().firstValue("Content-Type").orElse(""));
    var document = JsonMapper.builder().build().readTree(busy.body());
    assertEquals("too_busy", document.path("code").asString());
    assertEquals(503, document.path("status").asInt());
    assertEquals(busy.headers().firstValue("X-Request-Id").orElse(""), document.path("requestId").asString());

    var defect = get("/defect");
    assertEquals(500, defect.statusCode());
    assertFalse(defect.body().contains("stays inside"), defect.body());
    assertEquals(404, get("/nowhere").statusCode());
    assertEquals(405, send("DELETE", "/open", "").statusCode());
    assertEquals(400, get("/number?n=10").statusCode());
  }

  @Test
  void aPermissionNeedsAKeyWhoseRoleAllowsIt() throws Exception {
    assertEquals(401, get("/view").statusCode());
    assertEquals(401, get("/view", "Authorization", "Bearer pk_v_wrong").statusCode());
    String viewer = security.createKey(Role.VIEWER, "a viewer").key().reveal();
    assertEquals("a viewer", get("/view", "Authorization", "Bearer " + viewer).body());
    assertEquals(403, send("POST", "/change", "", "Authorization", "Bearer " + viewer).statusCode());
    String collect = security.createKey(Role.COLLECT, "a site").key().reveal();
    assertEquals(403, get("/view", "Authorization", "Bearer " + collect).statusCode());
    var local = send("POST", "/change", "", "Authorization", "Bearer " + LOCAL_KEY.reveal());
    assertEquals("changed", local.body());
  }

  @Test
  void aSessionChangesThingsOnlyFromOurOwnPages() throws Exception {
    var password = security.ensureOwner().orElseThrow();
    var signedIn = security.signIn(password.user(), password.password()).orElseThrow();
    String cookie = "portrait_session=" + signedIn.sessionToken();
    String own = "http://localhost:" + server.port();

    assertEquals("owner", get("/view", "Cookie", cookie).body());
    assertEquals(403, send("POST", "/change", "", "Cookie", cookie).statusCode(), "without the token");
    assertEquals(403, send("POST", "/change", "", "Cookie", cookie, "X-CSRF-Token", "guessed").statusCode());
    assertEquals(200, send("POST", "/change", "", "Cookie", cookie, "X-CSRF-Token", signedIn.csrfToken(), "Origin",
        own, "Sec-Fetch-Site", "same-origin").statusCode());
    assertEquals(200, send("POST", "/change", "csrf=" + signedIn.csrfToken(), "Cookie", cookie, "Content-Type",
        "application/x-www-form-urlencoded").statusCode());
    assertEquals(403, send("POST", "/change", "", "Cookie", cookie, "X-CSRF-Token", signedIn.csrfToken(), "Origin",
        "http://evil.example").statusCode());
    assertEquals(403, send("POST", "/change", "", "Cookie", cookie, "X-CSRF-Token", signedIn.csrfToken(),
        "Sec-Fetch-Site", "cross-site").statusCode());
    assertEquals(403, send("POST", "/sign-in", "", "Origin", "null").statusCode(), "a foreign page signs one in");

    security.signOut(signedIn.sessionToken());
    assertEquals(401, get("/view", "Cookie", cookie).statusCode());
  }

  @Test
  void scriptsOfOtherSitesReachOnlyWhatIsMeantForThem() throws Exception {
    var preflight = send("OPTIONS", "/anywhere", "", "Origin", "https://shop.example",
        "Access-Control-Request-Method", "POST");
    assertEquals(204, preflight.statusCode());
    assertEquals("*", preflight.headers().firstValue("Access-Control-Allow-Origin").orElse(""));
    var sent = send("POST", "/anywhere", "hello", "Origin", "https://shop.example");
    assertEquals("hello", sent.body());
    assertEquals("*", sent.headers().firstValue("Access-Control-Allow-Origin").orElse(""));
    assertTrue(get("/open", "Origin", "https://shop.example").headers().firstValue("Access-Control-Allow-Origin")
        .isEmpty());
  }

  @Test
  void bodiesAreUnpackedAndLimited() throws Exception {
    assertEquals(413, send("POST", "/anywhere", "x".repeat(101)).statusCode());
    var packed = HttpRequest.newBuilder(uri("/anywhere")).header("Content-Encoding", "gzip");
    assertEquals("hello", client.send(packed.POST(BodyPublishers.ofByteArray(gzip("hello"))).build(),
        BodyHandlers.ofString()).body());
    assertEquals(413, client.send(packed.POST(BodyPublishers.ofByteArray(gzip("x".repeat(5000)))).build(),
        BodyHandlers.ofString()).statusCode(), "small when packed, large when unpacked");
    assertEquals(400, client.send(packed.POST(BodyPublishers.ofString("not gzip")).build(),
        BodyHandlers.ofString()).statusCode());
  }

  @Test
  void pathsMayHoldEncodedSlashesDoubledSlashesAndATrailingOne() throws Exception {
    assertEquals("a/b c+d%é", get("/things/x/a%2Fb%20c+d%25%C3%A9").body());
    assertEquals("a/b", get("/things/x/a/b").body());
    assertEquals("parts of a/b", get("/things/x/a%2Fb/parts").body());
    assertEquals("a/parts", get("/things/x/a%2Fparts").body());
    assertEquals("open", get("//open").body());
    assertEquals("open", get("/open/").body());
  }

  @Test
  void keysOfCollectingLibrariesAreRead() throws Exception {
    assertEquals("WRITEKEY", get("/user", "Authorization", "Basic V1JJVEVLRVk6").body());
    assertEquals("nobody", get("/user", "Authorization", "Basic ***").body());
  }

  @Test
  void largeAnswersArePackedAndHeadHasNoBody() throws Exception {
    var packed = get("/large", "Accept-Encoding", "gzip");
    assertEquals("gzip", packed.headers().firstValue("Content-Encoding").orElse("not packed"));
    assertTrue(get("/open", "Accept-Encoding", "gzip").headers().firstValue("Content-Encoding").isEmpty());
    var head = send("HEAD", "/open", "");
    assertEquals(200, head.statusCode());
    assertEquals("", head.body());
    assertTrue(head.headers().firstValue("X-Request-Id").isPresent());
  }

  @Test
  void aRequestIdIsKeptWhenItIsHarmless() throws Exception {
    assertEquals("abc-123", get("/open", "X-Request-Id", "abc-123").headers().firstValue("X-Request-Id").orElse(""));
    assertFalse(get("/open", "X-Request-Id", "a b<c").headers().firstValue("X-Request-Id").orElse("").contains("<"));
  }

  @Test
  void operationsSeeHealthAndMetrics() throws Exception {
    assertEquals(200, get("/health/live").statusCode());
    assertEquals(200, get("/health/ready").statusCode());
    notReady.add(Problem.of(Problem.Code.STORE_FAILED, "the profile store is away"));
    var ready = get("/health/ready");
    assertEquals(503, ready.statusCode());
    assertTrue(ready.body().contains("the profile store is away"), ready.body());
    get("/open");
    String metrics = get("/metrics").body();
    assertTrue(metrics.contains("http_server_requests_seconds_count{method=\"GET\",route=\"/open\",status=\"200\"}"),
        metrics);
  }

  @Test
  void aPortInUseIsNamed() {
    var taken = assertThrows(ProblemException.class, () -> WebServer.start(WebServerSettings.local(server.port()),
        security, new PrometheusMeterRegistry(PrometheusConfig.DEFAULT), List::of,
        new Usage(database, Clock.systemUTC()),
        List.of()));
    assertEquals(Problem.Code.PORT_IN_USE, taken.problem().code());
    assertTrue(taken.problem().message().contains(String.valueOf(server.port())), taken.problem().message());
    assertTrue(taken.problem().hint().contains("--port"), taken.problem().hint());
  }

  @Test
  void staticFilesAreKeptForEverUnderTheirHash() throws Exception {
    var files = new StaticFiles(Map.of("logo.svg", "portrait/doors/web/static/logo.svg"));
    assertTrue(files.url("logo.svg").matches("/static/logo\\.[0-9a-f]{12}\\.svg"), files.url("logo.svg"));
    try (var other = WebServer.start(WebServerSettings.local(0), security,
        new PrometheusMeterRegistry(PrometheusConfig.DEFAULT), List::of, new Usage(database, Clock.systemUTC()),
        List.of(files))) {
      var answer = client.send(HttpRequest.newBuilder(other.address().resolve(files.url("logo.svg")))
          .header("Accept-Encoding", "gzip").build(), BodyHandlers.ofByteArray());
      assertEquals("gzip", answer.headers().firstValue("Content-Encoding").orElse(""));
      assertTrue(answer.headers().firstValue("Cache-Control").orElse("").contains("immutable"));
      assertEquals("image/svg+xml", answer.headers().firstValue("Content-Type").orElse(""));
      assertEquals(404, client.send(HttpRequest.newBuilder(other.address().resolve("/static/..%2Fmessages.properties"))
          .build(), BodyHandlers.discarding()).statusCode());
    }
  }

  private HttpResponse<String> get(String path, String... headers) throws Exception {
    return send("GET", path, "", headers);
  }

  private HttpResponse<String> send(String method, String path, String body, String... headers) throws Exception {
    var request = HttpRequest.newBuilder(uri(path)).method(method,
        body.isEmpty() ? BodyPublishers.noBody() : BodyPublishers.ofString(body));
    for (int at = 0; at < headers.length; at += 2) {
      request.header(headers[at], headers[at + 1]);
    }
    return client.send(request.build(), BodyHandlers.ofString());
  }

  private URI uri(String path) {
    return URI.create("http://localhost:" + server.port() + path);
  }

  private static byte[] gzip(String text) throws IOException {
    var bytes = new ByteArrayOutputStream();
    try (var gzip = new GZIPOutputStream(bytes)) {
      gzip.write(text.getBytes(StandardCharsets.UTF_8));
    }
    return bytes.toByteArray();
  }
}
