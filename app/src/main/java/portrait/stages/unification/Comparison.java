package portrait.stages.unification;

import java.util.Arrays;
import java.util.HashMap;
import java.util.Locale;
import java.util.Optional;

/// How alike two texts are: from 0, nothing in common, to 1, the same. Characters are Unicode characters, whatever bytes
/// they take.
public enum Comparison {
  /** Share of the longer text that needs no edit: (longest length − edits) / longest length. */
  EDITS {
    @Override
    public double of(String one, String other, double floor) {
      int[] a = characters(one);
      int[] b = characters(other);
      int longest = Math.max(a.length, b.length);
      if (longest == 0) {
        return 1;
      }
      int editsMax = (int) Math.floor(longest * (1 - floor) + 1e-9);
      int edits = Edits.between(a, b, editsMax);
      return edits > editsMax ? 0 : (double) (longest - edits) / longest;
    }
  },
  /** Jaro's similarity, raised by Winkler for a common beginning; made for short names. */
  JARO_WINKLER {
    @Override
    public double of(String one, String other, double floor) {
      return JaroWinkler.of(characters(one), characters(other));
    }
  },
  /** Words in common, whatever their order: twice the shared ones, divided by all of both texts. */
  WORDS {
    @Override
    public double of(String one, String other, double floor) {
      String[] words = words(one);
      String[] others = words(other);
      if (words.length + others.length == 0) {
        return 1;
      }
      var counts = new HashMap<String, Integer>();
      for (String word : words) {
        counts.merge(word, 1, Integer::sum);
      }
      int shared = 0;
      for (String word : others) {
        if (counts.merge(word, -1, Integer::sum) >= 0) {
          shared++;
        }
      }
      return 2.0 * shared / (words.length + others.length);
    }
  },
  /** Edits after the words were put in alphabetical order: `Smith, Ann` and `Ann Smiht`. */
  SORTED_WORDS {
    @Override
    public double of(String one, String other, double floor) {
      return EDITS.of(sorted(one), sorted(other), floor);
    }
  };

  /// Longer texts are compared by their beginnings: the cost grows with the square of the length.
  private static final int LENGTH_MAX = 1_000;

  /// How alike two texts are.
  ///
  /// @param floor what is below may be given as 0
  public abstract double of(String one, String other, double floor);

  /// The comparison as it is written in definitions.
  public String text() {
    return name().toLowerCase(Locale.ROOT);
  }

  static Optional<Comparison> of(String text) {
    return Arrays.stream(values()).filter(comparison -> comparison.text().equals(text)).findFirst();
  }

  private static int[] characters(String text) {
    int length = Math.min(text.length(), LENGTH_MAX);
    int[] characters = new int[length];
    for (int place = 0; place < length; place++) {
      char letter = text.charAt(place);
      if (Character.isSurrogate(letter)) {
        return text.codePoints().limit(LENGTH_MAX).toArray();
      }
      characters[place] = letter;
    }
    return characters;
  }

  private static String[] words(String text) {
    return Arrays.stream(text.split("[^\\p{L}\\p{M}\\p{N}]+")).filter(word -> !word.isEmpty()).toArray(String[]::new);
  }

  private static String sorted(String text) {
    String[] words = words(text);
    Arrays.sort(words);
    return String.join(" ", words);
  }
}
