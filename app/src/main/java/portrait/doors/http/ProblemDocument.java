package portrait.doors.http;

import java.util.Map;
import java.util.TreeMap;
import portrait.foundation.model.Problem;
import tools.jackson.databind.json.JsonMapper;

/// A problem as `application/problem+json` (RFC 9457).
///
/// `code` names it, `detail` is the message, `hint` the next step; details of the problem follow under their names.
final class ProblemDocument {

  private static final JsonMapper JSON = JsonMapper.builder().build();

  private ProblemDocument() {}

  static Answer of(Problem problem, String requestId) {
    int status = status(problem);
    var document = JSON.createObjectNode();
    document.put("type", "about:blank");
    document.put("title", title(problem));
    document.put("status", status);
    document.put("code", problem.code().text());
    document.put("detail", problem.message());
    if (!problem.hint().isEmpty()) {
      document.put("hint", problem.hint());
    }
    document.put("requestId", requestId);
    new TreeMap<>(problem.details()).forEach((name, value) -> {
      if (!document.has(name)) {
        document.put(name, value);
      }
    });
    var answer = Answer.bytes("application/problem+json", JSON.writeValueAsBytes(document)).withStatus(status);
    return headers(problem, status).entrySet().stream().reduce(answer,
        (sofar, header) -> sofar.withHeader(header.getKey(), header.getValue()), (one, _) -> one);
  }

  /// The HTTP status follows from whose fault it is, with a few that have a status of their own.
  static int status(Problem problem) {
    if (problem.code() == Problem.Code.TOO_LARGE) {
      return 413;
    }
    if (problem.code() == Problem.Code.NOT_SIGNED_IN) {
      return 401;
    }
    if (problem.code() == Problem.Code.TOO_MANY_REQUESTS) {
      return 429;
    }
    if (problem.code() == Problem.Code.CHANGED_MEANWHILE) {
      return 412;
    }
    if (problem.code() == Problem.Code.REUSED_KEY) {
      return 422;
    }
    return switch (problem.code().fault()) {
      case CALLER -> 400;
      case PERMISSION -> 403;
      case ABSENT -> 404;
      case CONFLICT -> 409;
      case LIMIT -> 503;
      case REMOTE -> 502;
      case US -> 500;
    };
  }

  private static Map<String, String> headers(Problem problem, int status) {
    return switch (problem.code().fault()) {
      case LIMIT -> Map.of("Retry-After", problem.details().getOrDefault("retryAfterSeconds", "1"));
      case PERMISSION -> status == 401 ? Map.of("WWW-Authenticate", "Bearer") : Map.of();
      case CALLER, ABSENT, CONFLICT, REMOTE, US -> Map.of();
    };
  }

  private static String title(Problem problem) {
    String words = problem.code().text().replace('_', ' ');
    return Character.toUpperCase(words.charAt(0)) + words.substring(1);
  }
}
