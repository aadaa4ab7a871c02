package portrait.doors.cli;

import java.io.IOException;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Optional;
import portrait.foundation.model.Problem;
import portrait.foundation.model.ProblemException;
import portrait.foundation.model.Secret;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/// The folder with everything one installation knows. One process owns it at a time.
///
/// Inside: `portrait.db` and `warehouse.duckdb` (the two stores), `portrait.yaml` (settings, optional), `lock` (held by
/// the owner, with its process id) and, while a server runs, `server.json`: its address and a key that only the owner
/// of the file can read.
///
/// @param folder absolute
public record Home(Path folder) {

  private static final JsonMapper JSON = JsonMapper.builder().build();

  public Home {
    folder = folder.toAbsolutePath().normalize();
  }

  /// Makes this process the owner, creating the folder when absent.
  ///
  /// @return empty when another process is the owner
  public Optional<Lock> tryLock() {
    try {
      Files.createDirectories(folder);
      var channel = FileChannel.open(folder.resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
      FileLock lock = channel.tryLock();
      if (lock == null) {
        channel.close();
        return Optional.empty();
      }
      channel.truncate(0);
      channel.write(ByteBuffer.wrap("%d\n".formatted(ProcessHandle.current().pid()).getBytes(StandardCharsets.UTF_8)));
      return Optional.of(new Lock(channel));
    } catch (OverlappingFileLockException _) {
      return Optional.empty();
    } catch (IOException failure) {
      throw new ProblemException(Problem.of(Problem.Code.INVALID_SETTING,
          "home was '%s' but must be a folder that can be written: %s".formatted(folder, reason(failure)),
          "Choose another folder with --home."), failure);
    }
  }

  /// Who owns the home: its process id, as far as it is known.
  public String owner() {
    try {
      return Files.readString(folder.resolve("lock")).strip();
    } catch (IOException _) {
      return "unknown";
    }
  }

  /// The server that said it runs on this home. After a crash the file is stale, so believe it only while the home is
  /// locked.
  public Optional<LocalServer> server() {
    try {
      var json = JSON.readTree(Files.readString(serverFile()));
      return Optional
          .of(new LocalServer(URI.create(json.path("url").asString()), Secret.of(json.path("key").asString())));
    } catch (NoSuchFileException _) {
      return Optional.empty();
    } catch (IOException | JacksonException | IllegalArgumentException failure) {
      throw new ProblemException(Problem.of(Problem.Code.INVALID_FILE,
          "%s cannot be read: %s".formatted(serverFile(), reason(failure)),
          "Run the command as the user who started the server, or give --url and PORTRAIT_KEY."), failure);
    }
  }

  /// Tells other commands on this machine where the server is.
  public void announce(LocalServer server) {
    try {
      var file = Files.createTempFile(folder, "server", ".json",
          PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
      Files.writeString(file, JSON.writeValueAsString(
          JSON.createObjectNode().put("url", server.url().toString()).put("key", server.key().reveal())));
      Files.move(file, serverFile(), StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    } catch (IOException failure) {
      throw new ProblemException(Problem.of(Problem.Code.INVALID_SETTING,
          "home was '%s' but must be a folder that can be written: %s".formatted(folder, reason(failure))), failure);
    }
  }

  /// What a command says when it cannot have the home.
  Problem locked() {
    return Problem.of(Problem.Code.HOME_LOCKED,
        "%s is in use by process %s, which does not answer commands".formatted(folder, owner()),
        "Wait until that command is done, or stop it with: kill %s".formatted(owner())).with("pid", owner());
  }

  private Path serverFile() {
    return folder.resolve("server.json");
  }

  private static String reason(Exception failure) {
    return switch (failure) {
      case FileAlreadyExistsException _ -> "it is a file";
      case java.nio.file.AccessDeniedException _ -> "permission denied";
      default -> String.valueOf(failure.getMessage());
    };
  }

  /// A running server and the key that commands on this machine use.
  public record LocalServer(URI url, Secret key) {}

  /// Ownership of the home, until closed or the process ends, however it ends.
  public final class Lock implements AutoCloseable {

    private final FileChannel channel;

    private Lock(FileChannel channel) {
      this.channel = channel;
    }

    @Override
    public void close() {
      try {
        Files.deleteIfExists(serverFile());
        channel.truncate(0);
        channel.close();
      } catch (IOException _) {
        // The process is about to end, and that frees the lock as well.
      }
    }
  }
}
