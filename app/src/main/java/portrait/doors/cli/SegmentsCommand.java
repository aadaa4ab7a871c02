package portrait.doors.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/// Lists the segments with their sizes.
@Command(name = "segments", description = "List the segments and how many customers each has.", sortOptions = false)
final class SegmentsCommand implements Callable<Integer> {

  @Mixin
  private final Target target = new Target();
  private final Context context;

  SegmentsCommand(Context context) {
    this.context = context;
  }

  @Override
  public Integer call() throws Exception {
    return target.use(context, api -> {
      var answer = api.get("/api/v1/segments");
      if (target.isJson()) {
        context.out().println(answer);
        return 0;
      }
      var segments = answer.path("segments");
      if (segments.isEmpty()) {
        context.out().println("There are no segments yet. Define one with: portrait apply -f FILE");
      }
      segments.forEach(segment -> context.out().printf("%,9d  %-24s %s%n", segment.path("size").asLong(),
          segment.path("name").asString(), segment.path("title").asString()));
      return 0;
    });
  }
}
