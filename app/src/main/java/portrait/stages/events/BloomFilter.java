package portrait.stages.events;

/// Tells of most hashes that were never added that they were not, in two bytes each.
///
/// Burton H. Bloom, "Space/time trade-offs in hash coding with allowable errors", 1970; the positions come from two
/// halves of the hash as in Kirsch and Mitzenmacher, "Less hashing, same performance", 2006. With 16 bits and 6 positions
/// an element, about one stranger in a thousand is taken for known when it is full.
final class BloomFilter {

  private static final int BITS_PER_ELEMENT = 16;
  private static final int POSITIONS = 6;

  private final int capacity;
  private final long[] bits;
  private int count;

  /// @param capacity a power of two
  BloomFilter(int capacity) {
    this.capacity = capacity;
    this.bits = new long[capacity / Long.SIZE * BITS_PER_ELEMENT];
  }

  boolean isFull() {
    return count >= capacity;
  }

  void add(Hash hash) {
    for (int i = 0; i < POSITIONS; i++) {
      long bit = bit(hash, i);
      bits[(int) (bit >>> 6)] |= 1L << bit;
    }
    count++;
  }

  boolean mayContain(Hash hash) {
    for (int i = 0; i < POSITIONS; i++) {
      long bit = bit(hash, i);
      if ((bits[(int) (bit >>> 6)] & 1L << bit) == 0) {
        return false;
      }
    }
    return true;
  }

  private long bit(Hash hash, int i) {
    return hash.high() + i * hash.low() & (long) bits.length * Long.SIZE - 1;
  }
}
