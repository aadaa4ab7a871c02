package portrait.doors.web;

import java.util.List;
import java.util.Optional;
import portrait.processes.privacy.Certificate;
import portrait.processes.privacy.Holding;

/// What is known about one person, and what was erased.
///
/// @param namespaces to choose from
/// @param namespace of the identity asked for
/// @param value of the identity asked for; empty before anybody asked
/// @param holdings what was found; empty before anybody asked
/// @param suppressed how many identities must not come back
/// @param dropped how many messages were left out because of that
public record PrivacyPage(List<String> namespaces, String namespace, String value, Optional<List<Holding>> holdings,
    List<Certificate> certificates, long suppressed, long dropped) {

  /** Both stand before the name of a table. */
  private static final List<String> ROWS = List.of("rows", "refused rows");

  public PrivacyPage {
    namespaces = List.copyOf(namespaces);
    holdings = holdings.map(List::copyOf);
    certificates = List.copyOf(certificates);
  }

  /// Whether anything of the person can be erased.
  public boolean isAnythingThere() {
    return holdings.orElse(List.of()).stream().anyMatch(holding -> !holding.isKept() && holding.count() > 0);
  }

  /// What a place holds, in the words of the reader.
  public String what(Holding holding, Messages text) {
    String what = holding.what();
    for (String rows : ROWS) {
      if (what.startsWith(rows + " of ")) {
        return text.of("privacy.what." + key(rows), what.substring(rows.length() + 4));
      }
    }
    return text.orElse("privacy.what." + key(what), what);
  }

  /// Where something lies, in the words of the reader.
  public String place(Holding holding, Messages text) {
    return text.orElse("privacy.place." + key(holding.place()), holding.place());
  }

  private static String key(String words) {
    return words.replaceAll("[^a-z]+", "_");
  }

  /// How much was erased.
  public long erased(Certificate certificate) {
    return certificate.erased().stream().mapToLong(Holding::count).sum();
  }
}
