package portrait.benchmarks;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/// What this process held in memory, by the kernel's account.
final class ProcessMemory {

  private ProcessMemory() {}

  /// What was held before no longer counts. Where the kernel does not allow it, the peak is that of the whole process.
  static void forgetPeak() {
    try {
      Files.writeString(Path.of("/proc/self/clear_refs"), "5");
    } catch (IOException notAllowed) {
      System.err.println("The peak of memory includes what came before.");
    }
  }

  static double peakMegabytes() {
    try (var lines = Files.lines(Path.of("/proc/self/status"))) {
      return lines.filter(line -> line.startsWith("VmHWM:"))
          .mapToDouble(line -> Double.parseDouble(line.replaceAll("[^0-9]", "")) * 1024 / 1e6).findFirst().orElse(0);
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
  }
}
