package portrait.benchmarks;

import com.sun.management.OperatingSystemMXBean;
import java.lang.management.ManagementFactory;

/// What a piece of work took this process.
///
/// @param cpu CPU time in seconds, which a shared machine changes less than the time of the clock
/// @param clock time of the clock in seconds
/// @param peak of memory meanwhile, in megabytes
record Taken(double cpu, double clock, double peak) {

  private static final OperatingSystemMXBean MACHINE = (OperatingSystemMXBean) ManagementFactory
      .getOperatingSystemMXBean();

  static Taken by(Runnable work) {
    ProcessMemory.forgetPeak();
    double cpu = cpuSeconds();
    long clock = System.nanoTime();
    work.run();
    return new Taken(cpuSeconds() - cpu, (System.nanoTime() - clock) / 1e9, ProcessMemory.peakMegabytes());
  }

  /// CPU time that this process has taken so far.
  static double cpuSeconds() {
    return MACHINE.getProcessCpuTime() / 1e9;
  }
}
