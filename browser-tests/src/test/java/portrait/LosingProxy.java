package portrait;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;

/// Passes every request on, but loses the first answer and says 503 instead: the sender must send again what has
/// arrived already.
final class LosingProxy implements AutoCloseable {

  private static final Set<String> OURS = Set.of("host", "connection", "content-length", "transfer-encoding", "upgrade",
      "http2-settings", "expect");

  private final HttpClient client = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
  private final AtomicInteger requests = new AtomicInteger();
  private final HttpServer server;
  private final URI target;

  LosingProxy(URI target) {
    this.target = target;
    try {
      server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
    server.createContext("/", this::pass);
    server.start();
  }

  URI url() {
    return URI.create("http://127.0.0.1:" + server.getAddress().getPort());
  }

  int requests() {
    return requests.get();
  }

  private void pass(HttpExchange exchange) throws IOException {
    var request = HttpRequest.newBuilder(target.resolve(exchange.getRequestURI()))
        .method(exchange.getRequestMethod(), HttpRequest.BodyPublishers.ofByteArray(
            exchange.getRequestBody().readAllBytes()));
    exchange.getRequestHeaders().forEach((name, values) -> {
      if (!OURS.contains(name.toLowerCase(Locale.ROOT))) {
        values.forEach(value -> request.header(name, value));
      }
    });
    try {
      var answer = client.send(request.build(), HttpResponse.BodyHandlers.ofByteArray());
      boolean isLost = requests.getAndIncrement() == 0;
      exchange.sendResponseHeaders(isLost ? 503 : answer.statusCode(), answer.body().length);
      try (var body = exchange.getResponseBody()) {
        body.write(answer.body());
      }
    } catch (InterruptedException stopped) {
      throw new IOException(stopped);
    }
  }

  @Override
  public void close() {
    server.stop(0);
    client.close();
  }
}
