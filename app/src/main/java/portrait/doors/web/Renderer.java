package portrait.doors.web;

import gg.jte.ContentType;
import gg.jte.TemplateEngine;
import gg.jte.output.StringOutput;
import java.net.URLDecoder;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.text.NumberFormat;
import java.time.Clock;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import portrait.doors.http.Answer;
import portrait.doors.http.Request;
import portrait.doors.http.StaticFiles;
import portrait.foundation.model.Problem;
import portrait.foundation.security.Permission;
import portrait.foundation.security.Session;

/// Turns a page's record into HTML inside the shell of the person who asked.
final class Renderer {

  private static final String NOTICE = "portrait_notice";
  private static final String COOKIE = "portrait_";
  private static final String GOOD = "good ";

  private final TemplateEngine templates = TemplateEngine.createPrecompiled(null, ContentType.Html, null,
      "portrait.doors.web.templates");
  private final StaticFiles files;
  private final List<Messages> languages;
  /// How numbers may be written, whatever the language.
  private static final List<Locale> NUMBERS = List.of(Locale.ENGLISH, Locale.FRENCH, Locale.GERMAN,
      Locale.forLanguageTag("de-CH"));

  Renderer(StaticFiles files, Clock clock) {
    this.files = files;
    this.languages = Messages.LANGUAGES.stream().map(language -> new Messages(language, clock)).toList();
  }

  /// In the language that somebody chose, else the one the browser asks for, else English.
  Messages text(Request request) {
    var text = chosen(request, Personal.LANGUAGE).flatMap(this::spoken)
        .or(() -> request.header("Accept-Language").flatMap(this::understood)).orElse(languages.getFirst());
    return chosen(request, Personal.NUMBERS).filter(spellings()::containsKey).map(Locale::forLanguageTag)
        .map(text::withNumbers).orElse(text);
  }

  /// What somebody who is signed in chose, else what this browser was told.
  private static Optional<String> chosen(Request request, String name) {
    return request.noted(name).or(() -> request.cookie(COOKIE + name));
  }

  /// A number in each way that can be chosen, by its language tag.
  SortedMap<String, String> spellings() {
    var spellings = new TreeMap<String, String>();
    NUMBERS.forEach(locale -> spellings.put(locale.toLanguageTag(),
        NumberFormat.getNumberInstance(locale).format(1_234_567.89)));
    return spellings;
  }

  private Optional<Messages> spoken(String language) {
    return languages.stream().filter(words -> words.language().equals(language)).findFirst();
  }

  private Optional<Messages> understood(String wanted) {
    try {
      return Optional.ofNullable(Locale.lookup(Locale.LanguageRange.parse(wanted), Messages.LANGUAGES))
          .map(Locale::getLanguage).flatMap(this::spoken);
    } catch (IllegalArgumentException _) {
      return Optional.empty();
    }
  }

  /// A page, with the notice that the form before it left.
  Answer page(Request request, String template, String title, String area, Object page) {
    var notice = request.cookie(NOTICE).map(Renderer::notice);
    var answer = page(request, template, title, area, page, notice);
    return notice.isEmpty() ? answer : answer.withHeader("Set-Cookie", NOTICE + "=; Path=/; Max-Age=0; HttpOnly");
  }

  /// A page that tells about a problem with what was sent, and keeps what was sent.
  Answer page(Request request, String template, String title, String area, Object page, Problem problem) {
    return page(request, template, title, area, page,
        Optional.of(new Shell.Notice(false, text(request).sentence(told(problem)),
            problem.hint())))
        .withStatus(Answer.problem(problem, request.id()).status());
  }

  Answer page(Request request, String template, String title, String area, Object page,
      Optional<Shell.Notice> notice) {
    return Answer.html(render(template, Map.of("shell", shell(request, title, area, notice), "page", page)));
  }

  /// A part of a page, for htmx.
  Answer part(Request request, String template, String name, Object value) {
    return Answer.html(render(template, Map.of("shell", shell(request, "", "", Optional.empty()), name, value)));
  }

  Answer problem(Request request, Problem problem) {
    var shell = shell(request, text(request).of("problem." + problem.code().fault().name().toLowerCase(Locale.ROOT)),
        "",
        Optional.empty());
    return Answer.html(render("problem", Map.of("shell", shell, "problem", problem, "requestId", request.id())))
        .withStatus(Answer.problem(problem, request.id()).status());
  }

  /// Back to a page after a form was sent, with word of what came of it.
  static Answer done(String location, String message) {
    return told(location, GOOD, message);
  }

  static Answer failed(String location, Problem problem) {
    return told(location, "bad ", problem.hint().isEmpty() ? told(problem) : told(problem) + "\n" + problem.hint());
  }

  /// Keeps a choice in this browser, for those who are not signed in.
  static Answer remembered(Answer answer, String name, String choice) {
    return choice.isEmpty() ? answer
        : answer.withHeader("Set-Cookie",
            "%s%s=%s; Path=/; Max-Age=31536000; HttpOnly; SameSite=Lax".formatted(COOKIE, name, choice));
  }

  private static Answer told(String location, String tone, String message) {
    return Answer.seeOther(location).withHeader("Set-Cookie", "%s=%s; Path=/; Max-Age=60; HttpOnly; SameSite=Lax"
        .formatted(NOTICE, URLEncoder.encode(tone + message, StandardCharsets.UTF_8)));
  }

  private static Shell.Notice notice(String cookie) {
    String text;
    try {
      text = URLDecoder.decode(cookie, StandardCharsets.UTF_8);
    } catch (IllegalArgumentException _) {
      text = cookie;
    }
    boolean isGood = text.startsWith(GOOD);
    return new Shell.Notice(isGood, text.substring(text.indexOf(' ') + 1), "");
  }

  /// The message, and every single problem where several were collected.
  private static String told(Problem problem) {
    var told = new StringBuilder(problem.message());
    problem.details().entrySet().stream().sorted(Map.Entry.comparingByKey())
        .filter(detail -> !problem.message().contains(detail.getValue()))
        .forEach(detail -> told.append('\n').append(detail.getValue()));
    return told.toString();
  }

  private Shell shell(Request request, String title, String area, Optional<Shell.Notice> notice) {
    var role = request.knownCaller().map(caller -> caller.role());
    return new Shell(text(request), files, title, area,
        request.knownCaller().map(caller -> new Shell.Person(caller.name(), caller.role().text())),
        role.filter(held -> held.allows(Permission.CONTRIBUTE)).isPresent(),
        role.filter(held -> held.allows(Permission.ADMINISTER)).isPresent(),
        request.session().map(Session::csrfToken).orElse(""), Editing.seen(request),
        chosen(request, Personal.THEME).filter(Personal.THEMES::contains).orElse("auto"),
        request.noted(Personal.UNREAD).map(Long::parseLong).orElse(0L), notice);
  }

  String render(String template, Map<String, Object> values) {
    var output = new StringOutput(16 * 1024);
    templates.render(template + ".jte", new HashMap<>(values), output);
    return output.toString();
  }
}
