package portrait.doors.web;

import static portrait.doors.http.Access.PUBLIC;

import java.net.URI;
import java.util.Optional;
import portrait.doors.http.Answer;
import portrait.doors.http.Door;
import portrait.doors.http.Request;
import portrait.doors.http.Routes;
import portrait.doors.http.SessionCookie;
import portrait.foundation.model.Problem;
import portrait.foundation.model.ProblemException;
import portrait.foundation.model.Secret;
import portrait.foundation.security.Security;
import portrait.foundation.security.SignedIn;

/// In and out.
final class SignIn implements Door {

  private static final String START = "/";
  private static final String COME_BACK = "/sign-on/done";

  private final Security security;
  private final Renderer renderer;

  SignIn(Security security, Renderer renderer) {
    this.security = security;
    this.renderer = renderer;
  }

  @Override
  public void routes(Routes routes) {
    routes.get("/sign-in", PUBLIC, request -> page(request, next(request.query("next").orElse(START)), "", ""));
    routes.post("/sign-in", PUBLIC, this::signIn);
    routes.post("/sign-out", PUBLIC, this::signOut);
    routes.get("/sign-on", PUBLIC, this::beginSignOn);
    routes.get(COME_BACK, PUBLIC, this::endSignOn);
  }

  /// To the provider, and back to [#COME_BACK].
  private Answer beginSignOn(Request request) {
    var begun = security.beginSignOn(comeBackTo(request), next(request.query("next").orElse(START)));
    return SessionCookie.beginSignOn(Answer.seeOther(begun.address().toString()), request, begun.state());
  }

  /// The provider's answer counts in the browser that asked for it only.
  private Answer endSignOn(Request request) {
    try {
      String state = request.query("state").orElse("");
      if (state.isEmpty() || !SessionCookie.signOn(request).equals(Optional.of(state))) {
        throw Problem.of(Problem.Code.NOT_ALLOWED, "this sign-in has ended, or began elsewhere",
            "Begin again on the sign-in page.").asException();
      }
      String code = request.query("code").orElseThrow(() -> Problem.of(Problem.Code.NOT_ALLOWED,
          "%s did not sign you in".formatted(security.signOnHost().orElse("the provider"))).asException());
      var signedOn = security.endSignOn(comeBackTo(request), state, code);
      return SessionCookie.begin(Answer.seeOther(next(signedOn.next())), request, signedOn.signedIn().sessionToken());
    } catch (ProblemException refused) {
      var text = renderer.text(request);
      return page(request, START, "", text.sentence(refused.problem().message()) + " "
          + text.sentence(refused.problem().hint()))
          .withStatus(Answer.problem(refused.problem(), request.id()).status());
    }
  }

  private static URI comeBackTo(Request request) {
    return URI.create("%s://%s%s".formatted(request.isSecure() ? "https" : "http",
        request.header("Host").filter(host -> host.matches("[A-Za-z0-9.:\\[\\]-]+")).orElse("localhost"), COME_BACK));
  }

  private Answer signIn(Request request) {
    String user = request.form("user").orElse("").strip();
    String next = next(request.form("next").orElse(START));
    try {
      var signedIn = security.signIn(user, Secret.of(request.form("password").orElse("")));
      return signedIn.map(SignedIn::sessionToken)
          .map(token -> SessionCookie.begin(Answer.seeOther(next), request, token))
          .orElseGet(() -> page(request, next, user, renderer.text(request).of("signIn.failed")).withStatus(401));
    } catch (ProblemException refused) {
      if (refused.problem().code() != Problem.Code.TOO_MANY_REQUESTS) {
        throw refused;
      }
      String seconds = refused.problem().details().getOrDefault("retryAfterSeconds", "1");
      return page(request, next, user, renderer.text(request).of("signIn.wait", Long.parseLong(seconds)))
          .withStatus(429)
          .withHeader("Retry-After", seconds);
    }
  }

  private Answer signOut(Request request) {
    security.signOut(SessionCookie.token(request));
    return SessionCookie.end(Answer.seeOther("/sign-in"), request);
  }

  private Answer page(Request request, String next, String user, String refusal) {
    return renderer.page(request, "signIn", renderer.text(request).of("signIn.title"), "",
        new SignInPage(next, user, refusal, security.signOnHost()));
  }

  private static String next(String wanted) {
    return isOurs(wanted) ? wanted : START;
  }

  /// Whether an address stays on this server: a sign-in must not lead to a foreign page that looks like ours.
  static boolean isOurs(String address) {
    return address.startsWith("/") && !address.startsWith("//") && address.indexOf('\\') < 0
        && address.chars().noneMatch(Character::isISOControl);
  }
}
