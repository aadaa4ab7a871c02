package portrait.foundation.files;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DiskStoreTest extends FileStoreContract {

  @TempDir
  private Path root;

  @Override
  Place place(String folder) {
    return new Place.Disk(root.resolve(folder));
  }

  @Test
  void aFolderThatIsNotThereIsNamedToReadersAndMadeForWriters() {
    try (var store = store()) {
      assertCause("no_bucket", store::verifyReading);
      store.verifyWriting();
      store.verifyReading();
    }
  }

  @Test
  void aFullDiskIsNamed() {
    assumeTrue(Files.exists(Path.of("/dev/full")), "only Linux has a disk that is always full");
    assertEquals("full", Trouble.ofNetwork(diskFailure()).orElseThrow().name().toLowerCase(java.util.Locale.ROOT));
  }

  /// The operating system's own words.
  private static IOException diskFailure() {
    try (var out = Files.newOutputStream(Path.of("/dev/full"))) {
      out.write(new byte[1 << 16]);
      throw new AssertionError("it took the bytes");
    } catch (IOException failure) {
      return failure;
    }
  }

  @Test
  void aFolderThatIsAFileIsNamed() throws IOException {
    Files.writeString(root.resolve("file"), "");
    try (var store = FileStore.open(new Place.Disk(root.resolve("file")))) {
      assertCause("no_bucket", store::verifyReading);
      assertCause("exists", store::verifyWriting);
    }
  }
}
