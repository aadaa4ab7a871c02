package portrait.doors.cli;

import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Merge policies.
@Command(name = "policy", description = "Show merge policies, and try one on real profiles.", sortOptions = false, synopsisSubcommandLabel = "COMMAND")
final class PolicyCommand {

  @Option(names = {"-h", "--help"}, usageHelp = true, description = "Show this help.")
  private boolean help;

  /// Lists the policies.
  @Command(name = "list", description = "List the merge policies, the one in force first.", sortOptions = false)
  static final class ListPolicies implements Callable<Integer> {

    @Mixin
    private final Target target = new Target();
    private final Context context;

    ListPolicies(Context context) {
      this.context = context;
    }

    @Override
    public Integer call() throws Exception {
      return target.use(context, api -> {
        var answer = api.get("/api/v1/policies");
        return target.show(context, answer,
            () -> answer.path("policies")
                .forEach(policy -> context.out().printf("%s  %s%s%n", policy.path("name").asString(),
                    policy.path("title").asString(), policy.path("inForce").asBoolean() ? "  (in force)" : "")));
      });
    }
  }

  /// Says what another policy would change.
  @Command(name = "preview", description = "Say what another policy would make of real profiles. Changes nothing.", sortOptions = false)
  static final class Preview implements Callable<Integer> {

    @Parameters(arity = "0..2", paramLabel = "NAMESPACE VALUE", description = "One customer; the 100 seen last when left out.")
    private List<String> identity = List.of();
    @Option(names = "--policy", paramLabel = "NAME", required = true, description = "The policy to compare with the one in force.")
    private String policy = "";
    @Option(names = {"-f",
        "--file"}, paramLabel = "PATH", description = "A file with the policy, when it is not applied yet; - reads standard input.")
    private @Nullable String file;
    @Mixin
    private final Target target = new Target();
    private final Context context;

    Preview(Context context) {
      this.context = context;
    }

    @Override
    public Integer call() throws Exception {
      var body = JsonMapper.shared().createObjectNode().put("policy", policy);
      if (file != null) {
        body.put("definitions", String.join("---\n", ApplyCommand.read(file)));
      }
      if (identity.size() == 2) {
        body.put("namespace", identity.getFirst()).put("value", identity.getLast());
      }
      return target.use(context, api -> {
        var answer = api.post("/api/v1/policies/preview", body);
        return target.show(context, answer, () -> print(answer));
      });
    }

    private void print(JsonNode answer) {
      context.out().printf("%,d of %,d customers differ%n", answer.path("different").asInt(),
          answer.path("examined").asInt());
      for (var customer : answer.path("customers")) {
        context.out().println(customer.path("customerId").asString());
        for (var row : customer.path("attributes")) {
          context.out().printf("  %s %s: %s | %s%n", row.path("differs").asBoolean() ? "*" : " ",
              row.path("name").asString(), value(row.path("values").path(0)), value(row.path("values").path(1)));
        }
      }
    }

    private static String value(JsonNode value) {
      return value.isObject()
          ? "%s (%s)".formatted(value.path("value").isString() ? value.path("value").asString() : value.path("value"),
              value.path("source").asString())
          : "-";
    }
  }
}
