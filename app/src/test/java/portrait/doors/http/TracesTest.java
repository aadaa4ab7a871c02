package portrait.doors.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static portrait.doors.http.Access.PUBLIC;

import com.sun.net.httpserver.HttpServer;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import portrait.foundation.database.Database;
import portrait.foundation.database.DatabaseSettings;
import portrait.foundation.security.Security;

/// Requests as a collector of traces sees them.
class TracesTest {

  private static final String TRACE = "4bf92f3577b34da6a3ce929d0e0e4736";

  @TempDir
  Path home;
  private final HttpClient client = HttpClient.newHttpClient();
  private final StringBuffer collected = new StringBuffer();
  private HttpServer collector;
  private Database database;

  @BeforeEach
  void open() throws IOException {
    collector = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    collector.createContext("/v1/traces", exchange -> {
      collected.append(new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.ISO_8859_1));
      exchange.sendResponseHeaders(200, -1);
      exchange.close();
    });
    collector.start();
    database = Database.open(new DatabaseSettings.Sqlite(home.resolve("portrait.db")),
        List.of(Security.migrations()));
  }

  @AfterEach
  void close() {
    collector.stop(0);
    database.close();
    client.close();
  }

  private HttpResponse<String> ask(Traces traces, String path) throws IOException, InterruptedException {
    var security = new Security(database, Clock.systemUTC(), Optional.empty(), 1_000);
    try (var server = WebServer.start(WebServerSettings.local(0).withTraces(traces), security,
        new PrometheusMeterRegistry(PrometheusConfig.DEFAULT), List::of, new Usage(database, Clock.systemUTC()),
        List.of(routes -> routes.get("/things/{name}", PUBLIC, request -> {
          if (request.pathPart("name").equals("defect")) {
            throw new IllegalStateException("a detail that stays inside");
          }
          return Answer.text("found");
        })))) {
      return client.send(HttpRequest.newBuilder(URI.create("http://127.0.0.1:%d%s".formatted(server.port(), path)))
          .header("traceparent", "00-%s-00f067aa0ba902b7-01".formatted(TRACE)).build(),
          HttpResponse.BodyHandlers.ofString());
    }
  }

  @Test
  void aRequestIsASpanOfTheTraceOfItsCaller() throws IOException, InterruptedException {
    var traces = Traces.to(URI.create("http://127.0.0.1:%d/".formatted(collector.getAddress().getPort())));
    var answer = ask(traces, "/things/zebra?who=giraffe");
    assertEquals("found", answer.body());
    assertEquals(500, ask(traces, "/things/defect").statusCode());
    // What waits is sent when it is closed.
    traces.close();
    String sent = collected.toString();
    assertTrue(sent.contains(new String(HexFormat.of().parseHex(TRACE), StandardCharsets.ISO_8859_1)), sent);
    assertTrue(sent.contains("GET /things/{name}") && sent.contains("service.name"), sent);
    assertTrue(sent.contains(answer.headers().firstValue("X-Request-Id").orElseThrow()), sent);
    assertFalse(sent.contains("zebra") || sent.contains("giraffe") || sent.contains("stays inside"), sent);
  }

  @Test
  void withoutACollectorRequestsAreAnsweredAllTheSame() throws IOException, InterruptedException {
    int port = collector.getAddress().getPort();
    collector.stop(0);
    try (var traces = Traces.to(URI.create("http://127.0.0.1:" + port))) {
      assertEquals("found", ask(traces, "/things/zebra").body());
    }
    assertEquals("found", ask(Traces.none(), "/things/zebra").body());
    assertEquals("", collected.toString());
  }
}
