package portrait.doors.cli;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.function.LongConsumer;
import portrait.foundation.model.Problem;
import portrait.foundation.model.ProblemException;
import portrait.foundation.model.Secret;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// The JSON API of a server, as commands call it. Whatever the server refuses comes back as the problem it named.
final class Api implements AutoCloseable {

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

  JsonNode post(String path, JsonNode body) {
    return send("POST", path, "application/json", BodyPublishers.ofString(body.toString()));
  }

  JsonNode post(String path, String contentType, String body) {
    return send("POST", path, contentType, BodyPublishers.ofString(body));
  }

  JsonNode delete(String path) {
    return send("DELETE", path, "application/json", BodyPublishers.noBody());
  }

  JsonNode upload(String path, Upload upload, LongConsumer sent) {
    return send("POST", path, upload.contentType(), upload.body(sent));
  }

  /// A part of a path or query, with everything special escaped.
  static String part(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
  }

  private JsonNode send(String method, String path, String contentType, BodyPublisher body) {
    var request = HttpRequest.newBuilder(url.resolve(path)).method(method, body).header("Accept", "application/json")
        .header("Content-Type", contentType);
    key.ifPresent(secret -> request.header("Authorization", "Bearer " + secret.reveal()));
    try {
      var response = client.send(request.build(), BodyHandlers.ofString());
      if (response.statusCode() / 100 != 2) {
        throw problem(response).asException();
      }
      return response.body().isEmpty() ? JSON.createObjectNode() : JSON.readTree(response.body());
    } catch (InterruptedException | InterruptedIOException asked) {
      Thread.currentThread().interrupt();
      throw new ProblemException(Problem.of(Problem.Code.CANCELLED, "stopped while waiting for " + url), asked);
    } catch (IOException | JacksonException failure) {
      throw new ProblemException(Problem.of(Problem.Code.SERVER_UNREACHABLE,
          "%s does not answer as Portrait does%s".formatted(url,
              failure.getMessage() == null ? "" : ": " + failure.getMessage()),
          "Check --url, or start a server with: portrait serve"), failure);
    }
  }

  private Problem problem(HttpResponse<String> response) {
    try {
      var json = JSON.readTree(response.body());
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
          "%s answered %d, but not as Portrait does".formatted(url, response.statusCode()), "Check --url.");
    }
  }

  @Override
  public void close() {
    client.close();
  }
}
