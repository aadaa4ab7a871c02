package portrait.stages.exports.destinations;

import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import portrait.foundation.model.Problem;
import portrait.foundation.model.ProblemException;
import portrait.foundation.model.Secret;
import portrait.foundation.outside.Outside;
import portrait.foundation.outside.Outside.Reply;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/// Calls of `POST /users/track` or of its bulk form, whose bodies and answers are alike, and what the answers mean.
final class BrazeCalls implements AutoCloseable {

  /** Braze counts in windows of three seconds, or an hour; whatever it says, we ask again after an hour. */
  private static final Duration WAIT_MAX = Duration.ofHours(1);

  private final Outside outside = new Outside();
  private final URI address;
  private final Braze.Calls calls;
  private final Secret key;
  private final Clock clock;

  BrazeCalls(URI address, Braze.Calls calls, Secret key, Clock clock) {
    this.address = address;
    this.calls = calls;
    this.key = key;
    this.clock = clock;
  }

  /// What came of a call.
  sealed interface Result {

    /// @param answer its body; empty when it could not be read
    /// @param pause until the allowance is renewed, when this call used the last of it
    record Taken(JsonNode answer, Duration pause) implements Result {}

    /// None of the users can be taken.
    record AllRefused(JsonNode answer) implements Result {}

    /// More than this contract takes in one call.
    record TooMany() implements Result {}

    record Later(Sent.TryLater later) implements Result {}
  }

  Result track(ObjectNode body) throws InterruptedException {
    byte[] bytes = body.toString().getBytes(StandardCharsets.UTF_8);
    if (bytes.length > calls.bodyBytesMax && body.path("attributes").size() > 1) {
      return new Result.TooMany();
    }
    // No quotes round the key: Braze answers 401 to those.
    var reply = outside.post(address.resolve(calls.path), Map.of("Authorization", "Bearer " + key.reveal(),
        "Content-Type", "application/json", "Accept", "application/json"), bytes);
    return switch (reply) {
      case Reply.Broken(String why, _) -> new Result.Later(new Sent.TryLater(Optional.empty(), false, why));
      case Reply.Answer answer -> result(answer);
    };
  }

  private Result result(Reply.Answer answer) {
    var body = answer.json();
    if (answer.status() / 100 == 2) {
      // Whatever the body looks like, the users were taken; sending them again would cost data points.
      return new Result.Taken(body, answer.header("x-ratelimit-remaining").filter("0"::equals).isPresent()
          ? untilReset(answer).orElse(Duration.ZERO)
          : Duration.ZERO);
    }
    if (answer.status() >= 500) {
      return new Result.Later(
          new Sent.TryLater(Optional.empty(), false, "Braze answered %d".formatted(answer.status())));
    }
    return switch (answer.status()) {
      case 400 -> {
        String message = body.path("message").asString("");
        if (message.toLowerCase(java.util.Locale.ROOT).contains("max input length")) {
          yield new Result.TooMany();
        }
        if (body.path("errors").isArray() && !body.path("errors").isEmpty() || isNothingValid(message)) {
          yield new Result.AllRefused(body);
        }
        throw refused(answer.status(), "it cannot read what was sent", "This is a defect: please tell us.");
      }
      case 401 -> throw unauthorised();
      case 403 -> throw forbidden();
      case 404 -> throw refused(404, "there is nothing at %s".formatted(address.resolve(calls.path)),
          calls == Braze.Calls.BULK ? "Bulk calls are opened by Braze on request: without them, choose track."
              : "Check the REST endpoint.");
      case 429 -> new Result.Later(new Sent.TryLater(untilReset(answer), true, "Braze asks to wait"));
      default -> throw refused(answer.status(), "that was not expected", "Check the REST endpoint.");
    };
  }

  /// An empty call: it changes nothing, and its answer tells a key that may track users from one that may not.
  String verify() {
    try {
      return switch (track(JsonNodeFactory.instance.objectNode())) {
        case Result.AllRefused _,Result.Taken _ -> "%s accepts the key, which may track users"
            .formatted(address.getHost());
        case Result.TooMany _ -> throw refused(400, "an empty call is too large for it", "Check the REST endpoint.");
        case Result.Later(var later) -> throw Problem.of(Problem.Code.SERVER_UNREACHABLE,
            "%s could not be asked: %s".formatted(address.getHost(), later.why()),
            later.isThrottled() ? "The key is known; its allowance is used up for now. Try again in a while."
                : "Check the REST endpoint, and that this machine may call it.")
            .asException();
      };
    } catch (InterruptedException asked) {
      Thread.currentThread().interrupt();
      throw new ProblemException(Problem.of(Problem.Code.CANCELLED, "stopped while asking Braze"), asked);
    }
  }

  long calls() {
    return outside.calls();
  }

  private static boolean isNothingValid(String message) {
    return message.toLowerCase(java.util.Locale.ROOT).contains("valid data must be provided");
  }

  private Optional<Duration> untilReset(Reply.Answer answer) {
    return answer.header("x-ratelimit-reset").or(() -> answer.header("retry-after")).flatMap(text -> {
      try {
        long number = Long.parseLong(text.strip());
        boolean isMoment = answer.header("x-ratelimit-reset").isPresent();
        var wait = isMoment ? Duration.between(clock.instant(), Instant.ofEpochSecond(number))
            : Duration.ofSeconds(number);
        return Optional.of(wait.isNegative() ? Duration.ofSeconds(1) : wait.compareTo(WAIT_MAX) > 0 ? WAIT_MAX : wait);
      } catch (NumberFormatException | java.time.DateTimeException _) {
        return Optional.empty();
      }
    });
  }

  private ProblemException unauthorised() {
    return Problem.of(Problem.Code.SERVER_UNREACHABLE,
        "Braze at %s does not know the API key (401)".formatted(address.getHost()),
        "A key works on the instance where it was made only: check that the REST endpoint is that instance's, and that the key was copied whole and was not deleted.")
        .asException();
  }

  private ProblemException forbidden() {
    return Problem.of(Problem.Code.SERVER_UNREACHABLE,
        "Braze at %s knows the API key, but it may not track users (403)".formatted(address.getHost()),
        "Give it the permission %s: a key cannot be changed in Braze, so make a new one. A list of allowed addresses may also keep this machine out."
            .formatted(calls.permission))
        .asException();
  }

  private ProblemException refused(int status, String why, String hint) {
    return Problem.of(Problem.Code.SERVER_UNREACHABLE,
        "Braze at %s answered %d: %s".formatted(address.getHost(), status, why), hint).asException();
  }

  @Override
  public void close() {
    outside.close();
  }
}
