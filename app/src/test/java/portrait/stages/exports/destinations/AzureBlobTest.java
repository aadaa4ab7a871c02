package portrait.stages.exports.destinations;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import portrait.foundation.files.Counterpart;
import portrait.foundation.files.Counterparts;

class AzureBlobTest extends FileDestinationContract {

  @TempDir
  private static Path folder;
  private static Counterpart azure;
  private final String own = UUID.randomUUID().toString();

  @BeforeAll
  static void start() {
    azure = Counterparts.azure(folder);
  }

  @AfterAll
  static void stop() {
    if (azure != null) {
      azure.close();
    }
  }

  @Override
  String type() {
    return "azure_blob";
  }

  @Override
  String settings() {
    return "{ account: %s, container: %s, folder: '%s', key: { secret: to.key }, endpoint: '%s/%s' }"
        .formatted(Counterparts.USER, Counterparts.BUCKET, own, hosts().getFirst(), Counterparts.USER);
  }

  @Override
  Map<String, String> secrets() {
    return Map.of("key", Counterparts.azureKey());
  }

  @Override
  Map<String, String> wrongSecrets() {
    return Map.of("key", "d3Jvbmctb25l");
  }

  @Override
  List<String> hosts() {
    return List.of("http://127.0.0.1:" + azure.port());
  }
}
