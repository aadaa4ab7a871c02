package portrait.doors.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/// What builds on a definition.
@Command(name = "dependants", description = "Say what depends on a definition: none of it lets the definition be deleted.", sortOptions = false)
final class DependantsCommand implements Callable<Integer> {

  @Parameters(index = "0", paramLabel = "KIND", description = "Segment, Measure, Source, …")
  private String kind = "";
  @Parameters(index = "1", paramLabel = "NAME", description = "The definition.")
  private String name = "";
  @Mixin
  private final Target target = new Target();
  private final Context context;

  DependantsCommand(Context context) {
    this.context = context;
  }

  @Override
  public Integer call() throws Exception {
    return target.use(context, api -> {
      var answer = api.get("/api/v1/definitions/%s/%s/dependants".formatted(Api.part(kind), Api.part(name)));
      if (target.isJson()) {
        context.out().println(answer);
        return 0;
      }
      answer.path("direct").forEach(user -> context.out().println(user.asString()));
      answer.path("further").forEach(user -> context.out().println(user.asString() + "  (by way of those)"));
      if (answer.path("direct").isEmpty()) {
        context.out().println("Nothing depends on it.");
      }
      return 0;
    });
  }
}
