package portrait.stages.segments;

import java.time.Instant;
import java.util.Collection;
import java.util.Collections;
import java.util.HashSet;
import java.util.Set;
import portrait.foundation.database.Transaction;

/// The lists of static segments. They name identities, so whoever has the identity is in.
final class Listed {

  private Listed() {}

  static Set<String> of(Transaction transaction, Collection<Long> keyRing) {
    if (keyRing.isEmpty()) {
      return Set.of();
    }
    return new HashSet<>(transaction.query("SELECT DISTINCT segment FROM segment_listed WHERE identity_number IN (%s)"
        .formatted(places(keyRing)), row -> row.text(1), keyRing.toArray()));
  }

  static boolean add(Transaction transaction, String segment, long identity, Collection<Long> keyRing, Instant now) {
    if (of(transaction, keyRing).contains(segment)) {
      return false;
    }
    return transaction.update("""
        INSERT INTO segment_listed (segment, identity_number, listed_at) VALUES (?, ?, ?) ON CONFLICT DO NOTHING""",
        segment, identity, now) > 0;
  }

  static boolean remove(Transaction transaction, String segment, Collection<Long> keyRing) {
    boolean isChanged = false;
    for (long identity : keyRing) {
      isChanged |= transaction.update("DELETE FROM segment_listed WHERE segment = ? AND identity_number = ?", segment,
          identity) > 0;
    }
    return isChanged;
  }

  static void forget(Transaction transaction, String segment) {
    transaction.update("DELETE FROM segment_listed WHERE segment = ?", segment);
  }

  private static String places(Collection<Long> keyRing) {
    return String.join(", ", Collections.nCopies(keyRing.size(), "?"));
  }
}
