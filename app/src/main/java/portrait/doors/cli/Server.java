package portrait.doors.cli;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import portrait.foundation.model.Problem;
import tools.jackson.databind.json.JsonMapper;

/// A server in the foreground, from lock to signal.
final class Server {

  private Server() {}

  /// What happens between listening and telling people the address; what it puts in `said` is printed with it.
  interface Preparation {

    void prepare(Product.Running running, Map<String, String> said);
  }

  static void serve(Context context, Target target, Listen listen, Preparation preparation) {
    var home = target.home(context);
    var lock = home.tryLock().orElseThrow(() -> taken(home).asException());
    var closed = new CountDownLatch(1);
    try (lock; var running = context.product().start(home, listen.given())) {
      stopOnSignal(Thread.currentThread(), closed);
      try {
        home.announce(running.server());
        var said = new LinkedHashMap<String, String>();
        said.put("url", running.server().url().toString());
        preparation.prepare(running, said);
        tell(context, target, said);
        new CountDownLatch(1).await();
      } catch (InterruptedException _) {
        // Asked to stop.
      } finally {
        // Closing waits for what is under way, which an interrupt would cut short.
        Thread.interrupted();
      }
    } finally {
      closed.countDown();
    }
  }

  /// A signal interrupts the thread that serves, and the process ends when that has closed everything.
  private static void stopOnSignal(Thread serving, CountDownLatch closed) {
    Runtime.getRuntime().addShutdownHook(new Thread(() -> {
      serving.interrupt();
      try {
        closed.await();
      } catch (InterruptedException _) {
        Thread.currentThread().interrupt();
      }
    }, "stop"));
  }

  private static void tell(Context context, Target target, Map<String, String> said) {
    if (target.isJson()) {
      context.out().println(JsonMapper.builder().build().writeValueAsString(said));
    } else {
      said.forEach((name, value) -> context.out().println(name + ": " + value));
    }
    context.out().flush();
  }

  private static Problem taken(Home home) {
    var server = home.server();
    if (server.isEmpty()) {
      return home.locked();
    }
    return Problem.of(Problem.Code.HOME_LOCKED,
        "%s is already served at %s by process %s".formatted(home.folder(), server.get().url(), home.owner()),
        "Use that server, stop it with: kill %s, or choose another folder with --home.".formatted(home.owner()))
        .with("pid", home.owner());
  }
}
