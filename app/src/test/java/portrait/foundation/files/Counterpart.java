package portrait.foundation.files;

import static org.junit.jupiter.api.Assertions.fail;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/// A server of another project, started as a process of its own on a free port of this machine.
public record Counterpart(Process process, int port) implements AutoCloseable {

  private static final long READY_SECONDS = 60;

  interface Command {
    List<String> on(int port) throws IOException;
  }

  static Counterpart start(Path folder, Command command) {
    return start(folder, command, Map.of());
  }

  static Counterpart start(Path folder, Command command, Map<String, String> environment) {
    try {
      int port = freePort();
      var log = folder.resolve("counterpart.log").toFile();
      var builder = new ProcessBuilder(command.on(port)).directory(folder.toFile()).redirectErrorStream(true)
          .redirectOutput(log);
      builder.environment().putAll(environment);
      var process = builder.start();
      var counterpart = new Counterpart(process, port);
      long until = System.nanoTime() + TimeUnit.SECONDS.toNanos(READY_SECONDS);
      while (!counterpart.answers()) {
        if (process.waitFor(50, TimeUnit.MILLISECONDS) || System.nanoTime() > until) {
          counterpart.close();
          fail("the counterpart does not answer: " + Files.readString(log.toPath()));
        }
      }
      return counterpart;
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    } catch (InterruptedException stopped) {
      throw new IllegalStateException(stopped);
    }
  }

  static int freePort() throws IOException {
    try (var free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return free.getLocalPort();
    }
  }

  private boolean answers() {
    try (var socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
      return socket.isConnected();
    } catch (IOException _) {
      return false;
    }
  }

  @Override
  public void close() {
    process.destroyForcibly();
  }
}
