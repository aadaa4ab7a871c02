package portrait.foundation.security;

import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import portrait.foundation.database.Database;
import portrait.foundation.database.ResultRow;
import portrait.foundation.database.Transaction;
import portrait.foundation.model.Problem;

/// Who did what, in a chain: the hash of each entry covers the hash of the one before it, so an entry that was changed,
/// removed or put in between breaks the chain from there on.
final class AuditTrail {

  private static final String COLUMNS = "number, at, caller, request_id, action, target, detail, hash";
  private static final Caller PORTRAIT = new Caller("portrait", Role.OWNER, "");

  private final Database database;
  private final Clock clock;

  AuditTrail(Database database, Clock clock) {
    this.database = database;
    this.clock = clock;
  }

  /// The caller bound to the thread that asks, or Portrait itself. Call it outside the transaction, which runs on
  /// another thread.
  static Caller caller() {
    return Caller.CURRENT.orElse(PORTRAIT);
  }

  /// Appends inside the transaction that does what is audited: both happen, or neither.
  void append(Transaction transaction, Caller caller, String action, String target, String detail) {
    record Head(long number, String hash) {}
    var head = transaction
        .first("SELECT number, hash FROM audit_head WHERE only_row = 1" + transaction.forUpdate(),
            row -> new Head(row.number(1), row.text(2)))
        .orElseThrow();
    var unsigned = new AuditEntry(head.number() + 1, clock.instant().truncatedTo(ChronoUnit.MICROS), caller.name(),
        caller.requestId(), action, target, detail, "");
    String hash = hash(head.hash(), unsigned);
    transaction.update("INSERT INTO audit_entry (" + COLUMNS + ") VALUES (?, ?, ?, ?, ?, ?, ?, ?)", unsigned.number(),
        unsigned.at(), unsigned.by(), unsigned.requestId(), action, target, detail, hash);
    transaction.update("UPDATE audit_head SET number = ?, hash = ? WHERE only_row = 1", unsigned.number(), hash);
  }

  List<AuditEntry> find(AuditQuery wanted) {
    var conditions = new ArrayList<String>(List.of("number < ?"));
    var values = new ArrayList<@Nullable Object>(List.of(wanted.before()));
    wanted.by().ifPresent(name -> {
      conditions.add("caller = ?");
      values.add(name);
    });
    wanted.text().ifPresent(text -> {
      conditions.add("LOWER(action || ' ' || target || ' ' || detail) LIKE ? ESCAPE '!'");
      values.add("%" + text.toLowerCase(Locale.ROOT).replaceAll("[!%_]", "!$0") + "%");
    });
    wanted.from().ifPresent(from -> {
      conditions.add("at >= ?");
      values.add(from);
    });
    wanted.to().ifPresent(to -> {
      conditions.add("at < ?");
      values.add(to);
    });
    values.add(Math.min(wanted.limit(), AuditQuery.LIMIT_MAX));
    return database
        .read(transaction -> transaction.query("SELECT %s FROM audit_entry WHERE %s ORDER BY number DESC LIMIT ?"
            .formatted(COLUMNS, String.join(" AND ", conditions)), AuditTrail::entry, values.toArray()));
  }

  List<AuditEntry> naming(String id) {
    return database.read(transaction -> transaction.query("SELECT " + COLUMNS
        + " FROM audit_entry WHERE target LIKE ? OR detail LIKE ? ORDER BY number DESC", AuditTrail::entry,
        "%" + id + "%", "%" + id + "%"));
  }

  Optional<Problem> verify() {
    return database.read(transaction -> {
      var previous = new AtomicReference<>(new AuditEntry(0, Instant.EPOCH, "", "", "", "", "", ""));
      var broken = new AtomicReference<@Nullable Problem>();
      transaction.each("SELECT " + COLUMNS + " FROM audit_entry ORDER BY number", row -> {
        var entry = entry(row);
        if (broken.get() == null && (entry.number() != previous.get().number() + 1
            || !entry.hash().equals(hash(previous.get().hash(), entry)))) {
          broken.set(broken(previous.get().number() + 1));
        }
        previous.set(entry);
      });
      if (broken.get() == null && transaction
          .first("SELECT 1 FROM audit_head WHERE only_row = 1 AND number = ? AND hash = ?", row -> row.number(1),
              previous.get().number(), previous.get().hash())
          .isEmpty()) {
        broken.set(broken(previous.get().number() + 1));
      }
      return Optional.ofNullable(broken.get());
    });
  }

  private static Problem broken(long number) {
    return Problem.of(Problem.Code.STORE_FAILED,
        "the audit trail does not continue at entry %d: it was changed from outside".formatted(number),
        "Compare it with a backup.").with("entry", number);
  }

  private static AuditEntry entry(ResultRow row) {
    return new AuditEntry(row.number(1), row.instant(2), row.text(3), row.text(4), row.text(5), row.text(6),
        row.text(7), row.text(8));
  }

  /// Every part is preceded by its length, so that no text can pose as two.
  private static String hash(String previous, AuditEntry entry) {
    var digest = Tokens.sha256();
    for (String part : List.of(previous, String.valueOf(entry.number()), entry.at().toString(), entry.by(),
        entry.requestId(), entry.action(), entry.target(), entry.detail())) {
      byte[] bytes = part.getBytes(StandardCharsets.UTF_8);
      digest.update((bytes.length + ":").getBytes(StandardCharsets.UTF_8));
      digest.update(bytes);
    }
    return HexFormat.of().formatHex(digest.digest());
  }
}
