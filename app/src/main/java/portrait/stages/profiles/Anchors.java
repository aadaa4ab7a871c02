package portrait.stages.profiles;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;

/// Identity numbers for `IN (…)`: cut into lists of two sizes, filled up by repeating the last one, so that there are
/// only two statements to prepare.
final class Anchors {

  private static final int FEW = 4;
  private static final int MANY = 64;

  private Anchors() {}

  static List<List<Long>> slices(Collection<Long> anchors) {
    var sorted = anchors.stream().distinct().sorted().toList();
    var slices = new ArrayList<List<Long>>();
    for (int start = 0; start < sorted.size(); start += MANY) {
      var slice = new ArrayList<>(sorted.subList(start, Math.min(sorted.size(), start + MANY)));
      int size = slice.size() <= FEW ? FEW : MANY;
      while (slice.size() < size) {
        slice.add(slice.getLast());
      }
      slices.add(slice);
    }
    return slices;
  }

  static String marks(List<Long> slice) {
    return "?, ".repeat(slice.size() - 1) + "?";
  }
}
