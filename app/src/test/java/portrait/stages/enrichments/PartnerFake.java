package portrait.stages.enrichments;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Deque;
import java.util.List;
import java.util.Locale;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;

/// A partner over a socket of its own, so that it can break off, with faults on request. It can be stopped and started
/// again at the same address, and keeps what it knows.
abstract class PartnerFake implements AutoCloseable {

  /// What goes wrong with one call, before or after it was acted upon. The one that hangs is acted upon and not answered
  /// until whoever called goes away.
  enum Fault {
    NONE, THROTTLED, UNAVAILABLE, BAD_GATEWAY, RESET_AFTER_ACTING, TRUNCATED, HANGS
  }

  /// A call.
  record Call(String method, String path, TreeMap<String, String> headers, String body) {}

  /// An answer.
  record Answer(int status, String body) {}

  private final Deque<Fault> faults = new ConcurrentLinkedDeque<>();
  private final Semaphore hanging = new Semaphore(0);
  private final AtomicReference<String> hangingPath = new AtomicReference<>("");
  private final int port;
  private volatile ServerSocket socket;

  PartnerFake() throws IOException {
    socket = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    port = socket.getLocalPort();
    Thread.ofPlatform().daemon().name("partner-fake").start(() -> accept(socket));
  }

  final String address() {
    return "http://127.0.0.1:" + port;
  }

  /// The next calls fail so; those for which [#isFaulty] is false do not count.
  final void fail(Fault... next) {
    faults.addAll(List.of(next));
  }

  /// The next call of this path hangs.
  final void hangAt(String path) {
    hangingPath.set(path);
  }

  /// Waits for a call that hangs.
  final void awaitHanging() throws InterruptedException {
    assertTrue(hanging.tryAcquire(60, TimeUnit.SECONDS), "nobody called");
  }

  final boolean hasFaults() {
    return !faults.isEmpty();
  }

  final void stop() throws IOException {
    socket.close();
  }

  final void start() throws IOException {
    var again = new ServerSocket();
    again.setReuseAddress(true);
    again.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 50);
    socket = again;
    Thread.ofPlatform().daemon().name("partner-fake").start(() -> accept(again));
  }

  /// Acts on a call.
  abstract Answer act(Call call);

  /// How many answers it charged for, however often the same was asked.
  abstract long paid();

  /// No key it was given is good any more.
  abstract void expire();

  /// From now on a working key has been put in.
  abstract void renew();

  private void accept(ServerSocket listening) {
    while (!listening.isClosed()) {
      try {
        var connection = listening.accept();
        Thread.ofVirtual().start(() -> serve(connection));
      } catch (IOException _) {
        return;
      }
    }
  }

  private void serve(Socket connection) {
    try (connection) {
      var in = connection.getInputStream();
      var call = read(in);
      if (call == null) {
        return;
      }
      var fault = isHanging(call.path()) ? Fault.HANGS : faults.poll();
      if (fault == Fault.THROTTLED || fault == Fault.UNAVAILABLE || fault == Fault.BAD_GATEWAY) {
        int status = fault == Fault.THROTTLED ? 429 : fault == Fault.UNAVAILABLE ? 503 : 502;
        write(connection, new Answer(status, "<html>not now</html>"), false);
        return;
      }
      var answer = act(call);
      if (fault == Fault.RESET_AFTER_ACTING) {
        connection.setSoLinger(true, 0);
        return;
      }
      if (fault == Fault.HANGS) {
        hanging.release();
        // Nothing more is said, so this ends when the other side does.
        in.transferTo(OutputStream.nullOutputStream());
        return;
      }
      write(connection, answer, fault == Fault.TRUNCATED);
    } catch (IOException _) {
      // The client went away.
    }
  }

  private boolean isHanging(String path) {
    String awaited = hangingPath.get();
    return !awaited.isEmpty() && path.contains(awaited) && hangingPath.compareAndSet(awaited, "");
  }

  private static Call read(InputStream in) throws IOException {
    var head = new StringBuilder();
    while (head.indexOf("\r\n\r\n") < 0) {
      int next = in.read();
      if (next < 0) {
        return null;
      }
      head.append((char) next);
    }
    var lines = head.toString().split("\r\n");
    var headers = new TreeMap<String, String>();
    for (int place = 1; place < lines.length; place++) {
      int colon = lines[place].indexOf(':');
      headers.put(lines[place].substring(0, colon).toLowerCase(Locale.ROOT), lines[place].substring(colon + 1).strip());
    }
    byte[] body = in.readNBytes(Integer.parseInt(headers.getOrDefault("content-length", "0")));
    var first = lines[0].split(" ");
    return new Call(first[0], first[1], headers, new String(body, StandardCharsets.UTF_8));
  }

  private static void write(Socket connection, Answer answer, boolean isTruncated) throws IOException {
    String text = isTruncated ? answer.body().substring(0, answer.body().length() / 2) : answer.body();
    byte[] body = text.getBytes(StandardCharsets.UTF_8);
    var out = connection.getOutputStream();
    String length = answer.status() == 204 ? "" : "Content-Length: %d\r\n".formatted(body.length);
    out.write("HTTP/1.1 %d Fake\r\nContent-Type: application/json\r\n%sConnection: close\r\n\r\n".formatted(
        answer.status(), length).getBytes(StandardCharsets.US_ASCII));
    out.write(body);
    out.flush();
  }

  @Override
  public final void close() throws IOException {
    socket.close();
  }
}
