package portrait.doors.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import portrait.foundation.model.Problem;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Sends customers to another system now, or says what would be sent.
@Command(name = "export", description = "Send customers to another system now and wait for the end; without a name, list the exports.", sortOptions = false)
final class ExportCommand implements Callable<Integer> {

  private static final int RUNS_SHOWN = 10;

  @Parameters(paramLabel = "NAME", arity = "0..1", description = "The export.")
  private String name = "";
  @Option(names = "--dry-run", description = "Only say what would be sent. Nobody outside is asked.")
  private boolean dryRun;
  @Option(names = "--full", description = "Send everybody, not only what changed.")
  private boolean full;
  @Option(names = "--history", description = "Show the latest runs instead, and who was refused by the last.")
  private boolean history;
  @Mixin
  private final Target target = new Target();
  private final Context context;

  ExportCommand(Context context) {
    this.context = context;
  }

  @Override
  public Integer call() throws Exception {
    if (name.isEmpty() && (dryRun || full || history)) {
      throw Problem.of(Problem.Code.INVALID_PARAMETER, "no export was named", "portrait export lists them.")
          .asException();
    }
    return target.use(context, api -> {
      String path = "/api/v1/exports/" + Api.part(name);
      var request = JsonMapper.shared().createObjectNode().put("full", full);
      if (name.isEmpty()) {
        var answer = api.get("/api/v1/exports");
        return target.show(context, answer, () -> list(answer));
      }
      if (history) {
        var answer = api.get(path + "/runs?limit=" + RUNS_SHOWN);
        return target.show(context, answer, () -> runs(api, path, answer));
      }
      if (dryRun) {
        var answer = api.post(path + "/try", request);
        return target.show(context, answer, () -> tried(answer));
      }
      return JobWatch.finish(api, api.post(path + "/run", request), context, target.isJson());
    });
  }

  private void list(JsonNode answer) {
    if (answer.path("exports").isEmpty()) {
      context.out().println("No exports. Define an Export with: portrait apply -f FILE");
    }
    for (var export : answer.path("exports")) {
      var last = export.path("last");
      context.out().printf("%-24s %-24s %s%n", export.path("name").asString(),
          export.path("connection").asString("no connection"),
          last.isObject() ? "%s at %s: %s".formatted(last.path("status").asString(),
              last.path("startedAt").asString(), counts(last.path("counts"))) : "never run");
    }
  }

  private void runs(Api api, String path, JsonNode answer) {
    for (var run : answer.path("runs")) {
      context.out().printf("%s  %-12s %s%n", run.path("startedAt").asString(), run.path("status").asString(),
          counts(run.path("counts")));
      if (run.path("problem").isString()) {
        context.out().printf("    %s %s%n", run.path("problem").asString(), run.path("hint").asString(""));
      }
    }
    if (!answer.path("runs").isEmpty()) {
      api.get("%s/runs/%s".formatted(path, answer.path("runs").get(0).path("id").asString())).path("refusals")
          .forEach(this::refusal);
    }
  }

  private void tried(JsonNode answer) {
    context.out().println("would send: " + counts(answer.path("counts")));
    answer.path("samples").forEach(row -> context.out().printf("  %-8s %s %s%n", row.path("change").asString(),
        row.path("customerId").asString(), row.path("values")));
    answer.path("refusals").forEach(this::refusal);
  }

  private void refusal(JsonNode refusal) {
    context.out().printf("  refused  %s %s%n", refusal.path("customerId").asString(),
        refusal.path("reason").asString());
  }

  private static String counts(JsonNode counts) {
    long silent = counts.path("withoutConsent").asLong();
    return "%,d new, %,d changed, %,d left, %,d as before, %,d refused%s".formatted(counts.path("entered").asLong(),
        counts.path("changed").asLong(), counts.path("left").asLong(), counts.path("unchanged").asLong(),
        counts.path("refused").asLong(), silent == 0 ? "" : ", %,d without consent".formatted(silent));
  }
}
