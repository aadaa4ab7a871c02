package portrait.foundation.files;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import portrait.foundation.model.ProblemException;

/// Files in a folder. A file is written beside its place, forced to the disk, and renamed.
final class DiskStore implements FileStore {

  private static final int PART_BYTES = 1 << 18;

  private final Path root;

  DiskStore(Place.Disk place) {
    this.root = place.path().toAbsolutePath().normalize();
  }

  @Override
  public void list(String prefix, Consumer<StoredFile> use) {
    if (!Files.exists(root)) {
      return;
    }
    try (var all = Files.walk(root)) {
      // Sorted by the names, not by the paths: a slash sorts before some letters of names.
      all.filter(Files::isRegularFile).map(this::name)
          .filter(name -> name.startsWith(prefix) && !Names.isUnpublished(name)).sorted()
          .forEach(name -> find(name).ifPresent(use));
    } catch (UncheckedIOException failure) {
      throw problem("listing files", failure);
    } catch (IOException failure) {
      throw problem("listing files", failure);
    }
  }

  private String name(Path file) {
    return root.relativize(file).toString().replace(root.getFileSystem().getSeparator(), "/");
  }

  @Override
  public Optional<StoredFile> find(String name) {
    Path file = path(name);
    try {
      if (!Files.isRegularFile(file)) {
        return Optional.empty();
      }
      long bytes = Files.size(file);
      var modified = Files.getLastModifiedTime(file).toInstant();
      return Optional.of(new StoredFile(name, bytes, modified, bytes + "@" + modified));
    } catch (NoSuchFileException _) {
      return Optional.empty();
    } catch (IOException failure) {
      throw problem("looking at " + name, failure);
    }
  }

  @Override
  public InputStream read(String name) {
    Path file = path(name);
    try {
      return new Download(Files.newInputStream(file), name, Files.size(file), this::problem);
    } catch (IOException failure) {
      throw problem("reading " + name, failure);
    }
  }

  @Override
  public Upload create(String name, Existing existing) {
    return new Upload(name, new Written(name, path(name), existing));
  }

  @Override
  public void delete(String name) {
    try {
      Files.deleteIfExists(path(name));
    } catch (IOException failure) {
      throw problem("deleting " + name, failure);
    }
  }

  @Override
  public void verifyReading() {
    try {
      Files.newDirectoryStream(root).close();
    } catch (NoSuchFileException | NotDirectoryException failure) {
      throw Trouble.NO_BUCKET.happened(root.toString(), "listing files", failure);
    } catch (IOException failure) {
      throw problem("listing files", failure);
    }
  }

  @Override
  public void close() {}

  private Path path(String name) {
    return root.resolve(Names.checked(name));
  }

  private ProblemException problem(String doing, Exception failure) {
    // A walk wraps what it met.
    var met = failure instanceof UncheckedIOException && failure.getCause() != null ? failure.getCause() : failure;
    var trouble = Trouble.ofNetwork(failure).orElseGet(() -> switch (met) {
      case NoSuchFileException _ -> Trouble.ABSENT;
      case FileAlreadyExistsException _,DirectoryNotEmptyException _ -> Trouble.EXISTS;
      case AccessDeniedException _ -> Trouble.NOT_PERMITTED;
      default -> Trouble.OTHER;
    });
    return trouble.happened(root.toString(), doing, failure);
  }

  private final class Written implements Upload.Parts {

    private final String name;
    private final Path file;
    private final Path beside;
    private final Existing existing;
    private @Nullable FileChannel channel;

    Written(String name, Path file, Existing existing) {
      this.name = name;
      this.file = file;
      this.beside = path(Names.unpublished(name, UUID.randomUUID().toString()));
      this.existing = existing;
    }

    @Override
    public int partBytes() {
      return PART_BYTES;
    }

    @Override
    public void add(byte[] part, int length) {
      try {
        write(part, length);
      } catch (IOException failure) {
        throw problem("writing " + name, failure);
      }
    }

    private FileChannel write(byte[] part, int length) throws IOException {
      var out = channel;
      if (out == null) {
        Files.createDirectories(beside.getParent());
        out = FileChannel.open(beside, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
        channel = out;
      }
      for (var bytes = ByteBuffer.wrap(part, 0, length); bytes.hasRemaining();) {
        out.write(bytes);
      }
      return out;
    }

    @Override
    public void finish(byte[] rest, int length) {
      try {
        try (var out = write(rest, length)) {
          out.force(true);
        }
        switch (existing) {
          case REPLACE -> Files.move(beside, file, StandardCopyOption.ATOMIC_MOVE);
          case KEEP -> {
            // A rename would replace; a second name cannot be given when it is taken.
            Files.createLink(file, beside);
            Files.delete(beside);
          }
        }
        try (var folder = FileChannel.open(file.getParent())) {
          folder.force(true);
        }
      } catch (IOException failure) {
        throw problem("writing " + name, failure);
      }
    }

    @Override
    public void giveUp() {
      try {
        if (channel != null) {
          channel.close();
          Files.deleteIfExists(beside);
        }
      } catch (IOException failure) {
        throw problem("giving up " + name, failure);
      }
    }
  }
}
