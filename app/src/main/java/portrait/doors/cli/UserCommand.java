package portrait.doors.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/// People who sign in.
@Command(name = "user", description = "Add, list and remove people who sign in.", sortOptions = false, synopsisSubcommandLabel = "COMMAND")
final class UserCommand {

  private static final String USERS = "/api/v1/users";

  @Option(names = {"-h", "--help"}, usageHelp = true, description = "Show this help.")
  private boolean help;

  private static ObjectNode object() {
    return JsonNodeFactory.instance.objectNode();
  }

  /// Adds somebody and shows the password this once.
  @Command(name = "add", description = "Add somebody. The password is shown this once.", sortOptions = false)
  static final class Add implements Callable<Integer> {

    @Parameters(index = "0", paramLabel = "NAME", description = "What they sign in with, for example an e-mail address.")
    private String name = "";
    @Option(names = "--role", paramLabel = "ROLE", required = true, description = "viewer, contributor, admin or owner.")
    private String role = "";
    @Mixin
    private final Target target = new Target();
    private final Context context;

    Add(Context context) {
      this.context = context;
    }

    @Override
    public Integer call() throws Exception {
      return target.use(context, api -> {
        var made = api.post(USERS, object().put("name", name).put("role", role));
        return target.show(context, made, () -> context.out().printf("user: %s%npassword: %s%n",
            made.path("name").asString(), made.path("password").asString()));
      });
    }
  }

  /// Lists people.
  @Command(name = "list", description = "List the people who sign in.", sortOptions = false)
  static final class ListUsers implements Callable<Integer> {

    @Mixin
    private final Target target = new Target();
    private final Context context;

    ListUsers(Context context) {
      this.context = context;
    }

    @Override
    public Integer call() throws Exception {
      return target.use(context, api -> {
        var answer = api.get(USERS);
        return target.show(context, answer,
            () -> answer.path("users").forEach(user -> context.out().printf("%-11s  %-27s  %s%n",
                user.path("role").asString(),
                user.path("signedInAt").isString() ? user.path("signedInAt").asString() : "never signed in",
                user.path("name").asString())));
      });
    }
  }

  /// Gives somebody another role.
  @Command(name = "role", description = "Give somebody another role, from their next request on.", sortOptions = false)
  static final class GiveRole implements Callable<Integer> {

    @Parameters(index = "0", paramLabel = "NAME", description = "Who.")
    private String name = "";
    @Parameters(index = "1", paramLabel = "ROLE", description = "viewer, contributor, admin or owner.")
    private String role = "";
    @Mixin
    private final Target target = new Target();
    private final Context context;

    GiveRole(Context context) {
      this.context = context;
    }

    @Override
    public Integer call() throws Exception {
      return target.use(context, api -> {
        var answer = api.put(USERS + "/" + Api.part(name) + "/role", object().put("role", role));
        return target.show(context, answer, () -> context.out().printf("%s is now %s%n", name, role));
      });
    }
  }

  /// Replaces a forgotten password.
  @Command(name = "password", description = "Make a new password for somebody. It is shown this once; their sessions end.", sortOptions = false)
  static final class ResetPassword implements Callable<Integer> {

    @Parameters(index = "0", paramLabel = "NAME", description = "Who.")
    private String name = "";
    @Mixin
    private final Target target = new Target();
    private final Context context;

    ResetPassword(Context context) {
      this.context = context;
    }

    @Override
    public Integer call() throws Exception {
      return target.use(context, api -> {
        var made = api.post(USERS + "/" + Api.part(name) + "/password", object());
        return target.show(context, made, () -> context.out().printf("user: %s%npassword: %s%n",
            made.path("name").asString(), made.path("password").asString()));
      });
    }
  }

  /// Removes somebody.
  @Command(name = "remove", description = "Remove somebody. All their sessions end.", sortOptions = false)
  static final class Remove implements Callable<Integer> {

    @Parameters(index = "0", paramLabel = "NAME", description = "Who.")
    private String name = "";
    @Mixin
    private final Target target = new Target();
    private final Context context;

    Remove(Context context) {
      this.context = context;
    }

    @Override
    public Integer call() throws Exception {
      return target.use(context, api -> {
        var answer = api.delete(USERS + "/" + Api.part(name));
        return target.show(context, answer, () -> context.out().println("removed: " + name));
      });
    }
  }
}
