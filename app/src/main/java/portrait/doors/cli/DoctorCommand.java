package portrait.doors.cli;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import portrait.foundation.model.ProblemException;
import tools.jackson.databind.json.JsonMapper;

/// Looks at everything a home needs and says what to do about what is wrong.
@Command(name = "doctor", description = "Check Java, the home, its stores, disk space and the port, or a backup, and say what to do.", sortOptions = false)
final class DoctorCommand implements Callable<Integer> {

  private static final int JAVA = 25;
  private static final long DISK_MEGABYTES_MIN = 1_024;

  private enum Verdict {
    OK, WARN, FAIL;

    String text() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  private record Finding(Verdict verdict, String what, String found, String toDo) {

    static Finding ok(String what, String found) {
      return new Finding(Verdict.OK, what, found, "");
    }

    static Finding of(String what, ProblemException failure) {
      return new Finding(Verdict.FAIL, what, failure.problem().message(), failure.problem().hint());
    }
  }

  @Option(names = "--backup", paramLabel = "FILE", description = "Check a backup, and nothing else.")
  private @Nullable Path backup;
  @Mixin
  private final Target target = new Target();
  private final Context context;
  private final List<Finding> findings = new ArrayList<>();

  DoctorCommand(Context context) {
    this.context = context;
  }

  @Override
  public Integer call() {
    var file = backup;
    if (file != null) {
      look("backup", () -> findings.add(whole(file)));
    } else {
      lookAtHome(target.home(context));
    }
    print();
    return findings.stream().anyMatch(finding -> finding.verdict() == Verdict.FAIL) ? 1 : 0;
  }

  private Finding whole(Path file) {
    var contents = context.product().check(file);
    return Finding.ok("backup", "%s is whole: taken at %s by release %s, %,d rows and a warehouse of %,d MB".formatted(
        file, contents.takenAt(), contents.release(), contents.rows(), contents.warehouseBytes() >> 20));
  }

  private void lookAtHome(Home home) {
    findings.add(java());
    findings.add(disk(home.folder()));
    look("home", () -> {
      var lock = home.tryLock();
      if (lock.isEmpty()) {
        askServer(home);
        return;
      }
      try (var _ = lock.get()) {
        findings.add(Finding.ok("home", "%s, owned by nobody else".formatted(home.folder())));
        look("settings and port", () -> findings.add(port(context.product().address(home, Map.of()))));
        look("stores", () -> openStores(home));
      }
    });
  }

  private void look(String what, Runnable look) {
    try {
      look.run();
    } catch (ProblemException failure) {
      findings.add(Finding.of(what, failure));
    }
  }

  private static Finding java() {
    int version = Runtime.version().feature();
    String found = "%s in %s".formatted(Runtime.version(), System.getProperty("java.home"));
    return version >= JAVA ? Finding.ok("java", found)
        : new Finding(Verdict.FAIL, "java", found, "Portrait needs JDK 25; set PORTRAIT_JAVA_HOME to its folder.");
  }

  private static Finding disk(Path folder) {
    var existing = folder;
    while (existing.getParent() != null && !Files.exists(existing)) {
      existing = existing.getParent();
    }
    try {
      long free = Files.getFileStore(existing).getUsableSpace() >> 20;
      String found = "%,d MB free at %s".formatted(free, existing);
      return free >= DISK_MEGABYTES_MIN ? Finding.ok("disk", found)
          : new Finding(Verdict.WARN, "disk", found, "Make room: writing fails when the disk is full.");
    } catch (IOException failure) {
      return new Finding(Verdict.WARN, "disk", "the free space is not known: " + failure.getMessage(), "");
    }
  }

  private void askServer(Home home) {
    var server = home.server();
    if (server.isEmpty()) {
      var problem = home.locked();
      findings.add(new Finding(Verdict.WARN, "home", problem.message(), problem.hint()));
      return;
    }
    findings.add(Finding.ok("home", "%s, served by process %s".formatted(home.folder(), home.owner())));
    try (var api = new Api(server.get().url(), Optional.of(server.get().key()))) {
      api.get("/health/ready");
      findings.add(Finding.ok("server", "%s is ready".formatted(server.get().url())));
      look("audit trail", () -> findings.add(auditTrail(api)));
      look("vault", () -> findings.add(vault(api)));
    }
  }

  private static Finding port(InetSocketAddress address) {
    try (var socket = new ServerSocket()) {
      socket.setReuseAddress(true);
      socket.bind(address);
      return Finding.ok("port", "%d is free".formatted(address.getPort()));
    } catch (IOException taken) {
      return new Finding(Verdict.WARN, "port",
          "%d of %s cannot be used: %s".formatted(address.getPort(), address.getHostString(), taken.getMessage()),
          "Stop the program that has it, or start with --port N.");
    }
  }

  /// Opening migrates the tables and starts a server beside the others; an answer shows that all of it works.
  private void openStores(Home home) {
    try (var running = context.product().start(home, Map.of("host", "127.0.0.1", "port", "0"));
        var api = new Api(running.server().url(), Optional.of(running.server().key()))) {
      api.get("/health/ready");
      findings.add(Finding.ok("stores", "the profile store and the warehouse open, their tables are current"));
      look("audit trail", () -> findings.add(auditTrail(api)));
      look("vault", () -> findings.add(vault(api)));
    }
  }

  private static Finding auditTrail(Api api) {
    api.post("/api/v1/audit/check", JsonMapper.shared().createObjectNode());
    return Finding.ok("audit trail", "its chain is whole");
  }

  private static Finding vault(Api api) {
    var vault = api.get("/api/v1/vault");
    return vault.path("problem").isString()
        ? new Finding(Verdict.FAIL, "vault", vault.path("problem").asString(), vault.path("hint").asString(""))
        : Finding.ok("vault", "%d secrets, all open with the key".formatted(vault.path("secrets").size()));
  }

  private void print() {
    if (target.isJson()) {
      context.out().println(JsonMapper.builder().build().writeValueAsString(findings.stream().map(finding -> Map
          .of("check", finding.what(), "verdict", finding.verdict().text(), "found", finding.found(), "toDo",
              finding.toDo()))
          .toList()));
      return;
    }
    for (var finding : findings) {
      context.out().printf("%-4s  %-8s  %s%n", finding.verdict().text(), finding.what(), finding.found());
      if (!finding.toDo().isEmpty()) {
        context.out().printf("%16s%s%n", "", finding.toDo());
      }
    }
  }
}
