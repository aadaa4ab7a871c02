package portrait.doors.cli;

import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import tools.jackson.databind.json.JsonMapper;

/// Runs a refresh and waits for its end.
@Command(name = "refresh", description = "Load what changed, unify, and bring profiles, measures and segments up to date.", sortOptions = false)
final class RefreshCommand implements Callable<Integer> {

  @Option(names = "--only", paramLabel = "TASK", description = "Only this task: sources, unification, profiles, activities, measures, segments or publish.")
  private @Nullable String only;
  @Mixin
  private final Target target = new Target();
  private final Context context;

  RefreshCommand(Context context) {
    this.context = context;
  }

  @Override
  public Integer call() throws Exception {
    return target.use(context, api -> {
      var request = JsonMapper.builder().build().createObjectNode();
      if (only != null) {
        request.put("only", only);
      }
      return JobWatch.finish(api, api.post("/api/v1/refresh", request), context, target.isJson());
    });
  }
}
