package portrait.stages.matching;

/// Connected components by union-find with path halving (Tarjan and van Leeuwen, 1984): in memory, four bytes a record,
/// several times cheaper than label propagation in SQL. The smallest number of a component stands for it, so the order
/// of the pairs does not matter.
public final class Clusters {

  private final int[] parents;

  /// @param size records are numbered 1 to `size`
  public Clusters(int size) {
    parents = new int[size + 1];
    for (int record = 0; record <= size; record++) {
      parents[record] = record;
    }
  }

  public void join(int one, int other) {
    int first = of(one);
    int second = of(other);
    if (first < second) {
      parents[second] = first;
    } else {
      parents[first] = second;
    }
  }

  /// The smallest record of the component.
  public int of(int record) {
    int at = record;
    while (parents[at] != at) {
      parents[at] = parents[parents[at]];
      at = parents[at];
    }
    return at;
  }
}
