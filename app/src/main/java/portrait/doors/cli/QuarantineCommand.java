package portrait.doors.cli;

import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import portrait.foundation.model.Problem;
import portrait.foundation.model.ProblemException;

/// Messages that were refused.
@Command(name = "quarantine", description = "See, correct and send again the messages that were refused.", sortOptions = false, synopsisSubcommandLabel = "COMMAND")
final class QuarantineCommand {

  private static final String ALL = "/api/v1/quarantine";

  @Option(names = {"-h", "--help"}, usageHelp = true, description = "Show this help.")
  private boolean help;

  /// Lists them, newest first.
  @Command(name = "list", description = "List refused messages with the reason, newest first.", sortOptions = false)
  static final class ListMessages implements Callable<Integer> {

    @Option(names = "--limit", paramLabel = "N", description = "How many at most; default: ${DEFAULT-VALUE}.")
    private int limit = 100;
    @Option(names = "--before", paramLabel = "ID", description = "Only those older than this one.")
    private @Nullable String before;
    @Mixin
    private final Target target = new Target();
    private final Context context;

    ListMessages(Context context) {
      this.context = context;
    }

    @Override
    public Integer call() throws Exception {
      return target.use(context, api -> {
        var answer = api.get(ALL + "?limit=" + limit + (before == null ? "" : "&cursor=" + Api.part(before)));
        return target.show(context, answer, () -> {
          answer.path("messages").forEach(message -> context.out().printf("%8s  %s  %s%n",
              message.path("id").asString(), message.path("receivedAt").asString(), message.path("reason").asString()));
          context.out().printf("%,d in the quarantine%n", answer.path("total").asLong());
          var left = answer.path("left");
          if (left.path("full").asLong() + left.path("old").asLong() > 0) {
            context.out().printf("%,d left because it was full, %,d because they had waited %d days%n",
                left.path("full").asLong(), left.path("old").asLong(), answer.path("limits").path("days").asLong());
          }
        });
      });
    }
  }

  /// Shows one as it came.
  @Command(name = "show", description = "Show one refused message as it came.", sortOptions = false)
  static final class Show implements Callable<Integer> {

    @Parameters(index = "0", paramLabel = "ID", description = "The message's id, from quarantine list.")
    private String id = "";
    @Mixin
    private final Target target = new Target();
    private final Context context;

    Show(Context context) {
      this.context = context;
    }

    @Override
    public Integer call() throws Exception {
      return target.use(context, api -> {
        var message = api.get(ALL + "/" + Api.part(id));
        return target.show(context, message, () -> {
          for (String name : List.of("reason", "receivedAt", "source", "type", "times", "encoding")) {
            var value = message.path(name);
            if (!value.isNull()) {
              context.out().printf("%s: %s%n", name, value.asString());
            }
          }
          context.out().println(message.path("original").asString());
        });
      });
    }
  }

  /// Sends some again.
  @Command(name = "replay", description = "Take refused messages in, as of the moment they were received.", sortOptions = false)
  static final class Replay implements Callable<Integer> {

    @Parameters(paramLabel = "ID", arity = "1..*", description = "Ids of messages, from quarantine list.")
    private List<String> ids = List.of();
    @Option(names = "--with", paramLabel = "FILE", description = "A file with the corrected message; for one message only.")
    private @Nullable Path corrected;
    @Mixin
    private final Target target = new Target();
    private final Context context;

    Replay(Context context) {
      this.context = context;
    }

    @Override
    public Integer call() throws Exception {
      if (corrected != null && ids.size() > 1) {
        throw Problem.of(Problem.Code.INVALID_PARAMETER, "--with corrects one message, but %d were named".formatted(
            ids.size())).asException();
      }
      String body = corrected == null ? "" : read(corrected);
      return target.use(context, api -> {
        int failed = 0;
        for (String id : ids) {
          try {
            var answer = api.post(ALL + "/" + Api.part(id) + "/replay", "application/json", body);
            context.out().println(target.isJson() ? answer : "taken in: " + id);
          } catch (ProblemException still) {
            // The others may be right.
            failed++;
            context.err().println("portrait: message %s: %s".formatted(id, still.problem().message()));
          }
        }
        return failed == 0 ? 0 : 1;
      });
    }

    private static String read(Path file) throws java.io.IOException {
      try {
        return Files.readString(file);
      } catch (NoSuchFileException absent) {
        throw new ProblemException(Problem.of(Problem.Code.INVALID_FILE,
            "there is no file '%s' that can be read".formatted(file)), absent);
      }
    }
  }

  /// Throws some away.
  @Command(name = "discard", description = "Throw refused messages away.", sortOptions = false)
  static final class Discard implements Callable<Integer> {

    @Parameters(paramLabel = "ID", arity = "1..*", description = "Ids of messages, from quarantine list.")
    private List<String> ids = List.of();
    @Mixin
    private final Target target = new Target();
    private final Context context;

    Discard(Context context) {
      this.context = context;
    }

    @Override
    public Integer call() throws Exception {
      return target.use(context, api -> {
        for (String id : ids) {
          var answer = api.delete(ALL + "/" + Api.part(id));
          context.out().println(target.isJson() ? answer : "discarded: " + id);
        }
        return 0;
      });
    }
  }
}
