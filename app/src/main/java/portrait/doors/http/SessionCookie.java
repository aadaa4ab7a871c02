package portrait.doors.http;

import java.time.Duration;

/// The cookie that keeps a person signed in: out of reach of scripts, and not sent along from other sites' forms.
public final class SessionCookie {

  static final String NAME = "portrait_session";
  private static final Duration LIFE = Duration.ofHours(12);

  private SessionCookie() {}

  /// The answer with the cookie of a new session.
  public static Answer begin(Answer answer, Request request, String token) {
    return set(answer, request, token, LIFE.toSeconds());
  }

  /// The answer that makes the browser forget the session.
  public static Answer end(Answer answer, Request request) {
    return set(answer, request, "", 0);
  }

  /// The token that the browser sent, for signing out.
  public static String token(Request request) {
    return request.cookie(NAME).orElse("");
  }

  private static Answer set(Answer answer, Request request, String token, long seconds) {
    return answer.withHeader("Set-Cookie", "%s=%s; Path=/; Max-Age=%d; HttpOnly; SameSite=Lax%s".formatted(NAME, token,
        seconds, request.isSecure() ? "; Secure" : ""));
  }
}
