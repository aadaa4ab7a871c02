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
public record PrivacyPage(List<String> namespaces, String namespace, String value, Optional<Holdings> holdings,
    List<Certificate> certificates, long suppressed, long dropped) {

  public PrivacyPage {
    namespaces = List.copyOf(namespaces);
    certificates = List.copyOf(certificates);
  }

  /// How much was erased.
  public long erased(Certificate certificate) {
    return certificate.erased().stream().mapToLong(Holding::count).sum();
  }
}
