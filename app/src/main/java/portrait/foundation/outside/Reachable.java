package portrait.foundation.outside;

import java.net.InetAddress;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.UnknownHostException;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import portrait.foundation.model.Problem;
import portrait.foundation.model.ProblemException;

/// What may be called: a setting must not become a way into the network that Portrait stands in.
///
/// @param furtherHosts what the operator allows beside the world outside, such as `http://127.0.0.1:8123`
public record Reachable(List<String> furtherHosts) {

  public Reachable {
    furtherHosts = List.copyOf(furtherHosts);
  }

  /// @param what the setting, for messages: `settings.url`
  /// @throws ProblemException when it is no address, is not known, or leads into this network
  public URI checked(String what, String url) {
    String typed = url.strip();
    if (furtherHosts.stream().anyMatch(host -> typed.equals(host) || typed.startsWith(host + "/"))) {
      return URI.create(typed);
    }
    try {
      var address = new URI(typed);
      String host = Optional.ofNullable(address.getHost()).orElse("");
      if ("https".equals(address.getScheme()) && !host.isEmpty() && address.getUserInfo() == null) {
        for (var each : InetAddress.getAllByName(host)) {
          if (isNear(each)) {
            throw Problem.of(Problem.Code.NOT_ALLOWED, "%s leads into the network of this machine".formatted(what),
                "Whoever runs Portrait allows an address with the setting further_hosts.").asException();
          }
        }
        return address;
      }
    } catch (URISyntaxException _) {
      // Told below.
    } catch (UnknownHostException unknown) {
      throw new ProblemException(Problem.of(Problem.Code.SERVER_UNREACHABLE,
          "%s names a host that is not known".formatted(what), "Check the address."), unknown);
    }
    throw Problem.of(Problem.Code.INVALID_DEFINITION, "%s must be an address that begins with https://".formatted(what))
        .asException();
  }

  /// @param what the setting, for messages: `settings.address`
  /// @param known where such a system lies
  /// @throws ProblemException when it is neither known nor allowed by the operator
  public URI oneOf(String what, String url, List<String> known) {
    String address = url.strip().replaceFirst("/+$", "");
    if (!known.contains(address) && !furtherHosts.contains(address)) {
      throw Problem.of(Problem.Code.INVALID_DEFINITION,
          "%s was '%s' but must be %s".formatted(what, url, String.join(" or ", known)),
          "Whoever runs Portrait allows another one with the setting further_hosts.").asException();
    }
    return URI.create(address);
  }

  private static boolean isNear(InetAddress address) {
    return address.isLoopbackAddress() || address.isSiteLocalAddress() || address.isLinkLocalAddress()
        || address.isAnyLocalAddress() || address.isMulticastAddress()
        || address.getHostAddress().toLowerCase(Locale.ROOT).matches("f[cd].*");
  }
}
