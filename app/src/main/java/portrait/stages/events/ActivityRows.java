package portrait.stages.events;

import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.LongConsumer;
import java.util.function.ToLongBiFunction;
import org.jspecify.annotations.Nullable;
import portrait.foundation.database.Database;
import portrait.foundation.database.Transaction;
import portrait.foundation.model.Identity;

/// Activities in the event table: rows of source tables that come again with every refresh. Only what changed is
/// written, in slices, so that live events get their turn in between.
final class ActivityRows {

  private static final int SLICE = 500;

  private final EventLog log;
  private final Listener listener;

  ActivityRows(EventLog log, Listener listener) {
    this.log = log;
    this.listener = listener;
  }

  /// Hears of every identity whose events change, in the transaction that changes them.
  interface Listener {
    void changed(Transaction transaction, long anchor);
  }

  Set<Long> replace(Database database, String source, Iterator<Event> events,
      ToLongBiFunction<Transaction, Identity> number, LongConsumer progress) {
    var changed = new HashSet<Long>();
    var kept = new HashSet<Long>();
    long done = 0;
    while (events.hasNext()) {
      var slice = new ArrayList<Event>(SLICE);
      while (events.hasNext() && slice.size() < SLICE) {
        slice.add(events.next());
      }
      var outcome = database.write(transaction -> put(transaction, source, slice, number));
      changed.addAll(outcome.changed());
      kept.addAll(outcome.kept());
      done += slice.size();
      progress.accept(done);
    }
    var gone = database.read(transaction -> transaction
        .query("SELECT position FROM event WHERE type = 'activity' AND source = ?", row -> row.number(1), source))
        .stream().filter(position -> !kept.contains(position)).sorted().toList();
    for (int start = 0; start < gone.size(); start += SLICE) {
      var slice = gone.subList(start, Math.min(gone.size(), start + SLICE));
      changed.addAll(database.write(transaction -> delete(transaction, slice)));
    }
    return changed;
  }

  Set<Long> write(Transaction transaction, String source, List<Event> slice,
      ToLongBiFunction<Transaction, Identity> number) {
    return put(transaction, source, slice, number).changed();
  }

  Set<Long> remove(Transaction transaction, String source, Collection<String> ids) {
    var positions = new ArrayList<Long>();
    for (String id : ids) {
      transaction.each("SELECT position FROM event WHERE type = 'activity' AND source = ? AND id = ?",
          row -> positions.add(row.number(1)), source, id);
    }
    return delete(transaction, positions);
  }

  Map<Long, String> ids(Transaction transaction, String source, long afterPosition, int limit) {
    var ids = new LinkedHashMap<Long, String>();
    transaction.each(
        """
        SELECT position, id FROM event WHERE type = 'activity' AND source = ? AND position > ? ORDER BY position LIMIT ?""",
        row -> ids.put(row.number(1), row.text(2)), source, afterPosition, limit);
    return ids;
  }

  List<String> sources(Transaction transaction) {
    return transaction.query("SELECT DISTINCT source FROM event WHERE type = 'activity' ORDER BY source",
        row -> row.text(1));
  }

  private Outcome put(Transaction transaction, String source, List<Event> slice,
      ToLongBiFunction<Transaction, Identity> number) {
    var outcome = new Outcome(new HashSet<>(), new HashSet<>());
    long position = log.reserve(transaction, slice.size());
    for (var event : slice) {
      long anchor = number.applyAsLong(transaction, event.identities().getFirst());
      var known = transaction.first("""
          SELECT position, anchor, name, at, properties FROM event
          WHERE type = 'activity' AND source = ? AND id = ?""",
          row -> new Known(row.number(1), row.number(2), row.text(3), row.number(4), row.text(5)), source, event.id());
      if (known.isEmpty()) {
        log.append(transaction, position, anchor, Collected.Accepted.of(event));
        outcome.add(position, anchor);
        position++;
        continue;
      }
      var row = known.get();
      outcome.kept().add(row.position());
      String properties = EventJson.text(event.properties());
      if (row.equals(new Known(row.position(), anchor, event.name(), micros(event), properties))) {
        continue;
      }
      transaction.update(
          "UPDATE event SET anchor = ?, name = ?, at = ?, properties = ?, identities = ? WHERE position = ?",
          anchor, event.name(), event.timestamp(), properties, EventJson.text(event.identities()), row.position());
      outcome.add(row.position(), anchor);
      outcome.changed().add(row.anchor());
    }
    outcome.changed().forEach(anchor -> listener.changed(transaction, anchor));
    return outcome;
  }

  Set<Long> delete(Transaction transaction, List<Long> positions) {
    var changed = new HashSet<Long>();
    for (long position : positions) {
      transaction.each("SELECT anchor FROM event WHERE position = ?", row -> changed.add(row.number(1)), position);
    }
    transaction.batch("DELETE FROM event WHERE position = ?",
        positions.stream().map(position -> new @Nullable Object[]{position}).toList());
    changed.forEach(anchor -> listener.changed(transaction, anchor));
    return changed;
  }

  private static long micros(Event event) {
    return ChronoUnit.MICROS.between(Instant.EPOCH, event.timestamp());
  }

  private record Outcome(Set<Long> changed, Set<Long> kept) {

    void add(long position, long anchor) {
      kept.add(position);
      changed.add(anchor);
    }
  }

  /// What the store holds of an activity.
  private record Known(long position, long anchor, String name, long at, String properties) {}
}
