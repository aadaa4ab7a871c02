package portrait.doors.cli;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import portrait.foundation.model.Problem;
import portrait.foundation.model.Yaml;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// The unification: run, looked at, tried.
@Command(name = "unify", description = "Match records and find customers, and see what the match rules find.", sortOptions = false, synopsisSubcommandLabel = "COMMAND")
final class UnifyCommand {

  @Option(names = {"-h", "--help"}, usageHelp = true, description = "Show this help.")
  private boolean help;

  /// Runs the rules, and what depends on them as far as asked.
  @Command(name = "run", description = "Run the match rules and what depends on them.", sortOptions = false)
  static final class Run implements Callable<Integer> {

    @Option(names = "--scope", paramLabel = "SCOPE", description = "matching: the rules only, no customer changes; customers: and the table of customers; everything: and all that depends on it. Default: ${DEFAULT-VALUE}.")
    private String scope = "everything";
    @Mixin
    private final Target target = new Target();
    private final Context context;

    Run(Context context) {
      this.context = context;
    }

    @Override
    public Integer call() throws Exception {
      return target.use(context, api -> {
        var started = api.post("/api/v1/unification/run",
            JsonMapper.builder().build().createObjectNode().put("scope", scope));
        int exitCode = JobWatch.finish(api, started, context, target.isJson());
        if (!target.isJson()) {
          show(context, api.get("/api/v1/unification"));
        }
        return exitCode;
      });
    }
  }

  /// Tells what the last run found.
  @Command(name = "show", description = "Show what the last run found, table by table and rule by rule.", sortOptions = false)
  static final class Show implements Callable<Integer> {

    @Mixin
    private final Target target = new Target();
    private final Context context;

    Show(Context context) {
      this.context = context;
    }

    @Override
    public Integer call() throws Exception {
      return target.use(context, api -> {
        var answer = api.get("/api/v1/unification");
        return target.show(context, answer, () -> show(context, answer));
      });
    }
  }

  /// Tells what a run would change.
  @Command(name = "diff", description = "Show what a run of the rules would change; nothing is changed.", sortOptions = false)
  static final class Diff implements Callable<Integer> {

    @Option(names = {"-f",
        "--file"}, paramLabel = "FILE", description = "Definitions to try instead of those in force.")
    private @Nullable Path file;
    @Mixin
    private final Target target = new Target();
    private final Context context;

    Diff(Context context) {
      this.context = context;
    }

    @Override
    public Integer call() throws Exception {
      if (file != null && !Files.isRegularFile(file)) {
        throw Problem.of(Problem.Code.INVALID_PARAMETER, "--file was %s but must be a file".formatted(file))
            .asException();
      }
      String tried = file == null ? "" : Files.readString(file);
      return target.use(context, api -> {
        var found = api.post("/api/v1/unification/difference", "application/yaml", tried);
        return target.show(context, found, () -> {
          context.out().printf("%,d customers would merge, %,d would split: %,d pairs of records come, %,d go%n",
              found.path("merged").asLong(), found.path("split").asLong(), found.path("added").asLong(),
              found.path("removed").asLong());
          for (var sample : found.path("samples")) {
            context.out().printf("%-8s %3.0f %%  %s:%s  %s:%s  %s%n", sample.path("change").asString(),
                sample.path("score").asDouble() * 100, sample.path("one").path("namespace").asString(),
                sample.path("one").path("value").asString(), sample.path("other").path("namespace").asString(),
                sample.path("other").path("value").asString(), sample.path("rule").asString());
          }
        });
      });
    }
  }

  /// Takes a pair's score apart.
  @Command(name = "why", description = "Show why a probabilistic rule joined two records, or did not.", sortOptions = false)
  static final class Why implements Callable<Integer> {

    @Parameters(index = "0", paramLabel = "NAMESPACE", description = "The namespace of the one record's key.")
    private String namespace = "";
    @Parameters(index = "1", paramLabel = "VALUE", description = "The key.")
    private String value = "";
    @Parameters(index = "2", paramLabel = "NAMESPACE", description = "The namespace of the other record's key.")
    private String otherNamespace = "";
    @Parameters(index = "3", paramLabel = "VALUE", description = "The key.")
    private String otherValue = "";
    @Mixin
    private final Target target = new Target();
    private final Context context;

    Why(Context context) {
      this.context = context;
    }

    @Override
    public Integer call() throws Exception {
      return target.use(context, api -> {
        var pair = api.get("/api/v1/unification/pair?namespace=%s&value=%s&otherNamespace=%s&otherValue=%s".formatted(
            Api.part(namespace), Api.part(value), Api.part(otherNamespace), Api.part(otherValue)));
        if (target.isJson()) {
          context.out().println(pair);
          return 0;
        }
        for (var step : pair.path("steps")) {
          context.out().printf("%+7.1f  %-20s %s  %s | %s%n", step.path("bits").asDouble(),
              step.path("field").asString(), step.path("level").asString(), step.path("one").asString("-"),
              step.path("other").asString("-"));
        }
        context.out().printf("%+7.1f  bits by rule '%s': one person with %.4f %%%s%s%n", pair.path("weight").asDouble(),
            pair.path("rule").asString(), pair.path("probability").asDouble() * 100,
            pair.path("refused").isString() ? ", refused: " + pair.path("refused").asString() : "",
            pair.path("isRelated").asBoolean() ? ", related" : "");
        return 0;
      });
    }
  }

  /// Tries one rule.
  @Command(name = "preview", description = "Try a rule on the tables as they are; nothing is saved.", sortOptions = false)
  static final class Preview implements Callable<Integer> {

    @Parameters(index = "0", paramLabel = "FILE", description = "A rule in YAML or JSON, as it stands under rules in a Unification.")
    private Path file = Path.of("");
    @Mixin
    private final Target target = new Target();
    private final Context context;

    Preview(Context context) {
      this.context = context;
    }

    @Override
    public Integer call() throws Exception {
      if (!Files.isRegularFile(file)) {
        throw Problem.of(Problem.Code.INVALID_PARAMETER, "FILE was %s but must be a file".formatted(file))
            .asException();
      }
      var rule = Yaml.builder().build().readTree(Files.readString(file));
      return target.use(context, api -> {
        var found = api.post("/api/v1/unification/preview",
            JsonMapper.builder().build().createObjectNode().set("rule", rule));
        return target.show(context, found, () -> {
          context.out().printf("%s: %,d of %,d records match, in %,d of %,d pairs looked at%n",
              found.path("rule").asString(), found.path("matched").asLong(), found.path("records").asLong(),
              found.path("pairs").asLong(), found.path("compared").asLong());
          if (found.path("largeGroups").asLong() > 0) {
            context.out().printf("left out: %,d records in %,d groups too large to compare%n",
                found.path("recordsInLargeGroups").asLong(), found.path("largeGroups").asLong());
          }
          for (var sample : found.path("samples")) {
            context.out().printf("%-8s %3.0f %%  %s  %s%n", sample.path("match").asBoolean() ? "match" : "no match",
                sample.path("score").asDouble() * 100, sample.path("one").asString(), sample.path("other").asString());
            for (var step : sample.path("steps")) {
              context.out().printf("                 %+5.1f bits  %s: %s%n", step.path("bits").asDouble(),
                  step.path("field").asString(), step.path("level").asString());
            }
            for (var condition : sample.path("conditions")) {
              context.out().printf("                 %s: %s | %s%n", condition.path("left").asString(),
                  condition.path("leftValue").asString("-"), condition.path("rightValue").asString("-"));
            }
          }
        });
      });
    }
  }

  private static void show(Context context, JsonNode answer) {
    var matching = answer.path("matching");
    if (!matching.isObject()) {
      context.out().println("The match rules have not run yet. Run them with: portrait unify run");
      return;
    }
    context.out().printf("%,d records, %,d left after matching, %,d of them made of several%n",
        matching.path("records").asLong(), matching.path("unique").asLong(), matching.path("matched").asLong());
    for (var table : matching.path("tables")) {
      context.out().printf("%-32s %,9d rows  %,8d duplicates  %,9d matched%n", table.path("table").asString(),
          table.path("rows").asLong(), table.path("duplicates").asLong(), table.path("matched").asLong());
    }
    for (var rule : matching.path("rules")) {
      context.out().printf("%-32s %,9d pairs of %,d looked at%s%n", rule.path("rule").asString(),
          rule.path("pairs").asLong(), rule.path("compared").asLong(), rule.path("largeGroups").asLong() == 0 ? ""
              : ", %,d records left out in groups too large to compare".formatted(
                  rule.path("recordsInLargeGroups").asLong()));
    }
    for (var rule : answer.path("likely")) {
      context.out().printf("%-32s %,9d related pairs, %,d likely ones refused, %,d clusters to look at%n",
          rule.path("rule").asString(), rule.path("related").asLong(), rule.path("refused").asLong(),
          rule.path("suspicious").size());
    }
    var customers = answer.path("customers");
    if (customers.isObject()) {
      context.out().printf("%,d customers: %,d new, %,d merged, %,d split, %,d gone%n",
          customers.path("customers").asLong(), customers.path("new").asLong(), customers.path("merged").asLong(),
          customers.path("split").asLong(), customers.path("gone").asLong());
    }
  }
}
