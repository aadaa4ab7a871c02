package portrait.stages.enrichments;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/// A line to a server of this machine that hangs once, at a command the test names.
final class HangingLine implements AutoCloseable {

  private final ServerSocket listening = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
  private final Semaphore hanging = new Semaphore(0);
  private final int to;
  private volatile String command;

  HangingLine(int to, String command) throws IOException {
    this.to = to;
    this.command = command;
    Thread.ofPlatform().daemon().name("hanging-line").start(this::accept);
  }

  int port() {
    return listening.getLocalPort();
  }

  void awaitHanging() throws InterruptedException {
    assertTrue(hanging.tryAcquire(60, TimeUnit.SECONDS), "nobody asked");
  }

  private void accept() {
    while (!listening.isClosed()) {
      try {
        var asking = listening.accept();
        Thread.ofPlatform().daemon().start(() -> relay(asking));
      } catch (IOException _) {
        return;
      }
    }
  }

  private void relay(Socket asking) {
    try (asking; var answering = new Socket(InetAddress.getLoopbackAddress(), to)) {
      Thread.ofPlatform().daemon().start(() -> answer(answering, asking));
      var buffer = new byte[8_192];
      for (int read = asking.getInputStream().read(buffer); read >= 0; read = asking.getInputStream().read(buffer)) {
        if (!command.isEmpty() && new String(buffer, 0, read, StandardCharsets.US_ASCII).contains(command)) {
          command = "";
          hanging.release();
          // Nothing more is said, so this ends when the other side does.
          asking.getInputStream().transferTo(OutputStream.nullOutputStream());
          return;
        }
        answering.getOutputStream().write(buffer, 0, read);
      }
    } catch (IOException _) {
      // One of both went away.
    }
  }

  private static void answer(Socket answering, Socket asking) {
    try {
      answering.getInputStream().transferTo(asking.getOutputStream());
      asking.close();
    } catch (IOException _) {
      // One of both went away.
    }
  }

  @Override
  public void close() throws IOException {
    listening.close();
  }
}
