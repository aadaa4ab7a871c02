package portrait.doors.cli;

import java.util.ArrayList;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;

/// Looks one customer up.
@Command(name = "profile", description = "Look up one customer by any identity.", sortOptions = false)
final class ProfileCommand implements Callable<Integer> {

  @Parameters(index = "0", paramLabel = "NAMESPACE", description = "For example user_id, email, anonymous_id, shop.contacts; customer takes a CustomerId.")
  private String namespace = "";
  @Parameters(index = "1", paramLabel = "VALUE", description = "The identity's value.")
  private String value = "";
  @Mixin
  private final Target target = new Target();
  private final Context context;

  ProfileCommand(Context context) {
    this.context = context;
  }

  @Override
  public Integer call() throws Exception {
    return target.use(context, api -> {
      String path = "/api/v1/profiles/%s/%s".formatted(Api.part(namespace), Api.part(value));
      var profile = api.get(path);
      return target.show(context, profile, () -> {
        print(profile);
        api.get(path + "/identities").path("notLinked").forEach(this::crowded);
      });
    });
  }

  private void print(JsonNode profile) {
    var out = context.out();
    out.printf("customer %s (%s, %s)%n", profile.path("customerId").asString(),
        profile.path("known").asBoolean() ? "known" : "unknown", profile.path("kind").asString());
    out.printf("seen from %s to %s%n", profile.path("firstSeen").asString("?"), profile.path("lastSeen").asString("?"));
    var segments = new ArrayList<String>();
    profile.path("segments").forEach(segment -> segments.add(segment.asString()));
    out.printf("segments: %s%n", segments.isEmpty() ? "none" : String.join(", ", segments));
    section("attributes", profile.path("attributes"));
    section("measures", profile.path("measures"));
    out.println("identities:");
    profile.path("identities").forEach(
        identity -> out.printf("  %s %s%n", identity.path("namespace").asString(), identity.path("value").asString()));
  }

  private void crowded(JsonNode some) {
    var identity = some.path("identity");
    context.out().printf("not linked to %s %s: %,d ids, because %s%n", identity.path("namespace").asString(),
        identity.path("value").asString(), some.path("times").asLong(), some.path("reason").asString());
  }

  private void section(String title, JsonNode values) {
    if (!values.isEmpty()) {
      context.out().println(title + ":");
      values.properties().forEach(value -> context.out().printf("  %s: %s%n", value.getKey(),
          value.getValue().asString(value.getValue().toString())));
    }
  }
}
