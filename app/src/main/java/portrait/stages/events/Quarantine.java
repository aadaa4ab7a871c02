package portrait.stages.events;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import portrait.foundation.database.ResultRow;
import portrait.foundation.database.Transaction;
import portrait.stages.events.QuarantineStock.Amount;

/// The table `event_quarantine`, and in `event_quarantine_total` how much lies in it. Whoever sends rubbish can neither
/// fill the disk nor make messages disappear uncounted.
final class Quarantine {

  private static final String COLUMNS = "number, received_at, source, code, reason, original, type, envelope, times";
  private static final int HASH_BYTES = 16;
  private static final int OLDEST = 100;

  private final QuarantineLimits limits;

  Quarantine(QuarantineLimits limits) {
    this.limits = limits;
  }

  /// Keeps a message; one with the same bytes that is kept already is only counted, because libraries send again what
  /// they are not sure of. When there is no room the oldest leave.
  void keep(Transaction transaction, Collected.Refused refused) {
    queueUp(transaction);
    var original = refused.original();
    String hash = hash(original.bytes());
    if (transaction.update("UPDATE event_quarantine SET times = times + 1 WHERE hash = ? AND source = ?", hash,
        refused.source()) > 0) {
      return;
    }
    long number = EventLog.reserve(transaction, "quarantine", 1);
    transaction.update("""
        INSERT INTO event_quarantine (number, received_at, source, code, reason, original, type, envelope, hash, size)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)""", number, refused.receivedAt(), refused.source(),
        refused.reason().code().text(), refused.reason().message(), original.bytes(),
        original.type().map(EventType::text).orElse(null), original.envelope(), hash, original.size());
    add(transaction, "kept", new Amount(1, original.size()));
    makeRoom(transaction);
  }

  private void makeRoom(Transaction transaction) {
    var kept = amount(transaction, "kept");
    var left = Amount.NOTHING;
    while (exceeds(kept.minus(left))) {
      for (var oldest : sizes(transaction, Instant.MAX)) {
        if (exceeds(kept.minus(left))) {
          left = left.plus(remove(transaction, oldest));
        }
      }
    }
    add(transaction, "full", left);
  }

  private boolean exceeds(Amount amount) {
    return amount.messages() > limits.messagesMax() || amount.bytes() > limits.bytesMax();
  }

  /// Takes out some of those that waited too long; the others go with the next calls.
  void tidy(Transaction transaction, Instant now) {
    Instant since = now.minus(limits.age());
    if (sizes(transaction, since).isEmpty()) {
      return;
    }
    queueUp(transaction);
    var left = Amount.NOTHING;
    for (var old : sizes(transaction, since)) {
      left = left.plus(remove(transaction, old));
    }
    add(transaction, "old", left);
  }

  private record Sized(long number, long bytes) {}

  /// The oldest that were received before a moment.
  private static List<Sized> sizes(Transaction transaction, Instant before) {
    return transaction.query("SELECT number, size, received_at FROM event_quarantine ORDER BY number LIMIT ?",
        row -> new Aged(new Sized(row.number(1), row.number(2)), row.instant(3)), OLDEST).stream()
        .takeWhile(aged -> aged.receivedAt().isBefore(before)).map(Aged::message).toList();
  }

  private record Aged(Sized message, Instant receivedAt) {}

  RefusedMessages newest(Transaction transaction, long before, int limit) {
    // One more than asked for tells whether there is a next page.
    var found = transaction.query(
        "SELECT " + COLUMNS + " FROM event_quarantine WHERE number < ? ORDER BY number DESC LIMIT ?",
        Quarantine::event, before, limit + 1);
    var page = found.subList(0, Math.min(limit, found.size()));
    return new RefusedMessages(page,
        found.size() > limit ? Optional.of(String.valueOf(page.getLast().number())) : Optional.empty(),
        stock(transaction));
  }

  Optional<QuarantinedEvent> find(Transaction transaction, long number) {
    return transaction.first("SELECT " + COLUMNS + " FROM event_quarantine WHERE number = ?", Quarantine::event,
        number);
  }

  boolean delete(Transaction transaction, long number) {
    queueUp(transaction);
    var found = transaction.first("SELECT size FROM event_quarantine WHERE number = ?", row -> row.number(1), number);
    found.ifPresent(bytes -> remove(transaction, new Sized(number, bytes)));
    return found.isPresent();
  }

  QuarantineStock stock(Transaction transaction) {
    return new QuarantineStock(amount(transaction, "kept"), amount(transaction, "full"), amount(transaction, "old"),
        limits);
  }

  /// Whoever changes the quarantine holds its counter, so that nodes that share a store do so one after the other.
  private static void queueUp(Transaction transaction) {
    EventLog.reserve(transaction, "quarantine", 0);
  }

  private static Amount remove(Transaction transaction, Sized message) {
    transaction.update("DELETE FROM event_quarantine WHERE number = ?", message.number());
    add(transaction, "kept", new Amount(-1, -message.bytes()));
    return new Amount(1, message.bytes());
  }

  private static Amount amount(Transaction transaction, String name) {
    return transaction.first("SELECT messages, bytes FROM event_quarantine_total WHERE name = ?",
        row -> new Amount(row.number(1), row.number(2)), name).orElseThrow();
  }

  private static void add(Transaction transaction, String name, Amount more) {
    if (more.equals(Amount.NOTHING)) {
      return;
    }
    transaction.update("UPDATE event_quarantine_total SET messages = messages + ?, bytes = bytes + ? WHERE name = ?",
        more.messages(), more.bytes(), name);
  }

  private static QuarantinedEvent event(ResultRow row) {
    var original = new Original(row.bytes(6), Optional.ofNullable(row.textOrNull(7)).map(EventType::of), row.text(8));
    return new QuarantinedEvent(row.number(1), row.instant(2), row.text(3), row.text(4), row.text(5), original,
        row.number(9));
  }

  private static String hash(byte[] original) {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(original), 0, HASH_BYTES);
    } catch (NoSuchAlgorithmException impossible) {
      throw new IllegalStateException("every Java has SHA-256", impossible);
    }
  }
}
