package portrait.foundation.files;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import portrait.foundation.files.FileStore.Existing;
import portrait.foundation.model.Problem;
import portrait.foundation.model.ProblemException;

/// What every store of files must do, whatever lies behind it.
abstract class FileStoreContract {

  private static final long SEED = 20261122;
  private static final String SECRET = Counterparts.SECRET;

  /// The place to test, in a folder of its own.
  abstract Place place(String folder);

  private final String folder = "contract/" + UUID.randomUUID();

  final FileStore store() {
    return FileStore.open(place(folder));
  }

  final String folder() {
    return folder;
  }

  /// A secret to look for in whatever is told about failures.
  static String secret() {
    return SECRET;
  }

  @Test
  void aFileIsReadAsItWasWritten() throws IOException {
    try (var store = store()) {
      var published = write(store, "a/hello.txt", "Grüße".getBytes(StandardCharsets.UTF_8));

      assertEquals("a/hello.txt", published.name());
      assertEquals(7, published.bytes());
      assertEquals(sha256("Grüße".getBytes(StandardCharsets.UTF_8)), published.sha256());
      assertEquals("Grüße", text(store, "a/hello.txt"));
      var found = store.find("a/hello.txt").orElseThrow();
      assertEquals(7, found.bytes());
      assertFalse(found.version().isEmpty());
    }
  }

  @Test
  void aFileMayBeEmpty() throws IOException {
    try (var store = store()) {
      write(store, "nothing.csv", new byte[0]);

      assertEquals(0, store.find("nothing.csv").orElseThrow().bytes());
      assertEquals("", text(store, "nothing.csv"));
    }
  }

  @Test
  void aLargeFileGoesInParts() throws IOException {
    var bytes = random(40 << 20);
    try (var store = store()) {
      Upload.Published published;
      try (var upload = store.create("large.bin")) {
        for (int at = 0; at < bytes.length; at += 777_777) {
          upload.write(bytes, at, Math.min(777_777, bytes.length - at));
        }
        assertEquals(List.of(), names(store, ""), "half a file is seen");
        published = upload.publish();
      }

      assertEquals(sha256(bytes), published.sha256());
      try (var stream = store.read("large.bin")) {
        assertArrayEquals(bytes, stream.readAllBytes());
      }
    }
  }

  @Test
  void aFileThatIsNotPublishedLeavesNothing() throws IOException {
    try (var store = store()) {
      try (var upload = store.create("given-up.bin")) {
        upload.write(random(20 << 20));
      }
      try (var upload = store.create("small.txt")) {
        upload.write(1);
      }

      assertEquals(List.of(), names(store, ""));
      assertTrue(store.find("given-up.bin").isEmpty());
    }
  }

  @Test
  void aReaderSeesTheOldFileUntilTheNewOneIsWhole() throws IOException {
    try (var store = store()) {
      write(store, "model.json", "old".getBytes(StandardCharsets.UTF_8));
      var before = store.find("model.json").orElseThrow();
      try (var upload = store.create("model.json")) {
        upload.write(random(20 << 20));
        assertEquals("old", text(store, "model.json"));
        upload.publish();
      }

      var after = store.find("model.json").orElseThrow();
      assertEquals(20 << 20, after.bytes());
      assertFalse(after.version().equals(before.version()), "the version says that it changed");
      assertEquals(List.of("model.json"), names(store, ""));
    }
  }

  @Test
  void aFileThatShallStayStays() throws IOException {
    try (var store = store()) {
      write(store, "once.txt", "first".getBytes(StandardCharsets.UTF_8));

      for (var content : List.of("second".getBytes(StandardCharsets.UTF_8), random(20 << 20))) {
        try (var upload = store.create("once.txt", Existing.KEEP)) {
          upload.write(content);
          assertCause("exists", upload::publish);
        }
      }
      assertEquals("first", text(store, "once.txt"));
      assertEquals(List.of("once.txt"), names(store, ""));
    }
  }

  @Test
  void oneOfManyWritersWins() throws Exception {
    int writers = 4;
    try (var store = store(); var threads = Executors.newFixedThreadPool(writers)) {
      var together = new CyclicBarrier(writers);
      var tasks = new ArrayList<Callable<String>>();
      for (int i = 0; i < writers; i++) {
        String content = "writer " + i;
        tasks.add(() -> {
          try (var own = FileStore.open(place(folder)); var upload = own.create("race.txt", Existing.KEEP)) {
            upload.write(content.getBytes(StandardCharsets.UTF_8));
            together.await();
            upload.publish();
            return content;
          } catch (ProblemException lost) {
            return "";
          }
        });
      }
      var winners = new ArrayList<String>();
      for (var done : threads.invokeAll(tasks)) {
        if (!done.get().isEmpty()) {
          winners.add(done.get());
        }
      }

      assertEquals(1, winners.size(), winners.toString());
      assertEquals(winners.getFirst(), text(store, "race.txt"));
    }
  }

  @Test
  void namesMayHaveBlanksAndSigns() throws IOException {
    var names = List.of("a b+c.csv", "it's é \"quoted\" 100%.txt", "ordinary/år/x=1&y=2.json", "日本.csv");
    try (var store = store()) {
      for (String name : names) {
        write(store, name, name.getBytes(StandardCharsets.UTF_8));
      }

      assertEquals(names.stream().sorted().toList(), names(store, "").stream().sorted().toList());
      for (String name : names) {
        assertEquals(name, text(store, name));
        store.delete(name);
      }
      assertEquals(List.of(), names(store, ""));
    }
  }

  @Test
  void aListHasWhatBeginsWithThePrefixInOrder() throws IOException {
    try (var store = store()) {
      for (String name : List.of("orders/2026/2.csv", "orders/2026/10.csv", "orders.csv", "other.csv",
          "orders/1.csv")) {
        write(store, name, new byte[]{1});
      }

      assertEquals(List.of("orders.csv", "orders/1.csv", "orders/2026/10.csv", "orders/2026/2.csv"),
          names(store, "orders"));
      assertEquals(List.of("orders/2026/10.csv", "orders/2026/2.csv"), names(store, "orders/2026/"));
      assertEquals(List.of(), names(store, "none/"));
    }
  }

  @Test
  void whatIsNotThereIsSaid() {
    try (var store = store()) {
      assertTrue(store.find("absent.csv").isEmpty());
      assertCause("absent", () -> {
        try (var stream = store.read("absent.csv")) {
          stream.read();
        }
      });
      store.delete("absent.csv");
    }
  }

  @Test
  void aNameCannotLeaveTheFolder() {
    try (var store = store()) {
      for (String name : List.of("../x", "a/../../x", "/etc/passwd", "a//b", "", "a\nb", "a\\b", "x".repeat(901))) {
        var refused = assertThrows(ProblemException.class, () -> store.create(name), name);
        assertEquals(Problem.Code.INVALID_PARAMETER, refused.problem().code());
      }
    }
  }

  @Test
  void verifyingLeavesNothing() throws IOException {
    try (var store = store()) {
      store.verifyWriting();
      write(store, "x", new byte[]{1});
      store.verifyReading();

      assertEquals(List.of("x"), names(store, ""));
    }
  }

  static Upload.Published write(FileStore store, String name, byte[] content) {
    try (var upload = store.create(name)) {
      upload.write(content);
      return upload.publish();
    }
  }

  static String text(FileStore store, String name) throws IOException {
    try (var stream = store.read(name)) {
      return new String(stream.readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  static List<String> names(FileStore store, String prefix) {
    var names = new ArrayList<String>();
    store.list(prefix, file -> names.add(file.name()));
    return names;
  }

  static byte[] random(int length) {
    var bytes = new byte[length];
    new Random(SEED).nextBytes(bytes);
    return bytes;
  }

  static String sha256(byte[] bytes) {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
    } catch (java.security.NoSuchAlgorithmException impossible) {
      throw new IllegalStateException(impossible);
    }
  }

  /// The call fails for that reason, and nothing that is told about it has a secret in it.
  static Problem assertCause(String cause, Executable call) {
    var failure = assertThrows(ProblemException.class, call);
    var trace = new StringWriter();
    failure.printStackTrace(new PrintWriter(trace));
    assertEquals(cause, failure.problem().details().get("cause"), failure::toString);
    assertFalse(trace.toString().contains(SECRET), "a secret is in the log");
    return failure.problem();
  }
}
