package portrait.doors.web;

import java.util.Optional;
import portrait.doors.http.Request;
import portrait.foundation.definitions.Definitions;
import portrait.foundation.definitions.Seen;

/// Two people who edit one definition do not overwrite each other: every form that edits says up to which change its
/// page had seen the definitions.
final class Editing {

  private static final String FIELD = "seen";
  private static final String FORM = "application/x-www-form-urlencoded";

  private Editing() {}

  /// Before the page looks at any definition, so that what it shows is never older than it says.
  static void begin(Request request, Definitions definitions) {
    request.note(FIELD, String.valueOf(definitions.revision()));
  }

  /// For the forms of a page. One that shows a sent form again has still seen no more than the person who sent it.
  static String seen(Request request) {
    return sent(request).or(() -> request.noted(FIELD)).orElse("");
  }

  /// What the sender of a form had seen; everything when it does not say.
  static Seen of(Request request) {
    return sent(request).map(text -> new Seen(Long.parseLong(text))).orElse(Seen.EVERYTHING);
  }

  private static Optional<String> sent(Request request) {
    boolean isForm = request.method().equals("POST")
        && request.header("Content-Type").filter(type -> type.startsWith(FORM)).isPresent();
    return isForm ? request.form(FIELD).filter(text -> text.matches("[0-9]{1,18}")) : Optional.empty();
  }
}
