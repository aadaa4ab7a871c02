package portrait.doors.cli;

import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import portrait.foundation.model.Problem;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Places outside that customers can be sent to.
@Command(name = "connection", description = "See connections, give them their secrets, agree to data leaving, and verify or remove them.", sortOptions = false, synopsisSubcommandLabel = "COMMAND")
final class ConnectionCommand {

  @Option(names = {"-h", "--help"}, usageHelp = true, description = "Show this help.")
  private boolean help;

  private static String path(String name) {
    return "/api/v1/connections/" + Api.part(name);
  }

  /// Lists connections, or the kinds there are.
  @Command(name = "list", description = "List the connections, or with --types the connectors and what they ask for.", sortOptions = false)
  static final class ListConnections implements Callable<Integer> {

    @Option(names = "--types", description = "List the connectors instead.")
    private boolean types;
    @Mixin
    private final Target target = new Target();
    private final Context context;

    ListConnections(Context context) {
      this.context = context;
    }

    @Override
    public Integer call() throws Exception {
      return target.use(context, api -> {
        var answer = api.get(types ? "/api/v1/connectors" : "/api/v1/connections");
        return target.show(context, answer, () -> {
          if (types) {
            answer.path("connectors").forEach(this::printType);
          } else if (answer.path("connections").isEmpty()) {
            context.out().println("No connections. Define a Connection with: portrait apply -f FILE");
          }
          answer.path("connections").forEach(this::print);
        });
      });
    }

    private void print(JsonNode connection) {
      context.out().printf("%-24s %-10s %s%n", connection.path("name").asString(), connection.path("type").asString(),
          connection.path("consent").isObject()
              ? "agreed by %s at %s".formatted(connection.path("consent").path("by").asString(),
                  connection.path("consent").path("at").asString())
              : connection.has("consent") ? "not agreed yet" : "");
    }

    private void printType(JsonNode connector) {
      context.out().printf("%s: %s%n", connector.path("type").asString(), connector.path("help").asString());
      for (var setting : connector.path("settings")) {
        context.out().printf("  %-18s %s%s%n", setting.path("name").asString(), setting.path("help").asString(),
            setting.path("kind").asString().equals("secret") ? " (a secret)" : "");
      }
    }
  }

  /// Puts a secret into the vault.
  @Command(name = "secret", description = "Put a secret of a connection into the vault. Its value is read from standard input, so that no list of processes shows it.", sortOptions = false)
  static final class PutSecret implements Callable<Integer> {

    @Parameters(index = "0", paramLabel = "NAME", description = "The connection.")
    private String name = "";
    @Parameters(index = "1", paramLabel = "SETTING", description = "The setting: api_key. The definition refers to it as { secret: NAME.SETTING }.")
    private String setting = "";
    @Mixin
    private final Target target = new Target();
    private final Context context;

    PutSecret(Context context) {
      this.context = context;
    }

    @Override
    public Integer call() throws Exception {
      String value = new String(System.in.readAllBytes(), java.nio.charset.StandardCharsets.UTF_8).strip();
      if (value.isEmpty()) {
        throw Problem.of(Problem.Code.INVALID_PARAMETER, "standard input was empty but must hold the secret",
            "For example: portrait connection secret %s %s < key.txt".formatted(name, setting)).asException();
      }
      return target.use(context, api -> {
        var answer = api.put("%s/secrets/%s".formatted(path(name), Api.part(setting)),
            JsonMapper.shared().createObjectNode().put("value", value));
        return target.show(context, answer,
            () -> context.out().println("in the vault: " + answer.path("secret").asString()));
      });
    }
  }

  /// Agrees to data leaving.
  @Command(name = "agree", description = "Show what is agreed to when data leaves through a connection, and with --yes agree. Who and when is recorded.", sortOptions = false)
  static final class Agree implements Callable<Integer> {

    @Parameters(paramLabel = "NAME", description = "The connection.")
    private String name = "";
    @Option(names = "--yes", description = "Agree.")
    private boolean isAgreed;
    @Mixin
    private final Target target = new Target();
    private final Context context;

    Agree(Context context) {
      this.context = context;
    }

    @Override
    public Integer call() throws Exception {
      return target.use(context, api -> {
        if (!isAgreed) {
          context.out().println(api.get("/api/v1/connectors").path("privacyText").asString());
          context.out().println("\nTo agree: portrait connection agree %s --yes".formatted(name));
          return 0;
        }
        var answer = api.post(path(name) + "/agree", JsonMapper.shared().createObjectNode().put("agree", true));
        return target.show(context, answer, () -> context.out().printf("agreed by %s at %s%n",
            answer.path("by").asString(), answer.path("at").asString()));
      });
    }
  }

  /// Asks the place whether a connection is right.
  @Command(name = "verify", description = "Really ask the other system whether a connection is right. Nothing changes there.", sortOptions = false)
  static final class Verify implements Callable<Integer> {

    @Parameters(paramLabel = "NAME", description = "The connection.")
    private String name = "";
    @Mixin
    private final Target target = new Target();
    private final Context context;

    Verify(Context context) {
      this.context = context;
    }

    @Override
    public Integer call() throws Exception {
      return target.use(context, api -> {
        var answer = api.post(path(name) + "/verify", JsonMapper.shared().createObjectNode());
        return target.show(context, answer, () -> context.out().println(answer.path("found").asString()));
      });
    }
  }

  /// Removes a connection.
  @Command(name = "remove", description = "Remove a connection with its secrets. While exports use it, say what becomes of them.", sortOptions = false)
  static final class Remove implements Callable<Integer> {

    @Parameters(paramLabel = "NAME", description = "The connection.")
    private String name = "";
    @Option(names = "--exports", paramLabel = "WHAT", description = "detach: exports that use it are kept and send nothing; remove: they are removed, too.")
    private @Nullable String exports;
    @Mixin
    private final Target target = new Target();
    private final Context context;

    Remove(Context context) {
      this.context = context;
    }

    @Override
    public Integer call() throws Exception {
      return target.use(context, api -> {
        var answer = api.delete(path(name) + (exports == null ? "" : "?exports=" + Api.part(exports)));
        return target.show(context, answer, () -> context.out().println("removed: " + name));
      });
    }
  }

  /// Seals every secret with a new key.
  @Command(name = "rotate-key", description = "Make a new key for the vault, and seal every secret with it.", sortOptions = false)
  static final class RotateKey implements Callable<Integer> {

    @Mixin
    private final Target target = new Target();
    private final Context context;

    RotateKey(Context context) {
      this.context = context;
    }

    @Override
    public Integer call() throws Exception {
      return target.use(context, api -> {
        var answer = api.post("/api/v1/vault/rotate", JsonMapper.shared().createObjectNode());
        return target.show(context, answer, () -> context.out().printf("%d secrets are sealed with a new key%n",
            answer.path("secrets").asInt()));
      });
    }
  }
}
