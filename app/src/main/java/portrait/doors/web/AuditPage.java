package portrait.doors.web;

import java.util.List;
import java.util.Optional;
import portrait.foundation.model.Problem;
import portrait.foundation.security.AuditEntry;

/// Who did what.
///
/// @param by whom it was asked for; empty for everybody
/// @param text what was asked for; empty for everything
/// @param next the address of older entries
/// @param broken what is wrong with the chain, when somebody wanted to know
public record AuditPage(List<AuditEntry> entries, String by, String text, Optional<String> next,
    Optional<Problem> broken) {

  /// The file with what is shown and all that is older.
  public String download() {
    return "/audit.csv?by=%s&text=%s".formatted(CustomersPage.encoded(by), CustomersPage.encoded(text));
  }
}
