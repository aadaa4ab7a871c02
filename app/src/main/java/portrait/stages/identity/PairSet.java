package portrait.stages.identity;

import java.util.Arrays;

/// A large set of pairs of identity numbers, 8 bytes each: filled first, asked later.
final class PairSet {

  private long[] packed = new long[1_024];
  private int size;
  private boolean isSorted;

  record Key(long one, long other) {

    /// In whatever order the two come.
    static Key of(long some, long more) {
      return new Key(Math.min(some, more), Math.max(some, more));
    }

    private long packed() {
      if ((one | other) >>> 32 != 0) {
        throw new IllegalStateException("identity numbers have passed 4,294,967,295");
      }
      return one << 32 | other;
    }
  }

  void add(Key pair) {
    if (size == packed.length) {
      packed = Arrays.copyOf(packed, size + (size >> 1));
    }
    packed[size++] = pair.packed();
    isSorted = false;
  }

  boolean contains(Key pair) {
    if (!isSorted) {
      Arrays.sort(packed, 0, size);
      isSorted = true;
    }
    return Arrays.binarySearch(packed, 0, size, pair.packed()) >= 0;
  }
}
