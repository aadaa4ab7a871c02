package portrait.doors.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/// Serves until stopped.
@Command(name = "serve", description = "Serve the home until stopped.", sortOptions = false)
final class ServeCommand implements Callable<Integer> {

  @Mixin
  private final Target target = new Target();
  @Mixin
  private final Listen listen = new Listen();
  private final Context context;

  ServeCommand(Context context) {
    this.context = context;
  }

  @Override
  public Integer call() {
    Server.serve(context, target, listen, (running, said) -> running.security().ensureOwner().ifPresent(first -> {
      said.put("user", first.user());
      said.put("password", first.password().reveal());
    }));
    return 0;
  }
}
