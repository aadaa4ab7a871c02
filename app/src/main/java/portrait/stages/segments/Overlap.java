package portrait.stages.segments;

import java.util.List;
import java.util.Map;

/// What segments have in common.
///
/// @param sizes members of each
/// @param parts every combination that somebody is in, without those who are in others of them as well
public record Overlap(List<String> segments, Map<String, Long> sizes, List<Part> parts) {

  public Overlap {
    segments = List.copyOf(segments);
    sizes = Map.copyOf(sizes);
    parts = List.copyOf(parts);
  }

  /// Customers who are in these of the segments, and in no other of them.
  public record Part(List<String> in, long customers) {

    public Part {
      in = List.copyOf(in);
    }
  }

  /// How many are in all of them.
  public long all() {
    return parts.stream().filter(part -> part.in().size() == segments.size()).mapToLong(Part::customers).sum();
  }
}
