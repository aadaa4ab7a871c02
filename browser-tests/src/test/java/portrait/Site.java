package portrait;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/// Somebody else's web site on loopback: one page under every address but those of its files.
final class Site implements AutoCloseable {

  private final HttpServer server;

  Site(String page) {
    this(page, Path.of(""));
  }

  /// @param files what lies under `/files/`
  Site(String page, Path files) {
    try {
      server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
    byte[] bytes = page.getBytes(StandardCharsets.UTF_8);
    server.createContext("/", exchange -> {
      exchange.getResponseHeaders().add("Content-Type", "text/html; charset=utf-8");
      exchange.sendResponseHeaders(200, bytes.length);
      try (var body = exchange.getResponseBody()) {
        body.write(bytes);
      }
    });
    server.createContext("/files/", exchange -> {
      var file = files.resolve(exchange.getRequestURI().getPath().substring("/files/".length()));
      exchange.getResponseHeaders().add("Content-Type", contentType(file.getFileName().toString()));
      exchange.sendResponseHeaders(200, Files.size(file));
      try (var body = exchange.getResponseBody()) {
        Files.copy(file, body);
      }
    });
    server.start();
  }

  private static String contentType(String name) {
    return switch (name.substring(name.lastIndexOf('.') + 1)) {
      case "js" -> "text/javascript";
      case "css" -> "text/css";
      default -> "text/html; charset=utf-8";
    };
  }

  URI url() {
    return URI.create("http://127.0.0.1:" + server.getAddress().getPort());
  }

  @Override
  public void close() {
    server.stop(0);
  }
}
