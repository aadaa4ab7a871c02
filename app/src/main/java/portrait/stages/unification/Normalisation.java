package portrait.stages.unification;

import java.util.Locale;
import java.util.Optional;
import portrait.foundation.warehouse.Sql;

/// What is done to both values before they are compared. The stored values stay as they are. Several are applied in the
/// order in which they are listed here.
public enum Normalisation {
  /** Digits of other scripts, circled and Roman numeral characters become plain digits. */
  NUMERALS,
  /** Accents are dropped and look-alike letters become base letters. */
  ASCII,
  /** Digits only, in one spelling of country codes and without extension. */
  PHONE,
  /** Capital letters become small ones. */
  LOWERCASE,
  /** Punctuation and special characters are dropped. */
  SYMBOLS,
  /** White space is dropped. */
  WHITESPACE;

  /// The normalisation as it is written in definitions.
  public String text() {
    return name().toLowerCase(Locale.ROOT);
  }

  static Optional<Normalisation> of(String text) {
    for (var normalisation : values()) {
      if (normalisation.text().equals(text)) {
        return Optional.of(normalisation);
      }
    }
    return Optional.empty();
  }

  /// The normalised value of a text expression.
  Sql applied(Sql value) {
    return switch (this) {
      case NUMERALS -> Sql.format("""
          translate(replace(replace(replace(replace({}, '⑩', '10'), 'Ⅹ', '10'), 'Ⅺ', '11'), 'Ⅻ', '12'),
            '０１２３４５６７８９٠١٢٣٤٥٦٧٨٩۰۱۲۳۴۵۶۷۸۹⓪①②③④⑤⑥⑦⑧⑨ⅠⅡⅢⅣⅤⅥⅦⅧⅨⅰⅱⅲⅳⅴⅵⅶⅷⅸ⁰¹²³⁴⁵⁶⁷⁸⁹',
            '0123456789012345678901234567890123456789' || '123456789123456789' || '0123456789')""", value);
      case ASCII -> Sql.format("""
          strip_accents(translate(replace(replace(replace(replace(replace({}, 'ß', 'ss'), 'æ', 'ae'), 'Æ', 'AE'),
            'œ', 'oe'), 'Œ', 'OE'), 'øØłŁđĐðÐħıŧŦ’‘', 'oOlLdDdDhitT'''''))""", value);
      // "+49 (0)30 ..." and "0049 30 ..." are one number; "030 ..." without country is never the same as one with it.
      case PHONE -> Sql.format("""
          regexp_replace(regexp_replace(regexp_replace(regexp_replace(lower({}),
            '(ext|x|#|durchwahl|poste).*$', ''), '\\(0\\)', ''), '^\\s*00', '+'), '[^0-9+]', '', 'g')""", value);
      case LOWERCASE -> Sql.format("lower({})", value);
      case SYMBOLS -> Sql.format("regexp_replace({}, '[^\\p{L}\\p{M}\\p{N}\\s]', '', 'g')", value);
      case WHITESPACE ->
        Sql.format("regexp_replace({}, '[\\s\\x{00A0}\\x{2000}-\\x{200B}\\x{3000}]+', '', 'g')", value);
    };
  }
}
