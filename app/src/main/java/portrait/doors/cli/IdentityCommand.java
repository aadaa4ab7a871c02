package portrait.doors.cli;

import java.io.PrintWriter;
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

/// Who is who: other settings tried, people kept apart.
@Command(name = "identity", description = "Try identity settings, apply them to the past, keep people apart.", sortOptions = false, synopsisSubcommandLabel = "COMMAND")
final class IdentityCommand {

  @Option(names = {"-h", "--help"}, usageHelp = true, description = "Show this help.")
  private boolean help;

  /// Says who would merge and split.
  @Command(name = "simulate", description = "Say which customers would merge or split under other namespaces. Changes nothing.", sortOptions = false)
  static final class Simulate implements Callable<Integer> {

    @Option(names = {"-f",
        "--file"}, paramLabel = "PATH", description = "Namespace definitions: a YAML or JSON file, or a folder of them; - reads standard input.")
    private List<String> files = List.of();
    @Option(names = "--delete", paramLabel = "NAME", description = "A Namespace definition that would be deleted; may be repeated.")
    private List<String> deleted = List.of();
    @Mixin
    private final Target target = new Target();
    private final Context context;

    Simulate(Context context) {
      this.context = context;
    }

    @Override
    public Integer call() throws Exception {
      var documents = new ArrayList<String>();
      for (String file : files) {
        documents.addAll(ApplyCommand.read(file));
      }
      return target.use(context, api -> {
        var found = api.post("/api/v1/identities/simulate?delete=" + Api.part(String.join(",", deleted)),
            "application/yaml", String.join("---\n", documents));
        return target.show(context, found, () -> print(found, context.out()));
      });
    }
  }

  /// Who would merge and split, with samples.
  static void print(JsonNode found, PrintWriter out) {
    out.printf("%,d customers examined%s%n", found.path("examined").asLong(),
        found.path("isComplete").asBoolean() ? "" : ", and there are more that could change");
    out.printf("%,d would merge into others, %,d would split off%n", found.path("merged").asLong(),
        found.path("split").asLong());
    out.printf("%,d would become known, %,d unknown%n", found.path("becomeKnown").asLong(),
        found.path("becomeUnknown").asLong());
    for (var sample : found.path("samples")) {
      out.println();
      sample.path("before").forEach(customer -> out.printf("  now   %s%n", identities(customer)));
      sample.path("after").forEach(customer -> out.printf("  then  %s%n", identities(customer)));
    }
  }

  private static String identities(JsonNode customer) {
    return customer.path("identities").valueStream()
        .map(identity -> identity.path("namespace").asString() + ":" + identity.path("value").asString())
        .collect(Collectors.joining("  "));
  }

  /// Applies the settings in force to the past.
  @Command(name = "settle", description = "Decide again who is who, under the namespaces in force. Runs by itself after a change.", sortOptions = false)
  static final class Settle implements Callable<Integer> {

    @Mixin
    private final Target target = new Target();
    private final Context context;

    Settle(Context context) {
      this.context = context;
    }

    @Override
    public Integer call() throws Exception {
      return target.use(context, api -> JobWatch.finish(api, api.post("/api/v1/identities/settle",
          JsonMapper.shared().createObjectNode()), context, target.isJson()));
    }
  }

  /// Keeps two identities apart.
  @Command(name = "separate", description = "Say that two identities are two customers. What joins them is cut, now and later.", sortOptions = false)
  static final class Separate extends Saying {

    @Option(names = "--reason", paramLabel = "TEXT", description = "Why, for whoever looks later.")
    private String reason = "";

    Separate(Context context) {
      super(context);
    }

    @Override
    public Integer call() throws Exception {
      return say("separate", reason);
    }
  }

  /// Holds two identities together.
  @Command(name = "join", description = "Say that two identities are one customer, whatever rules say. Namespace customer takes a CustomerId.", sortOptions = false)
  static final class Join extends Saying {

    @Option(names = "--reason", paramLabel = "TEXT", description = "Why, for the audit trail.")
    private String reason = "";

    Join(Context context) {
      super(context);
    }

    @Override
    public Integer call() throws Exception {
      return say("join", reason);
    }
  }

  /// Takes back a join.
  @Command(name = "unjoin", description = "Take back that two identities are one customer.", sortOptions = false)
  static final class Unjoin extends Saying {

    Unjoin(Context context) {
      super(context);
    }

    @Override
    public Integer call() throws Exception {
      return say("unjoin", "");
    }
  }

  /// Takes back a separation.
  @Command(name = "rejoin", description = "Take back that two identities are two customers.", sortOptions = false)
  static final class Rejoin extends Saying {

    Rejoin(Context context) {
      super(context);
    }

    @Override
    public Integer call() throws Exception {
      return say("rejoin", "");
    }
  }

  /// Something that a person says about two identities, named as four words.
  private abstract static class Saying implements Callable<Integer> {

    @Parameters(index = "0", paramLabel = "NAMESPACE", description = "The namespace of the one identity.")
    private String oneNamespace = "";
    @Parameters(index = "1", paramLabel = "VALUE", description = "Its value.")
    private String oneValue = "";
    @Parameters(index = "2", paramLabel = "NAMESPACE", description = "The namespace of the other identity.")
    private String otherNamespace = "";
    @Parameters(index = "3", paramLabel = "VALUE", description = "Its value.")
    private String otherValue = "";
    @Mixin
    private final Target target = new Target();
    private final Context context;

    Saying(Context context) {
      this.context = context;
    }

    /// @param what the last part of the address
    int say(String what, String reason) throws Exception {
      var body = JsonMapper.shared().createObjectNode().put("reason", reason);
      body.putObject("one").put("namespace", oneNamespace).put("value", oneValue);
      body.putObject("other").put("namespace", otherNamespace).put("value", otherValue);
      return target.use(context, api -> {
        var done = api.post("/api/v1/identities/" + what, body);
        return target.show(context, done, () -> context.out().printf("%d customers merged, %d split, %d changed%n",
            done.path("merged").asLong(), done.path("split").asLong(), done.path("customerIds").size()));
      });
    }
  }
}
