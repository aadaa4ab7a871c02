package portrait.foundation.files;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.azure.storage.blob.BlobContainerClient;
import com.azure.storage.blob.sas.BlobContainerSasPermission;
import com.azure.storage.blob.sas.BlobServiceSasSignatureValues;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.OffsetDateTime;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import portrait.foundation.model.Problem;
import portrait.foundation.model.ProblemException;
import portrait.foundation.model.Secret;

/// Against Azurite, Microsoft's own stand-in.
class AzureStoreTest extends HttpStoreContract {

  private static final String ACCOUNT = Counterparts.USER;
  private static final String KEY = Counterparts.azureKey();
  private static final String CONTAINER = Counterparts.BUCKET;

  @TempDir
  private static Path folder;
  private static Counterpart azurite;
  private static BlobContainerClient container;

  @BeforeAll
  static void start() {
    azurite = Counterparts.azure(folder);
    container = Counterparts.azureContainer(azurite.port());
  }

  @AfterAll
  static void stop() {
    if (azurite != null) {
      azurite.close();
    }
  }

  @Override
  int port() {
    return azurite.port();
  }

  @Override
  Place.AzureBlob place(String below, int port) {
    return place(CONTAINER, below, port, new Place.AzureKey.Shared(Secret.of(KEY)));
  }

  private static Place.AzureBlob place(String container, String below, int port, Place.AzureKey key) {
    return new Place.AzureBlob(ACCOUNT, container, below,
        Optional.of(URI.create("http://127.0.0.1:%d/%s".formatted(port, ACCOUNT))), key);
  }

  @Override
  Place withWrongKey(Place place) {
    return place(CONTAINER, folder(), port(), new Place.AzureKey.Shared(Secret.of("YW5vdGhlcg==")));
  }

  /// Azure itself says AuthenticationFailed; see the refusals below.
  @Override
  String wrongKeyCause() {
    return "not_permitted";
  }

  @Override
  Place withUnknownBucket(Place place) {
    return place("no-such-container", folder(), port(), new Place.AzureKey.Shared(Secret.of(KEY)));
  }

  @Override
  Map<String, String> refusals() {
    var refusals = new LinkedHashMap<String, String>();
    Map.of("AuthenticationFailed", "wrong_key", "AuthorizationPermissionMismatch", "not_permitted").forEach(
        (code, cause) -> refusals.put(refusal(code, Map.of("Content-Type", "application/xml", "x-ms-error-code", code)),
            cause));
    refusals.put(refusal("AuthenticationFailed", Map.of("Content-Type", "application/xml", "x-ms-error-code",
        "AuthenticationFailed", "Date", "Sun, 01 Jan 2017 00:00:00 GMT")), "clock");
    return refusals;
  }

  private static String refusal(String code, Map<String, String> headers) {
    return answer("403 Forbidden", headers,
        "<?xml version=\"1.0\"?><Error><Code>%s</Code><Message>Not %s</Message></Error>".formatted(code, secret()));
  }

  @Test
  void aSignatureThatMayOnlyWriteWrites() throws IOException {
    var writing = signature("cw", OffsetDateTime.now().plusHours(1));
    try (var store = FileStore.open(place(CONTAINER, folder(), port(), new Place.AzureKey.Signature(writing)))) {
      store.verifyWriting();
      write(store, "written.txt", new byte[]{'x'});
      write(store, "large.bin", random(20 << 20));
      assertCause("not_permitted", store::verifyReading);
    }
    try (var store = store()) {
      assertEquals("x", text(store, "written.txt"));
    }
  }

  @Test
  void aSignatureThatHasExpiredIsNamed() {
    var expired = signature("rcwl", OffsetDateTime.now().minusHours(1));
    try (var store = FileStore.open(place(CONTAINER, folder(), port(), new Place.AzureKey.Signature(expired)))) {
      assertCause("expired", store::verifyWriting);
      assertCause("expired", store::verifyReading);
    }
  }

  @Test
  void aKeyThatIsNoneIsRefusedAtOnce() {
    var problem = org.junit.jupiter.api.Assertions.assertThrows(ProblemException.class, () -> FileStore.open(
        place(CONTAINER, "", 1, new Place.AzureKey.Shared(Secret.of("not base64!")))));
    assertEquals(Problem.Code.INVALID_SETTING, problem.problem().code());
  }

  private static Secret signature(String permissions, OffsetDateTime until) {
    return Secret.of(container.generateSas(new BlobServiceSasSignatureValues(until,
        BlobContainerSasPermission.parse(permissions))));
  }
}
