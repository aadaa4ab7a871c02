package portrait.doors.cli;

import java.net.URI;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;
import portrait.foundation.model.Secret;
import tools.jackson.databind.JsonNode;

/// The options every command takes: which home or server, and how to print.
final class Target {

  @Option(names = "--home", paramLabel = "DIR", description = "The folder with the data; default: $PORTRAIT_HOME or ./portrait-home.")
  private @Nullable Path home;

  @Option(names = "--url", paramLabel = "URL", description = "A running server, with a key in $PORTRAIT_KEY; default: the server on the home, if any.")
  private @Nullable URI url;

  @Option(names = "--json", description = "Print JSON, for scripts.")
  private boolean json;

  @Option(names = {"-h", "--help"}, usageHelp = true, description = "Show this help.")
  private boolean help;

  boolean isJson() {
    return json;
  }

  Home home(Context context) {
    return new Home(
        home != null ? home : Path.of(context.environment().getOrDefault("PORTRAIT_HOME", "portrait-home")));
  }

  /// The API of the chosen server, or of one that this process starts on the home and ends with the work.
  int use(Context context, Work work) throws Exception {
    if (url != null) {
      var key = Optional.ofNullable(context.environment().get("PORTRAIT_KEY")).map(Secret::of)
          .or(() -> home(context).server().filter(server -> server.url().equals(url)).map(Home.LocalServer::key));
      try (var api = new Api(url, key)) {
        return work.run(api);
      }
    }
    var chosen = home(context);
    var lock = chosen.tryLock();
    if (lock.isEmpty()) {
      var server = chosen.server().orElseThrow(() -> chosen.locked().asException());
      try (var api = new Api(server.url(), Optional.of(server.key()))) {
        return work.run(api);
      }
    }
    try (var _ = lock.get();
        var running = context.product().start(chosen, Map.of("host", "127.0.0.1", "port", "0"));
        var api = new Api(running.server().url(), Optional.of(running.server().key()))) {
      return work.run(api);
    }
  }

  /// Prints an answer of the API: as it is for scripts, in words for people.
  ///
  /// @return the exit code of a command that did what was asked
  int show(Context context, JsonNode answer, Runnable inWords) {
    if (json) {
      context.out().println(answer);
    } else {
      inWords.run();
    }
    context.out().flush();
    return 0;
  }

  /// What a command does with the API; answers the exit code.
  interface Work {

    int run(Api api) throws Exception;
  }
}
