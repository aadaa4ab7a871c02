package portrait.stages.enrichments.providers;

import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.regex.Pattern;
import portrait.foundation.model.Problem;
import portrait.foundation.model.ProblemException;
import portrait.foundation.model.Secret;
import portrait.foundation.outside.Outside;
import portrait.stages.enrichments.providers.Asking.Answer;
import portrait.stages.enrichments.providers.Asking.Reply;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/// Calls of Leadspace's enrichment API, and what its answers mean: many records at once, taken under an id that is asked
/// for until the results are there.
final class LeadspaceCalls implements AutoCloseable {

  private static final String BULK = "/enrichment/enrich/bulk";
  private static final String SINGLE = "/enrichment/enrich/single";
  /** Results of five hundred companies with their families. */
  private static final int RESULTS_BYTES_MAX = 64 << 20;
  private static final Duration FIRST_LOOK = Duration.ofMillis(250);
  private static final Duration LOOKS_APART_MAX = Duration.ofSeconds(60);
  private static final Pattern RESULTS = Pattern.compile("/[A-Za-z0-9._~/-]{1,300}");

  private final URI address;
  private final Secret token;
  private final Outside results = new Outside(RESULTS_BYTES_MAX);
  private Duration look = FIRST_LOOK;
  private long taken;

  LeadspaceCalls(URI address, Secret token) {
    this.address = address;
    this.token = token;
  }

  private Map<String, String> headers() {
    return Map.of("Authorization", "Bearer " + token.reveal(), "Content-Type", "application/json", "Accept",
        "application/json");
  }

  /// Hands records over. Every record that is taken costs a credit, so a call whose end nobody saw is not repeated.
  Reply enrich(ObjectNode body) throws InterruptedException {
    look = FIRST_LOOK;
    taken++;
    // A connection of its own: one that was closed over there while it was idle looks like one that broke after sending.
    try (var outside = new Outside()) {
      return switch (outside.post(address.resolve(BULK), headers(), bytes(body))) {
        case Outside.Reply.Broken(String why, boolean mayHaveActed) -> mayHaveActed
            ? new Reply.Unknown(why + " after the question was sent: it may have been paid for")
            : new Reply.TryLater(Optional.empty(), false, why);
        case Outside.Reply.Answer answer -> answer.status() / 100 == 2
            ? results(answer.json().path("id").asString(""))
            : later(answer);
      };
    }
  }

  private static Reply results(String path) {
    return RESULTS.matcher(path).matches() && !path.startsWith("//") && !path.contains("..") ? new Reply.Taken(path)
        : new Reply.Unknown("Leadspace took the question, but its answer was cut off: it may have been paid for");
  }

  /// Looks whether results are there.
  Reply collect(String path, int questions, Function<JsonNode, List<Answer>> reading) throws InterruptedException {
    return switch (results.get(address.resolve(path), headers())) {
      case Outside.Reply.Broken(String why, _) -> new Reply.TryLater(Optional.empty(), false, why);
      case Outside.Reply.Answer answer -> switch (answer.status()) {
        case 200 -> {
          var body = answer.json();
          yield body.path("results").isArray() ? new Reply.Answered(reading.apply(body.path("results")))
              : new Reply.TryLater(Optional.empty(), false, "results of Leadspace were cut off");
        }
        case 204 -> {
          var now = look;
          look = look.multipliedBy(2).compareTo(LOOKS_APART_MAX) > 0 ? LOOKS_APART_MAX : look.multipliedBy(2);
          yield new Reply.Working(now);
        }
        case 404 -> new Reply.Answered(Collections.nCopies(questions,
            new Answer.Refused("Leadspace does not know the results any more: they may have been paid for", true)));
        default -> later(answer);
      };
    };
  }

  /// An empty question: nothing is paid for, and its answer tells a good token from a bad one.
  String verify() {
    try (var outside = new Outside()) {
      return switch (outside.post(address.resolve(SINGLE), headers(), bytes(JsonNodeFactory.instance.objectNode()))) {
        case Outside.Reply.Broken(String why, _) -> throw unreachable(why);
        case Outside.Reply.Answer answer -> {
          if (answer.status() == 400 || answer.status() / 100 == 2) {
            yield "%s accepts the token".formatted(address.getHost());
          }
          later(answer);
          throw unreachable("it answered %d".formatted(answer.status()));
        }
      };
    } catch (InterruptedException asked) {
      Thread.currentThread().interrupt();
      throw new ProblemException(Problem.of(Problem.Code.CANCELLED, "stopped while asking Leadspace"), asked);
    }
  }

  private static ProblemException unreachable(String why) {
    return Problem.of(Problem.Code.SERVER_UNREACHABLE, "Leadspace could not be asked: %s".formatted(why),
        "Check that this machine may call it, and try again in a while.").asException();
  }

  /// @throws ProblemException when asking on is of no use
  private static Reply later(Outside.Reply.Answer answer) {
    return switch (answer.status()) {
      case 429 -> new Reply.TryLater(Optional.empty(), true, "Leadspace asks to wait");
      case 500, 502, 503, 504 -> new Reply.TryLater(Optional.empty(), false, "Leadspace answered %d%s".formatted(
          answer.status(), tracking(answer)));
      case 401, 403 -> throw Problem.of(Problem.Code.SERVER_UNREACHABLE,
          "Leadspace does not accept the token (%d)".formatted(answer.status()),
          "Tokens end two years after they were issued. Ask Leadspace for another one, and put it into the connection.")
          .asException();
      case 427 -> throw Problem.of(Problem.Code.SERVER_UNREACHABLE,
          "the credits at Leadspace are used up (427)",
          "What was answered until then is kept. Buy credits, then run it again: it goes on where it stopped.")
          .asException();
      default -> throw Problem.of(Problem.Code.SERVER_UNREACHABLE,
          "Leadspace answered %d%s".formatted(answer.status(), tracking(answer)),
          "That was not expected: tell Leadspace the tracking id.").asException();
    };
  }

  private static String tracking(Outside.Reply.Answer answer) {
    String id = answer.json().path("tracking_id").asString("");
    return id.matches("[A-Za-z0-9._-]{1,80}") ? " (tracking id %s)".formatted(id) : "";
  }

  private static byte[] bytes(ObjectNode body) {
    return body.toString().getBytes(StandardCharsets.UTF_8);
  }

  long calls() {
    return taken + results.calls();
  }

  @Override
  public void close() {
    results.close();
  }
}
