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

class AmazonS3Test extends FileDestinationContract {

  @TempDir
  private static Path folder;
  private static Counterpart s3;
  private final String own = UUID.randomUUID().toString();

  @BeforeAll
  static void start() {
    s3 = Counterparts.s3(folder);
  }

  @AfterAll
  static void stop() {
    s3.close();
  }

  @Override
  String type() {
    return "s3";
  }

  @Override
  String settings() {
    return """
        { bucket: %s, folder: '%s', access_key_id: %s, secret_access_key: { secret: to.secret_access_key }, endpoint: '%s' }"""
        .formatted(Counterparts.BUCKET, own, Counterparts.USER, hosts().getFirst());
  }

  @Override
  Map<String, String> secrets() {
    return Map.of("secret_access_key", Counterparts.SECRET);
  }

  @Override
  Map<String, String> wrongSecrets() {
    return Map.of("secret_access_key", "wrong-one");
  }

  @Override
  List<String> hosts() {
    return List.of("http://127.0.0.1:" + s3.port());
  }
}
