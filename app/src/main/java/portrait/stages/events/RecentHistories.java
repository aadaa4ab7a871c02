package portrait.stages.events;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import portrait.foundation.database.Remembered;
import portrait.foundation.database.Transaction;
import portrait.foundation.expressions.Subject;
import portrait.foundation.expressions.Uses;

/// Histories of identities that were busy lately, reduced to what definitions look at, so that the next event of a
/// visitor costs no reading of what came before.
///
/// Kept by identity, because facts hang on identities and never move: a merge or a split changes nothing here.
final class RecentHistories {

  static final long WEIGHT_MAX = 128L << 20;

  private final EventLog log;
  private final Remembered<Long, RecentHistory> histories;
  private Reduction reduction = new Reduction(Uses.NOTHING);

  RecentHistories(EventLog log, long weightMax) {
    this.log = log;
    this.histories = new Remembered<>(weightMax, RecentHistory::weight);
  }

  /// What hangs on these identities and can matter, oldest first, ties by id.
  List<? extends Subject.Occurrence> of(Transaction transaction, Collection<Long> anchors, Uses uses, Instant now) {
    if (!reduction.isOf(uses)) {
      reduction = new Reduction(uses);
      histories.forgetAll(transaction);
    }
    var from = uses.ignoresUntil(now);
    var found = new ArrayList<List<RecentEvent>>();
    var missing = new ArrayList<Long>();
    for (long anchor : anchors) {
      var known = remembered(transaction, anchor, from);
      if (known == null) {
        missing.add(anchor);
      } else {
        found.add(known.events());
      }
    }
    if (!missing.isEmpty()) {
      log.histories(transaction, missing, from).forEach((anchor, events) -> {
        var loaded = RecentHistory.of(events.stream().flatMap(event -> reduction.of(event).stream()).toList(), from);
        histories.put(transaction, anchor, loaded);
        found.add(loaded.events());
      });
    }
    return inOrder(found);
  }

  private @Nullable RecentHistory remembered(Transaction transaction, long anchor, Optional<Instant> from) {
    var known = histories.get(transaction, anchor);
    if (known == null || !known.reachesBack(from)) {
      return null;
    }
    var shorter = known.without(from);
    if (shorter != known) {
      histories.put(transaction, anchor, shorter);
    }
    return shorter;
  }

  static <E extends Subject.Occurrence> List<E> inOrder(Collection<List<E>> histories) {
    if (histories.size() == 1) {
      return histories.iterator().next();
    }
    var all = new ArrayList<E>();
    histories.forEach(all::addAll);
    all.sort(RecentEvent.OLDEST_FIRST);
    return all;
  }

  /// An event that this transaction appended.
  void append(Transaction transaction, long anchor, Collected.Accepted message) {
    var known = histories.get(transaction, anchor);
    if (known != null) {
      reduction.of(PastEvent.of(message)).ifPresent(event -> histories.put(transaction, anchor, known.with(event)));
    }
  }

  /// Events of the identity were changed in some other way.
  void forget(Transaction transaction, long anchor) {
    histories.forget(transaction, anchor);
  }
}
