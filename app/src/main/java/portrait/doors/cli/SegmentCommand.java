package portrait.doors.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// One segment.
@Command(name = "segment", description = "Keep the list of a static segment, and compare segments.", sortOptions = false, synopsisSubcommandLabel = "COMMAND")
final class SegmentCommand {

  private static final String ALL = "/api/v1/segments/";

  @Option(names = {"-h", "--help"}, usageHelp = true, description = "Show this help.")
  private boolean help;

  /// Puts customers on a list, or takes them off it.
  @Command(name = "list", description = "Put customers on the list of a static segment, or take them off.", sortOptions = false)
  static final class Enlist implements Callable<Integer> {

    @Parameters(index = "0", paramLabel = "NAME", description = "The segment.")
    private String name = "";
    @Parameters(index = "1..*", paramLabel = "VALUE", description = "Identities, such as e-mail addresses.")
    private List<String> values = List.of();
    @Option(names = "--namespace", paramLabel = "NAMESPACE", required = true, description = "What the values are: email, user_id, customer for CustomerIds.")
    private String namespace = "";
    @Option(names = {"-f", "--file"}, paramLabel = "FILE", description = "A file with one value in each line.")
    private java.nio.file.@org.jspecify.annotations.Nullable Path file;
    @Option(names = "--remove", description = "Take them off the list.")
    private boolean remove;
    @Mixin
    private final Target target = new Target();
    private final Context context;

    Enlist(Context context) {
      this.context = context;
    }

    @Override
    public Integer call() throws Exception {
      var all = new ArrayList<>(values);
      if (file != null) {
        java.nio.file.Files.readAllLines(file).stream().map(String::strip).filter(line -> !line.isEmpty())
            .forEach(all::add);
      }
      var body = JsonMapper.shared().createObjectNode().put("namespace", namespace).put("remove", remove);
      all.forEach(body.putArray("values")::add);
      return target.use(context, api -> {
        var answer = api.post(ALL + Api.part(name) + "/members", body);
        context.out().println(target.isJson() ? answer
            : "%,d %s, %,d as they were, %,d known to nobody".formatted(answer.path("changed").asLong(),
                remove ? "taken off" : "put on the list", answer.path("unchanged").asLong(),
                answer.path("unknown").asLong()));
        return 0;
      });
    }
  }

  /// Keeps the members of a segment as a list.
  @Command(name = "snapshot", description = "Keep the members that a segment has now as a static segment.", sortOptions = false)
  static final class Snapshot implements Callable<Integer> {

    @Parameters(index = "0", paramLabel = "NAME", description = "The segment.")
    private String name = "";
    @Parameters(index = "1", paramLabel = "AS", description = "The name of the new static segment.")
    private String as = "";
    @Mixin
    private final Target target = new Target();
    private final Context context;

    Snapshot(Context context) {
      this.context = context;
    }

    @Override
    public Integer call() throws Exception {
      return target.use(context, api -> {
        var answer = api.post(ALL + Api.part(name) + "/snapshot",
            JsonMapper.shared().createObjectNode().put("name", as));
        context.out().println(target.isJson() ? answer
            : "%s has %,d members".formatted(as, answer.path("changed").asLong()));
        return 0;
      });
    }
  }

  /// Says what sets members apart.
  @Command(name = "differences", description = "Say what sets the members of a segment apart: attributes, measures and events.", sortOptions = false)
  static final class Apart implements Callable<Integer> {

    @Parameters(paramLabel = "NAME", description = "The segment.")
    private String name = "";
    @Option(names = "--against", paramLabel = "SEGMENT", defaultValue = "", description = "Compare with the members of another segment; with everybody else when left out.")
    private String against = "";
    @Mixin
    private final Target target = new Target();
    private final Context context;

    Apart(Context context) {
      this.context = context;
    }

    @Override
    public Integer call() throws Exception {
      return target.use(context, api -> {
        var answer = api.get(ALL + Api.part(name) + "/differences"
            + (against.isEmpty() ? "" : "?against=" + Api.part(against)));
        if (target.isJson()) {
          context.out().println(answer);
          return 0;
        }
        double members = Math.max(1, answer.path("members").asLong());
        double others = Math.max(1, answer.path("others").asLong());
        if (answer.path("differences").isEmpty()) {
          context.out().println("Nothing that chance would not explain.");
        }
        answer.path("differences")
            .forEach(each -> context.out().printf("x%-6.2f %3.0f%% of members, %3.0f%% of others  %s %s%s%n",
                each.path("lift").asDouble(), 100 * each.path("members").asLong() / members,
                100 * each.path("others").asLong() / others, each.path("kind").asString(), each.path("name").asString(),
                each.path("value").isNull() ? "" : ": " + each.path("value").asString()));
        return 0;
      });
    }
  }

  /// Says what segments have in common.
  @Command(name = "overlap", description = "Say how many customers segments have in common.", sortOptions = false)
  static final class Compare implements Callable<Integer> {

    @Parameters(arity = "2..6", paramLabel = "NAME", description = "The segments.")
    private List<String> names = List.of();
    @Mixin
    private final Target target = new Target();
    private final Context context;

    Compare(Context context) {
      this.context = context;
    }

    @Override
    public Integer call() throws Exception {
      return target.use(context, api -> {
        var answer = api.get("%s%s/overlap?with=%s".formatted(ALL, Api.part(names.getFirst()),
            Api.part(String.join(",", names.subList(1, names.size())))));
        if (target.isJson()) {
          context.out().println(answer);
          return 0;
        }
        answer.path("parts").forEach(part -> context.out().printf("%,9d  %s%n", part.path("customers").asLong(),
            part.path("in").valueStream().map(JsonNode::asString).collect(Collectors.joining(" and "))));
        return 0;
      });
    }
  }
}
