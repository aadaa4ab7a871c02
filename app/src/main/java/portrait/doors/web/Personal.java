package portrait.doors.web;

import static portrait.doors.http.Access.needs;
import static portrait.doors.http.Access.PUBLIC;

import java.net.URI;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import portrait.doors.http.Answer;
import portrait.doors.http.Bell;
import portrait.doors.http.Door;
import portrait.doors.http.Request;
import portrait.doors.http.Routes;
import portrait.foundation.security.Permission;
import portrait.foundation.security.Security;

/// What somebody chose for themselves, wherever they sign in: language, numbers, light or dark; and what they were told.
/// Before the sign-in a cookie keeps it.
final class Personal implements Door {

  static final String LANGUAGE = "language";
  static final String NUMBERS = "numbers";
  static final String THEME = "theme";
  static final String UNREAD = "unread";
  static final List<String> THEMES = List.of("auto", "light", "dark");
  private static final int TOLD_MAX = 50;

  private final Renderer renderer;
  private final Security security;
  private final Bell bell;

  Personal(Renderer renderer, Security security, Bell bell) {
    this.renderer = renderer;
    this.security = security;
    this.bell = bell;
  }

  /// Before a page is made.
  void begin(Request request) {
    request.knownCaller().ifPresent(caller -> {
      var chosen = security.preferences(caller);
      List.of(LANGUAGE, NUMBERS, THEME).forEach(name -> Optional.ofNullable(chosen.get(name))
          .ifPresent(value -> request.note(name, value)));
      if (!request.isFragment()) {
        request.note(UNREAD, String.valueOf(bell.unread(chosen)));
      }
    });
  }

  @Override
  public void routes(Routes routes) {
    var view = needs(Permission.VIEW);
    routes.post("/theme", PUBLIC, request -> chosen(request, THEME));
    routes.post("/language", PUBLIC, request -> chosen(request, LANGUAGE));
    routes.get("/preferences", view, request -> renderer.page(request, "preferences",
        renderer.text(request).of("preferences.title"), "", new PreferencesPage(
            request.noted(LANGUAGE).orElse(""), request.noted(NUMBERS).orElse(""),
            request.noted(THEME).orElse("auto"), renderer.spellings())));
    routes.post("/preferences", view, this::choose);
    routes.get("/notifications", view, this::told);
    routes.post("/notifications", view, request -> {
      bell.read(request.caller(), request.form("until"));
      return Answer.seeOther("/notifications");
    });
  }

  private Answer chosen(Request request, String name) {
    String choice = request.form(name).filter(value -> isChoice(name, value)).orElse("");
    if (!choice.isEmpty()) {
      request.knownCaller().ifPresent(caller -> security.prefer(caller, Map.of(name, choice)));
    }
    return Renderer.remembered(Answer.seeOther(cameFrom(request)), name, choice);
  }

  private Answer choose(Request request) {
    var chosen = new java.util.HashMap<String, String>();
    List.of(LANGUAGE, NUMBERS, THEME).forEach(name -> request.form(name)
        .filter(value -> value.isEmpty() || isChoice(name, value)).ifPresent(value -> chosen.put(name, value)));
    security.prefer(request.caller(), chosen);
    return Answer.seeOther("/preferences");
  }

  private boolean isChoice(String name, String value) {
    return switch (name) {
      case LANGUAGE -> Messages.LANGUAGES.stream().anyMatch(language -> language.getLanguage().equals(value));
      case NUMBERS -> renderer.spellings().containsKey(value);
      default -> THEMES.contains(value);
    };
  }

  private Answer told(Request request) {
    var text = renderer.text(request);
    var readUntil = bell.readUntil(security.preferences(request.caller()));
    var told = bell.ended(TOLD_MAX).stream().map(job -> {
      var ended = Objects.requireNonNull(job.endedAt());
      return new NotificationsPage.Told(job.id().toString(), JobPage.title(job, text), job.status().text(), ended,
          job.by(), job.problem().map(problem -> text.sentence(problem.message())).orElse(""),
          ended.isAfter(readUntil));
    }).toList();
    return renderer.page(request, "notifications", text.of("notifications.title"), "", new NotificationsPage(told));
  }

  /// The page that a form was sent from, as far as it is one of ours.
  private static String cameFrom(Request request) {
    return request.header("Referer").flatMap(referrer -> {
      try {
        var uri = URI.create(referrer);
        String query = uri.getRawQuery() == null ? "" : "?" + uri.getRawQuery();
        return SignIn.isOurs(uri.getRawPath()) ? Optional.of(uri.getRawPath() + query) : Optional.empty();
      } catch (IllegalArgumentException _) {
        return Optional.empty();
      }
    }).orElse("/");
  }
}
