package portrait.foundation.filesets;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.List;
import org.junit.jupiter.api.Test;

/// What a spreadsheet would run is kept from that, in Java and in SQL alike.
final class SpreadsheetTextTest {

  @Test
  void whatWouldRunGetsAnApostrophe() throws SQLException {
    for (String text : List.of("=1+1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "\uFF1D1+1", "\uFF20SUM(A1)", "\uFF0B1",
        "\uFF0D1",
        "+cmd|' /C calc'!A0", "-2+3+cmd|' /C calc'!A0", "-A1", "+1\n=2")) {
      assertEquals("'" + text, SpreadsheetText.safe(text));
      assertEquals("'" + text, inSql(text));
    }
  }

  @Test
  void everythingElseStaysAsItIs() throws SQLException {
    for (String text : List.of("", "Ann", "a=b", "+33 1 23 45", "-1,5", "-1.5", "+1 (555) 010-99", "-", "'=1",
        "a\n=1")) {
      assertEquals(text, SpreadsheetText.safe(text));
      assertEquals(text, inSql(text));
    }
  }

  private static String inSql(String text) throws SQLException {
    try (var duck = DriverManager.getConnection("jdbc:duckdb:");
        var query = duck.prepareStatement("SELECT " + SpreadsheetText.safeSql("x") + " FROM (SELECT ? AS x)")) {
      query.setString(1, text);
      try (var rows = query.executeQuery()) {
        rows.next();
        return rows.getString(1);
      }
    }
  }
}
