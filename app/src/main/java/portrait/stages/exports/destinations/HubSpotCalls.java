package portrait.stages.exports.destinations;

import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import portrait.foundation.model.Problem;
import portrait.foundation.model.ProblemException;
import portrait.foundation.model.Secret;
import portrait.foundation.outside.Outside;
import portrait.foundation.outside.Outside.Reply;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// HubSpot's API, version 3, as far as exports need it.
final class HubSpotCalls implements AutoCloseable {

  /// HubSpot counts calls over ten seconds, and does not always say how long to wait.
  private static final Duration WINDOW = Duration.ofSeconds(10);

  private final Outside outside = new Outside();
  private final URI address;
  private final Secret token;

  HubSpotCalls(URI address, Secret token) {
    this.address = address;
    this.token = token;
  }

  /// What came of a call.
  sealed interface Result {

    /// @param status 200, or 207 when some records were not taken
    record Taken(int status, JsonNode answer) implements Result {}

    /// It cannot take a record of the call, and took none.
    record Refused(String reason) implements Result {}

    record Later(Sent.TryLater later) implements Result {}
  }

  Result post(String path, ObjectNode body) throws InterruptedException {
    return result(outside.post(address.resolve(path), headers(), bytes(body)));
  }

  Result put(String path, ObjectNode body) throws InterruptedException {
    return result(outside.put(address.resolve(path), headers(), bytes(body)));
  }

  /// Looks at one contact, which changes nothing.
  String verify() {
    try {
      return switch (result(outside.get(address.resolve("/crm/v3/objects/contacts?limit=1"), headers()))) {
        case Result.Taken _ -> "HubSpot accepts the token, which may read contacts";
        case Result.Refused(String reason) -> throw refused(400, reason, "Check the token.");
        case Result.Later(var later) -> throw Problem.of(Problem.Code.SERVER_UNREACHABLE,
            "HubSpot could not be asked: %s".formatted(later.why()),
            later.isThrottled() ? "The token is known; its allowance is used up for now. Try again in a while."
                : "Check that this machine may call %s.".formatted(address.getHost()))
            .asException();
      };
    } catch (InterruptedException asked) {
      Thread.currentThread().interrupt();
      throw new ProblemException(Problem.of(Problem.Code.CANCELLED, "stopped while asking HubSpot"), asked);
    }
  }

  private Map<String, String> headers() {
    return Map.of("Authorization", "Bearer " + token.reveal(), "Content-Type", "application/json", "Accept",
        "application/json");
  }

  private static byte[] bytes(ObjectNode body) {
    return body.toString().getBytes(StandardCharsets.UTF_8);
  }

  private Result result(Reply reply) {
    return switch (reply) {
      case Reply.Broken(String why, _) -> new Result.Later(new Sent.TryLater(Optional.empty(), false, why));
      case Reply.Answer answer -> result(answer);
    };
  }

  private Result result(Reply.Answer answer) {
    if (answer.status() / 100 == 2) {
      return new Result.Taken(answer.status(), answer.json());
    }
    if (answer.status() >= 500) {
      return new Result.Later(
          new Sent.TryLater(Optional.empty(), false, "HubSpot answered %d".formatted(answer.status())));
    }
    return switch (answer.status()) {
      case 400 -> new Result.Refused(reason(answer.json()));
      case 401 -> throw refused(401, "it does not know the access token",
          "Copy the token of the private app again; it ends when the app is deleted or the token was rotated.");
      case 403 -> throw refused(403, "the access token may not do that",
          "Give the private app the scopes crm.objects.contacts.read, crm.objects.contacts.write, crm.lists.read and crm.lists.write.");
      case 404 -> throw refused(404, "there is no such list", "Check settings.list: a static list of contacts.");
      case 423, 429 -> new Result.Later(
          new Sent.TryLater(Optional.of(answer.retryAfter().orElse(WINDOW)), true, "HubSpot asks to wait"));
      default -> throw refused(answer.status(), "that was not expected", "Try again later.");
    };
  }

  /// The kind of a failure; its message quotes what was sent.
  static String reason(JsonNode error) {
    String code = error.path("errors").path(0).path("code").asString(error.path("subCategory").asString(""));
    String category = error.path("category").asString("HubSpot refused it and did not say why");
    return code.isEmpty() ? category : "%s: %s".formatted(category, code);
  }

  private static ProblemException refused(int status, String why, String hint) {
    return Problem.of(Problem.Code.SERVER_UNREACHABLE, "HubSpot answered %d: %s".formatted(status, why), hint)
        .asException();
  }

  long calls() {
    return outside.calls();
  }

  @Override
  public void close() {
    outside.close();
  }
}
