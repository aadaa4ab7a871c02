package portrait.benchmarks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/// How soon an existing home answers, and what the server holds while idle.
final class StartBenchmark implements Main.Benchmark {

  private static final int ROUNDS = 5;
  private static final double RESIDENT_MEGABYTES_MAX = 500;

  @Override
  public void run(Path launcher, List<String> more) throws IOException, InterruptedException {
    var home = Files.createTempDirectory("portrait-bench-start");
    ServerProcess.start(launcher, home).close();
    var ready = new ArrayList<Double>();
    var bare = new ArrayList<Double>();
    var resident = new ArrayList<Double>();
    for (int round = 0; round < ROUNDS; round++) {
      long began = System.nanoTime();
      ServerProcess.run(launcher, "--version");
      bare.add((System.nanoTime() - began) / 1e9);
      try (var server = ServerProcess.start(launcher, home)) {
        ready.add(server.startUp().toNanos() / 1e9);
        resident.add(server.residentMegabytes());
      }
    }
    new Figure("start", "launcher to first ready answer on an existing home; baseline: portrait --version",
        median(ready), "s", median(bare), null).print();
    new Figure("start", "resident memory after start; baseline: the limit we set ourselves", median(resident), "MB",
        RESIDENT_MEGABYTES_MAX, null).print();
  }

  private static double median(List<Double> values) {
    Collections.sort(values);
    return values.get(values.size() / 2);
  }
}
