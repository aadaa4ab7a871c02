package portrait.doors.cli;

import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import portrait.foundation.model.Problem;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// What people agree to.
@Command(name = "consent", description = "Show what a customer agrees to, write down what they say, or count all by purpose.", sortOptions = false)
final class ConsentCommand implements Callable<Integer> {

  @Parameters(index = "0", arity = "0..1", paramLabel = "NAMESPACE", description = "For example email; customer takes a CustomerId. Without it, everybody is counted.")
  private @Nullable String namespace;
  @Parameters(index = "1", arity = "0..1", paramLabel = "VALUE", description = "The identity's value.")
  private @Nullable String value;
  @Option(names = "--purpose", paramLabel = "NAME", description = "The purpose that --status is about.")
  private @Nullable String purpose;
  @Option(names = "--status", paramLabel = "STATUS", description = "granted, denied or unknown: what they say now.")
  private @Nullable String status;
  @Option(names = "--at", paramLabel = "TIME", description = "When they said so, for example 2026-05-04T10:00:00Z; now when absent.")
  private @Nullable String at;
  @Mixin
  private final Target target = new Target();
  private final Context context;

  ConsentCommand(Context context) {
    this.context = context;
  }

  @Override
  public Integer call() throws Exception {
    if (namespace == null) {
      return target.use(context, api -> {
        var answer = api.get("/api/v1/consents");
        return target.show(context, answer, () -> answer.path("purposes").forEach(this::tally));
      });
    }
    if (value == null || (purpose == null) != (status == null)) {
      throw Problem
          .of(Problem.Code.INVALID_PARAMETER, "VALUE must follow NAMESPACE, and --purpose and --status go together")
          .asException();
    }
    String path = "/api/v1/profiles/%s/%s/consents".formatted(Api.part(namespace), Api.part(value));
    return target.use(context, api -> {
      var answer = purpose == null || status == null ? api.get(path) : api.put(path + "/" + Api.part(purpose), said());
      return target.show(context, answer, () -> answer.path("consents").forEach(this::standing));
    });
  }

  private JsonNode said() {
    var body = JsonMapper.shared().createObjectNode().put("status", status);
    return at == null ? body : body.put("at", at);
  }

  private void tally(JsonNode purpose) {
    context.out().printf("%s: %,d may be addressed (%,d agree, %,d do not, %,d said nothing, which means %s)%n",
        purpose.path("purpose").asString(), purpose.path("allowed").asLong(), purpose.path("granted").asLong(),
        purpose.path("denied").asLong(), purpose.path("unknown").asLong(), purpose.path("unknownMeans").asString());
  }

  private void standing(JsonNode consent) {
    String since = consent.path("since").asString("");
    context.out().printf("%s: %s (%s)%s%n", consent.path("purpose").asString(), consent.path("status").asString(),
        consent.path("allowed").asBoolean() ? "allowed" : "not allowed", consent.path("source").isString()
            ? ", said by %s%s as %s %s".formatted(consent.path("source").asString(),
                since.isEmpty() ? "" : " at " + since, consent.path("identity").path("namespace").asString(),
                consent.path("identity").path("value").asString())
            : "");
  }
}
