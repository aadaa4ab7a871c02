package portrait.doors.web;

import java.util.List;
import java.util.Optional;
import portrait.foundation.security.KeyInfo;

/// The keys of programs.
///
/// @param made the text of a key made just now: shown once
public record KeysPage(List<KeyInfo> keys, List<String> roles, Optional<String> made) {}
