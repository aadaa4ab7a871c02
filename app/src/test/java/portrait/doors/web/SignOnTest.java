package portrait.doors.web;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import portrait.TestPortrait;
import portrait.app.Configuration;
import portrait.foundation.database.TestDatabases;
import portrait.foundation.model.Secret;
import portrait.foundation.security.Role;
import portrait.foundation.security.SignOnSettings;
import portrait.foundation.security.User;
import portrait.foundation.warehouse.WarehouseSettings;

/// Sign-on with OpenID Connect, as a browser does it, with a provider that speaks HTTP.
class SignOnTest {

  private final OpenIdProvider provider = new OpenIdProvider("portrait", "of the client");
  private final HttpClient client = HttpClient.newHttpClient();

  @TempDir
  Path home;
  private TestPortrait portrait;

  @BeforeEach
  void open() {
    start(Optional.empty());
  }

  private void start(Optional<Role> newcomers) {
    portrait = TestPortrait.of(new Configuration(home, "127.0.0.1", 0, TestDatabases.sqlite(home),
        WarehouseSettings.inMemory())
        .with(new SignOnSettings(provider.issuer(), "portrait", Optional.of(Secret.of("of the client")), newcomers)));
  }

  @AfterEach
  void close() {
    portrait.close();
    client.close();
    provider.close();
  }

  @Test
  void whoWasAddedByTheirAddressSignsOnAndComesBackToTheirPage() {
    portrait.parts().security().createUser("Ana@example.com", Role.CONTRIBUTOR);
    provider.signsIn("subject-1", Map.of("email", "ana@example.com", "email_verified", true));
    assertTrue(get("/sign-in", Map.of()).body().contains("/sign-on?next=/"), "the way is offered");

    var browser = new Browser();
    var back = browser.signOn("/segments");

    assertEquals(303, back.statusCode(), back.body());
    assertEquals("/segments", back.headers().firstValue("Location").orElse(""));
    assertTrue(get("/segments", browser.cookies).body().contains("Ana@example.com"));

    // The next time they are known by who the provider says they are, whatever their address is then.
    provider.signsIn("subject-1", Map.of("email", "ana@elsewhere.example", "email_verified", true));
    assertEquals(303, new Browser().signOn("/").statusCode());
    assertEquals(List.of("Ana@example.com"),
        portrait.parts().security().users().stream().filter(user -> user.signedInAt().isPresent()).map(User::name)
            .toList());
    assertEquals("by " + provider.issuer(), portrait.parts().security().auditTrail(1).getFirst().detail());
  }

  @Test
  void strangersAndUnverifiedAddressesAreRefusedAndToldWhatToDo() {
    portrait.parts().security().createUser("ana@example.com", Role.ADMIN);
    for (Map<String, Object> claims : List.<Map<String, Object>>of(
        Map.of("email", "eve@example.com", "email_verified", true), Map.of("email", "ana@example.com"),
        Map.of("email", "ana@example.com", "email_verified", false), Map.of())) {
      provider.signsIn("subject-2", claims);
      var browser = new Browser();
      var back = browser.signOn("/");
      assertEquals(403, back.statusCode(), back.body());
      assertTrue(back.body().contains("Ask an administrator to add you"), back.body());
      assertFalse(browser.cookies.containsKey("portrait_session"));
    }
  }

  @Test
  void newcomersGetTheRoleOfTheSettings() {
    portrait.close();
    start(Optional.of(Role.VIEWER));
    provider.signsIn("subject-3", Map.of("email", "bob@example.com", "email_verified", true));

    var browser = new Browser();
    assertEquals(303, browser.signOn("/").statusCode());

    assertEquals(200, get("/customers", browser.cookies).statusCode());
    assertEquals(403, get("/keys", browser.cookies).statusCode());
    assertEquals(303, new Browser().signOn("/").statusCode(), "the second time");
    assertEquals(1, portrait.parts().security().users().size());
  }

  @Test
  void nobodyIsSignedInByWhatAnotherBrowserBeganOrWhatIsNotSigned() {
    portrait.parts().security().createUser("ana@example.com", Role.CONTRIBUTOR);
    provider.signsIn("subject-1", Map.of("email", "ana@example.com", "email_verified", true));

    var began = new Browser();
    var address = began.wayToProvider("/");
    assertEquals(403, new Browser().comeBack(address).statusCode(), "another browser");
    assertEquals(303, began.comeBack(address).statusCode());
    assertEquals(403, began.comeBack(address).statusCode(), "the same answer again");

    for (var fault : OpenIdProvider.Fault.values()) {
      provider.fails(fault);
      var browser = new Browser();
      var back = browser.signOn("/");
      assertEquals(502, back.statusCode(), fault + " " + back.body());
      assertFalse(browser.cookies.containsKey("portrait_session"), fault.toString());
      assertFalse(back.body().contains("of the client"), "no secret is told");
    }
  }

  @Test
  void whoSaysNoThereComesBackToTheSignIn() {
    var browser = new Browser();
    browser.wayToProvider("/");
    var back = browser.get("/sign-on/done?error=access_denied&state=" + browser.cookies.get("portrait_sign_on"));
    assertEquals(403, back.statusCode());
    assertTrue(back.body().contains("127.0.0.1 did not sign you in"), back.body());
  }

  /// Keeps cookies, follows redirections when told to.
  private final class Browser {

    private final Map<String, String> cookies = new TreeMap<>();

    HttpResponse<String> signOn(String next) {
      return comeBack(wayToProvider(next));
    }

    URI wayToProvider(String next) {
      var answer = get("/sign-on?next=" + next);
      assertEquals(303, answer.statusCode(), answer.body());
      return URI.create(answer.headers().firstValue("Location").orElseThrow());
    }

    HttpResponse<String> comeBack(URI address) {
      return get(provider.authorize(address));
    }

    HttpResponse<String> get(String path) {
      var answer = SignOnTest.this.get(path, cookies);
      for (String cookie : answer.headers().allValues("Set-Cookie")) {
        cookies.put(cookie.substring(0, cookie.indexOf('=')),
            cookie.substring(cookie.indexOf('=') + 1, cookie.indexOf(';')));
      }
      return answer;
    }
  }

  private HttpResponse<String> get(String path, Map<String, String> cookies) {
    try {
      var sent = new ArrayList<String>();
      cookies.forEach((name, value) -> sent.add(name + "=" + value));
      var request = HttpRequest.newBuilder(URI.create(portrait.parts().server().url().resolve("/").toString()).resolve(
          path)).header("Accept", "text/html");
      if (!sent.isEmpty()) {
        request.header("Cookie", String.join("; ", sent));
      }
      return client.send(request.build(), BodyHandlers.ofString());
    } catch (IOException | InterruptedException failure) {
      throw new IllegalStateException(failure);
    }
  }
}
