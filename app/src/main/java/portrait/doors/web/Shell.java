package portrait.doors.web;

import java.util.Optional;
import java.util.Set;
import portrait.doors.http.StaticFiles;

/// What surrounds every page: language, navigation, who is signed in.
///
/// @param area the entry of the navigation that the page belongs to
/// @param person empty on pages for everybody, such as the sign-in
/// @param mayChange whether this person may load data and change definitions; what they may not do is not offered
/// @param csrf goes into every form
/// @param seen goes into every form that edits definitions: how much of them this page has seen
/// @param theme `auto`, `light` or `dark`
/// @param unread how much work has ended that this person was not told of
public record Shell(Messages text, StaticFiles files, String title, String area, Optional<Person> person,
    boolean mayChange, boolean mayAdminister, String csrf, String seen, String theme,
    long unread, Optional<Notice> notice) {

  private static final Set<String> SYSTEM = Set.of("jobs", "schedules", "retention", "definitions", "privacy",
      "consent",
      "backups",
      "keys", "people", "usage", "audit");

  /// @param role as it is written in commands: `contributor`
  public record Person(String name, String role) {}

  /// What came of the form just sent.
  public record Notice(boolean isGood, String message, String hint) {}

  public String icon(String name) {
    return files.url("icons.svg") + "#" + name;
  }

  /// Whether the page is about keeping Portrait itself: only then is that part of the navigation unfolded.
  public boolean isInSystem() {
    return SYSTEM.contains(area);
  }

  /// What the theme shows before a script can ask the system.
  public String firstTheme() {
    return theme.equals("dark") ? "dark" : "light";
  }
}
