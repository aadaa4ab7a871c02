package portrait.stages.exports.destinations;

import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import portrait.foundation.model.Problem;
import portrait.foundation.model.ProblemException;
import portrait.foundation.model.Secret;
import portrait.foundation.outside.Outside;
import portrait.foundation.outside.Outside.Reply;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/// Iterable's API, as far as exports need it.
final class IterableCalls implements AutoCloseable {

  /// A project has thousands of lists, each of which is a few hundred bytes.
  private static final int ANSWER_BYTES_MAX = 16 << 20;
  private static final Duration PAUSE = Duration.ofSeconds(10);
  private static final Pattern CODE = Pattern.compile("[A-Za-z]{1,60}");

  private final Outside outside = new Outside(ANSWER_BYTES_MAX);
  private final URI address;
  private final Secret key;

  IterableCalls(URI address, Secret key) {
    this.address = address;
    this.key = key;
  }

  /// What came of a call.
  sealed interface Result {

    /// Iterable worked on it; the answer may name users that it did not take.
    record Taken(JsonNode answer) implements Result {}

    /// It cannot take a user of the call, and took none.
    record Refused(String reason) implements Result {}

    record Later(Sent.TryLater later) implements Result {}
  }

  Result post(String path, ObjectNode body) throws InterruptedException {
    return result(outside.post(address.resolve(path), headers(), body.toString().getBytes(StandardCharsets.UTF_8)));
  }

  Result lists() throws InterruptedException {
    return result(outside.get(address.resolve("/api/lists"), headers()));
  }

  Result create(String list) throws InterruptedException {
    return post("/api/lists", JsonMapper.shared().createObjectNode().put("name", list));
  }

  /// Looks at the lists, which changes nothing.
  String verify() {
    try {
      return switch (lists()) {
        case Result.Taken(var answer) -> {
          int lists = answer.path("lists").size();
          yield "Iterable accepts the key, and has %d %s".formatted(lists, lists == 1 ? "list" : "lists");
        }
        case Result.Refused(String reason) -> throw refused(400, reason, "Check the key.");
        case Result.Later(var later) -> throw Problem.of(Problem.Code.SERVER_UNREACHABLE,
            "Iterable could not be asked: %s".formatted(later.why()),
            later.isThrottled() ? "The key is known; its allowance is used up for now. Try again in a while."
                : "Check that this machine may call %s.".formatted(address.getHost()))
            .asException();
      };
    } catch (InterruptedException asked) {
      Thread.currentThread().interrupt();
      throw new ProblemException(Problem.of(Problem.Code.CANCELLED, "stopped while asking Iterable"), asked);
    }
  }

  private Map<String, String> headers() {
    return Map.of("Api-Key", key.reveal(), "Content-Type", "application/json", "Accept", "application/json");
  }

  private Result result(Reply reply) {
    return switch (reply) {
      case Reply.Broken(String why, _) -> new Result.Later(new Sent.TryLater(Optional.empty(), false, why));
      case Reply.Answer answer -> result(answer);
    };
  }

  private Result result(Reply.Answer answer) {
    if (answer.status() / 100 == 2) {
      var told = answer.json();
      // Half an answer does not say who was taken.
      return told.isObject() ? new Result.Taken(told)
          : new Result.Later(new Sent.TryLater(Optional.empty(), false, "the answer of Iterable ends too early"));
    }
    if (answer.status() >= 500) {
      return new Result.Later(
          new Sent.TryLater(Optional.empty(), false, "Iterable answered %d".formatted(answer.status())));
    }
    return switch (answer.status()) {
      case 400, 409, 413, 422 -> new Result.Refused(code(answer));
      case 401 -> throw refused(401, "it does not know the key, or the key may not do that (%s)".formatted(
          code(answer)),
          "Make a server-side key in the project, and check the data center: keys of one are unknown in the other.");
      case 403 -> throw refused(403, "the key may not do that (%s)".formatted(code(answer)),
          "Make a server-side key: others may not change lists.");
      case 429 -> new Result.Later(
          new Sent.TryLater(Optional.of(answer.retryAfter().orElse(PAUSE)), true, "Iterable asks to wait"));
      default -> throw refused(answer.status(), "that was not expected", "Try again later.");
    };
  }

  /// The kind of a failure; its message quotes what was sent.
  private static String code(Reply.Answer answer) {
    return Optional.of(answer.json().path("code").asString("")).filter(CODE.asMatchPredicate())
        .orElse("Iterable refused it and did not say why");
  }

  static ProblemException refused(int status, String why, String hint) {
    return Problem.of(Problem.Code.SERVER_UNREACHABLE, "Iterable answered %d: %s".formatted(status, why), hint)
        .asException();
  }

  /// Static lists of that name, or of that number.
  static List<Long> matching(JsonNode answer, String list) {
    return answer.path("lists").valueStream()
        .filter(each -> each.path("listType").asString("Standard").equals("Standard"))
        .filter(each -> each.path("name").asString("").strip().equals(list)
            || each.path("id").asString("").equals(list))
        .map(each -> each.path("id").asLong(0)).distinct().toList();
  }

  long calls() {
    return outside.calls();
  }

  @Override
  public void close() {
    outside.close();
  }
}
