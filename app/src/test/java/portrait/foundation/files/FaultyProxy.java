package portrait.foundation.files;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.StandardSocketOptions;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/// Stands between a client and a real server on this machine, hands bytes on, and breaks what a test tells it to.
final class FaultyProxy implements AutoCloseable {

  private final ServerSocket server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
  private final Set<Socket> open = ConcurrentHashMap.newKeySet();
  private final AtomicInteger connectionsToCut = new AtomicInteger();
  private final AtomicInteger answers = new AtomicInteger();
  private volatile long sentMax = Long.MAX_VALUE;
  private volatile long answeredMax = Long.MAX_VALUE;
  private volatile byte[] answer = {};
  private final int target;

  FaultyProxy(int target) throws IOException {
    this.target = target;
    Thread.ofVirtual().start(this::accept);
  }

  int port() {
    return server.getLocalPort();
  }

  /// From now on every connection breaks once the client has sent so many bytes over it.
  void cutEveryConnectionAfter(long bytes) {
    cut(bytes, Integer.MAX_VALUE);
  }

  /// The next connection that sends so many bytes breaks; later ones are healthy.
  void cutOneConnectionAfter(long bytes) {
    cut(bytes, 1);
  }

  private void cut(long bytes, int connections) {
    connectionsToCut.set(connections);
    sentMax = bytes;
  }

  /// From now on every connection breaks once the server has answered so many bytes over it.
  void cutEveryAnswerAfter(long bytes) {
    answeredMax = bytes;
  }

  void heal() {
    sentMax = Long.MAX_VALUE;
    answeredMax = Long.MAX_VALUE;
    connectionsToCut.set(0);
    answers.set(0);
  }

  /// The next so many requests get this answer and never reach the server.
  void answer(int times, String whole) throws IOException {
    answer = whole.getBytes(StandardCharsets.UTF_8);
    answers.set(times);
    // A connection that is kept open would go on with the server.
    for (var socket : open) {
      socket.close();
    }
  }

  private void accept() {
    while (!server.isClosed()) {
      try {
        var client = server.accept();
        open.add(client);
        Thread.ofVirtual().start(() -> serve(client));
      } catch (IOException _) {
        return;
      }
    }
  }

  private void serve(Socket client) {
    try (client) {
      if (answers.getAndUpdate(left -> Math.max(0, left - 1)) > 0) {
        readRequest(client.getInputStream());
        client.getOutputStream().write(answer);
        client.getOutputStream().flush();
        return;
      }
      try (var behind = new Socket()) {
        behind.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), target));
        open.add(behind);
        var back = Thread.ofVirtual().start(() -> pump(behind, client, false));
        pump(client, behind, true);
        back.join();
        open.remove(behind);
      }
    } catch (IOException _) {
      // Broken on purpose, or by the other side.
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    } finally {
      open.remove(client);
    }
  }

  /// A client that still sends would get a reset instead of the answer.
  private static void readRequest(InputStream in) throws IOException {
    var head = new StringBuilder();
    while (!head.toString().endsWith("\r\n\r\n")) {
      int next = in.read();
      if (next < 0) {
        return;
      }
      head.append((char) next);
    }
    for (String line : head.toString().split("\r\n")) {
      if (line.toLowerCase(java.util.Locale.ROOT).startsWith("content-length:")) {
        in.skipNBytes(Long.parseLong(line.substring(line.indexOf(':') + 1).strip()));
      }
    }
  }

  private void pump(Socket from, Socket to, boolean isRequest) {
    long moved = 0;
    var buffer = new byte[1 << 14];
    try {
      InputStream in = from.getInputStream();
      OutputStream out = to.getOutputStream();
      for (int some = in.read(buffer); some >= 0; some = in.read(buffer)) {
        moved += some;
        boolean isCut = isRequest
            ? moved > sentMax && connectionsToCut.getAndUpdate(left -> Math.max(0, left - 1)) > 0
            : moved > answeredMax;
        if (isCut) {
          reset(from);
          reset(to);
          return;
        }
        out.write(buffer, 0, some);
        out.flush();
      }
      to.shutdownOutput();
    } catch (IOException _) {
      // One side went away.
      reset(from);
      reset(to);
    }
  }

  private static void reset(Socket socket) {
    try {
      socket.setOption(StandardSocketOptions.SO_LINGER, 0);
      socket.close();
    } catch (IOException _) {
      // It is gone already.
    }
  }

  @Override
  public void close() throws IOException {
    server.close();
    for (var socket : open) {
      socket.close();
    }
  }
}
