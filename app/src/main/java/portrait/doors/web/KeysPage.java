package portrait.doors.web;

import java.util.List;
import java.util.Optional;
import portrait.foundation.security.KeyInfo;
import portrait.foundation.security.NewKey;
import portrait.foundation.security.Scope;

/// The keys of programs.
///
/// @param made a key made or rotated just now: its text is shown once
public record KeysPage(List<Key> keys, List<String> roles, Optional<NewKey> made) {

  /// @param isValid whether it opens anything now
  public record Key(KeyInfo info, boolean isValid) {

    public List<String> scopes() {
      return info.terms().scopes().stream().map(Scope::text).toList();
    }
  }
}
