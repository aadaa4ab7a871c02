package portrait.doors.cli;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import portrait.foundation.model.Problem;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/// What is known about one person.
@Command(name = "privacy", description = "Find, hand out or erase everything about one person.", sortOptions = false, synopsisSubcommandLabel = "COMMAND")
final class PrivacyCommand {

  private static final String ALL = "/api/v1/privacy";

  @Option(names = {"-h", "--help"}, usageHelp = true, description = "Show this help.")
  private boolean help;

  /// Who is meant.
  private static final class Named {

    @Parameters(index = "0", paramLabel = "NAMESPACE", description = "For example email, user_id, shop.contacts; customer takes a CustomerId.")
    private String namespace = "";
    @Parameters(index = "1", paramLabel = "VALUE", description = "The identity's value.")
    private String value = "";

    String path() {
      return "%s/people/%s/%s".formatted(ALL, Api.part(namespace), Api.part(value));
    }

    ObjectNode body() {
      var body = JsonMapper.shared().createObjectNode();
      body.putArray("identities").addObject().put("namespace", namespace).put("value", value);
      return body;
    }
  }

  private static void print(Context context, JsonNode holdings) {
    holdings.forEach(holding -> context.out().printf("%,10d  %s: %s%s%n", holding.path("count").asLong(),
        holding.path("place").asString(), holding.path("what").asString(),
        holding.path("isKept").asBoolean() ? " (an erasure leaves them)" : ""));
  }

  /// Counts what there is.
  @Command(name = "find", description = "Say what each place holds about a person.", sortOptions = false)
  static final class Find implements Callable<Integer> {

    @Mixin
    private final Named named = new Named();
    @Mixin
    private final Target target = new Target();
    private final Context context;

    Find(Context context) {
      this.context = context;
    }

    @Override
    public Integer call() throws Exception {
      return target.use(context, api -> {
        var found = api.get(named.path());
        return target.show(context, found, () -> print(context, found.path("holdings")));
      });
    }
  }

  /// Writes a bundle for the person.
  @Command(name = "export", description = "Write everything about a person into a ZIP file.", sortOptions = false)
  static final class Export implements Callable<Integer> {

    @Mixin
    private final Named named = new Named();
    @Parameters(index = "2", paramLabel = "FILE", description = "The file to make.")
    private Path file = Path.of("");
    @Mixin
    private final Target target = new Target();
    private final Context context;

    Export(Context context) {
      this.context = context;
    }

    @Override
    public Integer call() throws Exception {
      if (Files.exists(file)) {
        throw Problem.of(Problem.Code.INVALID_PARAMETER, "there is a file %s already".formatted(file),
            "Choose another name.").asException();
      }
      return target.use(context, api -> {
        api.download(named.path() + "/export", file.toAbsolutePath(), _ -> {});
        var answer = JsonMapper.shared().createObjectNode().put("file", file.toString());
        return target.show(context, answer, () -> context.out().println(file));
      });
    }
  }

  /// Erases for good.
  @Command(name = "erase", description = "Erase everything about a person for good, and keep it from coming back.", sortOptions = false)
  static final class Erase implements Callable<Integer> {

    @Mixin
    private final Named named = new Named();
    @Option(names = "--dry-run", description = "Only count what would be erased.")
    private boolean dryRun;
    @Option(names = "--reason", paramLabel = "TEXT", description = "For the certificate: a reference of the request, nothing about the person.")
    private String reason = "";
    @Mixin
    private final Target target = new Target();
    private final Context context;

    Erase(Context context) {
      this.context = context;
    }

    @Override
    public Integer call() throws Exception {
      return target.use(context, api -> {
        var answer = api.post(ALL + "/erase", named.body().put("dryRun", dryRun).put("reason", reason));
        if (dryRun) {
          return target.show(context, answer, () -> print(context, answer.path("holdings")));
        }
        try (var progress = Progress.on(context.err(), "rows")) {
          var job = JobWatch.follow(api, answer.at("/job/id").asString(), progress);
          if (!JobWatch.status(job).equals("done")) {
            context.err().println("erasure %s: %s. Ask for it again.".formatted(job.path("id").asString(),
                JobWatch.status(job)));
            return 1;
          }
        }
        var certificate = api.get(ALL + "/certificates/" + answer.path("certificate").asString());
        return target.show(context, certificate, () -> {
          print(context, certificate.path("erased"));
          context.out().printf("erased; certificate %s, %,d left%n", certificate.path("id").asString(),
              certificate.path("left").asLong());
        });
      });
    }
  }

  /// What was erased.
  @Command(name = "certificates", description = "List what was erased, when and by whom.", sortOptions = false)
  static final class ListCertificates implements Callable<Integer> {

    @Mixin
    private final Target target = new Target();
    private final Context context;

    ListCertificates(Context context) {
      this.context = context;
    }

    @Override
    public Integer call() throws Exception {
      return target.use(context, api -> {
        var found = api.get(ALL + "/certificates");
        return target.show(context, found, () -> found.path("certificates").forEach(each -> context.out().printf(
            "%s  %s  by %s  %,d left  %s%n", each.path("at").asString(), each.path("id").asString(),
            each.path("by").asString(), each.path("left").asLong(), each.path("reason").asString())));
      });
    }
  }

  /// The list that a restore needs.
  @Command(name = "list", description = "Write the list of those who must not come back, for a later restore.", sortOptions = false)
  static final class WriteList implements Callable<Integer> {

    @Parameters(index = "0", paramLabel = "FILE", description = "The file to make or replace.")
    private Path file = Path.of("");
    @Mixin
    private final Target target = new Target();
    private final Context context;

    WriteList(Context context) {
      this.context = context;
    }

    @Override
    public Integer call() throws Exception {
      return target.use(context, api -> {
        api.download(ALL + "/suppressed", file.toAbsolutePath(), _ -> {});
        var answer = JsonMapper.shared().createObjectNode().put("file", file.toString());
        return target.show(context, answer, () -> context.out().println(file));
      });
    }
  }

  /// Lets somebody in again.
  @Command(name = "lift", description = "Let an identity come in again, because the person wants so.", sortOptions = false)
  static final class Lift implements Callable<Integer> {

    @Mixin
    private final Named named = new Named();
    @Mixin
    private final Target target = new Target();
    private final Context context;

    Lift(Context context) {
      this.context = context;
    }

    @Override
    public Integer call() throws Exception {
      return target.use(context, api -> {
        var answer = api.post(ALL + "/suppressed/lift", named.body());
        return target.show(context, answer, () -> context.out().println(answer.path("lifted").asLong() == 0
            ? "it was not on the list"
            : "it may come in again"));
      });
    }
  }
}
