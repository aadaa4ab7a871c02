package portrait.doors.cli;

import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// What each key asked for.
@Command(name = "usage", description = "What each key asked for, day by day: requests, events, refused.", sortOptions = false)
final class UsageCommand implements Callable<Integer> {

  @Option(names = "--from", paramLabel = "DAY", description = "The first day: 2026-01-31; default: 30 days before the last.")
  private @Nullable String from;
  @Option(names = "--to", paramLabel = "DAY", description = "The last day; default: today.")
  private @Nullable String to;
  @Mixin
  private final Target target = new Target();
  private final Context context;

  UsageCommand(Context context) {
    this.context = context;
  }

  @Override
  public Integer call() throws Exception {
    return target.use(context, api -> {
      var answer = api.get("/api/v1/usage?%s&%s".formatted(from == null ? "" : "from=" + Api.part(from),
          to == null ? "" : "to=" + Api.part(to)));
      return target.show(context, answer, () -> {
        context.out().printf("%-10s  %-30s  %12s  %12s  %8s%n", "day", "who", "requests", "events", "refused");
        answer.path("days").forEach(day -> context.out().printf("%-10s  %-30s  %,12d  %,12d  %,8d%n",
            day.path("day").asString(), day.path("name").asString(), day.path("requests").asLong(),
            day.path("events").asLong(), day.path("refused").asLong()));
      });
    });
  }
}
