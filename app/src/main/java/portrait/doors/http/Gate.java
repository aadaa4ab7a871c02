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
import java.util.concurrent.ThreadLocalRandom;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import portrait.foundation.model.Problem;
import portrait.foundation.model.ProblemException;
import portrait.foundation.security.Caller;
import portrait.foundation.security.LookUpLimits;
import portrait.foundation.security.Permission;
import portrait.foundation.security.Role;
import portrait.foundation.security.Security;

/// What every request passes before and after its handler: who calls, may they, does it come from our own pages; then
/// the answer, or what was thrown, goes out with the headers that keep browsers safe.
final class Gate {

  private static final Logger LOG = LoggerFactory.getLogger(Gate.class);
  private static final Pattern REQUEST_ID = Pattern.compile("[A-Za-z0-9._-]{1,64}");
  private static final Pattern HEADER_NAMES = Pattern.compile("[A-Za-z0-9-]{1,100}(, ?[A-Za-z0-9-]{1,100}){0,50}");
  private static final String REQUEST = "portrait.request";
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
  private final LookUpThrottle lookUps;

  Gate(Routes routes, WebServerSettings settings, Security security, MeterRegistry metrics) {
    this.routes = routes;
    this.settings = settings;
    this.security = security;
    this.metrics = metrics;
    this.lookUps = new LookUpThrottle(settings.lookUpsPerSecond(), System::nanoTime);
  }

  void handle(Routes.Route route, Context context) throws IOException {
    long began = System.nanoTime();
    var request = request(context);
    try {
      var answer = answer(route, request);
      send(request, answer, allowedOrigin(route, request));
    } finally {
      measure(route.method().name(), route.path(), context.statusCode(), System.nanoTime() - began);
    }
  }

  private Answer answer(Routes.Route route, Request request) {
    try {
      identify(request);
      if (route.method().changes() && !route.access().fromAnyOrigin()) {
        refuseOtherSites(request);
      }
      var needed = route.access().permission();
      if (needed.isPresent()) {
        refuseUnlessAllowed(request.caller(), needed.get());
        var limits = request.caller().limits();
        if (limits.isPresent()) {
          refuseBeyond(limits.get(), route, request);
        }
      }
      return request.knownCaller().isEmpty() ? route.handler().handle(request)
          : ScopedValue.where(Caller.CURRENT, request.caller()).call(() -> route.handler().handle(request));
    } catch (Exception | StackOverflowError failure) {
      return answerTo(request, problem(request, failure));
    }
  }

  private void identify(Request request) {
    var bearer = request.bearer();
    if (bearer.isPresent()) {
      var caller = isLocalKey(bearer.get()) ? Optional.of(new Caller("this machine", Role.OWNER, request.id()))
          : security.authenticateKey(bearer.get());
      request.identify(caller.orElseThrow(() -> Problem.of(Problem.Code.NOT_SIGNED_IN,
          "the key is not known, or was revoked", "Make one with: portrait key create --role lookup").asException())
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
    lookUps.take(request.caller().name() + " " + request.remoteAddress());
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
    var document = Answer.problem(problem, request.id());
    if (routes.problemPage().isEmpty() || !request.wantsPage()) {
      return document;
    }
    return routes.problemPage().get().show(request, problem);
  }

  private void identifyQuietly(Request request) {
    try {
      identify(request);
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
    allowedOrigin.ifPresent(origin -> {
      context.header("Access-Control-Allow-Origin", origin);
      context.header("Access-Control-Expose-Headers", "ETag, Retry-After, X-Request-Id");
      if (!origin.equals("*")) {
        context.header("Vary", "Origin");
      }
    });
    answer.headers().forEach(context::header);
    switch (answer.body()) {
      case Answer.Body.Whole(var bytes) -> {
        if (bytes.length < COMPRESS_BYTES_MIN || answer.headers().containsKey("Content-Encoding")) {
          context.disableCompression();
        }
        context.result(bytes);
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

  private static Request request(Context context) {
    Request known = context.attribute(REQUEST);
    if (known != null) {
      return known;
    }
    String sent = context.header("X-Request-Id");
    String id = sent != null && REQUEST_ID.matcher(sent).matches() ? sent
        : HexFormat.of().toHexDigits(ThreadLocalRandom.current().nextLong());
    var request = new Request(context, id);
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
