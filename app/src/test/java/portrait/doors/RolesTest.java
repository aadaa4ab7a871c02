package portrait.doors;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import portrait.TestPortrait;
import portrait.doors.http.Routes;
import portrait.foundation.security.Role;

/// Who may do what, over every route of every door: `roles.txt` beside this test is the matrix, one line for a route with
/// the roles that may use it. A route that is not in it fails, so nobody adds one without saying who may use it.
class RolesTest {

  private static final String ANYBODY = "anybody";

  @TempDir
  Path home;

  @Test
  void everyRouteIsForTheRolesOfTheMatrix() throws IOException {
    try (var portrait = TestPortrait.in(home)) {
      var actual = new TreeMap<String, String>();
      for (var route : portrait.parts().routes()) {
        actual.merge(name(route), allowed(route), (one, other) -> one.equals(other) ? one : one + " or " + other);
      }
      assertEquals(text(matrix()), text(actual));
    }
  }

  @Test
  void whoMayNotIsRefusedAndWhoMayLookIsAnswered() throws IOException, InterruptedException {
    try (var portrait = TestPortrait.in(home); var client = HttpClient.newHttpClient()) {
      var keys = new EnumMap<Role, String>(Role.class);
      for (var role : Role.values()) {
        keys.put(role, role == Role.OWNER ? portrait.parts().server().key().reveal()
            : portrait.parts().security().createKey(role, role.text()).key().reveal());
      }
      int asked = 0;
      for (var route : portrait.parts().routes()) {
        if (route.access().permission().isEmpty()) {
          continue;
        }
        assertTrue(status(client, portrait, route, "") == 401 || status(client, portrait, route, "") == 303,
            () -> name(route) + " answers a stranger");
        for (var role : Role.values()) {
          boolean isAllowed = role.allows(route.access().permission().get());
          if (!isAllowed) {
            assertEquals(403, status(client, portrait, route, keys.get(role)),
                () -> name(route) + " by " + role.text());
          } else if (route.method() == Routes.Method.GET) {
            int status = status(client, portrait, route, keys.get(role));
            assertFalse(status == 401 || status == 403 || status >= 500,
                () -> "%s by %s was answered %d".formatted(name(route), role.text(), status));
          }
          asked++;
        }
      }
      assertTrue(asked > 500, "only %d were asked".formatted(asked));
    }
  }

  @Test
  void whatRunsByItselfAndWhatIsDeletedIsForAdministrators() throws IOException, InterruptedException {
    try (var portrait = TestPortrait.in(home); var client = HttpClient.newHttpClient()) {
      String schedule = """
          kind: Schedule
          name: nightly
          spec: { run: refresh, at: ["03:00"], active: false }
          """;
      for (var role : Role.values()) {
        String key = role == Role.OWNER ? portrait.parts().server().key().reveal()
            : portrait.parts().security().createKey(role, role.text()).key().reveal();
        var answer = client.send(HttpRequest.newBuilder(URI.create(portrait.parts().server().url()
            + "/api/v1/definitions")).header("Authorization", "Bearer " + key)
            .POST(BodyPublishers.ofString(schedule.replace("nightly", "nightly-" + role.text()))).build(),
            BodyHandlers.ofString());
        assertEquals(role == Role.ADMIN || role == Role.OWNER ? 200 : 403, answer.statusCode(), answer.body());
        if (role == Role.CONTRIBUTOR) {
          assertTrue(answer.body().contains("contributor has the role contributor, which may not change Schedule "
              + "nightly-contributor"), answer.body());
        }
      }
    }
  }

  private static int status(HttpClient client, TestPortrait portrait, Routes.Route route, String key)
      throws IOException, InterruptedException {
    // What stands in braces is somebody or something that does not exist.
    String path = route.path().replaceAll("[{<][^}>]*[}>]", "nothing");
    var request = HttpRequest.newBuilder(URI.create(portrait.parts().server().url() + path))
        .method(route.method().name(), BodyPublishers.noBody());
    if (!key.isEmpty()) {
      request.header("Authorization", "Bearer " + key);
    }
    return client.send(request.build(), BodyHandlers.discarding()).statusCode();
  }

  private static String name(Routes.Route route) {
    return route.path() + " " + route.method();
  }

  private static String allowed(Routes.Route route) {
    return route.access().permission().map(needed -> Arrays.stream(Role.values()).filter(role -> role.allows(needed))
        .map(Role::text).collect(Collectors.joining(" "))).orElse(ANYBODY);
  }

  private static Map<String, String> matrix() throws IOException {
    try (var stream = Objects.requireNonNull(RolesTest.class.getResourceAsStream("roles.txt"))) {
      return new String(stream.readAllBytes(), StandardCharsets.UTF_8).lines()
          .filter(line -> !line.isBlank() && !line.startsWith("#"))
          .collect(Collectors.toMap(line -> line.substring(0, line.indexOf(": ")),
              line -> line.substring(line.indexOf(": ") + 2), (one, other) -> one + " and " + other, TreeMap::new));
    }
  }

  private static String text(Map<String, String> matrix) {
    return matrix.entrySet().stream().map(entry -> entry.getKey() + ": " + entry.getValue())
        .collect(Collectors.joining("\n"));
  }
}
