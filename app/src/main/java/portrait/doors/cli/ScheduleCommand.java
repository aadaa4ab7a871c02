package portrait.doors.cli;

import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// What runs by itself.
@Command(name = "schedule", description = "See what runs by itself, or run it now.", sortOptions = false, synopsisSubcommandLabel = "COMMAND")
final class ScheduleCommand {

  @Option(names = {"-h", "--help"}, usageHelp = true, description = "Show this help.")
  private boolean help;

  /// Lists schedules.
  @Command(name = "list", description = "List the schedules: what they run, when next, and how the last run began.", sortOptions = false)
  static final class ListSchedules implements Callable<Integer> {

    @Mixin
    private final Target target = new Target();
    private final Context context;

    ListSchedules(Context context) {
      this.context = context;
    }

    @Override
    public Integer call() throws Exception {
      return target.use(context, api -> {
        var answer = api.get("/api/v1/schedules");
        return target.show(context, answer, () -> {
          if (answer.path("schedules").isEmpty()) {
            context.out().println("Nothing runs by itself. Define a Schedule with: portrait apply -f FILE");
          }
          answer.path("schedules").forEach(this::print);
        });
      });
    }

    private void print(JsonNode schedule) {
      String items = schedule.path("items").valueStream().map(JsonNode::asString).collect(Collectors.joining(", "));
      context.out().printf("%-20s %-28s %s; last: %s%n", schedule.path("name").asString(),
          schedule.path("active").asBoolean() ? "next " + schedule.path("next").asString() : "off",
          items.isEmpty() ? "refresh" : items,
          schedule.path("last").isObject()
              ? "%s, planned for %s".formatted(schedule.path("last").path("outcome").asString(),
                  schedule.path("last").path("plannedAt").asString())
              : "never");
    }
  }

  /// Runs a schedule now.
  @Command(name = "run", description = "Run a schedule now, and wait for its end.", sortOptions = false)
  static final class Run implements Callable<Integer> {

    @Parameters(paramLabel = "NAME", description = "The schedule.")
    private String name = "";
    @Mixin
    private final Target target = new Target();
    private final Context context;

    Run(Context context) {
      this.context = context;
    }

    @Override
    public Integer call() throws Exception {
      return target.use(context, api -> JobWatch.finish(api, api.post("/api/v1/schedules/%s/run".formatted(
          Api.part(name)), JsonMapper.shared().createObjectNode()), context, target.isJson()));
    }
  }
}
