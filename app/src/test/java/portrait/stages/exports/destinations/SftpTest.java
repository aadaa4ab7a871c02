package portrait.stages.exports.destinations;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.util.Map;
import java.util.UUID;
import org.apache.sshd.server.SshServer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import portrait.foundation.files.Counterparts;

class SftpTest extends FileDestinationContract {

  private static final KeyPair HOST_KEY = Counterparts.keyPair();

  @TempDir
  private static Path folder;
  private static SshServer server;
  private final String own = UUID.randomUUID().toString();

  @BeforeAll
  static void start() {
    server = Counterparts.sftp(folder, HOST_KEY, Counterparts.keyPair());
  }

  @AfterAll
  static void stop() throws IOException {
    server.stop(true);
  }

  @Override
  String type() {
    return "sftp";
  }

  @Override
  String settings() {
    try {
      Files.createDirectories(folder.resolve(own));
    } catch (IOException failure) {
      throw new java.io.UncheckedIOException(failure);
    }
    return "{ host: 127.0.0.1, port: %d, user: %s, credential: { secret: to.credential }, host_key: '%s', folder: '%s' }"
        .formatted(server.getPort(), Counterparts.USER, Counterparts.fingerprint(HOST_KEY), own);
  }

  @Override
  Map<String, String> secrets() {
    return Map.of("credential", Counterparts.SECRET);
  }

  @Override
  Map<String, String> wrongSecrets() {
    return Map.of("credential", "wrong-one");
  }
}
