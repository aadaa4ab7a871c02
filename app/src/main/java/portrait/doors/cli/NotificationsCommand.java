package portrait.doors.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import tools.jackson.databind.json.JsonMapper;

/// Work that has ended.
@Command(name = "notifications", description = "Work that has finished or failed, the latest first; what is new is marked.", sortOptions = false)
final class NotificationsCommand implements Callable<Integer> {

  @Option(names = "--read", description = "Mark everything as read.")
  private boolean isRead;
  @Mixin
  private final Target target = new Target();
  private final Context context;

  NotificationsCommand(Context context) {
    this.context = context;
  }

  @Override
  public Integer call() throws Exception {
    return target.use(context, api -> {
      var answer = isRead ? api.post("/api/v1/notifications", JsonMapper.shared().createObjectNode())
          : api.get("/api/v1/notifications");
      return target.show(context, answer, () -> answer.path("notifications").forEach(
          told -> context.out().printf("%s %-20s  %-9s  %s%s%n", told.path("unread").asBoolean() ? "*" : " ",
              told.path("endedAt").asString(), told.path("status").asString(), told.path("title").asString(),
              told.path("problem").isString() ? ": " + told.path("problem").asString() : "")));
    });
  }
}
