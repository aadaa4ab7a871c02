package portrait.doors.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Who is told what happens.
@Command(name = "trigger", description = "See who is told what happens, and what was told, or try it.", sortOptions = false, synopsisSubcommandLabel = "COMMAND")
final class TriggerCommand {

  @Option(names = {"-h", "--help"}, usageHelp = true, description = "Show this help.")
  private boolean help;

  /// Lists triggers.
  @Command(name = "list", description = "List the triggers: what each waits for, whom it tells, and what became of the last message.", sortOptions = false)
  static final class ListTriggers implements Callable<Integer> {

    @Mixin
    private final Target target = new Target();
    private final Context context;

    ListTriggers(Context context) {
      this.context = context;
    }

    @Override
    public Integer call() throws Exception {
      return target.use(context, api -> {
        var answer = api.get("/api/v1/triggers");
        return target.show(context, answer, () -> {
          if (answer.path("triggers").isEmpty()) {
            context.out().println("Nobody is told anything. Define a Trigger with: portrait apply -f FILE");
          }
          answer.path("triggers").forEach(this::print);
        });
      });
    }

    private void print(JsonNode trigger) {
      context.out().printf("%-20s %-18s tells %s%s; last: %s%n", trigger.path("name").asString(),
          trigger.path("when").asString(), trigger.path("connection").asString(),
          trigger.path("active").asBoolean() ? "" : " (off)",
          trigger.path("last").isObject() ? said(trigger.path("last")) : "never");
    }
  }

  private static String said(JsonNode message) {
    String why = message.path("why").asString("");
    return "%s, %s%s".formatted(message.path("madeAt").asString(), message.path("status").asString(),
        why.isEmpty() ? "" : ": " + why);
  }

  /// Shows what was told.
  @Command(name = "messages", description = "List the latest messages of a trigger, newest first.", sortOptions = false)
  static final class Messages implements Callable<Integer> {

    @Parameters(paramLabel = "NAME", description = "The trigger.")
    private String name = "";
    @Mixin
    private final Target target = new Target();
    private final Context context;

    Messages(Context context) {
      this.context = context;
    }

    @Override
    public Integer call() throws Exception {
      return target.use(context, api -> {
        var answer = api.get("/api/v1/triggers/" + Api.part(name));
        return target.show(context, answer, () -> answer.path("messages")
            .forEach(message -> context.out().printf("%s%n  %s%n", said(message), message.path("message"))));
      });
    }
  }

  /// Sends a message for trying.
  @Command(name = "try", description = "Send a message of a trigger now, marked as one for trying.", sortOptions = false)
  static final class Try implements Callable<Integer> {

    @Parameters(paramLabel = "NAME", description = "The trigger.")
    private String name = "";
    @Mixin
    private final Target target = new Target();
    private final Context context;

    Try(Context context) {
      this.context = context;
    }

    @Override
    public Integer call() throws Exception {
      return target.use(context, api -> {
        var answer = api.post("/api/v1/triggers/%s/try".formatted(Api.part(name)),
            JsonMapper.shared().createObjectNode());
        return target.show(context, answer, () -> context.out()
            .printf("On its way. What became of it: portrait trigger messages %s%n", name));
      });
    }
  }
}
