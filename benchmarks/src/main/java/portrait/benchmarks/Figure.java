package portrait.benchmarks;

import java.util.LinkedHashMap;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;

/// One measured figure. The ratio is value / baseline of the same run, so it holds on a noisy machine: for rates higher
/// is better, for times lower.
///
/// @param what what was measured, in words
/// @param baseline what it is compared with, in the same unit; null when there is nothing to compare with
/// @param cpuMillisPerOp CPU the server's process took for one operation, from the kernel's counters; null when it does
///   not apply
record Figure(String bench, String what, double value, String unit, @Nullable Double baseline,
    @Nullable Double cpuMillisPerOp) {

  private static final JsonMapper JSON = JsonMapper.builder().build();

  void print() {
    var line = new LinkedHashMap<String, @Nullable Object>();
    line.put("bench", bench);
    line.put("what", what);
    line.put("value", rounded(value));
    line.put("unit", unit);
    line.put("baseline", baseline == null ? null : rounded(baseline));
    line.put("ratio", baseline == null ? null : rounded(value / baseline));
    line.put("cpuMillisPerOp", cpuMillisPerOp == null ? null : rounded(cpuMillisPerOp));
    System.out.println(JSON.writeValueAsString(line));
  }

  private static double rounded(double value) {
    return Math.abs(value) >= 100 ? Math.round(value) : Math.round(value * 10_000) / 10_000.0;
  }
}
