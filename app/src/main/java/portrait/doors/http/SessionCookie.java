package portrait.doors.http;

import java.time.Duration;
import java.util.Optional;

/// The cookie that keeps a person signed in: out of reach of scripts, and not sent along from other sites' forms.
public final class SessionCookie {

  static final String NAME = "portrait_session";
  private static final String SIGN_ON = "portrait_sign_on";
  private static final Duration SIGN_ON_LIFE = Duration.ofMinutes(10);
  private static final Duration LIFE = Duration.ofHours(12);

  private SessionCookie() {}

  /// The answer with the cookie of a new session.
  public static Answer begin(Answer answer, Request request, String token) {
    return set(answer, request, NAME, token, LIFE.toSeconds());
  }

  /// The answer that makes the browser forget the session.
  public static Answer end(Answer answer, Request request) {
    return set(answer, request, NAME, "", 0);
  }

  /// The token that the browser sent, for signing out.
  public static String token(Request request) {
    return request.cookie(NAME).orElse("");
  }

  /// The answer that ties a sign-on elsewhere to this browser until it comes back.
  public static Answer beginSignOn(Answer answer, Request request, String state) {
    return set(answer, request, SIGN_ON, state, SIGN_ON_LIFE.toSeconds());
  }

  /// The state of the sign-on that this browser began.
  public static Optional<String> signOn(Request request) {
    return request.cookie(SIGN_ON);
  }

  private static Answer set(Answer answer, Request request, String name, String value, long seconds) {
    return answer.withHeader("Set-Cookie", "%s=%s; Path=/; Max-Age=%d; HttpOnly; SameSite=Lax%s".formatted(name, value,
        seconds, request.isSecure() ? "; Secure" : ""));
  }
}
