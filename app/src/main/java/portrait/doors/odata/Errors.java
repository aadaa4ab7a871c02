package portrait.doors.odata;

import portrait.doors.http.Answer;
import portrait.foundation.model.Problem;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/// Problems as OData writes them.
final class Errors {

  private static final JsonMapper JSON = JsonMapper.builder().build();

  private Errors() {}

  static ObjectNode body(Problem problem, String requestId) {
    var document = JSON.createObjectNode();
    var error = document.putObject("error").put("code", problem.code().text()).put("message",
        (problem.message() + (problem.message().endsWith("?") ? " " : ". ") + problem.hint()).strip());
    var target = problem.details().get("target");
    if (target != null) {
      error.put("target", target);
    }
    var inner = error.putObject("innererror");
    problem.details().forEach((name, value) -> {
      if (!name.equals("target")) {
        inner.put(name, value);
      }
    });
    if (!problem.hint().isEmpty()) {
      inner.put("hint", problem.hint());
    }
    if (!requestId.isEmpty()) {
      inner.put("requestId", requestId);
    }
    return document;
  }

  /// The same status and headers as anywhere else, in this shape. Programs such as Excel send a key as a password, which
  /// they ask for when they are told to.
  static Answer answer(Problem problem, String requestId) {
    var usual = Answer.problem(problem, requestId);
    var answer = new Answer(usual.status(), usual.headers(), Answer.json(body(problem, requestId)).body())
        .withHeader("Content-Type", "application/json").withHeader("OData-Version", "4.0");
    return usual.status() == 401 ? answer.withHeader("WWW-Authenticate", "Basic realm=\"Portrait\", charset=\"UTF-8\"")
        : answer;
  }
}
