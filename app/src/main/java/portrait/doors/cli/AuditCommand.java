package portrait.doors.cli;

import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// Who did what.
@Command(name = "audit", description = "Who did what, newest first.", sortOptions = false)
final class AuditCommand implements Callable<Integer> {

  @Option(names = "--by", paramLabel = "NAME", description = "Only what this person or key did.")
  private @Nullable String by;
  @Option(names = "--text", paramLabel = "TEXT", description = "Only entries with this in their action, target or detail.")
  private @Nullable String text;
  @Option(names = "--from", paramLabel = "MOMENT", description = "From this moment on: 2026-01-31T00:00:00Z.")
  private @Nullable String from;
  @Option(names = "--to", paramLabel = "MOMENT", description = "Before this moment.")
  private @Nullable String to;
  @Option(names = "--limit", paramLabel = "N", description = "How many at most; default: ${DEFAULT-VALUE}.")
  private int limit = 100;
  @Mixin
  private final Target target = new Target();
  private final Context context;

  AuditCommand(Context context) {
    this.context = context;
  }

  @Override
  public Integer call() throws Exception {
    return target.use(context, api -> {
      var query = new StringBuilder("/api/v1/audit?limit=" + limit);
      add(query, "by", by);
      add(query, "text", text);
      add(query, "from", from);
      add(query, "to", to);
      var answer = api.get(query.toString());
      return target.show(context, answer, () -> answer.path("entries").forEach(
          entry -> context.out().printf("%6d  %-27s  %-20s  %-22s  %s  %s%n", entry.path("number").asLong(),
              entry.path("at").asString(), entry.path("by").asString(), entry.path("action").asString(),
              entry.path("target").asString(), entry.path("detail").asString())));
    });
  }

  private static void add(StringBuilder query, String name, @Nullable String value) {
    if (value != null) {
      query.append('&').append(name).append('=').append(Api.part(value));
    }
  }
}
