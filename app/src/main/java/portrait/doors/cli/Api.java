package portrait.doors.cli;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.channels.Channels;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.LongConsumer;
import portrait.foundation.model.Problem;
import portrait.foundation.model.ProblemException;
import portrait.foundation.model.Secret;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// The JSON API of a server, as commands call it. Whatever the server refuses comes back as the problem it named.
final class Api implements AutoCloseable {

  private static final int BUFFER_BYTES = 1 << 16;
  private static final JsonMapper JSON = JsonMapper.builder().build();
  /// Members of every problem document; the others are details.
  private static final Set<String> STANDARD = Set.of("type", "title", "status", "code", "detail", "hint", "requestId");

  private final HttpClient client = HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(5))
      .version(HttpClient.Version.HTTP_1_1).build();
  private final URI url;
  private final Optional<Secret> key;

  Api(URI url, Optional<Secret> key) {
    this.url = url;
    this.key = key;
  }

  JsonNode get(String path) {
    return send("GET", path, "application/json", BodyPublishers.noBody());
  }

  /// An answer that is no JSON.
  String text(String path, String accept) {
    return exchange(request("GET", path, BodyPublishers.noBody()).setHeader("Accept", accept).build());
  }

  JsonNode post(String path, JsonNode body) {
    return send("POST", path, "application/json", BodyPublishers.ofString(body.toString()));
  }

  JsonNode post(String path, String contentType, String body) {
    return send("POST", path, contentType, BodyPublishers.ofString(body));
  }

  /// Refused when what it changes was changed since.
  ///
  /// @param revision what the caller saw
  JsonNode post(String path, String contentType, String body, long revision) {
    return send(request("POST", path, BodyPublishers.ofString(body)).header("Content-Type", contentType)
        .header("If-Match", "\"%d\"".formatted(revision)));
  }

  JsonNode put(String path, JsonNode body) {
    return send("PUT", path, "application/json", BodyPublishers.ofString(body.toString()));
  }

  JsonNode patch(String path, JsonNode body) {
    return send("PATCH", path, "application/json", BodyPublishers.ofString(body.toString()));
  }

  JsonNode delete(String path) {
    return send("DELETE", path, "application/json", BodyPublishers.noBody());
  }

  /// Refused when it was changed since.
  ///
  /// @param revision what the caller saw
  JsonNode delete(String path, long revision) {
    return send(request("DELETE", path, BodyPublishers.noBody()).header("If-Match", "\"%d\"".formatted(revision)));
  }

  /// Fetches a file. When it does not come whole, nothing is there.
  ///
  /// @param received hears how many bytes are there
  void download(String path, Path file, LongConsumer received) {
    var partial = file.resolveSibling(file.getFileName() + ".part");
    try (var out = Channels.newOutputStream(Files.newByteChannel(partial,
        Set.of(StandardOpenOption.CREATE, StandardOpenOption.TRUNCATE_EXISTING, StandardOpenOption.WRITE),
        PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"))))) {
      var response = client.send(request("GET", path, BodyPublishers.noBody()).build(), BodyHandlers.ofInputStream());
      try (var in = response.body()) {
        if (response.statusCode() / 100 != 2) {
          throw problem(response.statusCode(), new String(in.readAllBytes(), StandardCharsets.UTF_8)).asException();
        }
        var buffer = new byte[BUFFER_BYTES];
        long count = 0;
        for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
          out.write(buffer, 0, read);
          count += read;
          received.accept(count);
        }
      }
      out.flush();
      Files.move(partial, file, StandardCopyOption.REPLACE_EXISTING);
    } catch (InterruptedException asked) {
      Thread.currentThread().interrupt();
      throw new ProblemException(Problem.of(Problem.Code.CANCELLED, "stopped while waiting for " + url), asked);
    } catch (IOException failure) {
      throw new ProblemException(Problem.of(Problem.Code.INVALID_FILE,
          "%s cannot be written: %s".formatted(file, failure.getMessage()), "Choose another folder, or make room."),
          failure);
    } finally {
      try {
        Files.deleteIfExists(partial);
      } catch (IOException _) {
        // It is told apart by its name.
      }
    }
  }

  JsonNode upload(String path, Upload upload, LongConsumer sent) {
    return json(
        exchange(request("POST", path, upload.body(sent)).header("Content-Type", upload.contentType()).build()));
  }

  /// Sends a piece of an upload.
  ///
  /// @param offset where it belongs
  JsonNode putPiece(String path, byte[] piece, long offset, long bytes) {
    return json(exchange(request("PUT", path, BodyPublishers.ofByteArray(piece))
        .header("Content-Type", "application/octet-stream")
        .header("Content-Range", "bytes %d-%d/%d".formatted(offset, offset + piece.length - 1, bytes)).build()));
  }

  /// A part of a path or query, with everything special escaped.
  static String part(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
  }

  private JsonNode send(String method, String path, String contentType, BodyPublisher body) {
    return send(request(method, path, body).header("Content-Type", contentType));
  }

  /// Names the request, so that the server does it once even when it has to be sent twice.
  private JsonNode send(HttpRequest.Builder builder) {
    var request = builder.header("Idempotency-Key", UUID.randomUUID().toString()).build();
    try {
      return json(exchange(request));
    } catch (ProblemException failure) {
      boolean isCut = failure.getCause() instanceof IOException && !(failure.getCause() instanceof ConnectException);
      if (isCut) {
        return json(exchange(request));
      }
      throw failure;
    }
  }

  private JsonNode json(String body) {
    try {
      return body.isEmpty() ? JSON.createObjectNode() : JSON.readTree(body);
    } catch (JacksonException failure) {
      throw unreachable(failure);
    }
  }

  private String exchange(HttpRequest request) {
    try {
      var response = client.send(request, BodyHandlers.ofString());
      if (response.statusCode() / 100 != 2) {
        throw problem(response.statusCode(), response.body()).asException();
      }
      return response.body();
    } catch (InterruptedException | InterruptedIOException asked) {
      Thread.currentThread().interrupt();
      throw new ProblemException(Problem.of(Problem.Code.CANCELLED, "stopped while waiting for " + url), asked);
    } catch (IOException failure) {
      throw unreachable(failure);
    }
  }

  private ProblemException unreachable(Exception failure) {
    return new ProblemException(Problem.of(Problem.Code.SERVER_UNREACHABLE,
        "%s does not answer as Portrait does%s".formatted(url,
            failure.getMessage() == null ? "" : ": " + failure.getMessage()),
        "Check --url, or start a server with: portrait serve"), failure);
  }

  private HttpRequest.Builder request(String method, String path, BodyPublisher body) {
    var request = HttpRequest.newBuilder(url.resolve(path)).method(method, body).header("Accept", "application/json");
    key.ifPresent(secret -> request.header("Authorization", "Bearer " + secret.reveal()));
    return request;
  }

  private Problem problem(int status, String body) {
    try {
      var json = JSON.readTree(body);
      if (json.has("error")) {
        // The shape of the OData feed; its message has the hint already.
        return Problem.of(Problem.Code.of(json.path("error").path("code").asString("")),
            json.path("error").path("message").asString(""));
      }
      var code = Problem.Code.valueOf(json.path("code").asString().toUpperCase(Locale.ROOT));
      var problem = Problem.of(code, json.path("detail").asString(), json.path("hint").asString(""));
      for (var member : json.properties()) {
        if (!STANDARD.contains(member.getKey())) {
          problem = problem.with(member.getKey(), member.getValue().asString());
        }
      }
      return problem;
    } catch (JacksonException | IllegalArgumentException _) {
      return Problem.of(Problem.Code.SERVER_UNREACHABLE,
          "%s answered %d, but not as Portrait does".formatted(url, status), "Check --url.");
    }
  }

  @Override
  public void close() {
    client.close();
  }
}
