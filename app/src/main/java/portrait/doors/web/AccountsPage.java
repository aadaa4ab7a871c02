package portrait.doors.web;

import java.util.List;
import java.util.Optional;

/// Accounts by name.
///
/// @param query what was searched for
/// @param more the cursor of the next page
public record AccountsPage(boolean isDefined, String query, List<Row> accounts, Optional<String> more) {

  /// @param facts a few of its attributes
  public record Row(String id, String name, String facts, int records, long contacts) {}

  public String moreUrl() {
    return "/accounts?q=%s&cursor=%s".formatted(CustomersPage.encoded(query),
        more.map(CustomersPage::encoded).orElse(""));
  }
}
