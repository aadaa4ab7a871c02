package portrait.foundation.files;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.net.URI;
import java.security.KeyPair;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import portrait.foundation.model.Problem;
import portrait.foundation.model.ProblemException;
import portrait.foundation.model.Secret;

class GoogleStoreTest extends HttpStoreContract {

  private static final String BUCKET = "shop";

  private static KeyPair key;
  private static KeyPair another;
  private static GoogleStandIn google;

  @BeforeAll
  static void start() throws Exception {
    key = Counterparts.keyPair();
    another = Counterparts.keyPair();
    google = new GoogleStandIn(BUCKET, key.getPublic());
  }

  @AfterAll
  static void stop() {
    google.close();
  }

  @Override
  int port() {
    return google.port();
  }

  @Override
  Place place(String below, int port) {
    return place(BUCKET, below, port, google.port(), key);
  }

  private static Place place(String bucket, String below, int port, int tokenPort, KeyPair pair) {
    return new Place.GoogleCloudStorage(bucket, below, Optional.of(URI.create("http://127.0.0.1:" + port)),
        Secret.of(Counterparts.serviceAccount(pair, tokenPort)));
  }

  @Override
  Place withWrongKey(Place place) {
    return place(BUCKET, folder(), port(), port(), another);
  }

  @Override
  Place withUnknownBucket(Place place) {
    return place("no-such-bucket", folder(), port(), port(), key);
  }

  @Override
  Map<String, String> refusals() {
    var refusals = new LinkedHashMap<String, String>();
    refusals.put(refusal("403 Forbidden", Map.of("Content-Type", "application/json"), """
        {"error":{"code":403,"message":"%s does not have storage.objects.create access",\
        "errors":[{"reason":"forbidden"}]}}""".formatted(secret())), "not_permitted");
    refusals.put(refusal("403 Forbidden", Map.of("Content-Type", "application/json"), """
        {"error":{"code":403,"message":"slow","errors":[{"reason":"rateLimitExceeded"}]}}"""), "busy");
    refusals.put(refusal("401 Unauthorized", Map.of("Content-Type", "application/json"), """
        {"error":{"code":401,"message":"no","errors":[{"reason":"authError"}]}}"""), "wrong_key");
    return refusals;
  }

  private static String refusal(String status, Map<String, String> headers, String body) {
    return answer(status, headers, body);
  }

  @Test
  void aClockThatIsWrongIsNamed() throws Exception {
    try (var store = FileStore.open(place(BUCKET, folder(), port(), proxy.port(), key))) {
      proxy.answer(Integer.MAX_VALUE, answer("400 Bad Request", Map.of("Content-Type", "application/json", "Date",
          "Sun, 01 Jan 2017 00:00:00 GMT"), "{\"error\":\"invalid_grant\"}"));
      assertCause("clock", store::verifyReading);
    }
  }

  @Test
  void aKeyThatIsNoneIsRefusedAtOnceAndNotQuoted() {
    var refused = assertThrows(ProblemException.class, () -> FileStore.open(new Place.GoogleCloudStorage(BUCKET, "",
        Optional.empty(), Secret.of("{\"type\":\"service_account\",\"private_key\":\"" + secret() + "\"}"))));
    assertEquals(Problem.Code.INVALID_SETTING, refused.problem().code());
  }
}
