package portrait.processes.backup;

import java.io.BufferedOutputStream;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.function.LongConsumer;
import java.util.zip.CRC32;
import java.util.zip.CheckedInputStream;
import java.util.zip.Deflater;
import java.util.zip.ZipEntry;
import java.util.zip.ZipException;
import java.util.zip.ZipFile;
import java.util.zip.ZipOutputStream;
import portrait.foundation.database.Database;
import portrait.foundation.database.DatabaseSettings;
import portrait.foundation.database.Migrations;
import portrait.foundation.database.Snapshot;
import portrait.foundation.database.SnapshotReader;
import portrait.foundation.model.Problem;
import portrait.foundation.model.ProblemException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// One backup as a ZIP file: `profile-store` as [Snapshot] writes it, `warehouse.duckdb`, and `backup.json`, which comes
/// last: a file without it is not complete. The checksums of the ZIP format tell whether a byte changed.
final class Archive {

  private static final int FORMAT = 1;
  private static final String STORE = "profile-store";
  private static final String WAREHOUSE = "warehouse.duckdb";
  private static final String ABOUT = "backup.json";

  private Archive() {}

  /// Writes a file that only its owner can read: it holds everything about everybody.
  ///
  /// @return how many rows of the profile store are in it
  static long write(Path file, Instant takenAt, Snapshot store, Path warehouse, LongConsumer progress) {
    try (var zip = new ZipOutputStream(new BufferedOutputStream(ownersOnly(file)))) {
      zip.setLevel(Deflater.BEST_SPEED);
      zip.putNextEntry(new ZipEntry(STORE));
      long rows = store.write(open(zip), progress);
      zip.closeEntry();
      zip.putNextEntry(new ZipEntry(WAREHOUSE));
      Files.copy(warehouse, zip);
      zip.closeEntry();
      zip.putNextEntry(new ZipEntry(ABOUT));
      zip.write(JsonMapper.shared().writerWithDefaultPrettyPrinter().writeValueAsBytes(JsonMapper.shared()
          .createObjectNode().put("format", FORMAT).put("takenAt", takenAt.toString()).put("release", release())
          .put("rows", rows).put("warehouseBytes", Files.size(warehouse))));
      zip.closeEntry();
      return rows;
    } catch (IOException failure) {
      throw failed("the backup cannot be written: " + failure.getMessage(), failure);
    }
  }

  private static OutputStream ownersOnly(Path file) throws IOException {
    var permissions = PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));
    return java.nio.channels.Channels.newOutputStream(
        Files.newByteChannel(file, Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE), permissions));
  }

  /// An entry ends, the file goes on.
  private static OutputStream open(OutputStream out) {
    return new FilterOutputStream(out) {
      @Override
      public void write(byte[] bytes, int from, int length) throws IOException {
        out.write(bytes, from, length);
      }

      @Override
      public void close() {
        // Not ours.
      }
    };
  }

  private static String release() {
    return Objects.requireNonNullElse(Archive.class.getPackage().getImplementationVersion(), "not packaged");
  }

  /// Reads a whole backup, as a restore would, and keeps nothing.
  ///
  /// @throws ProblemException `invalid_file` when it is damaged, or made by a newer release
  static Contents check(Path file, List<Migrations> owners) {
    try (var zip = opened(file)) {
      var contents = contents(zip, file);
      try (var store = checked(zip, STORE)) {
        long rows = new SnapshotReader(store).count(owners, _ -> {});
        compare(store, zip, STORE, file);
        if (rows != contents.rows()) {
          throw damaged(file, "it holds %,d rows of %,d".formatted(rows, contents.rows())).asException();
        }
      }
      try (var warehouse = checked(zip, WAREHOUSE)) {
        long bytes = warehouse.transferTo(OutputStream.nullOutputStream());
        compare(warehouse, zip, WAREHOUSE, file);
        if (bytes != contents.warehouseBytes()) {
          throw damaged(file, "its warehouse has %,d bytes of %,d".formatted(bytes, contents.warehouseBytes()))
              .asException();
        }
      }
      return contents;
    } catch (IOException failure) {
      throw new ProblemException(damaged(file, String.valueOf(failure.getMessage())), failure);
    }
  }

  /// Puts both stores where nothing is yet. When it fails nothing is left behind.
  ///
  /// @param warehouse the file to make
  static Contents restore(Path file, DatabaseSettings store, Path warehouse, List<Migrations> owners,
      LongConsumer progress) {
    if (Files.exists(warehouse)) {
      throw Problem.of(Problem.Code.CONFLICT,
          "%s is not empty, and a restore replaces nothing".formatted(warehouse.getParent()),
          "Choose an empty folder with --home; move what is there away first.").asException();
    }
    check(file, owners);
    var partial = warehouse.resolveSibling(warehouse.getFileName() + ".part");
    try (var zip = opened(file)) {
      var contents = contents(zip, file);
      Files.deleteIfExists(partial);
      try (var in = zip.getInputStream(zip.getEntry(WAREHOUSE))) {
        Files.copy(in, partial);
      }
      try (var in = zip.getInputStream(zip.getEntry(STORE))) {
        Database.restore(store, owners, in, progress);
      }
      Files.move(partial, warehouse);
      return contents;
    } catch (IOException failure) {
      throw new ProblemException(damaged(file, String.valueOf(failure.getMessage())), failure);
    } finally {
      try {
        Files.deleteIfExists(partial);
      } catch (IOException _) {
        // The next restore into this folder deletes it.
      }
    }
  }

  /// A ZIP file that is opened at once, unlike one that is read as a stream, does not look at its checksums by itself.
  private static CheckedInputStream checked(ZipFile zip, String entry) throws IOException {
    return new CheckedInputStream(zip.getInputStream(zip.getEntry(entry)), new CRC32());
  }

  private static void compare(CheckedInputStream read, ZipFile zip, String entry, Path file) throws IOException {
    read.transferTo(OutputStream.nullOutputStream());
    if (read.getChecksum().getValue() != zip.getEntry(entry).getCrc()) {
      throw damaged(file, "a byte of its part %s changed".formatted(entry)).asException();
    }
  }

  private static ZipFile opened(Path file) throws IOException {
    if (!Files.isReadable(file) || Files.isDirectory(file)) {
      throw Problem.of(Problem.Code.INVALID_FILE, "there is no file '%s' that can be read".formatted(file))
          .asException();
    }
    try {
      return new ZipFile(file.toFile());
    } catch (ZipException failure) {
      throw new ProblemException(damaged(file, String.valueOf(failure.getMessage())), failure);
    }
  }

  private static Contents contents(ZipFile zip, Path file) throws IOException {
    if (List.of(STORE, WAREHOUSE, ABOUT).stream().anyMatch(entry -> zip.getEntry(entry) == null)) {
      throw damaged(file, "it is no backup of Portrait, or not a whole one").asException();
    }
    JsonNode about;
    try (var in = zip.getInputStream(zip.getEntry(ABOUT))) {
      about = JsonMapper.shared().readTree(in.readAllBytes());
    }
    if (about.path("format").asInt() > FORMAT) {
      throw Problem.of(Problem.Code.INVALID_FILE,
          "the backup %s was made by a newer release, %s".formatted(file, about.path("release").asString()),
          "Use that release, or a newer one.").asException();
    }
    return new Contents(Instant.parse(about.path("takenAt").asString()), about.path("release").asString(),
        about.path("rows").asLong(), about.path("warehouseBytes").asLong());
  }

  private static Problem damaged(Path file, String why) {
    return Problem.of(Problem.Code.INVALID_FILE, "the backup %s cannot be used: %s".formatted(file, why),
        "Take another backup; `portrait doctor --backup FILE` checks one.");
  }

  static ProblemException failed(String what, IOException failure) {
    return new ProblemException(
        Problem.of(Problem.Code.STORE_FAILED, what, "Check that the folder can be written and the disk has room."),
        failure);
  }
}
