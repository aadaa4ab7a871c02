package portrait.doors.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import tools.jackson.databind.json.JsonMapper;

/// Waits until new rules count for everybody.
@Command(name = "rollout", description = "Apply new and changed measures and segments to everybody, and wait for it. A server begins by itself within seconds.", sortOptions = false)
final class RolloutCommand implements Callable<Integer> {

  @Mixin
  private final Target target = new Target();
  private final Context context;

  RolloutCommand(Context context) {
    this.context = context;
  }

  @Override
  public Integer call() throws Exception {
    return target.use(context, api -> {
      while (true) {
        var answer = api.post("/api/v1/rollout", JsonMapper.shared().createObjectNode());
        if (answer.path("job").isObject()) {
          int code = JobWatch.finish(api, answer.path("job"), context, target.isJson());
          if (code != 0) {
            return code;
          }
        } else {
          return target.show(context, answer,
              () -> context.out().println("Every measure and segment counts for everybody."));
        }
      }
    });
  }
}
