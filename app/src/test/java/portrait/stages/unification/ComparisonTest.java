package portrait.stages.unification;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Random;
import org.junit.jupiter.api.Test;

class ComparisonTest {

  @Test
  void editsAreDividedByTheLongestLength() {
    assertEquals(20 / 22.0, Comparison.EDITS.of("abcdefghijklmnopqrstuv", "abcdefghijklmnopqrst", 0));
    assertEquals(2 / 3.0, Comparison.EDITS.of("Zoë", "Zoe", 0), "a character is a character, whatever bytes it takes");
    assertEquals(0.75, Comparison.EDITS.of("Иван", "Ивен", 0));
    assertEquals(1, Comparison.EDITS.of("", "", 0));
    assertEquals(0, Comparison.EDITS.of("", "a", 0));
  }

  @Test
  void otherMeasuresKnowNamesAndWords() {
    assertEquals(0.961, Comparison.JARO_WINKLER.of("MARTHA", "MARHTA", 0), 0.001);
    assertEquals(0.840, Comparison.JARO_WINKLER.of("DWAYNE", "DUANE", 0), 0.001);
    assertEquals(0.813, Comparison.JARO_WINKLER.of("DIXON", "DICKSONX", 0), 0.001);
    assertEquals(1, Comparison.WORDS.of("Ann Smith", "Smith, Ann", 0));
    assertEquals(0.8, Comparison.WORDS.of("Ann Mary Smith", "Smith, Ann", 0));
    assertEquals(1, Comparison.SORTED_WORDS.of("Smith, Ann", "Ann Smith", 0));
  }

  @Test
  void theBandGivesWhatTheWholeTableGives() {
    for (long seed = 1; seed <= 3_000; seed++) {
      var random = new Random(seed);
      String one = text(random);
      String other = text(random);
      int longest = Math.max(one.length(), other.length());
      double floor = random.nextInt(11) / 10.0;
      double whole = longest == 0 ? 1 : (double) (longest - edits(one, other)) / longest;

      assertEquals(whole >= floor ? whole : 0, Comparison.EDITS.of(one, other, floor),
          "seed %d, '%s', '%s', floor %s".formatted(seed, one, other, floor));
      for (var comparison : Comparison.values()) {
        assertEquals(comparison.of(one, other, 0), comparison.of(other, one, 0), 1e-12,
            "%s must not depend on the side, seed %d".formatted(comparison, seed));
      }
    }
  }

  /// The whole table, as in the textbook.
  private static int edits(String one, String other) {
    var table = new int[one.length() + 1][other.length() + 1];
    for (int i = 0; i <= one.length(); i++) {
      for (int j = 0; j <= other.length(); j++) {
        table[i][j] = i == 0 || j == 0 ? i + j
            : Math.min(Math.min(table[i - 1][j], table[i][j - 1]) + 1,
                table[i - 1][j - 1] + (one.charAt(i - 1) == other.charAt(j - 1) ? 0 : 1));
      }
    }
    return table[one.length()][other.length()];
  }

  private static String text(Random random) {
    return random.ints(random.nextInt(12), 'a', 'e').collect(StringBuilder::new, StringBuilder::appendCodePoint,
        StringBuilder::append).toString();
  }
}
