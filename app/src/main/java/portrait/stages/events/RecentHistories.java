package portrait.stages.events;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import portrait.foundation.database.Transaction;

/// Histories of identities that were busy lately, with their properties parsed, so that the next event of a visitor
/// costs no reading of what came before.
///
/// Kept by identity, because facts hang on identities and never move: a merge or a split changes nothing here. Used only
/// by a transaction that is the only writer, so always on one thread. What a transaction loads or adds is set apart in
/// `working` and joins the others with its commit; a roll-back leaves it behind. So `kept` never holds what is not
/// durable, and an identity whose events are about to change is not in it.
final class RecentHistories {

  static final long WEIGHT_MAX = 128L << 20;
  /** A history longer than this part of the room is read anew each time, rather than pushing out everybody else's. */
  private static final int SHARE_MIN = 64;

  private final EventLog log;
  private final long weightMax;
  private final LinkedHashMap<Long, List<PastEvent>> kept = new LinkedHashMap<>(1_024, 0.75f, true);
  private final Map<Long, List<PastEvent>> working = new HashMap<>();
  private @Nullable Transaction open;
  private long losses;
  private long weight;

  RecentHistories(EventLog log, long weightMax) {
    this.log = log;
    this.weightMax = weightMax;
  }

  /// Everything that hangs on these identities, oldest first, ties by id.
  List<PastEvent> of(Transaction transaction, Collection<Long> anchors) {
    enter(transaction);
    var known = new HashMap<Long, List<PastEvent>>();
    var missing = new ArrayList<Long>();
    for (long anchor : anchors) {
      var history = remembered(anchor);
      if (history == null) {
        missing.add(anchor);
      } else {
        known.put(anchor, history);
      }
    }
    if (!missing.isEmpty()) {
      var loaded = log.histories(transaction, missing);
      working.putAll(loaded);
      known.putAll(loaded);
    }
    return inOrder(known.values());
  }

  static List<PastEvent> inOrder(Collection<List<PastEvent>> histories) {
    var all = new ArrayList<PastEvent>();
    histories.forEach(all::addAll);
    if (histories.size() > 1) {
      all.sort(PastEvent.OLDEST_FIRST);
    }
    return all;
  }

  /// From the store where a history is not remembered: two seeks are cheaper than loading it for this alone.
  Optional<Span> span(Transaction transaction, Collection<Long> anchors) {
    enter(transaction);
    Optional<Span> span = Optional.empty();
    var missing = new ArrayList<Long>();
    for (long anchor : anchors) {
      var history = remembered(anchor);
      if (history == null) {
        missing.add(anchor);
      } else if (!history.isEmpty()) {
        span = Span.union(span, Optional.of(new Span(history.getFirst().at(), history.getLast().at())));
      }
    }
    return missing.isEmpty() ? span : Span.union(span, log.span(transaction, missing));
  }

  private @Nullable List<PastEvent> remembered(long anchor) {
    var history = working.get(anchor);
    return history == null ? kept.get(anchor) : history;
  }

  /// An event that this transaction appended.
  void append(Transaction transaction, long anchor, PastEvent event) {
    enter(transaction);
    var history = working.get(anchor);
    if (history == null) {
      history = take(anchor);
      if (history == null) {
        return;
      }
      working.put(anchor, history);
    }
    int place = Collections.binarySearch(history, event, PastEvent.OLDEST_FIRST);
    history.add(place < 0 ? -place - 1 : place, event);
  }

  /// Events of the identity were changed in some other way.
  void forget(Transaction transaction, long anchor) {
    enter(transaction);
    working.remove(anchor);
    take(anchor);
  }

  private void enter(Transaction transaction) {
    if (open != transaction) {
      working.clear();
      if (losses != transaction.losses()) {
        losses = transaction.losses();
        kept.clear();
        weight = 0;
      }
      open = transaction;
      transaction.afterCommit(this::keep);
    }
  }

  private void keep() {
    working.forEach((anchor, history) -> {
      take(anchor);
      long added = weight(history);
      if (added <= weightMax / SHARE_MIN) {
        kept.put(anchor, history);
        weight += added;
      }
    });
    working.clear();
    open = null;
    while (weight > weightMax) {
      take(kept.firstEntry().getKey());
    }
  }

  private @Nullable List<PastEvent> take(long anchor) {
    var history = kept.remove(anchor);
    if (history != null) {
      weight -= weight(history);
    }
    return history;
  }

  private static long weight(List<PastEvent> history) {
    long sum = 200;
    for (var event : history) {
      sum += event.weight();
    }
    return sum;
  }
}
