package portrait.stages.enrichments.providers;

import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import portrait.foundation.model.Problem;
import portrait.foundation.outside.Outside;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// One run at an API over HTTP.
final class HttpAsking implements Asking {

  private final Outside outside = new Outside();
  private final URI address;
  private final HttpApi.Place place;
  private final HttpApi.Call call;
  private final Template path;
  private final Optional<Template> body;
  private long nextAt = System.nanoTime();

  HttpAsking(URI address, HttpApi.Place place, HttpApi.Call call, Template path, Optional<Template> body) {
    this.address = address;
    this.place = place;
    this.call = call;
    this.path = path;
    this.body = body;
  }

  static Map<String, String> headers(HttpApi.Place place) {
    var headers = new TreeMap<>(Map.of("Accept", "application/json", "Content-Type", "application/json"));
    place.key().ifPresent(key -> headers.put(place.header(),
        place.scheme().equals("-") ? key.reveal() : place.scheme() + " " + key.reveal()));
    return headers;
  }

  @Override
  public int questionsMax() {
    return 1;
  }

  @Override
  public Reply ask(List<Question> questions) throws InterruptedException {
    pace();
    var values = questions.getFirst().values();
    // What is told stays a value: it cannot become another path, another host or another member.
    var to = URI.create(address + path.filled(values, value -> URLEncoder.encode(value, StandardCharsets.UTF_8)
        .replace("+", "%20")));
    var reply = switch (call.method()) {
      case GET -> outside.get(to, headers(place));
      case POST ->
        outside.post(to, headers(place), body.map(each -> each.filled(values, HttpAsking::escaped)).orElse("")
            .getBytes(StandardCharsets.UTF_8));
    };
    return switch (reply) {
      case Outside.Reply.Broken(String why, boolean mayHaveActed) -> mayHaveActed && call.paid()
          ? new Reply.Unknown(why + " after the question was sent: it may have been paid for")
          : new Reply.TryLater(Optional.empty(), false, why);
      case Outside.Reply.Answer answer -> read(answer);
    };
  }

  private Reply read(Outside.Reply.Answer answer) {
    int status = answer.status();
    return switch (status) {
      case 204, 404 -> one(new Answer.Nothing());
      case 401, 403 -> throw Problem.of(Problem.Code.SERVER_UNREACHABLE,
          "%s does not accept the key (%d)".formatted(address.getHost(), status),
          "Put a good key into the connection; what was answered is kept.").asException();
      case 408, 429 -> new Reply.TryLater(answer.retryAfter(), true, "%s asks to wait".formatted(address.getHost()));
      default -> {
        if (status / 100 == 2) {
          yield found(answer.body());
        }
        if (status >= 500) {
          yield new Reply.TryLater(answer.retryAfter(), false, "%s answered %d".formatted(address.getHost(), status));
        }
        if (status / 100 == 4) {
          yield one(new Answer.Refused("it was answered with %d".formatted(status), true));
        }
        throw Problem.of(Problem.Code.SERVER_UNREACHABLE, "%s answered %d".formatted(address.getHost(), status),
            "Redirections are not followed: write the address they lead to into the connection.").asException();
      }
    };
  }

  private Reply found(String text) {
    try {
      JsonNode values = JsonMapper.shared().readTree(text);
      for (String step : call.answerAt().map(at -> at.split("\\.")).orElseGet(() -> new String[0])) {
        values = values.isArray() && step.matches("[0-9]{1,6}") ? values.path(Integer.parseInt(step))
            : values.path(step);
      }
      return one(values.isObject() || values.isArray() ? new Answer.Found(new JsonSaid(values)) : new Answer.Nothing());
    } catch (JacksonException _) {
      return call.paid() ? new Reply.Unknown("the answer was cut off or is no JSON: it may have been paid for")
          : new Reply.TryLater(Optional.empty(), false, "%s answered, but not in JSON".formatted(address.getHost()));
    }
  }

  private static Reply one(Answer answer) {
    return new Reply.Answered(List.of(answer));
  }

  private void pace() throws InterruptedException {
    long now = System.nanoTime();
    if (nextAt - now > 0) {
      Thread.sleep(Duration.ofNanos(nextAt - now));
    }
    nextAt = Math.max(now, nextAt) + 1_000_000_000L / place.callsPerSecond();
  }

  private static String escaped(String value) {
    String quoted = JsonMapper.shared().writeValueAsString(value);
    return quoted.substring(1, quoted.length() - 1);
  }

  @Override
  public long calls() {
    return outside.calls();
  }

  @Override
  public void close() {
    outside.close();
  }
}
