package portrait.stages.enrichments.providers;

import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import portrait.foundation.model.Problem;
import portrait.foundation.model.ProblemException;
import portrait.foundation.outside.Outside;
import portrait.stages.enrichments.providers.Asking.Reply.TryLater;
import portrait.stages.enrichments.providers.Provider.Allowed;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.JsonNodeFactory;

/// Calls of Microsoft Graph. Every token is looked into before it is used: unless its roles prove that the administrator
/// consented to all that is needed, nothing is read with it.
final class GraphCalls implements AutoCloseable {

  /** Pages of 500 messages, each with many recipients. */
  private static final int PAGE_BYTES_MAX = 32 << 20;
  private static final Duration TOKEN_SPARE = Duration.ofMinutes(5);
  /** Of each line one is enough. The first is what is asked for: it can do the least. */
  private static final List<List<String>> NEEDED = List.of(List.of("User.Read.All"),
      List.of("GroupMember.Read.All", "Group.Read.All", "Directory.Read.All"),
      List.of("Mail.ReadBasic.All", "Mail.ReadBasic"),
      List.of("Calendars.ReadBasic.All", "Calendars.ReadBasic", "Calendars.Read"));
  /** The application is not known in the tenant: nobody consented to anything. */
  private static final Set<Integer> NOT_CONSENTED = Set.of(65_001, 650_052, 700_016, 7_000_229);

  private final Microsoft365.Tenant tenant;
  private final URI login;
  private final URI graph;
  private final EngagementCount count;
  private final Outside outside = new Outside(PAGE_BYTES_MAX);
  private @Nullable Token token;

  GraphCalls(Microsoft365.Tenant tenant, URI login, URI graph, EngagementCount count) {
    this.tenant = tenant;
    this.login = login;
    this.graph = graph;
    this.count = count;
  }

  private record Token(String text, Instant until) {}

  /// What came of a call.
  sealed interface Page {

    /// What was asked for.
    record Read(JsonNode body) implements Page {}

    /// It cannot be had now.
    record Later(TryLater why) implements Page {}

    /// This one may not or cannot be read; others may.
    record Closed() implements Page {}
  }

  /// What became of signing in.
  private sealed interface SignedIn {

    record In(Token token) implements SignedIn {}

    record Not(Allowed.Missing missing) implements SignedIn {}

    record Later(TryLater why) implements SignedIn {}
  }

  /// Asks for a token, and for nothing else.
  Allowed allowed() throws InterruptedException {
    return switch (signIn()) {
      case SignedIn.In _ -> new Allowed.Given();
      case SignedIn.Not(var missing) -> missing;
      case SignedIn.Later(var why) -> throw Problem.of(Problem.Code.SERVER_UNREACHABLE, why.why(),
          "Try again in a while.").asException();
    };
  }

  /// Reads a page.
  ///
  /// @param address a path within Graph, or the link to the next page as it was given
  /// @throws ProblemException when asking on is of no use
  Page get(String address, Map<String, String> headers) throws InterruptedException {
    var to = within(address);
    boolean isSecond = false;
    while (true) {
      switch (present()) {
        case SignedIn.Later(var why) -> {
          return new Page.Later(why);
        }
        case SignedIn.Not(var missing) -> throw notAllowed(missing).asException();
        case SignedIn.In(var good) -> {
          var reply = outside.get(to, headers(good, headers));
          if (reply instanceof Outside.Reply.Answer answer && answer.status() == 401 && !isSecond) {
            drop(good);
            isSecond = true;
            continue;
          }
          return page(reply);
        }
      }
    }
  }

  private static Map<String, String> headers(Token token, Map<String, String> more) {
    var headers = new HashMap<>(more);
    headers.put("Authorization", "Bearer " + token.text());
    headers.put("Accept", "application/json");
    return headers;
  }

  /// A token must not be sent anywhere else, wherever a link leads.
  private URI within(String address) {
    var to = address.startsWith("/") ? URI.create(graph + address) : URI.create(address);
    if (!graph.getScheme().equals(to.getScheme()) || !graph.getAuthority().equals(to.getAuthority())) {
      throw Problem.of(Problem.Code.SERVER_UNREACHABLE, "Microsoft Graph leads to another host",
          "Nothing was sent there. Try again later.").asException();
    }
    return to;
  }

  private Page page(Outside.Reply reply) throws InterruptedException {
    return switch (reply) {
      case Outside.Reply.Broken(String why, _) -> new Page.Later(new TryLater(Optional.empty(), false, why));
      case Outside.Reply.Answer answer -> switch (answer.status()) {
        case 200 -> {
          var body = answer.json();
          yield body.isObject() ? new Page.Read(body)
              : new Page.Later(new TryLater(Optional.empty(), false, "an answer of Microsoft Graph was cut off"));
        }
        case 403 -> {
          proveAnew();
          yield new Page.Closed();
        }
        case 404 -> new Page.Closed();
        case 429 -> new Page.Later(new TryLater(answer.retryAfter(), true, "Microsoft Graph asks to wait"));
        case 500, 502, 503, 504 -> new Page.Later(new TryLater(answer.retryAfter(), answer.retryAfter().isPresent(),
            "Microsoft Graph answered %d".formatted(answer.status())));
        case 401 -> throw Problem.of(Problem.Code.SERVER_UNREACHABLE, "Microsoft Graph does not accept its own token",
            "What was read until then is kept. Run it again later.").asException();
        default -> throw Problem.of(Problem.Code.SERVER_UNREACHABLE,
            "Microsoft Graph answered %d%s".formatted(answer.status(), named(answer)),
            "That was not expected: tell Microsoft the request id.").asException();
      };
    };
  }

  private static String named(Outside.Reply.Answer answer) {
    String code = answer.json().path("error").path("code").asString("");
    String request = answer.header("request-id").orElse("");
    return (code.matches("[A-Za-z0-9_.]{1,80}") ? " " + code : "")
        + (request.matches("[A-Za-z0-9-]{1,80}") ? " (request id %s)".formatted(request) : "");
  }

  /// One mailbox that is forbidden is that; where consent was taken back, all are.
  private void proveAnew() throws InterruptedException {
    if (signIn() instanceof SignedIn.Not(var missing)) {
      throw notAllowed(missing).asException();
    }
  }

  /// What somebody is told while an administrator has not consented.
  private static Problem notAllowed(Allowed.Missing missing) {
    return Problem.of(Problem.Code.CONFLICT, "the administrator has not consented to %s".formatted(
        String.join(", ", missing.what())), "An administrator of the tenant consents at %s".formatted(missing.link()));
  }

  private synchronized SignedIn present() throws InterruptedException {
    if (token != null && count.now().isBefore(token.until())) {
      return new SignedIn.In(token);
    }
    var signedIn = signIn();
    if (signedIn instanceof SignedIn.In(var fresh)) {
      token = fresh;
    }
    return signedIn;
  }

  private synchronized void drop(Token refused) {
    if (refused.equals(token)) {
      token = null;
    }
  }

  private SignedIn signIn() throws InterruptedException {
    var body = "client_id=%s&client_secret=%s&scope=%s&grant_type=client_credentials".formatted(
        encoded(tenant.applicationId()), encoded(tenant.clientSecret().reveal()), encoded(graph + "/.default"));
    var reply = outside.post(login.resolve("/%s/oauth2/v2.0/token".formatted(tenant.tenant())),
        Map.of("Content-Type", "application/x-www-form-urlencoded", "Accept", "application/json"),
        body.getBytes(StandardCharsets.UTF_8));
    return switch (reply) {
      case Outside.Reply.Broken(String why, _) -> new SignedIn.Later(new TryLater(Optional.empty(), false, why));
      case Outside.Reply.Answer answer -> {
        int status = answer.status();
        if (status == 429 || status >= 500) {
          yield new SignedIn.Later(new TryLater(answer.retryAfter(), status == 429,
              "the sign-in of Microsoft answered %d".formatted(status)));
        }
        var said = answer.json();
        if (status == 200) {
          yield said.path("access_token").asString("").isEmpty()
              ? new SignedIn.Later(new TryLater(Optional.empty(), false, "a token of Microsoft was cut off"))
              : proven(said);
        }
        yield refused(said, status);
      }
    };
  }

  private SignedIn proven(JsonNode said) {
    String text = said.path("access_token").asString();
    var claims = claims(text);
    refuseOtherRegion(claims.path("tenant_region_scope").asString(""));
    var roles = claims.path("roles").valueStream().map(JsonNode::asString).collect(Collectors.toSet());
    var missing = NEEDED.stream().filter(one -> one.stream().noneMatch(roles::contains)).map(List::getFirst).toList();
    return missing.isEmpty()
        ? new SignedIn.In(new Token(text,
            count.now().plusSeconds(said.path("expires_in").asLong(0)).minus(TOKEN_SPARE)))
        : new SignedIn.Not(new Allowed.Missing(missing, tenant.consentLink()));
  }

  /// Not every token says it.
  private void refuseOtherRegion(String scope) {
    if (!scope.isEmpty() && !scope.equals(tenant.region().scope())) {
      throw Problem.of(Problem.Code.CONFLICT, "the data of the tenant lies in the region %s".formatted(
          scope.replaceAll("[^A-Za-z]", "")), "Put the right region into the connection.").asException();
    }
  }

  /// What a token says of itself. It came from the place that made it, so nobody else's word is taken.
  private static JsonNode claims(String token) {
    var parts = new ArrayList<>(List.of(token.split("\\.")));
    try {
      return JsonMapper.shared().readTree(Base64.getUrlDecoder().decode(parts.size() > 1 ? parts.get(1) : ""));
    } catch (IllegalArgumentException | JacksonException _) {
      return JsonNodeFactory.instance.missingNode();
    }
  }

  private SignedIn refused(JsonNode said, int status) {
    var codes = said.path("error_codes").valueStream().map(code -> code.asInt(0)).toList();
    if (codes.stream().anyMatch(NOT_CONSENTED::contains)) {
      return new SignedIn.Not(new Allowed.Missing(NEEDED.stream().map(List::getFirst).toList(), tenant.consentLink()));
    }
    throw Problem.of(Problem.Code.SERVER_UNREACHABLE, "Microsoft does not accept the sign-in (%s)".formatted(
        codes.isEmpty() ? status : codes.stream().map(code -> "AADSTS" + code).collect(Collectors.joining(", "))),
        "Check tenant, application id and client secret in the connection; secrets end after two years at most.")
        .asException();
  }

  static String encoded(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
  }

  long calls() {
    return outside.calls();
  }

  @Override
  public void close() {
    outside.close();
  }
}
