package portrait.stages.segments;

import java.util.List;

/// What sets the members of a segment apart, the greatest difference first. Only differences that chance does not explain
/// are in it: of a hundred lists made by chance, ninety-five would be empty (Holm's correction for many comparisons).
///
/// @param members how many members were looked at
/// @param others how many they were compared with
/// @param compared how many shares were compared
public record Differences(long members, long others, int compared, List<Difference> found) {

  public Differences {
    found = List.copyOf(found);
  }
}
