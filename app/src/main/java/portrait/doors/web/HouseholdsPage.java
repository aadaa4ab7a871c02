package portrait.doors.web;

import java.util.List;
import java.util.Optional;

/// Households, the largest first.
///
/// @param total how many there are
/// @param more the cursor of the next page
public record HouseholdsPage(List<Row> rows, long total, Optional<String> more) {

  /// @param names of the first of its customers
  /// @param others how many are not named
  public record Row(String id, List<String> names, int customers, int others) {}

  public String moreUrl() {
    return "/households?cursor=" + more.map(CustomersPage::encoded).orElse("");
  }
}
