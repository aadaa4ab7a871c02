package portrait.foundation.files;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.util.List;
import java.util.Optional;
import org.apache.sshd.common.config.keys.writer.openssh.OpenSSHKeyEncryptionContext;
import org.apache.sshd.common.config.keys.writer.openssh.OpenSSHKeyPairResourceWriter;
import org.apache.sshd.server.SshServer;
import org.apache.sshd.sftp.SftpModuleProperties;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import portrait.foundation.model.Problem;
import portrait.foundation.model.ProblemException;
import portrait.foundation.model.Secret;

/// Against the server of Apache MINA SSHD.
class SftpStoreTest extends RemoteStoreContract {

  private static final String USER = Counterparts.USER;

  @TempDir
  private static Path folder;
  private static SshServer server;
  private static String hostKey;
  private static KeyPair userKey;

  @BeforeAll
  static void start() {
    var key = Counterparts.keyPair();
    userKey = Counterparts.keyPair();
    hostKey = Counterparts.fingerprint(key);
    server = Counterparts.sftp(folder, key, userKey);
  }

  @AfterAll
  static void stop() throws IOException {
    server.stop(true);
  }

  @Override
  int port() {
    return server.getPort();
  }

  @Override
  Place.Sftp place(String below, int port) {
    try {
      Files.createDirectories(folder.resolve(below));
    } catch (IOException failure) {
      throw new java.io.UncheckedIOException(failure);
    }
    return place(below, port, secret(), hostKey);
  }

  private static Place.Sftp place(String below, int port, String password, String fingerprint) {
    return new Place.Sftp("127.0.0.1", port, USER, new Place.SftpKey.Password(Secret.of(password)), fingerprint, below);
  }

  @Override
  Place withWrongKey(Place place) {
    return place(folder(), port(), "another", hostKey);
  }

  /// Writers make the folders they need; what they cannot make is above the root.
  @Override
  Place withUnknownBucket(Place place) {
    return place("/not-there", port(), secret(), hostKey);
  }

  @Override
  @Test
  void aBucketThatIsNotThereIsNamed() {
    try (var store = FileStore.open(withUnknownBucket(place(folder())))) {
      assertCause("no_bucket", store::verifyReading);
    }
  }

  @Test
  void aServerWithAnotherHostKeyGetsNoPassword() {
    var impostor = place(folder(), port(), secret(), "SHA256:" + "A".repeat(43));
    try (var store = FileStore.open(impostor)) {
      var problem = assertCause("host_key", store::verifyReading);
      assertTrue(problem.message().contains(hostKey), "the key that was found can be compared: " + problem.message());
    }
  }

  @Test
  void aPrivateKeyOpensIt() throws Exception {
    for (var passphrase : List.of(Optional.<Secret>empty(), Optional.of(Secret.of("open sesame")))) {
      // The second time as it comes out of a field of one line.
      String pasted = passphrase.isPresent() ? written(passphrase).replace('\n', ' ') : written(passphrase);
      var key = new Place.SftpKey.PrivateKey(Secret.of(pasted), passphrase);
      try (var store = FileStore.open(new Place.Sftp("127.0.0.1", port(), USER, key, hostKey, folder()))) {
        write(store, "by-key.txt", new byte[]{'k'});
        assertEquals("k", text(store, "by-key.txt"));
      }
    }
  }

  @Test
  void aKeyThatIsNoneIsToldWithoutQuotingIt() {
    var key = new Place.SftpKey.PrivateKey(Secret.of("-----BEGIN " + secret()), Optional.empty());
    try (var store = FileStore.open(new Place.Sftp("127.0.0.1", port(), USER, key, hostKey, folder()))) {
      var problem = assertThrows(ProblemException.class, store::verifyReading);
      assertEquals(Problem.Code.INVALID_SETTING, problem.problem().code());
      assertTrue(!problem.getMessage().contains(secret()));
    }
  }

  /// Most servers in the world are OpenSSH and speak version 3, with extensions; some have none.
  @Test
  void serversOfVersionThreeReplaceToo() throws IOException {
    for (String extensions : List.of("posix-rename@openssh.com", "")) {
      SftpModuleProperties.SFTP_VERSION.set(server, 3);
      SftpModuleProperties.OPENSSH_EXTENSIONS.set(server, extensions.isEmpty() ? "" : extensions + "=1");
      try (var store = store()) {
        write(store, "model.json", new byte[]{'1'});
        write(store, "model.json", new byte[]{'2'});

        assertEquals("2", text(store, "model.json"));
        assertEquals(List.of("model.json"), names(store, ""));
        try (var upload = store.create("model.json", FileStore.Existing.KEEP)) {
          upload.write('3');
          assertCause("exists", upload::publish);
        }
      } finally {
        SftpModuleProperties.SFTP_VERSION.remove(server);
        SftpModuleProperties.OPENSSH_EXTENSIONS.remove(server);
      }
    }
  }

  private static String written(Optional<Secret> passphrase) throws Exception {
    var out = new java.io.ByteArrayOutputStream();
    OpenSSHKeyEncryptionContext encryption = null;
    if (passphrase.isPresent()) {
      encryption = new OpenSSHKeyEncryptionContext();
      encryption.setPassword(passphrase.get().reveal());
      encryption.setCipherName("AES");
      encryption.setCipherType("256");
    }
    OpenSSHKeyPairResourceWriter.INSTANCE.writePrivateKey(userKey, "test", encryption, out);
    return out.toString(java.nio.charset.StandardCharsets.US_ASCII);
  }
}
