package portrait.foundation.database;

import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;

/// Rows that were read or written lately, so that the next transaction need not read them: for the only writer of a
/// store (see [Transaction#isOnlyWriter]), and always on its thread.
///
/// What a transaction puts in is set apart and joins the rest when it is durable; a roll-back leaves it behind. So
/// nothing is remembered that is not in the store. Values must not change after they were put in.
public final class Remembered<K, V> {

  private final long weightMax;
  private final ToLongFunction<V> weigh;
  private final LinkedHashMap<K, V> kept = new LinkedHashMap<>(1_024, 0.75f, true);
  private final Map<K, V> working = new HashMap<>();
  private @Nullable Transaction open;
  private long losses;
  private long weight;

  /// @param weightMax what all values together may weigh; those not used for longest go first
  public Remembered(long weightMax, ToLongFunction<V> weigh) {
    this.weightMax = weightMax;
    this.weigh = weigh;
  }

  /// The value as this transaction left it; null when it must be read.
  public @Nullable V get(Transaction transaction, K key) {
    enter(transaction);
    V value = working.get(key);
    return value == null ? kept.get(key) : value;
  }

  /// A value that this transaction has read or written.
  public void put(Transaction transaction, K key, V value) {
    enter(transaction);
    working.put(key, value);
  }

  /// The row is about to change, or goes. Also when the change is rolled back, it is read again.
  public void forget(Transaction transaction, K key) {
    enter(transaction);
    working.remove(key);
    drop(key);
  }

  /// Many rows are about to change.
  public void forgetAll(Transaction transaction) {
    enter(transaction);
    working.clear();
    clear();
  }

  private void enter(Transaction transaction) {
    if (open == transaction) {
      return;
    }
    working.clear();
    if (losses != transaction.losses()) {
      losses = transaction.losses();
      clear();
    }
    open = transaction;
    transaction.afterCommit(this::keep);
  }

  private void keep() {
    working.forEach((key, value) -> {
      drop(key);
      kept.put(key, value);
      weight += weigh.applyAsLong(value);
    });
    working.clear();
    open = null;
    while (weight > weightMax) {
      drop(kept.firstEntry().getKey());
    }
  }

  private void drop(K key) {
    V value = kept.remove(key);
    if (value != null) {
      weight -= weigh.applyAsLong(value);
    }
  }

  private void clear() {
    kept.clear();
    weight = 0;
  }
}
