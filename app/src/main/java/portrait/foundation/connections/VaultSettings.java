package portrait.foundation.connections;

import java.nio.file.Path;
import java.util.Optional;
import portrait.foundation.model.Secret;

/// Where the key of the vault comes from.
///
/// @param file holds the key where none is given; made when the first secret is put in, readable by its owner only
/// @param key given from outside: 32 bytes in Base64
/// @param command prints the key, when it lies in a vault elsewhere
/// @param before the key that the one given replaces: what it sealed is sealed anew
public record VaultSettings(Path file, Optional<Secret> key, Optional<String> command,
    Optional<Secret> before) {

  /// With a key in a file of the home.
  public static VaultSettings in(Path home) {
    return new VaultSettings(home.resolve("vault.key"), Optional.empty(), Optional.empty(), Optional.empty());
  }
}
