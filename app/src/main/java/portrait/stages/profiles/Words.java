package portrait.stages.profiles;

import java.text.Normalizer;
import java.util.Collection;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import portrait.foundation.model.Identity;

/// The words by which a customer is found: texts and identity values, cut at spaces, hyphens, `@`, `.`, `_` and other
/// punctuation, in lower case, without accents.
final class Words {

  /** Longer words are found by their beginning only; ids of machines need no more to be told apart. */
  static final int LENGTH_MAX = 40;
  private static final int WORDS_MAX = 200;
  private static final Pattern BREAK = Pattern.compile("[^\\p{L}\\p{N}]+");
  private static final Pattern ACCENT = Pattern.compile("\\p{M}+");

  private Words() {}

  static Set<String> of(Document document, Collection<Identity> identities) {
    var words = new TreeSet<String>();
    for (var identity : identities) {
      add(identity.value(), words);
    }
    for (var value : document.attributes().values()) {
      if (value.value() instanceof String text) {
        add(text, words);
      }
    }
    return words;
  }

  /// The words of a text that somebody searches for.
  static Set<String> of(String text) {
    var words = new TreeSet<String>();
    add(text, words);
    return words;
  }

  private static void add(String text, Set<String> words) {
    for (String word : BREAK.split(plain(text))) {
      if (words.size() >= WORDS_MAX) {
        return;
      }
      if (!word.isEmpty()) {
        words.add(word.length() <= LENGTH_MAX ? word : word.substring(0, LENGTH_MAX));
      }
    }
  }

  private static String plain(String text) {
    String lower = text.toLowerCase(Locale.ROOT);
    for (int i = 0; i < lower.length(); i++) {
      if (lower.charAt(i) > 127) {
        return ACCENT.matcher(Normalizer.normalize(lower, Normalizer.Form.NFKD)).replaceAll("");
      }
    }
    return lower;
  }
}
