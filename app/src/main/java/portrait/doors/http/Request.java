package portrait.doors.http;

import io.javalin.http.Context;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import portrait.foundation.model.Problem;
import portrait.foundation.security.Caller;
import portrait.foundation.security.Session;

/// One request, as handlers see it.
public final class Request {

  private static final int BUFFER_BYTES = 16 * 1024;
  private static final long PASSED_OVER_BYTES_MAX = 32L << 20;

  private static final String NOTED = "portrait.noted.";

  private final Context context;
  private final String id;
  private Optional<Caller> caller = Optional.empty();
  private Optional<Session> session = Optional.empty();
  private final Throttle keys;
  private byte @Nullable [] keptBody;
  private boolean isBodyWanted;
  private int events;
  private int bound;
  private int remaining;

  Request(Context context, String id, Throttle keys) {
    this.context = context;
    this.id = id;
    this.keys = keys;
  }

  /// Names this request in answers, logs and the audit trail.
  public String id() {
    return id;
  }

  public String method() {
    return context.req().getMethod();
  }

  /// The path as it was sent, still encoded.
  public String path() {
    return context.req().getRequestURI();
  }

  /// The path and the query as they were sent: what a person comes back to after sign-in.
  public String target() {
    String query = context.queryString();
    return query == null ? path() : path() + "?" + query;
  }

  /// A part of the path, decoded.
  public String pathPart(String name) {
    return withoutNul(name, context.pathParam(name));
  }

  /// A parameter of the query; empty when absent or blank.
  public Optional<String> query(String name) {
    return Optional.ofNullable(context.queryParam(name)).filter(value -> !value.isBlank())
        .map(value -> withoutNul(name, value));
  }

  /// No store keeps NUL, and nobody means it.
  private static String withoutNul(String name, String value) {
    if (value.indexOf(0) >= 0) {
      throw Problem.of(Problem.Code.INVALID_PARAMETER, "%s has the character NUL but may not".formatted(name))
          .asException();
    }
    return value;
  }

  /// The parts of a parameter of the query that are separated by commas; none when it is absent.
  public List<String> list(String name) {
    return query(name).stream().flatMap(value -> Arrays.stream(value.split(","))).map(String::strip)
        .filter(part -> !part.isEmpty()).toList();
  }

  /// Every value of a parameter that a query may have several times, in their order.
  public List<String> queryAll(String name) {
    return context.queryParams(name).stream().map(value -> withoutNul(name, value)).toList();
  }

  /// Every parameter of the query in the order of their names, the first of each name.
  public Map<String, String> queries() {
    var queries = new TreeMap<String, String>();
    context.queryParamMap().forEach((name, values) -> queries.put(name, values.getFirst()));
    return queries;
  }

  /// A whole number of the query.
  ///
  /// @throws portrait.foundation.model.ProblemException `invalid_parameter` unless it is one between `least` and `most`
  public int query(String name, int least, int most, int whenAbsent) {
    return (int) query(name, (long) least, most, whenAbsent);
  }

  /// A whole number of the query.
  ///
  /// @throws portrait.foundation.model.ProblemException `invalid_parameter` unless it is one between `least` and `most`
  public long query(String name, long least, long most, long whenAbsent) {
    var text = query(name);
    if (text.isEmpty()) {
      return whenAbsent;
    }
    try {
      long number = Long.parseLong(text.get());
      if (number >= least && number <= most) {
        return number;
      }
    } catch (NumberFormatException _) {
      // Told below, like a number out of range.
    }
    throw Problem.of(Problem.Code.INVALID_PARAMETER,
        "%s was '%s' but must be a whole number from %d to %d".formatted(name, text.get(), least, most)).asException();
  }

  /// Keeps something for a later step of this request.
  public void note(String name, String value) {
    context.attribute(NOTED + name, value);
  }

  /// What an earlier step of this request kept.
  public Optional<String> noted(String name) {
    return Optional.ofNullable(context.attribute(NOTED + name));
  }

  public Optional<String> header(String name) {
    return Optional.ofNullable(context.header(name));
  }

  public Optional<String> cookie(String name) {
    return Optional.ofNullable(context.cookie(name));
  }

  /// A field of a sent form; empty when absent. Blank fields are kept: a person may have emptied it.
  public Optional<String> form(String name) {
    return Optional.ofNullable(context.formParam(name));
  }

  /// The files of a sent form, in order.
  public List<UploadedFile> files(String name) {
    return context.uploadedFiles(name).stream().filter(file -> !file.filename().isEmpty())
        .map(file -> new UploadedFile(file.filename(), file.content())).toList();
  }

  /// The whole body, unpacked when it was sent with `Content-Encoding: gzip` or `deflate`.
  ///
  /// @throws portrait.foundation.model.ProblemException `too_large` beyond the limit, packed or not; `invalid_body` when
  ///   it cannot be unpacked
  public byte[] body(int bytesMax) {
    if (keptBody == null && context.req().getContentLengthLong() > bytesMax) {
      throw tooLarge(bytesMax);
    }
    try (var in = stream()) {
      var bytes = new ByteArrayOutputStream(Math.max(256, context.contentLength()));
      var buffer = new byte[BUFFER_BYTES];
      for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
        bytes.write(buffer, 0, read);
        if (bytes.size() > bytesMax) {
          throw tooLarge(bytesMax);
        }
      }
      return bytes.toByteArray();
    } catch (IOException broken) {
      throw Problem.of(Problem.Code.INVALID_BODY, "the body cannot be read: " + broken.getMessage(),
          "Check that the body is complete, and packed as Content-Encoding says.").asException();
    }
  }

  /// Reads what nobody wanted of the body, within reason: a client that still sends while the connection closes never
  /// sees the answer.
  ///
  /// @return whether it is at its end, so that the connection may bring another request
  boolean passOver() {
    boolean isWithout = context.req().getContentLengthLong() <= 0 && context.header("Transfer-Encoding") == null;
    if (isWithout || keptBody != null) {
      return true;
    }
    try {
      if (!isBodyWanted && context.header("Expect") != null) {
        // Even to look at the stream would ask the client for what it has not begun to send.
        return false;
      }
      var in = context.req().getInputStream();
      if (in.isFinished()) {
        return true;
      }
      var buffer = new byte[BUFFER_BYTES];
      long left = PASSED_OVER_BYTES_MAX;
      int read = in.read(buffer);
      for (; read >= 0 && left > 0; read = in.read(buffer)) {
        left -= read;
      }
      return read < 0;
    } catch (IOException | IllegalStateException _) {
      // The client is gone, or what it sent is no body; the answer is the same.
      return false;
    }
  }

  /// Reads the whole body now; whoever reads it later gets it from memory.
  byte[] keepBody(int bytesMax) {
    keptBody = body(bytesMax);
    return keptBody;
  }

  /// What the caller proves itself with: a key, or the token of a session.
  Optional<String> credential() {
    return bearer().or(this::basicPassword).or(() -> cookie(SessionCookie.NAME));
  }

  /// The body as text, see [#body(int)].
  public String bodyText(int bytesMax) {
    return new String(body(bytesMax), StandardCharsets.UTF_8);
  }

  /// The body as it arrives, unpacked, for uploads of any size.
  public InputStream stream() throws IOException {
    isBodyWanted = true;
    return keptBody != null ? new ByteArrayInputStream(keptBody)
        : Unpacking.of(context.bodyInputStream(), header("Content-Encoding").orElse("identity"));
  }

  /// The user name of `Authorization: Basic`: where collecting libraries put their write key.
  public Optional<String> basicUser() {
    return basicPair().map(pair -> pair.indexOf(':') < 0 ? pair : pair.substring(0, pair.indexOf(':')))
        .filter(user -> !user.isEmpty());
  }

  /// The password of `Authorization: Basic`: where spreadsheets put a key.
  public Optional<String> basicPassword() {
    return basicPair().map(pair -> pair.substring(pair.indexOf(':') + 1)).filter(password -> !password.isEmpty());
  }

  private Optional<String> basicPair() {
    return header("Authorization").filter(value -> value.regionMatches(true, 0, "Basic ", 0, 6)).flatMap(value -> {
      try {
        return Optional
            .of(new String(Base64.getDecoder().decode(value.substring(6).strip()), StandardCharsets.UTF_8));
      } catch (IllegalArgumentException _) {
        return Optional.empty();
      }
    });
  }

  /// The key of `Authorization: Bearer`.
  public Optional<String> bearer() {
    return header("Authorization").filter(value -> value.regionMatches(true, 0, "Bearer ", 0, 7))
        .map(value -> value.substring(7).strip());
  }

  public String remoteAddress() {
    return context.ip();
  }

  /// Whether the browser reached us by https, directly or through a proxy that says so.
  public boolean isSecure() {
    return "https".equals(context.scheme()) || "https".equalsIgnoreCase(context.header("X-Forwarded-Proto"));
  }

  /// The caller; a route that needs a permission always has one.
  ///
  /// @throws portrait.foundation.model.ProblemException `not_signed_in`
  public Caller caller() {
    return caller.orElseThrow(
        () -> Problem.of(Problem.Code.NOT_SIGNED_IN, "this needs a sign-in or a key", "Sign in, or send a key.")
            .asException());
  }

  /// Who is known to call, also on a public route.
  public Optional<Caller> knownCaller() {
    return caller;
  }

  /// The browser session, when the caller came by one.
  public Optional<Session> session() {
    return session;
  }

  /// Whether a person with a browser asked for a page.
  public boolean wantsPage() {
    return header("Accept").filter(accept -> accept.contains("text/html")).isPresent() || isFragment();
  }

  /// Whether htmx asks for a part of a page.
  public boolean isFragment() {
    return header("HX-Request").isPresent();
  }

  /// Says who calls, where a door reads the key by itself.
  ///
  /// @throws portrait.foundation.model.ProblemException `too_many_requests` when this key is used too often
  public void calledBy(Caller caller) {
    identify(caller, Optional.empty());
  }

  /// Says how many events it brought, for the count of usage.
  public void brought(int events) {
    this.events = events;
  }

  int events() {
    return events;
  }

  void identify(Caller caller, Optional<Session> session) {
    this.caller = Optional.of(caller);
    this.session = session;
    int perSecond = caller.requestsPerSecond().orElse(keys.perSecond());
    if (perSecond > 0 && caller.key().isPresent()) {
      take(keys, caller.key().get(), perSecond);
    }
  }

  /// Counts this request against a bound.
  void take(Throttle throttle, String who, int perSecond) {
    bound = perSecond;
    remaining = 0;
    remaining = throttle.take(who, perSecond);
  }

  /// What the bound that was looked at last allows, and how much of it is left.
  Map<String, String> bounds() {
    return bound == 0 ? Map.of()
        : Map.of("RateLimit-Limit", String.valueOf(bound), "RateLimit-Remaining", String.valueOf(remaining));
  }

  Context context() {
    return context;
  }

  private static portrait.foundation.model.ProblemException tooLarge(int bytesMax) {
    return Problem.of(Problem.Code.TOO_LARGE, "the body is larger than %,d bytes".formatted(bytesMax),
        "Send it in smaller parts.").with("bytesMax", bytesMax).asException();
  }

  /// @param name as the person's computer calls it; never use it as a path
  /// @param content to be read once
  public record UploadedFile(String name, InputStream content) {}
}
