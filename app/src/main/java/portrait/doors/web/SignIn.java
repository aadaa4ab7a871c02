package portrait.doors.web;

import static portrait.doors.http.Access.PUBLIC;

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
        new SignInPage(next, user, refusal));
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
