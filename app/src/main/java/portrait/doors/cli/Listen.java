package portrait.doors.cli;

import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/// Where `demo` and `serve` listen.
final class Listen {

  @Option(names = "--port", paramLabel = "N", description = "The port; 0 takes any free one; default: 8080.")
  private @Nullable String port;

  @Option(names = "--host", paramLabel = "ADDRESS", description = "The address to listen on; default: 127.0.0.1, this machine only.")
  private @Nullable String host;

  Map<String, String> given() {
    var given = new TreeMap<String, String>();
    if (port != null) {
      given.put("port", port);
    }
    if (host != null) {
      given.put("host", host);
    }
    return given;
  }
}
