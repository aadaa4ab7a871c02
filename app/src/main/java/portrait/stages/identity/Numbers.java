package portrait.stages.identity;

import org.jspecify.annotations.Nullable;
import portrait.foundation.database.Transaction;

/// Hands out the numbers of one sequence, from blocks, so that nodes rarely meet at the sequence's row.
///
/// A block is taken inside the caller's transaction and may be undone with it. So the first other transaction that uses
/// the block looks whether it is really ours. If another node has taken the same block in between, inserting a number
/// fails as a lost race: the caller then forgets the block and the transaction is tried again.
final class Numbers {

  private static final int BLOCK = 1_000;

  private final String sequence;
  private long next;
  private long end;
  private @Nullable Transaction takenIn;

  Numbers(String sequence) {
    this.sequence = sequence;
  }

  synchronized long next(Transaction tx) {
    if (takenIn != null && takenIn != tx) {
      takenIn = null;
      if (stored(tx) < end) {
        forget();
      }
    }
    if (next == end) {
      tx.update("UPDATE identity_sequence SET next = next + ? WHERE name = ?", BLOCK, sequence);
      end = stored(tx);
      next = end - BLOCK;
      takenIn = tx;
    }
    return next++;
  }

  synchronized void forget() {
    next = 0;
    end = 0;
    takenIn = null;
  }

  private long stored(Transaction tx) {
    return tx.first("SELECT next FROM identity_sequence WHERE name = ?", row -> row.number(1), sequence).orElseThrow();
  }
}
