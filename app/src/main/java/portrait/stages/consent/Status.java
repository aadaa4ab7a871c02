package portrait.stages.consent;

import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import portrait.foundation.warehouse.Sql;

/// What somebody said about one purpose.
public enum Status {
  /** They agree. */
  GRANTED(List.of("granted", "given", "accepted", "subscribed", "opted-in", "opted_in", "optedin", "opt-in", "opt_in",
      "optin", "true", "t", "yes", "y", "oui", "on", "1", "1.0")),
  /** Somebody took back what was said before, without saying anything else. */
  UNKNOWN(List.of("unknown", "u", "unset", "none", "null")),
  /** They do not agree. Last, so that the strictest is the greatest. */
  DENIED(List.of());

  private final List<String> words;

  Status(List<String> words) {
    this.words = words;
  }

  /// As it is written in answers and kept in attributes.
  public String text() {
    return name().toLowerCase(Locale.ROOT);
  }

  /// What a value from outside means. Whatever is not understood is no consent: a double opt-in that waits for its
  /// answer, for example, is a text nobody listed.
  public static Status of(@Nullable Object value) {
    String word = value == null ? UNKNOWN.text() : value.toString().strip().toLowerCase(Locale.ROOT);
    if (GRANTED.words.contains(word)) {
      return GRANTED;
    }
    return UNKNOWN.words.contains(word) || word.isEmpty() ? UNKNOWN : DENIED;
  }

  /// The same for a column of a table, where an empty field says nothing at all.
  ///
  /// @param column must be of a type that has a text
  public static Sql of(Sql column) {
    return Sql.format("""
        CASE WHEN trim(CAST({} AS VARCHAR)) = '' THEN NULL
          WHEN lower(trim(CAST({} AS VARCHAR))) IN (%s) THEN 'granted'
          WHEN lower(trim(CAST({} AS VARCHAR))) IN (%s) THEN 'unknown'
          WHEN {} IS NOT NULL THEN 'denied' END""".formatted(quoted(GRANTED), quoted(UNKNOWN)), column, column, column,
        column);
  }

  private static String quoted(Status status) {
    return status.words.stream().map(word -> "'" + word + "'").collect(Collectors.joining(", "));
  }
}
