package portrait.doors.web;

import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// How a customer is shown in one glance: a name or an id, initials, a colour that stays theirs.
///
/// @param initials empty for somebody without a name
/// @param hue 0 to 7
public record Face(String name, String initials, int hue) {

  private static final int HUES = 8;

  /// Finds a name among attributes as sources call them.
  static Face of(String customerId, Map<String, ?> attributes, String nameless) {
    int hue = Math.floorMod(customerId.hashCode(), HUES);
    String first = text(attributes, "first_name", "FirstName", "firstname", "given_name", "firstName").orElse("");
    String last = text(attributes, "last_name", "LastName", "lastname", "family_name", "lastName").orElse("");
    String name = Stream.of(first, last).filter(part -> !part.isBlank()).collect(Collectors.joining(" "));
    if (name.isEmpty()) {
      name = text(attributes, "name", "full_name", "FullName", "Name", "display_name").orElse("");
    }
    return name.isEmpty() ? new Face(text(attributes, "email", "Email").orElse(nameless), "", hue)
        : new Face(name, initials(name), hue);
  }

  /// The first of these attributes that has a text.
  static Optional<String> text(Map<String, ?> attributes, String... names) {
    for (String name : names) {
      Object value = attributes.get(name);
      if (value != null && !value.toString().isBlank()) {
        return Optional.of(value.toString().strip());
      }
    }
    return Optional.empty();
  }

  private static String initials(String name) {
    String[] words = name.strip().split("\\s+");
    String initials = letter(words[0]) + (words.length > 1 ? letter(words[words.length - 1]) : "");
    return initials.toUpperCase(java.util.Locale.ROOT);
  }

  private static String letter(String word) {
    int point = word.codePointAt(0);
    return Character.isLetterOrDigit(point) ? Character.toString(point) : "";
  }
}
