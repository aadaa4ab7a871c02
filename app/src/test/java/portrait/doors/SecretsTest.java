package portrait.doors;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.ThrowableProxyUtil;
import ch.qos.logback.core.read.ListAppender;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;
import portrait.TestPortrait;
import portrait.doors.http.Routes;
import portrait.foundation.model.Secret;
import portrait.foundation.security.Role;

/// Secrets go in and come out nowhere: not in an answer of any route, not in an error about a request that held one in
/// the wrong place, not in the log at its most talkative, and not in a file.
final class SecretsTest {

  private static final String API_KEY = "9f1c7a52-secret-of-braze-4be1";
  private static final String PASSWORD = "correct-horse-battery-77";
  private static final String PASTED = "pasted-into-the-wrong-place-31";

  @TempDir
  Path home;
  private final ListAppender<ILoggingEvent> log = new ListAppender<>();
  private final Logger logger = (Logger) LoggerFactory.getLogger("portrait");
  private final Level levelBefore = logger.getLevel();
  private final Map<String, String> secrets = new LinkedHashMap<>(
      Map.of("the secret of a connection", API_KEY, "a password", PASSWORD, "what was pasted", PASTED));
  private final List<String> shown = new ArrayList<>();

  @BeforeEach
  void listen() {
    log.start();
    logger.addAppender(log);
    logger.setLevel(Level.DEBUG);
  }

  @AfterEach
  void stopListening() {
    logger.setLevel(levelBefore);
    logger.detachAppender(log);
  }

  @Test
  void comeOutNowhere() throws IOException {
    int asked = 0;
    try (var portrait = TestPortrait.in(home)) {
      var security = portrait.parts().security();
      portrait.apply("""
          kind: Connection
          name: braze-eu
          spec: { title: Braze, type: braze, settings: { endpoint: rest.fra-01.braze.eu, api_key: { secret: braze-eu.api_key } } }
          """);
      assertEquals(200, portrait.exchange("PUT", "/api/v1/connections/braze-eu/secrets/api_key",
          "{\"value\": \"%s\"}".formatted(API_KEY)).statusCode());
      assertEquals(201, portrait.exchange("POST", "/api/v1/users", "{\"name\": \"ann\", \"role\": \"admin\"}")
          .statusCode());
      assertEquals(204, portrait.exchange("PUT", "/api/v1/users/ann/password",
          "{\"password\": \"%s\"}".formatted(PASSWORD)).statusCode());
      var session = security.signIn("ann", Secret.of(PASSWORD)).orElseThrow();
      secrets.put("the token of a session", session.sessionToken());
      secrets.put("a key", security.createKey(Role.VIEWER, "reports").key().reveal());
      secrets.put("a write key", security.createKey(Role.COLLECT, "site").key().reveal());
      secrets.put("the key of the vault", Files.readString(home.resolve("vault.key")).strip());
      secrets.put("the key of this machine", portrait.parts().server().key().reveal());

      carelessness(portrait);
      for (var route : portrait.parts().routes()) {
        if (route.method() != Routes.Method.GET) {
          continue;
        }
        for (String name : List.of("braze-eu", "ann", "nothing")) {
          String path = route.path().replaceAll("[{<]kind[}>]", "Connection").replaceAll("[{<][^}>]*[}>]", name);
          for (String wanted : List.of("text/html", "application/json")) {
            look(path, portrait.exchange("GET", path, "", Map.of("Accept", wanted)));
            asked++;
          }
        }
      }
      // Most files are written when the server stops.
    }
    for (var line : log.list) {
      var thrown = line.getThrowableProxy();
      look("the log", line.getFormattedMessage() + (thrown == null ? "" : ThrowableProxyUtil.asString(thrown)));
    }
    files();
    assertEquals("", String.join("\n", shown));
    assertTrue(asked > 500 && !log.list.isEmpty(), "%d were asked, %d lines logged".formatted(asked, log.list.size()));
  }

  /// Requests with a secret where it does not belong, or that break off in the middle of it.
  private void carelessness(TestPortrait portrait) {
    send(portrait, "POST", "/api/v1/definitions", """
        kind: Connection
        name: mine
        spec: { title: Mine, type: braze, settings: { endpoint: rest.fra-01.braze.eu, api_key: %s } }
        """.formatted(PASTED));
    send(portrait, "PUT", "/api/v1/definitions/Connection/mine",
        "{\"title\": \"Mine\", \"type\": \"braze\", \"settings\": {\"api_key\": \"%s\"}}".formatted(PASTED));
    for (String path : List.of("/api/v1/connections/braze-eu/secrets/api_key", "/api/v1/users/ann/password")) {
      send(portrait, "PUT", path, "{\"value\": \"%s\", \"password\": \"%s".formatted(PASTED, PASTED));
      send(portrait, "PUT", path, "{\"value\": [\"%s\"], \"password\": {\"x\": \"%s\"}}".formatted(PASTED, PASTED));
      send(portrait, "PUT", path, "{%s".formatted(PASTED));
    }
    send(portrait, "PUT", "/api/v1/users/me/password",
        "{\"current\": \"%s\", \"password\": \"%s\"}".formatted(PASTED, PASTED));
    for (String path : List.of("/api/v1/segments", "/", "/odata/v4/", "/mcp")) {
      look(path, portrait.exchange("GET", path, "", Map.of("Authorization", "Bearer pk_v_" + PASTED)));
      look(path, portrait.exchange("GET", path, "", Map.of("Authorization", "Basic " + PASTED)));
      look(path, portrait.exchange("GET", path, "", Map.of("Cookie", "portrait_session=" + PASTED)));
    }
    look("/v1/track", portrait.exchange("POST", "/v1/track",
        "{\"writeKey\": \"%s\", \"userId\": \"u\", \"event\": \"E\"}".formatted(PASTED), Map.of("Authorization", "")));
    look("/sign-in", portrait.submit("/sign-in", "user=ann&password=" + PASTED));
    look("/connections/new", portrait.submit("/connections/new",
        "type=braze&title=Other&setting:endpoint=nowhere&setting:api_key=" + PASTED));
    look("/connections/braze-eu", portrait.submit("/connections/braze-eu",
        "type=braze&title=&setting:endpoint=nowhere&setting:api_key=" + PASTED));
  }

  private void send(TestPortrait portrait, String method, String path, String body) {
    look(method + " " + path, portrait.exchange(method, path, body));
  }

  private void look(String where, HttpResponse<String> answer) {
    look("%s, answered %d,".formatted(where, answer.statusCode()), answer.headers().map() + answer.body());
  }

  private void look(String where, String text) {
    secrets.forEach((what, secret) -> {
      if (text.contains(secret)) {
        int at = text.indexOf(secret);
        shown.add("%s shows %s: %s".formatted(where, what, text.substring(Math.max(0, at - 80), at)));
      }
    });
  }

  private void files() throws IOException {
    try (var files = Files.walk(home)) {
      for (var file : files.filter(Files::isRegularFile).toList()) {
        String name = home.relativize(file).toString();
        String text = Files.readString(file, StandardCharsets.ISO_8859_1);
        secrets.forEach((what, secret) -> {
          if (text.contains(secret) && !name.equals("vault.key")) {
            shown.add("the file %s holds %s".formatted(name, what));
          }
        });
      }
    }
  }
}
