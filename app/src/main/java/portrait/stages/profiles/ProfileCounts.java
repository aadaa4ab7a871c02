package portrait.stages.profiles;

/// How many customers there are.
public record ProfileCounts(long known, long unknown) {

  public long total() {
    return known + unknown;
  }
}
