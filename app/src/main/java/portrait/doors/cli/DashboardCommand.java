package portrait.doors.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.JsonNode;

/// What there is, counted.
@Command(name = "dashboard", description = "How many customers, identities, members and events there are, as last counted.", sortOptions = false)
final class DashboardCommand implements Callable<Integer> {

  @Option(names = "--now", description = "Count now.")
  private boolean isNow;
  @Mixin
  private final Target target = new Target();
  private final Context context;

  DashboardCommand(Context context) {
    this.context = context;
  }

  @Override
  public Integer call() throws Exception {
    return target.use(context, api -> {
      var answer = isNow ? api.post("/api/v1/dashboard", JsonMapper.shared().createObjectNode())
          : api.get("/api/v1/dashboard");
      return target.show(context, answer, () -> show(answer));
    });
  }

  private void show(JsonNode answer) {
    context.out().printf(
        "%,d customers: %,d known, %,d unknown; %,d added in 30 days, %,d in no segment (counted %s)%n",
        number(answer, "customers"), number(answer, "known"), number(answer, "unknown"), number(answer, "added"),
        number(answer, "unsegmented"), answer.path("countedAt").asString());
    answer.path("sources").forEach(source -> context.out().printf("source %-24s %,12d customers  %+,12d in 30 days%n",
        source.path("source").asString(), number(source, "customers"), number(source, "added")));
    answer.path("identities")
        .forEach(held -> context.out().printf("namespace %-21s %,12d customers  %,12d identities%n",
            held.path("namespace").asString(), number(held, "customers"), number(held, "identities")));
    answer.path("overlaps").forEach(shared -> context.out().printf("%-31s %,12d customers%n",
        shared.path("one").asString() + " + " + shared.path("other").asString(), number(shared, "customers")));
    answer.path("largestSegments")
        .forEach(size -> context.out().printf("segment %-23s %,12d members    %+,12d in 7 days%n",
            size.path("name").asString(), number(size, "members"), number(size, "change")));
  }

  private static long number(JsonNode node, String field) {
    return node.path(field).asLong();
  }
}
