package portrait.stages.unification;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import portrait.foundation.warehouse.Sql;
import portrait.foundation.warehouse.Warehouse;
import portrait.foundation.warehouse.WarehouseSettings;

class NormalisationTest {

  private static final Warehouse WAREHOUSE = Warehouse.open(WarehouseSettings.inMemory());

  static {
    MatchFunctions.define(WAREHOUSE);
  }

  @AfterAll
  static void close() {
    WAREHOUSE.close();
  }

  @Test
  void numeralsOfEveryScriptBecomeDigits() {
    same(Normalisation.NUMERALS, "Ludwig Ⅳ", "Ludwig 4");
    same(Normalisation.NUMERALS, "№ ①②⓪", "№ 120");
    same(Normalisation.NUMERALS, "٠١٢ ۷۸ ０９ ⑩ Ⅻ ⅳ x²", "012 78 09 10 12 4 x2");
  }

  @Test
  void accentsAndLookAlikesBecomeBaseLetters() {
    same(Normalisation.ASCII, "Zoë Müller-Łukasz Øst Straße Æon Œuvre", "Zoe Muller-Lukasz Ost Strasse AEon OEuvre");
    same(Normalisation.ASCII, "O’Neil", "O'Neil");
  }

  @Test
  void phonesAreDigitsWithOneSpellingOfTheCountry() {
    same(Normalisation.PHONE, "+49 (0)30 123-456", "+4930123456");
    same(Normalisation.PHONE, "0049 30 123456", "+4930123456");
    same(Normalisation.PHONE, "030/123456 ext. 7", "030123456");
    same(Normalisation.PHONE, "(030) 123 456 x7", "030123456");
    same(Normalisation.PHONE, "none", "");
  }

  @Test
  void caseSymbolsAndSpaceAreDropped() {
    same(Normalisation.LOWERCASE, "ÀNNA@Example.COM", "ànna@example.com");
    same(Normalisation.SYMBOLS, "O'Neil-Smith, Jr. (3rd) 😀", "ONeilSmith Jr 3rd ");
    same(Normalisation.WHITESPACE, " a\tb\u00a0c\u2003d\n", "abcd");
  }

  @Test
  void severalAreAppliedInOneOrderWhateverOrderTheyAreWrittenIn() {
    var condition = new UnificationDefinition.Condition("a", "b",
        List.of(Normalisation.WHITESPACE, Normalisation.LOWERCASE, Normalisation.ASCII));
    assertEquals(List.of(Normalisation.ASCII, Normalisation.LOWERCASE, Normalisation.WHITESPACE),
        condition.normalise());
  }

  @Test
  void shortAndFamiliarNamesBecomeFullOnesAndTitlesGo() {
    same(Normalisation.NAME, "Dr. Bill Gates", "william Gates");
    same(Normalisation.NAME, "WILLIAM Gates", "william Gates");
    same(Normalisation.NAME, "Herr Fritz Müller", "frederick Müller");
    same(Normalisation.NAME, "Katie", "catherine");
    same(Normalisation.NAME, "Prof. Dr.", "Prof. Dr.");
  }

  @Test
  void addressesAndCompaniesAreShortened() {
    same(Normalisation.ADDRESS, "12 North Main Street", "12 n Main st");
    same(Normalisation.ADDRESS, "12 N. Main St.", "12 n Main st");
    same(Normalisation.ADDRESS, "Hauptstraße 5", "Hauptstr 5");
    same(Normalisation.ADDRESS, "Hauptstr. 5", "Hauptstr 5");
    same(Normalisation.ORGANIZATION, "The Acme Company, Inc.", "Acme");
    same(Normalisation.ORGANIZATION, "Acme S.A.", "Acme");
  }

  @Test
  void sqlAndJavaNormaliseBlockAndCompareRandomTextsAlike() {
    String letters = "aàbßcÇdEé ,.-+0123()ⅣⅫ⑩ﬁоЖ漢𝒳\t'st";
    for (long seed = 1; seed <= 80; seed++) {
      var random = new Random(seed);
      var steps = Arrays.stream(Normalisation.values()).filter(_ -> random.nextBoolean()).toList();
      String one = text(random, letters);
      String other = random.nextBoolean() ? text(random, letters) : one + text(random, letters);
      var comparison = Comparison.values()[random.nextInt(Comparison.values().length)];
      double floor = random.nextInt(10) / 10.0;
      String said = "seed %d, %s, %s, '%s', '%s'".formatted(seed, steps, comparison, one, other);
      var sql = Sql.format("""
          SELECT {}, portrait_blocks('', value), {} FROM (SELECT CAST(? AS VARCHAR) AS value, CAST(? AS VARCHAR) AS other)
          """, MatchFunctions.normal(Sql.of("value"), steps, Vocabulary.NONE),
          MatchFunctions.score(comparison, floor, "value", "other"));
      WAREHOUSE.read(session -> session.query(new Sql(sql.text(), List.of(one, other)), row -> {
        assertEquals(one.isEmpty() ? null : MatchFunctions.normal(one, steps, Vocabulary.NONE), row.textOrNull(1),
            said);
        assertEquals(MatchFunctions.blocks(one), row.text(2), said);
        assertEquals(comparison.of(one, other, floor), row.decimal(3), said);
        return said;
      }));
    }
  }

  private static String text(Random random, String letters) {
    int[] codes = letters.codePoints().toArray();
    return random.ints(random.nextInt(12), 0, codes.length).map(place -> codes[place])
        .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append).toString();
  }

  private static void same(Normalisation normalisation, String value, String expected) {
    assertEquals(expected, normalisation.applied(value));
  }
}
