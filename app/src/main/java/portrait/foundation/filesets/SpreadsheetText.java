package portrait.foundation.filesets;

import java.util.regex.Pattern;

/// Texts that a spreadsheet would run as a formula when it opens a CSV file, and how they are kept from that: by an
/// apostrophe before them. Some spreadsheets take full-width signs for the plain ones. A phone number such as `+33 1 23`
/// or a number such as `-1,5` begins like a formula and is none; it stays as it is.
public final class SpreadsheetText {

  private static final String FORMULA = "^[=@\\t\\r\\n\uFF1D\uFF20]";
  private static final String SIGN = "^[+\uFF0B\uFF0D-]";
  private static final String NUMBER = "^[+-][0-9 ().,-]*$";
  private static final Pattern IS_FORMULA = Pattern.compile(FORMULA);
  private static final Pattern IS_SIGNED = Pattern.compile(SIGN);
  private static final Pattern IS_NUMBER = Pattern.compile(NUMBER);

  private SpreadsheetText() {}

  /// The text, safe to open.
  public static String safe(String text) {
    boolean isFormula = IS_FORMULA.matcher(text).find()
        || IS_SIGNED.matcher(text).find() && !IS_NUMBER.matcher(text).find();
    return isFormula ? "'" + text : text;
  }

  /// The same in SQL.
  static String safeSql(String column) {
    return """
        CASE WHEN regexp_matches(%1$s, '%2$s') OR regexp_matches(%1$s, '%3$s') AND NOT regexp_matches(%1$s, '%4$s')
          THEN '''' || %1$s ELSE %1$s END""".formatted(column, FORMULA, SIGN, NUMBER);
  }
}
