package portrait.processes.rebuild;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import portrait.processes.rebuild.RebuildReport.Finding;

/// Counts differences by kind and keeps a few of each.
final class Findings {

  private static final int SAMPLES_MAX = 10;

  private final Map<String, Long> counts = new TreeMap<>();
  private final Map<String, List<String>> samples = new TreeMap<>();

  synchronized void add(Collection<Difference> differences) {
    for (var difference : differences) {
      counts.merge(difference.kind(), 1L, Long::sum);
      var some = samples.computeIfAbsent(difference.kind(), _ -> new ArrayList<>());
      if (some.size() < SAMPLES_MAX) {
        some.add(difference.where());
      }
    }
  }

  synchronized List<Finding> all() {
    return counts.entrySet().stream()
        .map(entry -> new Finding(entry.getKey(), entry.getValue(), samples.getOrDefault(entry.getKey(), List.of())))
        .toList();
  }

  /// In one line: `2 link missing (identity 4 with identity 9, …)`.
  static String line(List<Finding> findings) {
    return findings.isEmpty() ? "no differences"
        : findings.stream().map(finding -> "%,d %s (%s%s)".formatted(finding.count(), finding.kind(),
            finding.samples().getFirst(), finding.count() > 1 ? ", …" : "")).collect(Collectors.joining("; "));
  }
}
