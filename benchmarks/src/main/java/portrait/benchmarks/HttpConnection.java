package portrait.benchmarks;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Locale;

/// One kept-alive HTTP/1.1 connection that sends prepared bytes. A full client would take as much CPU as the server it
/// measures.
final class HttpConnection implements AutoCloseable {

  private final Socket socket;
  private final InputStream in;
  private final OutputStream out;
  private final URI url;

  HttpConnection(URI url) throws IOException {
    this.url = url;
    this.socket = new Socket(url.getHost(), url.getPort());
    socket.setTcpNoDelay(true);
    this.in = new BufferedInputStream(socket.getInputStream(), 16 * 1024);
    this.out = socket.getOutputStream();
  }

  /// The bytes of a POST, to be sent many times.
  static byte[] post(URI url, String path, String authorization, byte[] body) {
    byte[] head = """
        POST %s HTTP/1.1
        Host: %s:%d
        Authorization: %s
        Content-Type: application/json
        Content-Length: %d

        """.formatted(path, url.getHost(), url.getPort(), authorization, body.length).replace("\n", "\r\n")
        .getBytes(StandardCharsets.US_ASCII);
    var whole = new byte[head.length + body.length];
    System.arraycopy(head, 0, whole, 0, head.length);
    System.arraycopy(body, 0, whole, head.length, body.length);
    return whole;
  }

  /// The bytes of a GET, to be sent many times.
  static byte[] get(URI url, String path, String authorization) {
    return "GET %s HTTP/1.1\r\nHost: %s:%d\r\nAuthorization: %s\r\n\r\n"
        .formatted(path, url.getHost(), url.getPort(), authorization).getBytes(StandardCharsets.US_ASCII);
  }

  int get(String path) throws IOException {
    return send("GET %s HTTP/1.1\r\nHost: %s:%d\r\n\r\n".formatted(path, url.getHost(), url.getPort())
        .getBytes(StandardCharsets.US_ASCII));
  }

  /// Sends one request and reads its whole answer.
  ///
  /// @return the status
  int send(byte[] request) throws IOException {
    out.write(request);
    out.flush();
    String first = line();
    int length = 0;
    boolean chunked = false;
    for (String header = line(); !header.isEmpty(); header = line()) {
      String lower = header.toLowerCase(Locale.ROOT);
      if (lower.startsWith("content-length:")) {
        length = Integer.parseInt(lower.substring("content-length:".length()).strip());
      } else if (lower.startsWith("transfer-encoding:") && lower.contains("chunked")) {
        chunked = true;
      }
    }
    if (chunked) {
      for (int chunk = Integer.parseInt(line(), 16); chunk > 0; chunk = Integer.parseInt(line(), 16)) {
        in.skipNBytes(chunk);
        line();
      }
      line();
    } else {
      in.skipNBytes(length);
    }
    return Integer.parseInt(first.substring(9, 12));
  }

  private String line() throws IOException {
    var text = new StringBuilder(64);
    for (int next = in.read(); next != '\n'; next = in.read()) {
      if (next < 0) {
        throw new IOException("the server closed the connection");
      }
      if (next != '\r') {
        text.append((char) next);
      }
    }
    return text.toString();
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
