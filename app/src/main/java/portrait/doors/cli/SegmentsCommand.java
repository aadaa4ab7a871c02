package portrait.doors.cli;

import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Lists the segments with their sizes.
@Command(name = "segments", description = "List the segments and how many customers each has.", sortOptions = false)
final class SegmentsCommand implements Callable<Integer> {

  @Option(names = "--estimate", paramLabel = "RULE", defaultValue = "", description = "Count whom a rule would fit, without defining anything: \"city = 'Lyon'\".")
  private String rule = "";
  @Mixin
  private final Target target = new Target();
  private final Context context;

  SegmentsCommand(Context context) {
    this.context = context;
  }

  @Override
  public Integer call() throws Exception {
    return target.use(context, api -> {
      if (!rule.isEmpty()) {
        estimated(api.post("/api/v1/segments/estimate", JsonMapper.shared().createObjectNode().put("where", rule)));
        return 0;
      }
      var answer = api.get("/api/v1/segments");
      return target.show(context, answer, () -> {
        var segments = answer.path("segments");
        if (segments.isEmpty()) {
          context.out().println("There are no segments yet. Define one with: portrait apply -f FILE");
        }
        segments.forEach(segment -> context.out().printf("%,9d  %-24s %s%s%n", segment.path("size").asLong(),
            segment.path("name").asString(), segment.path("title").asString(),
            segment.path("active").asBoolean(true) ? "" : " (off)"));
      });
    });
  }

  private void estimated(JsonNode estimate) {
    if (target.isJson()) {
      context.out().println(estimate);
      return;
    }
    context.out().println(forecast(estimate));
    parts(estimate, "");
    estimate.path("warnings").forEach(warning -> context.err().println("note: " + warning.asString()));
  }

  private void parts(JsonNode of, String indent) {
    of.path("parts").forEach(part -> {
      context.out().printf("%,9d  %s%s%n", part.path("members").asLong(), indent, part.path("rule").asString());
      parts(part, indent + "  ");
    });
  }

  /// What is to be expected of a segment, in a line: how many it fits, that it is live, what comes late.
  static String forecast(JsonNode segment) {
    var text = new StringBuilder(segment.has("estimate")
        ? "%,d%s of %,d customers, live".formatted(segment.path("estimate").asLong(),
            segment.has("margin") ? " (give or take %,d)".formatted(segment.path("margin").asLong()) : "",
            segment.path("customers").asLong())
        : "not counted: %s; live".formatted(segment.path("why").asString()));
    for (var late : segment.path("late")) {
      text.append("; %s comes with %s".formatted(late.path("event").asString(),
          late.path("tables").valueStream().map(JsonNode::asString).collect(Collectors.joining(", "))));
    }
    return text.toString();
  }
}
