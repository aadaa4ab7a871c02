package portrait;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.rudderstack.sdk.java.analytics.RudderAnalytics;
import com.segment.analytics.Analytics;
import com.segment.analytics.Callback;
import com.segment.analytics.kotlin.core.AnalyticsKt;
import com.segment.analytics.kotlin.core.RequestFactory;
import com.segment.analytics.messages.AliasMessage;
import com.segment.analytics.messages.GroupMessage;
import com.segment.analytics.messages.IdentifyMessage;
import com.segment.analytics.messages.Message;
import com.segment.analytics.messages.PageMessage;
import com.segment.analytics.messages.ScreenMessage;
import com.segment.analytics.messages.TrackMessage;
import java.net.HttpURLConnection;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.StreamSupport;
import kotlin.Unit;
import kotlinx.serialization.json.Json;
import kotlinx.serialization.json.JsonObject;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import portrait.foundation.security.Role;

/// The public collection libraries, unchanged, against a real server.
class PublicLibrariesTest {

  private static final List<String> EVERYTHING = List.of("Alias", "Group", "Home", "Identify", "Main",
      "Order Completed");

  private TestPortrait portrait;
  private String key;

  @BeforeEach
  void open(@TempDir Path home) {
    portrait = TestPortrait.today(home);
    key = portrait.parts().security().createKey(Role.COLLECT, "website").key().reveal();
  }

  @AfterEach
  void close() {
    portrait.close();
  }

  @ParameterizedTest
  @ValueSource(strings = {"segment", "segmentBefore", "customerio", "rudder", "expo", "worker"})
  void theNodeLibrariesArriveOnceThoughTheFirstAnswerIsLost(String library) {
    NodeLibraries.installed();
    try (var proxy = new LosingProxy(portrait.parts().server().url())) {
      var ended = NodeLibraries.run("node", "send.js", library, proxy.url().toString(), key);

      assertEquals(0, ended.code(), ended.text());
      assertTrue(proxy.requests() > 1, "it should have sent again");
    }
    // A library may end before it has heard that it was understood.
    assertTimeoutPreemptively(Duration.ofSeconds(60), () -> {
      while (!arrived().equals(EVERYTHING)) {
        Thread.onSpinWait();
      }
    });
    assertEquals(EVERYTHING, events());
    assertTraitsAndAlias();
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "/"})
  void theJavaLibraryArrivesOnce(String ending) throws InterruptedException {
    var order = TrackMessage.builder("Order Completed").userId("u1").messageId("order-1")
        .properties(Map.of("revenue", 12.5, "currency", "EUR"));
    var messages = List.of(
        IdentifyMessage.builder().userId("u1").traits(Map.of("email", "a@example.com", "plan", "pro")), order, order,
        PageMessage.builder("Home").userId("u1"), ScreenMessage.builder("Main").userId("u1"),
        GroupMessage.builder("g1").userId("u1").traits(Map.of("name", "Initech")),
        AliasMessage.builder("a1").userId("u1"));
    var delivered = new CountDownLatch(messages.size());
    var analytics = Analytics.builder(key).endpoint(URI.create(portrait.parts().server().url() + ending).toString())
        .callback(new Callback() {
          @Override
          public void success(Message message) {
            delivered.countDown();
          }

          @Override
          public void failure(Message message, Throwable failure) {
            throw new AssertionError(failure);
          }
        }).build();
    messages.forEach(analytics::enqueue);
    analytics.flush();

    assertTrue(delivered.await(30, TimeUnit.SECONDS), delivered.getCount() + " messages were not delivered");
    analytics.shutdown();
    assertEquals(EVERYTHING, events());
    assertTraitsAndAlias();
  }

  @Test
  void theOtherJavaLibraryArrivesPacked() throws InterruptedException {
    var delivered = new CountDownLatch(EVERYTHING.size());
    var analytics = RudderAnalytics.builder(key).setDataPlaneUrl(portrait.parts().server().url().toString())
        .setGZIP(true).callback(new com.rudderstack.sdk.java.analytics.Callback() {
          @Override
          public void success(com.rudderstack.sdk.java.analytics.messages.Message message) {
            delivered.countDown();
          }

          @Override
          public void failure(com.rudderstack.sdk.java.analytics.messages.Message message, Throwable failure) {
            throw new AssertionError(failure);
          }
        }).build();
    Map<String, ?> user = Map.of("email", "a@example.com", "plan", "pro");
    List.of(com.rudderstack.sdk.java.analytics.messages.IdentifyMessage.builder().userId("u1").traits(user),
        com.rudderstack.sdk.java.analytics.messages.TrackMessage.builder("Order Completed").userId("u1")
            .properties(Map.of("revenue", 12.5, "currency", "EUR")),
        com.rudderstack.sdk.java.analytics.messages.PageMessage.builder("Home").userId("u1"),
        com.rudderstack.sdk.java.analytics.messages.ScreenMessage.builder("Main").userId("u1"),
        com.rudderstack.sdk.java.analytics.messages.GroupMessage.builder("g1").userId("u1"),
        com.rudderstack.sdk.java.analytics.messages.AliasMessage.builder("a1").userId("u1"))
        .forEach(analytics::enqueue);
    analytics.flush();

    assertTrue(delivered.await(30, TimeUnit.SECONDS), delivered.getCount() + " messages were not delivered");
    analytics.shutdown();

    assertEquals(EVERYTHING, events());
    assertTraitsAndAlias();
  }

  @Test
  void theKotlinLibraryFetchesItsSettingsAndArrives() {
    String host = portrait.parts().server().url().getAuthority() + "/v1";
    var analytics = AnalyticsKt.Analytics(key, configuration -> {
      configuration.setApplication("none");
      configuration.setApiHost(host);
      configuration.setCdnHost(host);
      configuration.setRequestFactory(new WithoutCertificate());
      return Unit.INSTANCE;
    });
    // The library drops what it is told before it has read its own state, which it does in the background.
    assertTimeoutPreemptively(Duration.ofSeconds(60), () -> {
      while (analytics.settings() == null) {
        Thread.onSpinWait();
      }
    });
    analytics.identify("u1", json("""
        {"email": "a@example.com", "plan": "pro"}"""));
    analytics.track("Order Completed", json("""
        {"revenue": 12.5, "currency": "EUR"}"""));
    analytics.screen("Main");
    analytics.group("g1", json("""
        {"name": "Initech"}"""));

    var everything = List.of("Group", "Identify", "Main", "Order Completed");
    assertTimeoutPreemptively(Duration.ofSeconds(60), () -> {
      while (!arrived().equals(everything)) {
        analytics.flush();
      }
    });
    analytics.shutdown();

    assertEquals(everything, events());
    assertEquals("pro",
        portrait.get("/api/v1/profiles/email/a@example.com").path("attributes").path("plan").asString());
    assertEquals(portrait.get("/api/v1/profiles/user_id/u1").path("customerId"),
        portrait.get("/api/v1/profiles/anonymous_id/" + analytics.anonymousId()).path("customerId"));
    analytics.purgeStorage();
  }

  private static JsonObject json(String text) {
    return (JsonObject) Json.Default.parseToJsonElement(text);
  }

  /// The library itself always speaks https.
  private static final class WithoutCertificate extends RequestFactory {

    @Override
    public HttpURLConnection openConnection(String url) {
      return super.openConnection(url.replaceFirst("^https:", "http:"));
    }
  }

  /// The events so far, also of somebody who is not known yet.
  private List<String> arrived() {
    return portrait.exchange("GET", "/api/v1/profiles/user_id/u1", "").statusCode() == 200 ? events() : List.of();
  }

  private void assertTraitsAndAlias() {
    var profile = portrait.get("/api/v1/profiles/email/a@example.com");
    assertEquals("pro", profile.path("attributes").path("plan").asString());
    assertEquals(profile.path("customerId"), portrait.get("/api/v1/profiles/anonymous_id/a1").path("customerId"));
  }

  private List<String> events() {
    return StreamSupport.stream(portrait.get("/api/v1/profiles/user_id/u1/events").path("events").spliterator(), false)
        .map(event -> event.path("name").asString()).sorted().toList();
  }
}
