package portrait.doors.cli;

import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import portrait.processes.backup.Contents;
import portrait.processes.privacy.Privacy;
import tools.jackson.databind.json.JsonMapper;

/// Puts a backup into an empty home. It needs a home that nobody serves, so it asks no server.
@Command(name = "restore", description = "Put a backup into an empty home.", sortOptions = false)
final class RestoreCommand implements Callable<Integer> {

  @Parameters(index = "0", paramLabel = "FILE", description = "What portrait backup made.")
  private Path file = Path.of("");
  @Option(names = "--suppressed", paramLabel = "FILE", description = "Who was erased since: what portrait privacy list wrote; default: suppressed.json in the home, if any.")
  private @Nullable Path suppressed;
  @Mixin
  private final Target target = new Target();
  private final Context context;

  RestoreCommand(Context context) {
    this.context = context;
  }

  @Override
  public Integer call() {
    var home = target.home(context);
    var lock = home.tryLock().orElseThrow(() -> home.locked().asException());
    try (lock; var progress = Progress.on(context.err(), "rows")) {
      var rows = new AtomicLong();
      var contents = context.product().restore(home, file,
          Optional.ofNullable(suppressed).or(() -> Privacy.listIn(home.folder())),
          more -> progress.show("restoring", rows.addAndGet(more), 0));
      progress.finished();
      return target.show(context, JsonMapper.shared().createObjectNode().put("home", home.folder().toString())
          .put("takenAt", contents.takenAt().toString()).put("release", contents.release())
          .put("rows", contents.rows()), () -> print(home, contents));
    }
  }

  private void print(Home home, Contents contents) {
    context.out().printf("%s is as it was at %s: %,d rows, and the warehouse%n", home.folder(), contents.takenAt(),
        contents.rows());
    context.out().println("people sign in with the passwords, and programs come with the keys, of that moment");
  }
}
