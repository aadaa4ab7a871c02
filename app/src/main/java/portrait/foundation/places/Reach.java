package portrait.foundation.places;

import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import portrait.foundation.model.Problem;

/// What the operator of this installation lets connections reach.
///
/// @param folder under which folders of this machine lie
/// @param furtherHosts addresses beside those of the services themselves, such as `https://minio.example:9000`
public record Reach(Path folder, List<String> furtherHosts) {

  public Reach {
    furtherHosts = List.copyOf(furtherHosts);
  }

  /// The address of a compatible service, if one is given.
  Optional<URI> endpoint(Optional<String> endpoint) {
    return endpoint.map(given -> {
      String typed = given.strip().replaceFirst("/+$", "");
      if (furtherHosts.stream().noneMatch(host -> isSame(host, typed))) {
        throw Problem.of(Problem.Code.INVALID_DEFINITION,
            "settings.endpoint was '%s' but must be one that this installation may reach".formatted(given),
            "Leave it empty for the service itself, or have the operator add it to the setting further_hosts.")
            .asException();
      }
      return URI.create(typed);
    });
  }

  /// The path of an address does not matter: with Azure it is the account.
  private static boolean isSame(String host, String typed) {
    String whole = typed.toLowerCase(Locale.ROOT);
    String allowed = host.toLowerCase(Locale.ROOT).replaceFirst("/+$", "");
    return whole.equals(allowed) || whole.startsWith(allowed + "/");
  }
}
