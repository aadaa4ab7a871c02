package portrait.doors.http;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import portrait.foundation.model.Problem;
import tools.jackson.databind.json.JsonMapper;

/// What a handler answers.
///
/// @param headers by name; `Content-Type` among them
public record Answer(int status, Map<String, String> headers, Body body) {

  private static final JsonMapper JSON = JsonMapper.builder().build();

  public Answer {
    headers = Map.copyOf(headers);
  }

  /// What follows the headers.
  public sealed interface Body {

    /// Everything at once; compressed on the way out when the caller takes that and it pays.
    record Whole(byte[] bytes) implements Body {}

    /// Written bit by bit: server-sent events, long lists.
    record Streamed(Writer writer) implements Body {}
  }

  /// Writes a streamed body. The stream is flushed to the caller at every `flush`, and throws once the caller is gone.
  @FunctionalInterface
  public interface Writer {

    void write(OutputStream out) throws IOException;
  }

  /// A JSON answer: a `JsonNode`, or anything Jackson writes as the contract says.
  public static Answer json(Object value) {
    return bytes("application/json", JSON.writeValueAsBytes(value));
  }

  public static Answer html(String page) {
    return bytes("text/html; charset=utf-8", page.getBytes(StandardCharsets.UTF_8));
  }

  public static Answer text(String text) {
    return bytes("text/plain; charset=utf-8", text.getBytes(StandardCharsets.UTF_8));
  }

  public static Answer bytes(String contentType, byte[] bytes) {
    return new Answer(200, Map.of("Content-Type", contentType), new Body.Whole(bytes));
  }

  public static Answer stream(String contentType, Writer writer) {
    return new Answer(200, Map.of("Content-Type", contentType), new Body.Streamed(writer));
  }

  /// Nothing to say: 204.
  public static Answer empty() {
    return new Answer(204, Map.of(), new Body.Whole(new byte[0]));
  }

  /// Sends a browser elsewhere, with GET.
  public static Answer seeOther(String location) {
    return new Answer(303, Map.of("Location", location), new Body.Whole(new byte[0]));
  }

  /// The problem document of RFC 9457.
  public static Answer problem(Problem problem, String requestId) {
    return ProblemDocument.of(problem, requestId);
  }

  public Answer withStatus(int other) {
    return new Answer(other, headers, body);
  }

  public Answer withHeader(String name, String value) {
    var more = new LinkedHashMap<>(headers);
    more.put(name, value);
    return new Answer(status, more, body);
  }
}
