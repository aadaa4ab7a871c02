package portrait.stages.events;

import java.nio.ByteBuffer;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import portrait.foundation.database.Transaction;

/// Which message ids were taken in today and yesterday (UTC), so at least in the last 24 hours.
///
/// Ids are random, so an index of them has a page to change for each. On a store that nobody else writes to it can be
/// had for less: the newest ids are in memory, and can be read from the events themselves after a crash; now and then
/// they go to the table `event_seen_run` together, as sorted hashes. A filter in memory says of nearly every new id
/// that no run has it. An id costs 16 bytes on disk and 2 to 4 in memory. Where several nodes write, ids are in the
/// table `event_seen`, which all of them see.
final class SeenIds {

  /** So many ids are worth a run. */
  private static final int RUN_MIN = 50_000;
  private static final int FILTER_MIN = 1 << 16;
  private static final int FILTER_MAX = 1 << 26;

  /** Ids that are in no run yet, by day. */
  private final Map<Long, Set<Hash>> fresh = new HashMap<>();
  /** What is in runs, by day. */
  private final Map<Long, List<BloomFilter>> filters = new TreeMap<>();
  /** What the open transaction adds. */
  private final Map<Long, Set<Hash>> working = new HashMap<>();
  private @Nullable Transaction open;
  private long losses;
  private boolean isLoaded;

  /// Remembers an id; false when it is remembered already.
  boolean isFirst(Transaction transaction, String id, Instant receivedAt) {
    long day = day(receivedAt);
    if (!transaction.isOnlyWriter()) {
      return transaction.update("""
          INSERT INTO event_seen (day, id)
          SELECT ?, ? WHERE NOT EXISTS (SELECT 1 FROM event_seen WHERE day = ? AND id = ?)
          ON CONFLICT DO NOTHING""", day, id, day - 1, id) == 1;
    }
    enter(transaction);
    var hash = Hash.of(id);
    for (long looked : new long[]{day, day - 1}) {
      if (has(fresh, looked, hash) || has(working, looked, hash) || isInRun(transaction, looked, hash)) {
        return false;
      }
    }
    return working.computeIfAbsent(day, _ -> new HashSet<>()).add(hash);
  }

  private static boolean has(Map<Long, Set<Hash>> ids, long day, Hash hash) {
    var ofDay = ids.get(day);
    return ofDay != null && ofDay.contains(hash);
  }

  private boolean isInRun(Transaction transaction, long day, Hash hash) {
    if (filters.getOrDefault(day, List.of()).stream().noneMatch(filter -> filter.mayContain(hash))) {
      return false;
    }
    return transaction.query("SELECT hashes FROM event_seen_run WHERE day = ? AND part = ? ORDER BY run DESC",
        row -> row.bytes(1), day, hash.part()).stream().anyMatch(run -> contains(run, hash));
  }

  private static boolean contains(byte[] run, Hash wanted) {
    var bytes = ByteBuffer.wrap(run);
    int low = 0;
    int high = run.length / Hash.BYTES - 1;
    while (low <= high) {
      int middle = low + high >>> 1;
      int order = Hash.read(bytes.position(middle * Hash.BYTES)).compareTo(wanted);
      if (order == 0) {
        return true;
      }
      if (order < 0) {
        low = middle + 1;
      } else {
        high = middle - 1;
      }
    }
    return false;
  }

  /// Forgets days that are over, and writes a run when there is enough for one. Call it now and then.
  ///
  /// @param next the position of the next event
  void tidy(Transaction transaction, Instant now, long next) {
    // Today and yesterday are looked at, and together they always cover the last 24 hours.
    long over = day(now) - 1;
    transaction.update("DELETE FROM event_seen WHERE day < ?", over);
    if (!transaction.isOnlyWriter()) {
      return;
    }
    transaction.update("DELETE FROM event_seen_run WHERE day < ?", over);
    enter(transaction);
    if (fresh.values().stream().mapToInt(Set::size).sum() >= RUN_MIN) {
      fresh.forEach((day, hashes) -> writeRun(transaction, day, hashes));
      transaction.update("UPDATE event_counter SET next = ? WHERE name = 'seen'", next);
      transaction.afterCommit(() -> {
        fresh.forEach((day, hashes) -> hashes.forEach(hash -> addToFilter(day, hash)));
        fresh.clear();
      });
    }
    transaction.afterCommit(() -> {
      fresh.keySet().removeIf(day -> day < over);
      filters.keySet().removeIf(day -> day < over);
    });
  }

  private static void writeRun(Transaction transaction, long day, Set<Hash> hashes) {
    var parts = new TreeMap<Integer, TreeSet<Hash>>();
    hashes.forEach(hash -> parts.computeIfAbsent(hash.part(), _ -> new TreeSet<>()).add(hash));
    long run = EventLog.reserve(transaction, "seen_run", 1);
    var rows = new ArrayList<@Nullable Object[]>();
    parts.forEach((part, sorted) -> {
      var bytes = ByteBuffer.allocate(sorted.size() * Hash.BYTES);
      sorted.forEach(hash -> hash.write(bytes));
      rows.add(new @Nullable Object[]{day, part, run, bytes.array()});
    });
    transaction.batch("INSERT INTO event_seen_run (day, part, run, hashes) VALUES (?, ?, ?, ?)", rows);
  }

  private void enter(Transaction transaction) {
    if (open == transaction) {
      return;
    }
    open = transaction;
    working.clear();
    if (!isLoaded || losses != transaction.losses()) {
      load(transaction);
      isLoaded = true;
      losses = transaction.losses();
    }
    transaction.afterCommit(() -> {
      working.forEach((day, hashes) -> fresh.computeIfAbsent(day, _ -> new HashSet<>()).addAll(hashes));
      working.clear();
      open = null;
    });
  }

  private void load(Transaction transaction) {
    fresh.clear();
    filters.clear();
    transaction.each("SELECT day, hashes FROM event_seen_run ORDER BY day, part, run", row -> {
      var bytes = ByteBuffer.wrap(row.bytes(2));
      while (bytes.hasRemaining()) {
        addToFilter(row.number(1), Hash.read(bytes));
      }
    });
    long newest = transaction.first("SELECT received_at FROM event ORDER BY position DESC LIMIT 1",
        row -> day(row.instant(1))).orElse(0L);
    transaction.each("""
        SELECT received_at, id FROM event
        WHERE position >= (SELECT next FROM event_counter WHERE name = 'seen') AND type <> 'activity'""", row -> {
      long day = day(row.instant(1));
      if (day >= newest - 1) {
        fresh.computeIfAbsent(day, _ -> new HashSet<>()).add(Hash.of(row.text(2)));
      }
    });
  }

  /// Each filter of a day is twice as large as the one before, so that few of them are asked.
  private void addToFilter(long day, Hash hash) {
    var ofDay = filters.computeIfAbsent(day, _ -> new ArrayList<>());
    if (ofDay.isEmpty() || ofDay.getLast().isFull()) {
      ofDay.add(new BloomFilter(Math.min(FILTER_MAX, FILTER_MIN << Math.min(ofDay.size(), 10))));
    }
    ofDay.getLast().add(hash);
  }

  private static long day(Instant moment) {
    return moment.atOffset(ZoneOffset.UTC).toLocalDate().toEpochDay();
  }
}
