package portrait.stages.exports.destinations;

import java.io.IOException;
import java.security.KeyPair;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import portrait.foundation.files.Counterparts;
import portrait.foundation.files.GoogleStandIn;

class GoogleCloudStorageTest extends FileDestinationContract {

  private static final KeyPair KEY = Counterparts.keyPair();
  private static GoogleStandIn google;
  private final String own = UUID.randomUUID().toString();

  @BeforeAll
  static void start() throws IOException {
    google = new GoogleStandIn(Counterparts.BUCKET, KEY.getPublic());
  }

  @AfterAll
  static void stop() {
    google.close();
  }

  @Override
  String type() {
    return "google_cloud_storage";
  }

  @Override
  String settings() {
    return "{ bucket: %s, folder: '%s', service_account: { secret: to.service_account }, endpoint: '%s' }"
        .formatted(Counterparts.BUCKET, own, hosts().getFirst());
  }

  @Override
  Map<String, String> secrets() {
    return Map.of("service_account", Counterparts.serviceAccount(KEY, google.port()));
  }

  @Override
  Map<String, String> wrongSecrets() {
    return Map.of("service_account", Counterparts.serviceAccount(Counterparts.keyPair(), google.port()));
  }

  @Override
  List<String> hosts() {
    return List.of("http://127.0.0.1:" + google.port());
  }
}
