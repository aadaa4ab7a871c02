package portrait.stages.unification;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.function.Consumer;

/// Words that mean the same, from the lists beside this class: each maps to the one that stands for it, or to nothing
/// when it is noise.
final class Words {

  /// Short and familiar forms of first names to full ones, titles to nothing.
  static final Words NAMES = new Words(variants("names"), noise("titles"));
  /// Words of addresses to their short forms.
  static final Words ADDRESSES = new Words(variants("addresses"), Map.of());
  /// Legal forms and other noise to nothing.
  static final Words ORGANIZATIONS = new Words(Map.of(), noise("organizations"));

  private final Map<String, String> words = new HashMap<>();

  private Words(Map<String, String> variants, Map<String, String> noise) {
    words.putAll(noise);
    words.putAll(variants);
  }

  /// The text with every word replaced, one blank between words. A text that is nothing but noise stays as it is:
  /// emptied, it would match nobody.
  String in(String text) {
    var replaced = new StringBuilder(text.length());
    int at = 0;
    while (at < text.length()) {
      int start = at;
      while (start < text.length() && Character.isWhitespace(text.charAt(start))) {
        start++;
      }
      at = start;
      while (at < text.length() && !Character.isWhitespace(text.charAt(at))) {
        at++;
      }
      String word = replacement(text.substring(start, at));
      if (!word.isEmpty()) {
        replaced.append(replaced.isEmpty() ? "" : " ").append(word);
      }
    }
    return replaced.isEmpty() ? text : replaced.toString();
  }

  /// A word is looked up in small letters and without dots and commas: `St.` is `st`, `S.A.` is `sa`.
  private String replacement(String word) {
    String bare = bare(word);
    String replacement = words.get(bare);
    return replacement == null ? word : replacement;
  }

  private static String bare(String word) {
    for (int place = 0; place < word.length(); place++) {
      char letter = word.charAt(place);
      if (letter == '.' || letter == ',' || Character.isUpperCase(letter)) {
        return word.replace(".", "").replace(",", "").toLowerCase(Locale.ROOT);
      }
    }
    return word;
  }

  /// The first word of a line stands for all of them, itself included: otherwise `Bill` would become `william` and
  /// `WILLIAM` stay as it is.
  private static Map<String, String> variants(String list) {
    var variants = new HashMap<String, String>();
    lines(list, words -> {
      for (String word : words) {
        variants.put(word, words[0]);
      }
    });
    return variants;
  }

  private static Map<String, String> noise(String list) {
    var noise = new HashMap<String, String>();
    lines(list, words -> {
      for (String word : words) {
        noise.put(word, "");
      }
    });
    return noise;
  }

  private static void lines(String list, Consumer<String[]> use) {
    try (var reader = new BufferedReader(new InputStreamReader(
        Objects.requireNonNull(Words.class.getResourceAsStream("words/" + list + ".txt")), StandardCharsets.UTF_8))) {
      reader.lines().filter(line -> !line.isBlank() && !line.startsWith("#")).forEach(line -> use.accept(
          line.split(" ")));
    } catch (IOException unreadable) {
      throw new UncheckedIOException("cannot read the words " + list, unreadable);
    }
  }
}
