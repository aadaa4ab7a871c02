package portrait.foundation.database;

import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;

/// Rows that were read or written lately, so that the next transaction need not read them: for the only writer of a
/// store (see [Transaction#isOnlyWriter]), always on its thread.
///
/// What a transaction puts in is set apart and joins the rest when it is durable; a roll-back leaves it behind. So
/// nothing is remembered that is not in the store. Values must not change after they were put in. Where others write to
/// the store as well, nothing is remembered at all.
public final class Remembered<K, V> {

  /** A value heavier than this part of the room is not kept, rather than pushing out everybody else's. */
  private static final int SHARE_MIN = 64;

  private final long weightMax;
  private final ToLongFunction<V> weigh;
  /** In the order in which they came, or were spared. */
  private final LinkedHashMap<K, Kept<V>> kept = new LinkedHashMap<>(1_024);
  private final Map<K, V> working = new HashMap<>();
  private @Nullable Transaction open;
  private long losses;
  private long weight;

  /// Used values are marked and spared once when room is needed (the "clock", or second chance). The order of last use
  /// would cost a rewritten list with each reading, all over the heap, and the collector looks at whatever was written.
  private static final class Kept<V> {

    private V value;
    private boolean isUsed;

    Kept(V value) {
      this.value = value;
    }
  }

  /// @param weightMax what all values together may weigh; those not used for long go first
  public Remembered(long weightMax, ToLongFunction<V> weigh) {
    this.weightMax = weightMax;
    this.weigh = weigh;
  }

  /// The value as this transaction left it; null when it must be read.
  public @Nullable V get(Transaction transaction, K key) {
    if (!enter(transaction)) {
      return null;
    }
    V value = working.get(key);
    if (value != null) {
      return value;
    }
    var found = kept.get(key);
    if (found == null) {
      return null;
    }
    found.isUsed = true;
    return found.value;
  }

  /// A value that this transaction has read or written.
  public void put(Transaction transaction, K key, V value) {
    if (enter(transaction)) {
      working.put(key, value);
    }
  }

  /// The row is about to change, or goes. Also when the change is rolled back, it is read again.
  public void forget(Transaction transaction, K key) {
    if (enter(transaction)) {
      working.remove(key);
      drop(key);
    }
  }

  /// Many rows are about to change.
  public void forgetAll(Transaction transaction) {
    if (enter(transaction)) {
      working.clear();
      clear();
    }
  }

  private boolean enter(Transaction transaction) {
    if (open == transaction) {
      return true;
    }
    if (!transaction.isOnlyWriter()) {
      return false;
    }
    working.clear();
    if (losses != transaction.losses()) {
      losses = transaction.losses();
      clear();
    }
    open = transaction;
    transaction.afterCommit(this::keep);
    return true;
  }

  private void keep() {
    working.forEach((key, value) -> {
      long added = weigh.applyAsLong(value);
      if (added > Math.max(1, weightMax / SHARE_MIN)) {
        drop(key);
        return;
      }
      var before = kept.get(key);
      if (before == null) {
        kept.put(key, new Kept<>(value));
      } else {
        weight -= weigh.applyAsLong(before.value);
        before.value = value;
        before.isUsed = true;
      }
      weight += added;
    });
    working.clear();
    open = null;
    while (weight > weightMax) {
      var oldest = kept.pollFirstEntry();
      if (oldest.getValue().isUsed) {
        oldest.getValue().isUsed = false;
        kept.putLast(oldest.getKey(), oldest.getValue());
      } else {
        weight -= weigh.applyAsLong(oldest.getValue().value);
      }
    }
  }

  private void drop(K key) {
    var dropped = kept.remove(key);
    if (dropped != null) {
      weight -= weigh.applyAsLong(dropped.value);
    }
  }

  private void clear() {
    kept.clear();
    weight = 0;
  }
}
