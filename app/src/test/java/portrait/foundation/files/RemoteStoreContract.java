package portrait.foundation.files;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import portrait.foundation.model.Problem;

/// What every store at the end of a network must do besides: a proxy between it and the real counterpart breaks things.
abstract class RemoteStoreContract extends FileStoreContract {

  FaultyProxy proxy;

  /// Where the counterpart listens on this machine.
  abstract int port();

  /// The place, reached through that port of this machine.
  abstract Place place(String folder, int port);

  abstract Place withWrongKey(Place place);

  abstract Place withUnknownBucket(Place place);

  /// What the counterpart says when the key is wrong.
  String wrongKeyCause() {
    return "wrong_key";
  }

  @Override
  final Place place(String folder) {
    return place(folder, port());
  }

  final FileStore throughProxy() {
    return FileStore.open(place(folder(), proxy.port()));
  }

  @BeforeEach
  void startProxy() throws IOException {
    proxy = new FaultyProxy(port());
  }

  @AfterEach
  void stopProxy() throws IOException {
    proxy.close();
  }

  @Test
  void aWrongKeyIsNamed() {
    try (var store = FileStore.open(withWrongKey(place(folder())))) {
      assertCause(wrongKeyCause(), store::verifyWriting);
      assertCause(wrongKeyCause(), store::verifyReading);
      assertCause(wrongKeyCause(), () -> write(store, "x", new byte[]{1}));
    }
  }

  @Test
  void aBucketThatIsNotThereIsNamed() {
    try (var store = FileStore.open(withUnknownBucket(place(folder())))) {
      assertCause("no_bucket", store::verifyReading);
      assertCause("no_bucket", store::verifyWriting);
    }
  }

  @Test
  void aRefusedConnectionIsNamed() throws IOException {
    int nobody;
    try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      nobody = socket.getLocalPort();
    }
    try (var store = FileStore.open(place(folder(), nobody))) {
      var problem = assertCause("refused_connection", store::verifyWriting);
      assertEquals(Problem.Code.STORAGE_UNREACHABLE, problem.code());
    }
  }

  @Test
  void aConnectionThatBreaksInTheMiddleLeavesNothing() throws IOException {
    try (var store = throughProxy()) {
      store.verifyWriting();
      try (var upload = store.create("broken.bin")) {
        upload.write(random(1 << 20));
        proxy.cutEveryConnectionAfter(3 << 20);
        assertCause("cut", () -> {
          upload.write(random(40 << 20));
          upload.publish();
        });
        proxy.heal();
      }
    }
    try (var store = store()) {
      assertEquals(List.of(), names(store, ""));
    }
  }

  @Test
  void aFileThatIsCutShortIsNotTakenForTheWhole() throws IOException {
    try (var store = throughProxy()) {
      write(store, "large.bin", random(20 << 20));
      // So soon that no library comes to the end of a piece, however often it goes on where it was cut.
      proxy.cutEveryAnswerAfter(64 << 10);

      assertCause("cut", () -> {
        try (var stream = store.read("large.bin")) {
          stream.readAllBytes();
        }
      });
    }
  }

  @Test
  void aBreakThatMendsIsNotNoticedOrIsSaid() throws IOException {
    var bytes = random(20 << 20);
    try (var store = throughProxy()) {
      store.verifyWriting();
      proxy.cutOneConnectionAfter(3 << 20);
      boolean isPublished = isPublished(store, bytes);
      if (!isPublished) {
        isPublished = isPublished(store, bytes);
      }
      assertTrue(isPublished, "the second attempt meets a healthy connection");
      try (var stream = store.read("mended.bin")) {
        assertArrayEquals(bytes, stream.readAllBytes());
      }
    }
  }

  private static boolean isPublished(FileStore store, byte[] bytes) {
    try (var upload = store.create("mended.bin")) {
      upload.write(bytes);
      upload.publish();
      return true;
    } catch (portrait.foundation.model.ProblemException broken) {
      assertEquals("cut", broken.problem().details().get("cause"));
      return false;
    }
  }
}
