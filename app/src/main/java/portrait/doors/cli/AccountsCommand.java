package portrait.doors.cli;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;

/// Lists accounts, or shows one.
@Command(name = "accounts", description = "List the accounts (companies), or show one with its contacts.", sortOptions = false)
final class AccountsCommand implements Callable<Integer> {

  @Parameters(index = "0", arity = "0..1", paramLabel = "NAMESPACE", description = "Of one account: a table such as crm.companies, or account.")
  private String namespace = "";
  @Parameters(index = "1", arity = "0..1", paramLabel = "VALUE", description = "Its key there, or its id.")
  private String value = "";
  @Option(names = "--query", paramLabel = "TEXT", defaultValue = "", description = "Only accounts with this text in the name, an attribute or a key.")
  private String query = "";
  @Mixin
  private final Target target = new Target();
  private final Context context;

  AccountsCommand(Context context) {
    this.context = context;
  }

  @Override
  public Integer call() throws Exception {
    return target.use(context, api -> {
      if (!namespace.isEmpty()) {
        var account = api.get("/api/v1/accounts/%s/%s".formatted(encoded(namespace), encoded(value)));
        if (target.isJson()) {
          context.out().println(account);
        } else {
          one(account);
        }
        return 0;
      }
      var answer = api.get("/api/v1/accounts?limit=500&query=" + encoded(query));
      if (target.isJson()) {
        context.out().println(answer);
        return 0;
      }
      var accounts = answer.path("accounts");
      if (accounts.isEmpty()) {
        context.out().println("There are no accounts. Define them with kind Accounts, then run: portrait refresh");
      }
      accounts.forEach(account -> context.out().printf("%s  %6d contacts  %s%n", account.path("accountId").asString(),
          account.path("contacts").asLong(), account.path("name").asString()));
      return 0;
    });
  }

  private void one(JsonNode account) {
    context.out().printf("%s%n  id: %s%n", account.path("name").asString(), account.path("accountId").asString());
    account.path("attributes").properties().forEach(entry -> context.out().printf("  %s: %s (%s)%n", entry.getKey(),
        entry.getValue().asString(), account.path("sources").path(entry.getKey()).asString()));
    var engagement = account.path("engagement");
    if (!engagement.isMissingNode()) {
      context.out().printf("  engagement: score %s, %d e-mails and %d meetings in %d days%n",
          engagement.path("score").asString("none"), engagement.path("emails").asLong(),
          engagement.path("meetings").asLong(), engagement.path("daysCovered").asLong());
    }
    account.path("parents").forEach(parent -> context.out().printf("  belongs to %s  %s%n",
        parent.path("accountId").asString(), parent.path("name").asString()));
    account.path("children").forEach(child -> context.out().printf("  above %s  %s%n",
        child.path("accountId").asString(), child.path("name").asString()));
    account.path("records").forEach(record -> context.out().printf("  record %s %s%n",
        record.path("namespace").asString(), record.path("value").asString()));
    account.path("people").forEach(person -> context.out().printf("  contact %s %s  %s%n",
        person.path("namespace").asString(), person.path("value").asString(),
        person.path("customerId").asString("")));
  }

  private static String encoded(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
  }
}
