package portrait.doors.cli;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/// Keys of programs.
@Command(name = "key", description = "Make, list, change, rotate and revoke the keys of programs.", sortOptions = false, synopsisSubcommandLabel = "COMMAND")
final class KeyCommand {

  @Option(names = {"-h", "--help"}, usageHelp = true, description = "Show this help.")
  private boolean help;

  /// Makes a key and shows it this once.
  @Command(name = "create", description = "Make a key. Its text is shown this once.", sortOptions = false)
  static final class Create implements Callable<Integer> {

    @Option(names = "--role", paramLabel = "ROLE", required = true, description = "collect, lookup, viewer, contributor or admin.")
    private String role = "";
    @Option(names = "--name", paramLabel = "NAME", description = "What the key is for; default: ${DEFAULT-VALUE}.")
    private String name = "made on the command line";
    @Option(names = "--days", paramLabel = "N", description = "It ends by itself after so many days; default: when it is revoked.")
    private @Nullable Integer days;
    @Option(names = "--scopes", paramLabel = "SCOPES", split = ",", description = "It is good for these parts of the API only, for example segments:read,profiles; default: all that the role allows.")
    private List<String> scopes = List.of();
    @Option(names = "--requests-per-second", paramLabel = "N", description = "How often it may be used; default: as the settings say for all keys.")
    private @Nullable Integer requestsPerSecond;
    @Option(names = "--attributes", paramLabel = "NAMES", split = ",", description = "Limit a look-up key to these attributes.")
    private List<String> attributes = List.of();
    @Option(names = "--measures", paramLabel = "NAMES", split = ",", description = "Limit a look-up key to these measures.")
    private List<String> measures = List.of();
    @Option(names = "--segments", paramLabel = "NAMES", split = ",", description = "Limit a look-up key to these segments.")
    private List<String> segments = List.of();
    @Option(names = "--namespaces", paramLabel = "NAMES", split = ",", description = "By which identities a limited key looks up; default: anonymous_id.")
    private List<String> namespaces = List.of();
    @Option(names = "--origin", paramLabel = "ORIGIN", description = "A web site whose scripts may use a limited key; repeat it for several. Default: all.")
    private List<String> origins = List.of();
    @Mixin
    private final Target target = new Target();
    private final Context context;

    Create(Context context) {
      this.context = context;
    }

    @Override
    public Integer call() throws Exception {
      return target.use(context, api -> {
        var made = api.post("/api/v1/keys", wanted());
        return target.show(context, made, () -> print(context, made));
      });
    }

    private ObjectNode wanted() {
      var json = JsonMapper.builder().build();
      var wanted = json.createObjectNode().put("role", role).put("name", name);
      scopes.forEach(wanted.putArray("scopes")::add);
      if (days != null) {
        wanted.put("expiresAt", Instant.now().plus(Duration.ofDays(days)).toString());
      }
      if (requestsPerSecond != null) {
        wanted.put("requestsPerSecond", requestsPerSecond);
      }
      var limits = Map.of("attributes", attributes, "measures", measures, "segments", segments, "namespaces",
          namespaces, "origins", origins);
      return limits.values().stream().allMatch(List::isEmpty) ? wanted
          : wanted.set("limits", json.<JsonNode>valueToTree(limits));
    }
  }

  private static void print(Context context, JsonNode made) {
    context.out().printf("key: %s%nid: %s%nrole: %s%n", made.path("key").asString(), made.path("id").asString(),
        made.path("role").asString());
    if (made.path("expiresAt").isString()) {
      context.out().println("ends: " + made.path("expiresAt").asString());
    }
    if (made.path("requestsPerSecond").isInt()) {
      context.out().println("requests a second: " + made.path("requestsPerSecond").asInt());
    }
    if (made.path("previousUntil").isString()) {
      context.out().println("the text before is good until: " + made.path("previousUntil").asString());
    }
  }

  /// Lists keys, without their text.
  @Command(name = "list", description = "List the keys, without their text.", sortOptions = false)
  static final class ListKeys implements Callable<Integer> {

    @Mixin
    private final Target target = new Target();
    private final Context context;

    ListKeys(Context context) {
      this.context = context;
    }

    @Override
    public Integer call() throws Exception {
      return target.use(context, api -> {
        var answer = api.get("/api/v1/keys");
        return target.show(context, answer,
            () -> answer.path("keys")
                .forEach(key -> context.out().printf("%s  %-11s  %-8s  %-20s  %s%s%s%n", key.path("id").asString(),
                    key.path("role").asString(), state(key), key.path("lastUsedAt").asString("never used"),
                    key.path("name").asString(), key.path("scopes").isEmpty() ? ""
                        : key.path("scopes").valueStream().map(JsonNode::asString).collect(
                            Collectors.joining(" ", "  for ", "")),
                    key.path("requestsPerSecond").isInt()
                        ? "  %d a second".formatted(key.path("requestsPerSecond").asInt())
                        : "")));
      });
    }
  }

  private static String state(JsonNode key) {
    if (key.path("revokedAt").isString()) {
      return "revoked";
    }
    if (key.path("expiresAt").isString() && !Instant.now().isBefore(Instant.parse(key.path("expiresAt").asString()))) {
      return "ended";
    }
    return key.path("limits").isObject() ? "limited" : "valid";
  }

  /// Gives a key another text.
  @Command(name = "rotate", description = "Give a key another text, shown this once. The text before stays good for a while.", sortOptions = false)
  static final class Rotate implements Callable<Integer> {

    @Parameters(index = "0", paramLabel = "ID", description = "The key's id, from key list.")
    private String id = "";
    @Option(names = "--grace-hours", paramLabel = "N", description = "How long the text before stays good, up to 720; default: ${DEFAULT-VALUE}.")
    private int graceHours = 24;
    @Mixin
    private final Target target = new Target();
    private final Context context;

    Rotate(Context context) {
      this.context = context;
    }

    @Override
    public Integer call() throws Exception {
      return target.use(context, api -> {
        var made = api.post("/api/v1/keys/%s/rotate".formatted(Api.part(id)),
            JsonMapper.builder().build().createObjectNode().put("graceHours", graceHours));
        return target.show(context, made, () -> print(context, made));
      });
    }
  }

  /// Says how often a key may be used.
  @Command(name = "rate", description = "Change how often a key may be used, from now on.", sortOptions = false)
  static final class Rate implements Callable<Integer> {

    @Parameters(index = "0", paramLabel = "ID", description = "The key's id, from key list.")
    private String id = "";
    @ArgGroup(multiplicity = "1")
    private Wanted wanted = new Wanted();
    @Mixin
    private final Target target = new Target();
    private final Context context;

    Rate(Context context) {
      this.context = context;
    }

    /// One of the two.
    static final class Wanted {
      @Option(names = "--requests-per-second", paramLabel = "N", required = true, description = "Its own rate.")
      private @Nullable Integer requestsPerSecond;
      @Option(names = "--as-settings", required = true, description = "No rate of its own: as the settings say for all keys.")
      private boolean asSettings;
    }

    @Override
    public Integer call() throws Exception {
      return target.use(context, api -> {
        var changed = api.patch("/api/v1/keys/" + Api.part(id), JsonMapper.builder().build().createObjectNode()
            .put("requestsPerSecond", wanted.asSettings ? null : wanted.requestsPerSecond));
        return target.show(context, changed, () -> context.out().println("requests a second: " + (wanted.asSettings
            ? "as the settings say"
            : changed.path("requestsPerSecond").asInt())));
      });
    }
  }

  /// Revokes a key at once.
  @Command(name = "revoke", description = "Revoke a key. Programs that use it are refused from now on.", sortOptions = false)
  static final class Revoke implements Callable<Integer> {

    @Parameters(index = "0", paramLabel = "ID", description = "The key's id, from key list.")
    private String id = "";
    @Mixin
    private final Target target = new Target();
    private final Context context;

    Revoke(Context context) {
      this.context = context;
    }

    @Override
    public Integer call() throws Exception {
      return target.use(context, api -> {
        var answer = api.delete("/api/v1/keys/" + Api.part(id));
        context.out().println(target.isJson() ? answer : "revoked: " + id);
        return 0;
      });
    }
  }
}
