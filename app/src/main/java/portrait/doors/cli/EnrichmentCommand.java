package portrait.doors.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import portrait.foundation.model.Problem;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Adds what others know about customers now, or says what would be asked.
@Command(name = "enrichment", description = "Add what others know about customers now and wait for the end; without a name, list the enrichments.", sortOptions = false)
final class EnrichmentCommand implements Callable<Integer> {

  private static final int RUNS_SHOWN = 10;
  private static final int CUSTOMERS_SHOWN = 20;

  @Parameters(paramLabel = "NAME", arity = "0..1", description = "The enrichment.")
  private String name = "";
  @Option(names = "--dry-run", description = "Only say how much would be asked. Nobody is asked.")
  private boolean dryRun;
  @Option(names = "--history", description = "Show the latest runs instead, and what was refused.")
  private boolean history;
  @Option(names = "--show", description = "Show some of what was added instead.")
  private boolean show;
  @Option(names = "--again", description = "Let what was refused be asked again with the next run, which may cost credits.")
  private boolean again;
  @Option(names = "--check", description = "Ask whether those who answer for the data elsewhere allow that it is read, and how many mailboxes there are.")
  private boolean check;
  @Mixin
  private final Target target = new Target();
  private final Context context;

  EnrichmentCommand(Context context) {
    this.context = context;
  }

  @Override
  public Integer call() throws Exception {
    if (name.isEmpty() && (dryRun || history || show || again || check)) {
      throw Problem.of(Problem.Code.INVALID_PARAMETER, "no enrichment was named", "portrait enrichment lists them.")
          .asException();
    }
    return target.use(context, api -> {
      String path = "/api/v1/enrichments/" + Api.part(name);
      if (name.isEmpty()) {
        var answer = api.get("/api/v1/enrichments");
        return target.show(context, answer, () -> list(answer));
      }
      if (history) {
        var answer = api.get(path + "/runs?limit=" + RUNS_SHOWN);
        return target.show(context, answer, () -> runs(answer, api.get(path + "/refusals?limit=" + CUSTOMERS_SHOWN)));
      }
      if (show) {
        var answer = api.get(path + "/customers?limit=" + CUSTOMERS_SHOWN);
        return target.show(context, answer, () -> answer.path("customers").forEach(customer -> context.out()
            .printf("%s  %s%n", customer.path("customerId").asString(), customer.path("attributes"))));
      }
      var nothing = JsonMapper.shared().createObjectNode();
      if (dryRun) {
        var answer = api.post(path + "/try", nothing);
        return target.show(context, answer, () -> context.out().println("would ask: " + counts(answer)));
      }
      if (check) {
        var answer = api.post(path + "/check", nothing);
        return target.show(context, answer, () -> checked(answer));
      }
      if (again) {
        var answer = api.post(path + "/again", nothing);
        return target.show(context, answer, () -> context.out().printf("%,d questions may be asked again%n",
            answer.path("questions").asLong()));
      }
      return JobWatch.finish(api, api.post(path + "/run", nothing), context, target.isJson());
    });
  }

  private void checked(JsonNode start) {
    if (!start.path("allowed").asBoolean()) {
      var missing = start.path("missing").valueStream().map(JsonNode::asString).toList();
      context.out().printf("not consented to %s yet; an administrator consents at%n%s%n", String.join(", ", missing),
          start.path("link").asString());
      return;
    }
    context.out().println("allowed");
    if (start.path("mailboxes").isNumber()) {
      context.out().printf("%,d mailboxes%n", start.path("mailboxes").asLong());
    }
    if (start.path("firstRunAt").isString() && !start.path("begunAt").isString()) {
      context.out().printf("the first run begins at %s%n", start.path("firstRunAt").asString());
    }
  }

  private void list(JsonNode answer) {
    if (answer.path("enrichments").isEmpty()) {
      context.out().println("No enrichments. Define an Enrichment with: portrait apply -f FILE");
    }
    for (var enrichment : answer.path("enrichments")) {
      var last = enrichment.path("last");
      context.out().printf("%-24s %-12s %,d of %,d enriched, %s%n", enrichment.path("name").asString(),
          enrichment.path("provider").asString(), enrichment.path("enriched").asLong(),
          enrichment.path("customers").asLong(),
          last.isObject() ? "%s at %s".formatted(last.path("status").asString(), last.path("startedAt").asString())
              : "never run");
    }
  }

  private void runs(JsonNode answer, JsonNode refusals) {
    for (var run : answer.path("runs")) {
      context.out().printf("%s  %-12s %s%n", run.path("startedAt").asString(), run.path("status").asString(),
          counts(run.path("counts")));
      if (run.path("problem").isString()) {
        context.out().printf("    %s %s%n", run.path("problem").asString(), run.path("hint").asString(""));
      }
    }
    refusals.path("refusals").forEach(refusal -> context.out().printf("  refused  %s %s%n",
        refusal.path("customerId").asString(), refusal.path("reason").asString()));
  }

  private static String counts(JsonNode counts) {
    return "%,d of %,d enriched; %,d asked, %,d as before, %,d known from others, %,d without input, %,d refused%s"
        .formatted(counts.path("enriched").asLong(), counts.path("customers").asLong(),
            counts.path("asked").asLong(), counts.path("unchanged").asLong(), counts.path("reused").asLong(),
            counts.path("lacking").asLong(), counts.path("refused").asLong(),
            counts.path("credits").asLong() == 0 ? "" : "; %,d credits".formatted(counts.path("credits").asLong()));
  }
}
