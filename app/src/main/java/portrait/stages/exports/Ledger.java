package portrait.stages.exports;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import portrait.foundation.database.Database;
import portrait.foundation.database.Transaction;
import portrait.foundation.model.CustomerId;
import portrait.stages.exports.destinations.OutRow;

/// Who was sent what and when. Of values only hashes are kept, one for each column, so that the next run finds the columns
/// that differ without holding a copy of anybody.
final class Ledger {

  private static final int HASH_BYTES = 8;
  private static final int SLICE = 1_000;
  private static final String ENTRIES = """
      SELECT key, customer, customer_id, hashes, segments, sent_at, pass, is_leaving FROM export_sent WHERE export = ? """;

  private final String export;

  Ledger(String export) {
    this.export = export;
  }

  /// Somebody whom the other system has from us.
  record Entry(String key, long customer, CustomerId id, String hashes, String segments, Instant sentAt, String pass,
      boolean isLeaving) {}

  /// A row on its way, with what the ledger will hold of it.
  record Planned(OutRow row, long customer, String hashes) {

    String segments() {
      return String.join(",", row.segments());
    }
  }

  /// Hashes of values, in the order of the columns; the first is of the columns themselves.
  static String hashes(Map<String, @Nullable Object> values) {
    var hashes = new StringBuilder(hash(String.join("\0", values.keySet())));
    values.values().forEach(value -> hashes.append(' ').append(value == null ? "-" : hash(typed(value))));
    return hashes.toString();
  }

  /// The number 1 and the text 1 are different things to send.
  private static String typed(Object value) {
    return value instanceof Number ? "n" + value : value instanceof Boolean ? "b" + value : "t" + value;
  }

  private static String hash(String text) {
    try {
      var digest = MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
      return Base64.getEncoder().withoutPadding().encodeToString(java.util.Arrays.copyOf(digest, HASH_BYTES));
    } catch (NoSuchAlgorithmException impossible) {
      throw new IllegalStateException(impossible);
    }
  }

  /// Names of columns that differ; all of them where other columns were sent before.
  static Set<String> changed(List<String> columns, String before, String after) {
    var was = before.split(" ");
    var is = after.split(" ");
    if (was.length != is.length || !was[0].equals(is[0])) {
      return Set.copyOf(columns);
    }
    var changed = new HashSet<String>();
    for (int i = 1; i < is.length; i++) {
      if (!was[i].equals(is[i])) {
        changed.add(columns.get(i - 1));
      }
    }
    return changed;
  }

  List<Entry> between(Transaction tx, long after, long upTo, int limit) {
    return tx.query(ENTRIES + " AND customer > ? AND customer <= ? ORDER BY customer, key LIMIT ?", Ledger::entry,
        export, after, upTo, limit);
  }

  List<Entry> of(Transaction tx, long customer) {
    return tx.query(ENTRIES + " AND customer = ? ORDER BY key", Ledger::entry, export, customer);
  }

  Optional<Entry> find(Transaction tx, String key) {
    return tx.first(ENTRIES + " AND key = ?", Ledger::entry, export, key);
  }

  List<Entry> leaving(Transaction tx, String afterKey, int limit) {
    return tx.query(ENTRIES + " AND is_leaving = 1 AND key > ? ORDER BY key LIMIT ?", Ledger::entry, export, afterKey,
        limit);
  }

  private static Entry entry(portrait.foundation.database.ResultRow row) {
    return new Entry(row.text(1), row.number(2), CustomerId.of(row.text(3)), row.text(4), row.text(5), row.instant(6),
        row.text(7), row.number(8) == 1);
  }

  void markLeaving(Transaction tx, Collection<String> keys) {
    tx.batch("UPDATE export_sent SET is_leaving = 1 WHERE export = ? AND key = ?",
        keys.stream().map(key -> new @Nullable Object[]{export, key}).toList());
  }

  /// Somebody who was there already belongs to another customer now: they merged.
  void reassign(Transaction tx, String key, long customer, CustomerId id) {
    tx.update("UPDATE export_sent SET customer = ?, customer_id = ?, is_leaving = 0 WHERE export = ? AND key = ?",
        customer, id, export, key);
  }

  /// The other system took these.
  void sent(Transaction tx, List<Planned> rows, String pass, Instant at) {
    var stays = new ArrayList<@Nullable Object[]>();
    var goes = new ArrayList<@Nullable Object[]>();
    for (var planned : rows) {
      if (planned.row().change() == OutRow.Change.LEFT) {
        goes.add(new @Nullable Object[]{export, planned.row().key()});
      } else {
        stays.add(new @Nullable Object[]{export, planned.row().key(), planned.customer(), planned.row().customer(),
            planned.hashes(), planned.segments(), at, pass});
      }
    }
    tx.batch("""
        INSERT INTO export_sent (export, key, customer, customer_id, hashes, segments, sent_at, pass, is_leaving)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?, 0)
        ON CONFLICT (export, key) DO UPDATE SET customer = excluded.customer, customer_id = excluded.customer_id,
          hashes = excluded.hashes, segments = excluded.segments, sent_at = excluded.sent_at, pass = excluded.pass,
          is_leaving = 0""", stays);
    tx.batch("DELETE FROM export_sent WHERE export = ? AND key = ?", goes);
  }

  /// These were written, but count only when all of the run does.
  void putAside(Transaction tx, List<Planned> rows, String run) {
    tx.batch("""
        INSERT INTO export_pending (run, key, export, customer, customer_id, hashes, segments, has_left)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (run, key) DO NOTHING""",
        rows.stream().map(planned -> new @Nullable Object[]{run, planned.row().key(), export, planned.customer(),
            planned.row().customer(), planned.hashes(), planned.segments(),
            planned.row().change() == OutRow.Change.LEFT}).map(Ledger::numbered).toList());
  }

  /// Answers are kept as numbers.
  private static @Nullable Object[] numbered(@Nullable Object[] values) {
    values[values.length - 1] = Boolean.TRUE.equals(values[values.length - 1]) ? 1L : 0L;
    return values;
  }

  /// All of a run counts: what was put aside is in the ledger afterwards. May be cut short and begun again.
  static void settle(Database database, String run, String pass, Instant at) {
    int moved = SLICE;
    while (moved == SLICE) {
      moved = database.write(tx -> {
        var keys = tx.query("SELECT key FROM export_pending WHERE run = ? ORDER BY key LIMIT ?", row -> row.text(1),
            run, SLICE);
        if (keys.isEmpty()) {
          return 0;
        }
        tx.update("""
            INSERT INTO export_sent (export, key, customer, customer_id, hashes, segments, sent_at, pass, is_leaving)
            SELECT export, key, customer, customer_id, hashes, segments, CAST(? AS BIGINT), CAST(? AS TEXT), 0
            FROM export_pending WHERE run = ? AND has_left = 0 AND key <= ?
            ON CONFLICT (export, key) DO UPDATE SET customer = excluded.customer, customer_id = excluded.customer_id,
              hashes = excluded.hashes, segments = excluded.segments, sent_at = excluded.sent_at, pass = excluded.pass,
              is_leaving = 0""", at, pass, run, keys.getLast());
        tx.update("""
            DELETE FROM export_sent WHERE (export, key) IN (
              SELECT export, key FROM export_pending WHERE run = ? AND has_left = 1 AND key <= ?)""", run,
            keys.getLast());
        tx.update("DELETE FROM export_pending WHERE run = ? AND key <= ?", run, keys.getLast());
        return keys.size();
      });
    }
  }

  /// None of a run counts.
  static void discard(Database database, String run) {
    database.write(tx -> discard(tx, run));
  }

  static int discard(Transaction tx, String run) {
    return tx.update("DELETE FROM export_pending WHERE run = ?", run);
  }

  /// Nothing more is known about these people.
  static int forget(Transaction tx, Collection<CustomerId> ids) {
    int gone = 0;
    for (var id : ids) {
      gone += tx.update("DELETE FROM export_sent WHERE customer_id = ?", id);
      gone += tx.update("DELETE FROM export_pending WHERE customer_id = ?", id);
      gone += tx.update("DELETE FROM export_refusal WHERE customer_id = ?", id);
    }
    return gone;
  }

  /// How many entries there are about these people.
  static long count(Transaction tx, Collection<CustomerId> ids) {
    return ids.stream()
        .mapToLong(id -> tx.first("""
        SELECT (SELECT count(*) FROM export_sent WHERE customer_id = ?)
          + (SELECT count(*) FROM export_pending WHERE customer_id = ?)
          + (SELECT count(*) FROM export_refusal WHERE customer_id = ?)""", row -> row.number(1), id, id, id)
            .orElse(0L))
        .sum();
  }
}
