package portrait.doors.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// What builds on a definition.
@Command(name = "dependants", description = "Say what depends on a definition: none of it lets the definition be deleted.", sortOptions = false)
final class DependantsCommand implements Callable<Integer> {

  @Parameters(index = "0", paramLabel = "KIND", description = "Segment, Measure, Source, …")
  private String kind = "";
  @Parameters(index = "1", paramLabel = "NAME", description = "The definition.")
  private String name = "";
  @Option(names = "--table", paramLabel = "TABLE", description = "Of a source: what would be wrong without this table.")
  private String table = "";
  @Option(names = "--column", paramLabel = "COLUMN", description = "With --table: what would be wrong without this column of it.")
  private String column = "";
  @Mixin
  private final Target target = new Target();
  private final Context context;

  DependantsCommand(Context context) {
    this.context = context;
  }

  @Override
  public Integer call() throws Exception {
    return target.use(context, api -> {
      String part = (table.isEmpty() ? "" : "?table=" + Api.part(table))
          + (column.isEmpty() ? "" : "&column=" + Api.part(column));
      var answer = api.get("/api/v1/definitions/%s/%s/dependants%s".formatted(Api.part(kind), Api.part(name), part));
      if (target.isJson()) {
        context.out().println(answer);
        return 0;
      }
      if (!table.isEmpty()) {
        answer.path("broken").forEach(line -> context.out().println(line.asString()));
        if (answer.path("broken").isEmpty()) {
          context.out().println("Nothing would be wrong without it.");
        }
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
