package portrait.doors.cli;

import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import portrait.foundation.model.Secret;
import portrait.processes.demo.DemoSize;

/// Fills a home with the sample shop and serves it.
@Command(name = "demo", description = "Load the sample shop, refresh, and serve it. A home that has it keeps what it has.", sortOptions = false)
final class DemoCommand implements Callable<Integer> {

  private static final String OWNER = "owner";
  private static final int PASSWORD_BYTES = 6;

  @Mixin
  private final Target target = new Target();
  @Mixin
  private final Listen listen = new Listen();
  @Option(names = "--people", paramLabel = "N", description = "How many people the shop knows; default: ${DEFAULT-VALUE}.")
  private int people = DemoSize.STANDARD.people();
  @Option(names = "--events", paramLabel = "N", description = "How many events they caused; default: ${DEFAULT-VALUE}.")
  private int events = DemoSize.STANDARD.events();
  @Option(names = "--seed", paramLabel = "N", description = "Another seed makes other people; default: ${DEFAULT-VALUE}.")
  private long seed = DemoSize.STANDARD.seed();
  private final Context context;

  DemoCommand(Context context) {
    this.context = context;
  }

  @Override
  public Integer call() {
    var folder = target.home(context).folder().resolve("demo");
    var size = new DemoSize(people, events, seed);
    Server.serve(context, target, listen, (running, said) -> {
      if (!running.demo().isThere()) {
        try (var lines = Progress.on(context.err(), "rows")) {
          running.demo().fill(folder, size, lines::showInTurn);
          lines.finished();
        }
      }
      running.security().ensureOwner();
      var password = newPassword();
      running.security().setPassword(OWNER, password);
      said.put("user", OWNER);
      said.put("password", password.reveal());
      said.put("try", "%s profile anonymous_id mobile_guest123%s".formatted("./portrait", homeOption()));
    });
    return 0;
  }

  private String homeOption() {
    var folder = target.home(context).folder();
    return folder.equals(java.nio.file.Path.of("portrait-home").toAbsolutePath()) ? ""
        : " --home '%s'".formatted(folder);
  }

  private static Secret newPassword() {
    var bytes = new byte[PASSWORD_BYTES];
    new SecureRandom().nextBytes(bytes);
    return Secret.of("demo-" + HexFormat.of().formatHex(bytes));
  }
}
