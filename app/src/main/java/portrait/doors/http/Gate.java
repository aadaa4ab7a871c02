package portrait.doors.http;

import io.javalin.http.Context;
import io.javalin.http.HttpResponseException;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.HexFormat;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ThreadLocalRandom;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.MDC;
import portrait.foundation.model.Problem;
import portrait.foundation.model.ProblemException;
import portrait.foundation.security.Caller;
import portrait.foundation.security.LookUpLimits;
import portrait.foundation.security.Permission;
import portrait.foundation.security.Role;
import portrait.foundation.security.Scope;
import portrait.foundation.security.Security;

/// What every request passes before and after its handler: who calls, may they, does it come from our own pages; then
/// the answer, or what was thrown, goes out with the headers that keep browsers safe.
final class Gate {

  private static final Logger LOG = LoggerFactory.getLogger(Gate.class);
  private static final Pattern REQUEST_ID = Pattern.compile("[A-Za-z0-9._-]{1,64}");
  private static final Pattern HEADER_NAMES = Pattern.compile("[A-Za-z0-9-]{1,100}(, ?[A-Za-z0-9-]{1,100}){0,50}");
  private static final String REQUEST = "portrait.request";
  /** Every line that is written while a request is answered has its id under this name. */
  private static final String IN_LOG = "request";
  private static final Set<Integer> REFUSALS = Set.of(401, 403, 429, 503);
  private static final int COMPRESS_BYTES_MIN = 1024;

  /// No inline script or style anywhere: markup that slips into a page stays harmless.
  private static final Map<String, String> SAFETY = Map.of("Content-Security-Policy",
      "default-src 'self'; img-src 'self' data:; object-src 'none'; base-uri 'none'; form-action 'self'; "
          + "frame-ancestors 'none'",
      "X-Content-Type-Options", "nosniff", "X-Frame-Options", "DENY", "Referrer-Policy", "same-origin",
      "Cross-Origin-Opener-Policy", "same-origin", "Permissions-Policy", "camera=(), geolocation=(), microphone=()");

  private final Routes routes;
  private final WebServerSettings settings;
  private final Security security;
  private final MeterRegistry metrics;
  private final Usage usage;
  private final Throttle lookUps;
  private final Throttle keys;
  private final Throttle addresses;
  private final Patience patience;

  Gate(Routes routes, WebServerSettings settings, Security security, MeterRegistry metrics, Usage usage) {
    this.routes = routes;
    this.settings = settings;
    this.security = security;
    this.metrics = metrics;
    this.usage = usage;
    this.lookUps = new Throttle(settings.rates().lookUps(), "from one address this key", System::nanoTime);
    this.keys = new Throttle(settings.rates().perKey(), "this key", System::nanoTime);
    this.patience = new Patience(settings.queries().time());
    this.addresses = new Throttle(settings.rates().perAddress(), "from one address this server", System::nanoTime);
  }

  void handle(Routes.Route route, Context context) throws IOException {
    long began = System.nanoTime();
    var request = request(context);
    MDC.put(IN_LOG, request.id());
    var span = settings.traces().begin(route.method().name(), route.path(), request);
    try {
      var answer = answer(route, request);
      send(request, answer, allowedOrigin(route, request));
    } finally {
      Traces.end(span, context.statusCode());
      measure(route.method().name(), route.path(), context.statusCode(), System.nanoTime() - began);
      usage.count(caller(request), request.events(), REFUSALS.contains(context.statusCode()));
      if (LOG.isDebugEnabled()) {
        LOG.debug("{} {} was answered {} in {} ms", route.method(), route.path(), context.statusCode(),
            (System.nanoTime() - began) / 1_000_000);
      }
      MDC.remove(IN_LOG);
    }
  }

  private static String caller(Request request) {
    if (request.session().isPresent()) {
      return Usage.PEOPLE;
    }
    return request.knownCaller().map(caller -> caller.key().orElse(Usage.COMMANDS)).orElse(Usage.NOBODY);
  }

  private Answer answer(Routes.Route route, Request request) {
    try {
      if (addresses.isBounding()) {
        request.take(addresses, request.remoteAddress(), addresses.perSecond());
      }
      identify(request, route.access().isKeyPassword());
      if (route.method().changes() && !route.access().fromAnyOrigin()) {
        refuseOtherSites(request);
      }
      var needed = route.access().permission();
      if (needed.isPresent()) {
        refuseUnlessAllowed(request.caller(), needed.get());
        refuseOutOfScope(request.caller(), route.area(), needed.get());
        var limits = request.caller().limits();
        if (limits.isPresent()) {
          refuseBeyond(limits.get(), route, request);
        }
      }
      return route.access().isOpenEnded() ? patiently(route, request) : handled(route, request);
    } catch (Exception | StackOverflowError failure) {
      return answerTo(request, problem(request, failure));
    }
  }

  private static Answer handled(Routes.Route route, Request request) throws IOException {
    return request.knownCaller().isEmpty() ? route.handler().handle(request)
        : ScopedValue.where(Caller.CURRENT, request.caller()).call(() -> route.handler().handle(request));
  }

  private Answer patiently(Routes.Route route, Request request) {
    Callable<Answer> question = () -> {
      MDC.put(IN_LOG, request.id());
      return handled(route, request);
    };
    boolean isForm = route.method().changes() && route.area().equals(Routes.PAGES) && !request.isFragment();
    if (route.isFile() || isForm) {
      // Spaces before its first line would be a part of a file; after a form, the browser may be sent elsewhere.
      return patience.of(question);
    }
    var begun = route.area().equals(Routes.PAGES) ? Answer.html("") : Answer.json("");
    return patience.answer(question, begun, problem -> answerTo(request, problem));
  }

  private void identify(Request request, boolean withKeyAsPassword) {
    var bearer = request.bearer().or(() -> withKeyAsPassword ? request.basicPassword() : Optional.empty());
    if (bearer.isPresent()) {
      var caller = isLocalKey(bearer.get()) ? Optional.of(new Caller("this machine", Role.OWNER, request.id()))
          : security.authenticateKey(bearer.get());
      request.identify(caller.orElseThrow(() -> Problem.of(Problem.Code.NOT_SIGNED_IN,
          "the key is not known, was revoked or has ended", "Make one with: portrait key create --role lookup")
          .asException())
          .in(request.id()), Optional.empty());
      return;
    }
    request.cookie(SessionCookie.NAME).flatMap(security::session)
        .ifPresent(session -> request.identify(session.caller().in(request.id()), Optional.of(session)));
  }

  private boolean isLocalKey(String key) {
    return settings.localKey().isPresent() && MessageDigest.isEqual(key.getBytes(StandardCharsets.UTF_8),
        settings.localKey().get().reveal().getBytes(StandardCharsets.UTF_8));
  }

  private static void refuseUnlessAllowed(Caller caller, Permission needed) {
    if (!caller.role().allows(needed)) {
      throw Problem.of(Problem.Code.NOT_ALLOWED,
          "%s has the role %s, which may not do this".formatted(caller.name(), caller.role().text()),
          "Ask an administrator for a role that may.").with("role", caller.role().text()).asException();
    }
  }

  private static void refuseOutOfScope(Caller caller, String area, Permission needed) {
    if (!caller.reaches(area, needed)) {
      throw Problem.of(Problem.Code.NOT_ALLOWED, "this key is for %s, which does not reach %s".formatted(
          caller.scopes().stream().map(Scope::text).collect(Collectors.joining(", ")), area),
          "Make a key with the scope %s, or with none.".formatted(area)).with("scope", area).asException();
    }
  }

  private void refuseBeyond(LookUpLimits limits, Routes.Route route, Request request) {
    if (!route.access().withLimitedKey()) {
      throw Problem.of(Problem.Code.NOT_ALLOWED, "this key is limited, and may not be used here",
          "It may look up one customer, or the segments of one.").asException();
    }
    if (!limits.allowsOrigin(request.header("Origin"))) {
      throw Problem.of(Problem.Code.NOT_ALLOWED,
          "this key may not be used on the web site %s".formatted(request.header("Origin").orElse("")),
          "Make a key with this --origin.").asException();
    }
    if (lookUps.isBounding()) {
      request.take(lookUps, request.caller().name() + " " + request.remoteAddress(),
          lookUps.perSecond());
    }
  }

  /// A browser sends the session cookie along with whatever a foreign page makes it send. Such a request shows by its
  /// Origin or Sec-Fetch-Site header, and lacks the token that only our own pages know.
  private static void refuseOtherSites(Request request) {
    if (request.bearer().isPresent()) {
      return;
    }
    boolean isForeign = request.header("Sec-Fetch-Site").filter(site -> !site.equals("same-origin"))
        .filter(site -> !site.equals("none")).isPresent()
        || request.header("Origin").filter(origin -> !isOwn(origin, request)).isPresent();
    boolean lacksToken = request.session().isPresent()
        && !tokenOf(request).filter(token -> isSame(token, request.session().get().csrfToken())).isPresent();
    if (isForeign || lacksToken) {
      throw Problem.of(Problem.Code.NOT_ALLOWED, "the request did not come from a page of this sign-in",
          "Load the page again and repeat what you did.").asException();
    }
  }

  private static Optional<String> tokenOf(Request request) {
    return request.header("X-CSRF-Token").or(() -> request.form("csrf"));
  }

  private static boolean isSame(String one, String other) {
    return MessageDigest.isEqual(one.getBytes(StandardCharsets.UTF_8), other.getBytes(StandardCharsets.UTF_8));
  }

  private static boolean isOwn(String origin, Request request) {
    try {
      return request.header("Host").filter(host -> host.equalsIgnoreCase(URI.create(origin).getAuthority()))
          .isPresent();
    } catch (IllegalArgumentException _) {
      return false;
    }
  }

  /// A path nobody answers, a method that does not fit, a body beyond the limit: found before any handler ran.
  void refuse(HttpResponseException refused, Context context) {
    var request = request(context);
    var problem = switch (refused.getStatus()) {
      case 404 -> Problem.of(Problem.Code.NOT_FOUND, "there is nothing at this address",
          request.wantsPage() ? "It may have been copied wrongly, or what was here was deleted."
              : "The pages start at /, the API is described at /openapi.yaml.");
      case 405 -> Problem.of(Problem.Code.NOT_FOUND, "this address does not take %s".formatted(request.method()));
      case 413 -> Problem.of(Problem.Code.TOO_LARGE, "the body is too large", "Send it in smaller parts.");
      default -> Problem.of(Problem.Code.INVALID_BODY, "the request cannot be read");
    };
    identifyQuietly(request);
    sendQuietly(request, answerTo(request, problem).withStatus(refused.getStatus()));
    measure(request.method(), "none", refused.getStatus(), 0);
  }

  void fail(Exception failure, Context context) {
    var request = request(context);
    sendQuietly(request, answerTo(request, problem(request, failure)));
  }

  private Problem problem(Request request, Throwable failure) {
    if (failure instanceof ProblemException expected) {
      if (expected.problem().code().fault() == Problem.Fault.US) {
        LOG.error("request {} failed: {}", request.id(), expected.problem().message(), failure);
      }
      return expected.problem();
    }
    if (failure instanceof HttpResponseException refused && refused.getStatus() == 413) {
      return Problem.of(Problem.Code.TOO_LARGE, "the body is too large", "Send it in smaller parts.");
    }
    LOG.error("request {} failed", request.id(), failure);
    return Problem.of(Problem.Code.INTERNAL, "something went wrong inside Portrait",
        "The log of the server says more under request id %s.".formatted(request.id()));
  }

  private Answer answerTo(Request request, Problem problem) {
    var own = routes.problemsUnder(request.path());
    if (own.isPresent()) {
      return own.get().apply(problem, request.id());
    }
    var document = Answer.problem(problem, request.id());
    if (routes.problemPage().isEmpty() || !request.wantsPage()) {
      return document;
    }
    return routes.problemPage().get().show(request, problem);
  }

  private void identifyQuietly(Request request) {
    try {
      identify(request, false);
    } catch (ProblemException _) {
      // The answer is a refusal anyway; it only looks different to somebody signed in.
    }
  }

  /// Whose scripts may read the answer. A limited key tells; without one, everybody's.
  private static Optional<String> allowedOrigin(Routes.Route route, Request request) {
    if (!route.access().fromAnyOrigin()) {
      return Optional.empty();
    }
    var limits = request.knownCaller().flatMap(Caller::limits).filter(some -> !some.origins().isEmpty());
    return limits.isEmpty() ? Optional.of("*") : request.header("Origin").filter(limits.get().origins()::contains);
  }

  private void send(Request request, Answer answer, Optional<String> allowedOrigin) throws IOException {
    var context = request.context();
    context.status(answer.status());
    SAFETY.forEach(context::header);
    context.header("X-Request-Id", request.id());
    context.header("Cache-Control", "no-store");
    request.bounds().forEach(context::header);
    allowedOrigin.ifPresent(origin -> {
      context.header("Access-Control-Allow-Origin", origin);
      context.header("Access-Control-Expose-Headers",
          "ETag, Idempotency-Replayed, RateLimit-Limit, RateLimit-Remaining, "
              + "Retry-After, X-Request-Id");
      if (!origin.equals("*")) {
        context.header("Vary", "Origin");
      }
    });
    answer.headers().forEach(context::header);
    if (!request.passOver()) {
      // Or the client sends its next request over a connection that is about to close.
      context.header("Connection", "close");
    }
    switch (answer.body()) {
      case Answer.Body.Whole(var bytes) -> {
        if (bytes.length < COMPRESS_BYTES_MIN || answer.headers().containsKey("Content-Encoding")) {
          // Straight into the buffer of the connection: by way of a stream each answer, however short, costs a buffer of
          // 8 KB, which was a sixth of all that the server allocated.
          context.disableCompression();
          context.res().setContentLength(bytes.length);
          context.res().getOutputStream().write(bytes);
        } else {
          context.result(bytes);
        }
      }
      case Answer.Body.Streamed(var writer) -> {
        context.disableCompression();
        writer.write(context.res().getOutputStream());
      }
    }
  }

  private void sendQuietly(Request request, Answer answer) {
    try {
      send(request, answer, Optional.empty());
    } catch (IOException gone) {
      LOG.debug("the caller of request {} is gone", request.id(), gone);
    }
  }

  static void preflight(Context context) {
    context.header("Access-Control-Allow-Origin", "*");
    context.header("Access-Control-Allow-Methods", "GET, POST");
    // Libraries send headers of their own, and what is not understood does no harm. A star would not stand for
    // Authorization.
    String asked = context.header("Access-Control-Request-Headers");
    context.header("Access-Control-Allow-Headers", asked != null && HEADER_NAMES.matcher(asked).matches() ? asked
        : "Authorization, Content-Type, Content-Encoding, If-None-Match, X-Request-Id");
    context.header("Vary", "Access-Control-Request-Headers");
    context.header("Access-Control-Max-Age", String.valueOf(Duration.ofDays(1).toSeconds()));
    context.status(204);
  }

  private Request request(Context context) {
    Request known = context.attribute(REQUEST);
    if (known != null) {
      return known;
    }
    String sent = context.header("X-Request-Id");
    String id = sent != null && REQUEST_ID.matcher(sent).matches() ? sent
        : HexFormat.of().toHexDigits(ThreadLocalRandom.current().nextLong());
    var request = new Request(context, id, keys);
    context.attribute(REQUEST, request);
    return request;
  }

  private void measure(String method, String route, int status, long nanos) {
    Timer.builder("http.server.requests").description("Time to answer a request, by route")
        .serviceLevelObjectives(Duration.ofMillis(5), Duration.ofMillis(25), Duration.ofMillis(100),
            Duration.ofMillis(500), Duration.ofSeconds(2))
        .tag("method", method).tag("route", route).tag("status", String.valueOf(status)).register(metrics)
        .record(Duration.ofNanos(nanos));
  }
}
