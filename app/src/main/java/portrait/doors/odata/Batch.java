package portrait.doors.odata;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.regex.Pattern;
import portrait.doors.http.Answer;
import portrait.foundation.model.Problem;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/// `$batch`: several requests in one body, as JSON or as parts of MIME. Each is answered on its own, in order.
final class Batch {

  static final int BODY_BYTES_MAX = 1 << 20;
  private static final int REQUESTS_MAX = 100;
  private static final JsonMapper JSON = JsonMapper.builder().build();
  private static final Pattern BOUNDARY = Pattern.compile("boundary=\"?([^\";,\\s]{1,70})\"?");

  private final String root;
  private final String rootPath;
  private final Function<Ask, Answer> answers;

  /// @param root the address of the feed, with a slash at the end
  /// @param answers never throws
  Batch(String root, Function<Ask, Answer> answers) {
    this.root = root;
    this.rootPath = Address.ROOT + "/";
    this.answers = answers;
  }

  Answer answer(String contentType, String body) {
    if (contentType.toLowerCase(java.util.Locale.ROOT).startsWith("multipart/mixed")) {
      var boundary = BOUNDARY.matcher(contentType);
      if (!boundary.find()) {
        throw wrong("Content-Type has no boundary");
      }
      return multipart(boundary.group(1), body);
    }
    return json(body);
  }

  private static RuntimeException wrong(String why) {
    return Problem.of(Problem.Code.INVALID_BODY, "the batch cannot be read: " + why,
        "Send {\"requests\":[{\"id\":\"1\",\"method\":\"GET\",\"url\":\"Customer\"}]}, or multipart/mixed.")
        .asException();
  }

  private static Problem readOnly(String method) {
    return Problem.of(Problem.Code.INVALID_PARAMETER,
        "the feed is read-only and does not take %s".formatted(method.length() > 10 ? "this" : method));
  }

  private Answer json(String body) {
    JsonNode requests;
    try {
      requests = JSON.readTree(body).path("requests");
    } catch (JacksonException noJson) {
      throw wrong("it is no JSON");
    }
    if (!requests.isArray() || requests.size() > REQUESTS_MAX) {
      throw wrong("requests must be a list of at most %d".formatted(REQUESTS_MAX));
    }
    var document = JSON.createObjectNode();
    var responses = document.putArray("responses");
    for (var request : requests) {
      var headers = new HashMap<String, String>();
      request.path("headers").properties().forEach(header -> headers.put(header.getKey(),
          header.getValue().asString("")));
      String method = request.path("method").asString("");
      var answer = method.equalsIgnoreCase("GET")
          ? answers.apply(new Ask(target(request.path("url").asString("")), root, headers))
          : Errors.answer(readOnly(method), "");
      responses.add(response(request.path("id"), answer));
    }
    return Answer.json(document).withHeader("OData-Version", "4.01");
  }

  private static ObjectNode response(JsonNode id, Answer answer) {
    var response = JSON.createObjectNode();
    response.set("id", id);
    response.put("status", answer.status());
    var headers = response.putObject("headers");
    answer.headers().forEach((name, value) -> headers.put(name.toLowerCase(java.util.Locale.ROOT), value));
    String text = text(answer);
    boolean isJson = answer.headers().getOrDefault("Content-Type", "").startsWith("application/json");
    if (isJson) {
      response.set("body", JSON.readTree(text));
    } else if (!text.isEmpty()) {
      response.put("body", text);
    }
    return response;
  }

  private static String text(Answer answer) {
    return answer.body() instanceof Answer.Body.Whole(byte[] bytes) ? new String(bytes, StandardCharsets.UTF_8) : "";
  }

  /// Addresses may be whole, from the root of the server, or from the feed.
  private String target(String url) {
    String path = url.startsWith(root) ? url.substring(root.length()) : url;
    return path.startsWith(rootPath) ? path.substring(rootPath.length()) : path;
  }

  private Answer multipart(String boundary, String body) {
    var out = new StringBuilder();
    String own = "batch_" + boundary.hashCode();
    var parts = parts(boundary, body);
    for (String part : parts) {
      var answer = answers(part);
      out.append("--").append(own).append("\r\nContent-Type: application/http\r\n\r\nHTTP/1.1 ")
          .append(answer.status()).append(' ').append(answer.status() < 300 ? "OK" : "Error").append("\r\n");
      answer.headers().forEach((name, value) -> out.append(name).append(": ").append(value).append("\r\n"));
      out.append("\r\n").append(text(answer)).append("\r\n");
    }
    out.append("--").append(own).append("--\r\n");
    return Answer.bytes("multipart/mixed;boundary=" + own, out.toString().getBytes(StandardCharsets.UTF_8))
        .withHeader("OData-Version", "4.0");
  }

  private static List<String> parts(String boundary, String body) {
    var parts = new ArrayList<String>();
    for (String piece : body.split(Pattern.quote("--" + boundary))) {
      String part = piece.replace("\r\n", "\n");
      if (part.startsWith("--")) {
        break;
      }
      if (!part.isBlank()) {
        parts.add(part.startsWith("\n") ? part.substring(1) : part);
      }
    }
    if (parts.size() > REQUESTS_MAX) {
      throw wrong("it has more than %d parts".formatted(REQUESTS_MAX));
    }
    return parts;
  }

  /// Headers of the part, an empty line, then `GET Customer?$top=1 HTTP/1.1` with headers of its own.
  private Answer answers(String part) {
    int begin = part.indexOf("\n\n");
    String[] lines = (begin < 0 ? part : part.substring(begin + 2)).split("\n");
    String[] words = lines[0].strip().split(" ");
    if (words.length < 2) {
      return Errors.answer(Problem.of(Problem.Code.INVALID_BODY, "a part of the batch is no request"), "");
    }
    if (!words[0].equalsIgnoreCase("GET")) {
      return Errors.answer(readOnly(words[0]), "");
    }
    Map<String, String> headers = new HashMap<>();
    for (int line = 1; line < lines.length && !lines[line].isBlank(); line++) {
      int colon = lines[line].indexOf(':');
      if (colon > 0) {
        headers.put(lines[line].substring(0, colon).strip(), lines[line].substring(colon + 1).strip());
      }
    }
    return answers.apply(new Ask(target(words[1]), root, headers));
  }
}
