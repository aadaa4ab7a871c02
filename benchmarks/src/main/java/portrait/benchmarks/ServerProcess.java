package portrait.benchmarks;

import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import tools.jackson.databind.json.JsonMapper;

/// A real server, started by the launcher as people start it, in a process of its own.
final class ServerProcess implements AutoCloseable {

  private static final Duration PATIENCE = Duration.ofMinutes(2);
  private static final int TICKS_PER_SECOND = 100;

  private final Process process;
  private final URI url;
  private final Duration startUp;

  private ServerProcess(Process process, URI url, Duration startUp) {
    this.process = process;
    this.url = url;
    this.startUp = startUp;
  }

  /// Starts `serve` on a free port and waits for its first answer.
  static ServerProcess start(Path launcher, Path home) throws IOException {
    long began = System.nanoTime();
    var process = new ProcessBuilder(launcher.toString(), "serve", "--home", home.toString(), "--port", "0")
        .redirectError(home.resolve("server.log").toFile()).start();
    var lines = process.inputReader(StandardCharsets.UTF_8);
    for (String line = lines.readLine(); line != null; line = lines.readLine()) {
      if (line.startsWith("url: ")) {
        var url = URI.create(line.substring("url: ".length()).strip());
        try (var client = new HttpConnection(url)) {
          while (client.get("/health/ready") != 200) {
            if (System.nanoTime() - began > PATIENCE.toNanos()) {
              throw new IOException("the server did not become ready within " + PATIENCE);
            }
            Thread.onSpinWait();
          }
        }
        return new ServerProcess(process, url, Duration.ofNanos(System.nanoTime() - began));
      }
    }
    throw new IOException("the server stopped at once: see " + home.resolve("server.log"));
  }

  URI url() {
    return url;
  }

  /// From starting the launcher to the first ready answer.
  Duration startUp() {
    return startUp;
  }

  /// CPU time the process has taken, user and system, from the kernel's counters.
  double cpuSeconds() throws IOException {
    String stat = Files.readString(Path.of("/proc/%d/stat".formatted(process.pid())));
    // Fields 14 and 15, counted after the command's name, which may hold spaces and ends with the last ')'.
    String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1);
    return (Long.parseLong(fields[11]) + Long.parseLong(fields[12])) / (double) TICKS_PER_SECOND;
  }

  /// Resident memory of the process in megabytes.
  double residentMegabytes() throws IOException {
    for (String line : Files.readAllLines(Path.of("/proc/%d/status".formatted(process.pid())))) {
      if (line.startsWith("VmRSS:")) {
        return Double.parseDouble(line.replaceAll("[^0-9]", "")) / 1024;
      }
    }
    throw new IOException("no VmRSS of process " + process.pid());
  }

  /// Runs another command of the launcher to its end.
  ///
  /// @return what it printed
  static String run(Path launcher, String... arguments) throws IOException, InterruptedException {
    var command = new ArrayList<>(List.of(launcher.toString()));
    command.addAll(List.of(arguments));
    var process = new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
    String printed = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    if (process.waitFor() != 0) {
      throw new IOException("%s ended with %d: %s".formatted(String.join(" ", command), process.exitValue(), printed));
    }
    return printed;
  }

  /// A key of that role, made by the command line.
  static String key(Path launcher, Path home, String role) throws IOException, InterruptedException {
    String printed = run(launcher, "key", "create", "--role", role, "--home", home.toString(), "--json");
    return JsonMapper.builder().build().readTree(printed).get("key").asString();
  }

  /// Ends it at once, as a power cut would: nothing of it is closed.
  void kill() {
    process.toHandle().destroyForcibly();
  }

  @Override
  public void close() throws IOException {
    process.destroy();
    try {
      if (!process.waitFor(30, TimeUnit.SECONDS)) {
        process.destroyForcibly();
        process.waitFor();
      }
    } catch (InterruptedException asked) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
    }
  }
}
