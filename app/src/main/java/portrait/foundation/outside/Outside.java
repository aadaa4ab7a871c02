package portrait.foundation.outside;

import java.io.IOException;
import java.io.InputStream;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpHeaders;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.HttpTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.JsonNodeFactory;

/// Calls to places outside: short waits, bounded answers, no redirects, nothing in logs.
public final class Outside implements AutoCloseable {

  private static final int ANSWER_BYTES_MAX = 1 << 20;
  private static final Duration CONNECT_WITHIN = Duration.ofSeconds(10);
  private static final Duration WAIT_MAX = Duration.ofHours(1);
  private static final Duration ANSWER_WITHIN = Duration.ofSeconds(60);

  private final HttpClient client = HttpClient.newBuilder().connectTimeout(CONNECT_WITHIN)
      .followRedirects(HttpClient.Redirect.NEVER).version(HttpClient.Version.HTTP_1_1).build();
  private final int answerBytesMax;
  private final AtomicLong calls = new AtomicLong();

  public Outside() {
    this(ANSWER_BYTES_MAX);
  }

  /// @param answerBytesMax what is longer is cut off
  public Outside(int answerBytesMax) {
    this.answerBytesMax = answerBytesMax;
  }

  /// What came back.
  public sealed interface Reply {

    /// An answer with its status.
    record Answer(int status, String body, HttpHeaders headers) implements Reply {

      public Optional<String> header(String name) {
        return headers.firstValue(name);
      }

      /// The body as JSON; a missing node where it is none.
      public JsonNode json() {
        try {
          return JsonMapper.shared().readTree(body);
        } catch (JacksonException _) {
          return JsonNodeFactory.instance.missingNode();
        }
      }

      /// How long the place wants to be left alone, an hour at most; empty when it does not say, or not in seconds.
      public Optional<Duration> retryAfter() {
        return header("retry-after").map(String::strip).filter(text -> text.matches("[0-9]{1,6}"))
            .map(text -> Duration.ofSeconds(Long.parseLong(text)))
            .map(wait -> wait.compareTo(WAIT_MAX) > 0 ? WAIT_MAX : wait);
      }
    }

    /// None, or a part of one.
    ///
    /// @param mayHaveActed whether the place may have acted on the call; false when it was never reached
    record Broken(String why, boolean mayHaveActed) implements Reply {}
  }

  public Reply post(URI address, Map<String, String> headers, byte[] body) throws InterruptedException {
    return send(HttpRequest.newBuilder(address).POST(BodyPublishers.ofByteArray(body)), headers);
  }

  public Reply put(URI address, Map<String, String> headers, byte[] body) throws InterruptedException {
    return send(HttpRequest.newBuilder(address).PUT(BodyPublishers.ofByteArray(body)), headers);
  }

  public Reply get(URI address, Map<String, String> headers) throws InterruptedException {
    return send(HttpRequest.newBuilder(address).GET(), headers);
  }

  private Reply send(HttpRequest.Builder call, Map<String, String> headers) throws InterruptedException {
    calls.incrementAndGet();
    headers.forEach(call::header);
    var request = call.timeout(ANSWER_WITHIN).build();
    String host = request.uri().getHost();
    try {
      var response = client.send(request, BodyHandlers.ofInputStream());
      try (InputStream in = response.body()) {
        return new Reply.Answer(response.statusCode(),
            new String(in.readNBytes(answerBytesMax), StandardCharsets.UTF_8), response.headers());
      }
    } catch (HttpConnectTimeoutException | ConnectException unreachable) {
      return new Reply.Broken("%s cannot be reached".formatted(host), false);
    } catch (HttpTimeoutException late) {
      return new Reply.Broken("%s did not answer in time".formatted(host), true);
    } catch (IOException broken) {
      return new Reply.Broken("the connection to %s broke".formatted(host), true);
    }
  }

  /// How many there were.
  public long calls() {
    return calls.get();
  }

  @Override
  public void close() {
    client.close();
  }
}
