package portrait.foundation.files;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.net.URI;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import portrait.foundation.model.Secret;

/// Against S3Proxy, which checks signatures and knows conditions and parts.
class S3StoreTest extends HttpStoreContract {

  private static final String BUCKET = Counterparts.BUCKET;
  private static final String KEY_ID = Counterparts.USER;

  @TempDir
  private static Path folder;
  private static Counterpart s3proxy;

  @BeforeAll
  static void start() {
    s3proxy = Counterparts.s3(folder);
  }

  @AfterAll
  static void stop() {
    s3proxy.close();
  }

  @Override
  int port() {
    return s3proxy.port();
  }

  @Override
  Place.S3 place(String below, int port) {
    return place(BUCKET, below, port, KEY_ID, secret());
  }

  private static Place.S3 place(String bucket, String below, int port, String id, String secret) {
    return new Place.S3(bucket, below, "us-east-1", Optional.of(URI.create("http://127.0.0.1:" + port)), id,
        Secret.of(secret), Optional.empty());
  }

  @Override
  Place withWrongKey(Place place) {
    return place(BUCKET, folder(), port(), KEY_ID, "another");
  }

  @Override
  Place withUnknownBucket(Place place) {
    return place("no-such-bucket", folder(), port(), KEY_ID, secret());
  }

  @Override
  Map<String, String> refusals() {
    var refusals = new LinkedHashMap<String, String>();
    Map.of("ExpiredToken", "expired", "InvalidAccessKeyId", "wrong_key", "AuthorizationHeaderMalformed", "wrong_region",
        "AccessDenied", "not_permitted", "RequestTimeTooSkewed", "clock").forEach(
            (code, cause) -> refusals.put(answer("403 Forbidden", Map.of("Content-Type", "application/xml"),
                "<?xml version=\"1.0\"?><Error><Code>%s</Code><Message>No %s</Message></Error>".formatted(code,
                    secret())),
                cause));
    return refusals;
  }

  @Test
  void anUnknownKeyIsNamed() {
    try (var store = FileStore.open(place(BUCKET, folder(), port(), "AKIASOMEBODY", secret()))) {
      assertCause("wrong_key", store::verifyWriting);
    }
  }

  @Test
  void anUploadThatIsGivenUpCostsNothing() {
    try (var store = store(); var client = Counterparts.s3Client(port())) {
      try (var upload = store.create("given-up.bin")) {
        upload.write(random(20 << 20));
        assertEquals(1, client.listMultipartUploads(request -> request.bucket(BUCKET)).uploads().size());
      }
      assertEquals(List.of(), client.listMultipartUploads(request -> request.bucket(BUCKET)).uploads());
    }
  }

  @Test
  void aListGoesOnPastAThousandFiles() {
    try (var store = store()) {
      for (int i = 0; i < 1_010; i++) {
        write(store, "many/%04d".formatted(i), new byte[0]);
      }
      var names = names(store, "many/");
      assertEquals(1_010, names.size());
      assertEquals("many/1009", names.getLast());
    }
  }
}
