package portrait.doors.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;

/// Lists households, or shows the one of a customer.
@Command(name = "households", description = "List households (customers who are related), or show the one of a customer and why.", sortOptions = false)
final class HouseholdsCommand implements Callable<Integer> {

  @Parameters(index = "0", arity = "0..1", paramLabel = "NAMESPACE", description = "Of a customer: email, user_id, customer, …")
  private String namespace = "";
  @Parameters(index = "1", arity = "0..1", paramLabel = "VALUE", description = "The customer's identity there.")
  private String value = "";
  @Option(names = "--limit", paramLabel = "N", defaultValue = "100", description = "How many are listed, the largest first.")
  private int limit = 100;
  @Mixin
  private final Target target = new Target();
  private final Context context;

  HouseholdsCommand(Context context) {
    this.context = context;
  }

  @Override
  public Integer call() throws Exception {
    return target.use(context, api -> {
      var answer = api.get(namespace.isEmpty() ? "/api/v1/households?limit=" + limit
          : "/api/v1/households/%s/%s".formatted(Api.part(namespace), Api.part(value)));
      if (target.isJson()) {
        context.out().println(answer);
      } else if (namespace.isEmpty()) {
        all(answer);
      } else {
        one(answer);
      }
      return 0;
    });
  }

  private void all(JsonNode answer) {
    if (answer.path("households").isEmpty()) {
      context.out().println("There are no households. Rules of type probabilistic find them with the next refresh.");
    }
    answer.path("households").forEach(household -> context.out().printf("%s  %3d customers%n",
        household.path("householdId").asString(), household.path("customers").size()));
  }

  private void one(JsonNode household) {
    context.out().printf("household %s%n", household.path("householdId").asString());
    household.path("customers").forEach(customer -> context.out().printf("  customer %s%n", customer.asString()));
    household.path("ties").forEach(tie -> context.out().printf("  %s %s and %s %s are related: %s%n",
        tie.path("one").path("namespace").asString(), tie.path("one").path("value").asString(),
        tie.path("other").path("namespace").asString(), tie.path("other").path("value").asString(),
        tie.path("rule").asString()));
  }
}
