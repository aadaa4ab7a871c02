package portrait.doors.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import portrait.foundation.model.Problem;
import tools.jackson.databind.JsonNode;

/// Measures.
@Command(name = "measure", description = "Show measures, what was computed for them, and some to begin with.", sortOptions = false, synopsisSubcommandLabel = "COMMAND")
final class MeasureCommand {

  @Option(names = {"-h", "--help"}, usageHelp = true, description = "Show this help.")
  private boolean help;

  /// Lists the measures.
  @Command(name = "list", description = "List the measures.", sortOptions = false)
  static final class ListMeasures implements Callable<Integer> {

    @Mixin
    private final Target target = new Target();
    private final Context context;

    ListMeasures(Context context) {
      this.context = context;
    }

    @Override
    public Integer call() throws Exception {
      return target.use(context, api -> {
        var answer = api.get("/api/v1/measures");
        return target.show(context, answer, () -> {
          if (answer.path("measures").isEmpty()) {
            context.out().println("There are no measures yet. Begin with: portrait measure templates");
          }
          answer.path("measures").forEach(measure -> context.out().printf("%-14s  %-32s %s%n",
              measure.path("kind").asString().replace('_', ' '), measure.path("name").asString(),
              measure.path("title").asString()));
        });
      });
    }
  }

  /// Prints what was computed.
  @Command(name = "values", description = "Print what was computed for a measure, as of the last refresh.", sortOptions = false)
  static final class Values implements Callable<Integer> {

    @Parameters(paramLabel = "NAME", description = "The measure.")
    private String name = "";
    @Option(names = "--limit", paramLabel = "N", defaultValue = "100", description = "How many rows at most; 100 when left out.")
    private int limit;
    @Mixin
    private final Target target = new Target();
    private final Context context;

    Values(Context context) {
      this.context = context;
    }

    @Override
    public Integer call() throws Exception {
      return target.use(context, api -> {
        var answer = api.get("/api/v1/measures/%s/values?limit=%d".formatted(Api.part(name), limit));
        return target.show(context, answer, () -> {
          var columns = answer.path("columns").valueStream().map(column -> column.path("name").asString()).toList();
          var lines = new ArrayList<List<String>>(List.of(columns));
          answer.path("rows")
              .forEach(row -> lines.add(columns.stream().map(column -> text(row.path(column))).toList()));
          lines.forEach(line -> context.out().println(String.join("\t", line)));
          long total = answer.path("total").asLong();
          if (total > answer.path("rows").size()) {
            context.err().printf("%,d of %,d rows; --limit shows more%n", answer.path("rows").size(), total);
          }
        });
      });
    }

    private static String text(JsonNode value) {
      return value.isNull() ? "" : value.isString() ? value.asString() : value.toString();
    }
  }

  /// Prints definitions to begin with.
  @Command(name = "templates", description = "List measures to begin with, or print the definition of some, ready for: portrait apply -f -", sortOptions = false)
  static final class Templates implements Callable<Integer> {

    @Parameters(arity = "0..*", paramLabel = "NAME", description = "Whose definition to print; all are listed when left out.")
    private List<String> names = List.of();
    @Option(names = "--order", paramLabel = "EVENT", description = "The event of a purchase; Order Completed when left out.")
    private @Nullable String order;
    @Option(names = "--amount", paramLabel = "PROPERTY", description = "What the purchase says was paid; amount when left out.")
    private @Nullable String amount;
    @Option(names = "--points", paramLabel = "PROPERTY", description = "How many loyalty points; points when left out.")
    private @Nullable String points;
    @Option(names = "--earned", paramLabel = "EVENT", description = "Points were won; Points Earned when left out.")
    private @Nullable String earned;
    @Option(names = "--redeemed", paramLabel = "EVENT", description = "Points were spent; Points Redeemed when left out.")
    private @Nullable String redeemed;
    @Option(names = "--joined", paramLabel = "EVENT", description = "Somebody joined the programme; Loyalty Joined when left out.")
    private @Nullable String joined;
    @Mixin
    private final Target target = new Target();
    private final Context context;

    Templates(Context context) {
      this.context = context;
    }

    @Override
    public Integer call() throws Exception {
      return target.use(context, api -> {
        var answer = api.get("/api/v1/measures/templates" + query());
        if (target.isJson()) {
          context.out().println(answer);
          return 0;
        }
        if (names.isEmpty()) {
          answer.path("templates").forEach(template -> context.out().printf("%-28s %s%n",
              template.path("name").asString(), template.path("title").asString()));
          return 0;
        }
        var found = new TreeMap<String, String>();
        answer.path("templates")
            .forEach(each -> found.put(each.path("name").asString(), each.path("definition").asString()));
        var printed = new ArrayList<String>();
        for (String name : names) {
          if (!found.containsKey(name)) {
            throw Problem.of(Problem.Code.INVALID_PARAMETER, "there is no template '%s'".formatted(name),
                "There are: " + String.join(", ", found.keySet())).asException();
          }
          printed.add(found.get(name));
        }
        context.out().print(String.join("---\n", printed));
        return 0;
      });
    }

    private String query() {
      var words = new TreeMap<String, @Nullable String>();
      words.put("order", order);
      words.put("amount", amount);
      words.put("points", points);
      words.put("earned", earned);
      words.put("redeemed", redeemed);
      words.put("joined", joined);
      String query = words.entrySet().stream().filter(word -> word.getValue() != null)
          .map((Map.Entry<String, @Nullable String> word) -> word.getKey() + "="
              + Api.part(String.valueOf(word.getValue())))
          .collect(Collectors.joining("&"));
      return query.isEmpty() ? "" : "?" + query;
    }
  }
}
