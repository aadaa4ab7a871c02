package portrait.stages.unification;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import portrait.foundation.warehouse.Sql;
import portrait.foundation.warehouse.Warehouse;
import portrait.foundation.warehouse.WarehouseSettings;

class NormalisationTest {

  private static final Warehouse WAREHOUSE = Warehouse.open(WarehouseSettings.inMemory());

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

  private static void same(Normalisation normalisation, String value, String expected) {
    assertEquals(expected, WAREHOUSE.read(session -> session
        .first(Sql.format("SELECT {}", normalisation.applied(Sql.of("CAST(? AS VARCHAR)", value))), row -> row.text(1))
        .orElseThrow()));
  }
}
