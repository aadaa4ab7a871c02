package portrait.doors.cli;

import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// What is kept no longer.
@Command(name = "retention", description = "Delete what the Retention definitions keep no longer.", sortOptions = false, synopsisSubcommandLabel = "COMMAND")
final class RetentionCommand {

  @Option(names = {"-h", "--help"}, usageHelp = true, description = "Show this help.")
  private boolean help;

  /// Deletes now, or only counts.
  @Command(name = "run", description = "Delete now what the Retention definitions keep no longer. A server does it once a day.", sortOptions = false)
  static final class Run implements Callable<Integer> {

    @Option(names = "--dry-run", description = "Only count what would be deleted.")
    private boolean dryRun;
    @Mixin
    private final Target target = new Target();
    private final Context context;

    Run(Context context) {
      this.context = context;
    }

    @Override
    public Integer call() throws Exception {
      var body = JsonMapper.shared().createObjectNode().put("dryRun", dryRun);
      return target.use(context, api -> {
        var answer = api.post("/api/v1/retention/run", body);
        if (!dryRun) {
          return JobWatch.finish(api, answer, context, target.isJson());
        }
        return target.show(context, answer, () -> answer.path("findings").forEach(this::print));
      });
    }

    private void print(JsonNode finding) {
      String users = finding.path("usedBy").valueStream().map(JsonNode::asString).collect(Collectors.joining(", "));
      context.out().printf("%s: %,d visitors and %,d events would be deleted%n", finding.path("rule").asString(),
          finding.path("customers").asLong(), finding.path("events").asLong());
      if (!users.isEmpty()) {
        context.out().printf("  %s: %s%n", finding.path("isHeldBack").asBoolean()
            ? "held back, because these look further back"
            : "these look further back, and will answer differently", users);
      }
    }
  }
}
