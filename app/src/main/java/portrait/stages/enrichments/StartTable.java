package portrait.stages.enrichments;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import portrait.foundation.database.Transaction;
import portrait.stages.enrichments.providers.Provider.Allowed;

/// The table `enrichment_start`.
record StartTable(String enrichment) {

  Optional<EnrichmentStart> find(Transaction tx) {
    return tx.first("""
        SELECT checked_at, allowed_at, first_run_at, begun_at, asked_at, mailboxes, missing, link
        FROM enrichment_start WHERE enrichment = ?""",
        row -> new EnrichmentStart(row.instant(1), Optional.ofNullable(row.instantOrNull(2)),
            Optional.ofNullable(row.instantOrNull(3)), Optional.ofNullable(row.instantOrNull(4)),
            Optional.ofNullable(row.instantOrNull(5)),
            row.numberOrNull(6) == null ? OptionalLong.empty() : OptionalLong.of(row.number(6)),
            row.text(7).lines().toList(), row.text(8)),
        enrichment);
  }

  /// Nobody could be asked; what is known stays.
  void tried(Transaction tx, Instant now) {
    tx.update("""
        INSERT INTO enrichment_start (enrichment, checked_at, missing, link) VALUES (?, ?, '', '')
        ON CONFLICT (enrichment) DO UPDATE SET checked_at = excluded.checked_at""", enrichment, now);
  }

  void missing(Transaction tx, Allowed.Missing missing, Instant now) {
    tx.update("""
        INSERT INTO enrichment_start (enrichment, checked_at, missing, link) VALUES (?, ?, ?, ?)
        ON CONFLICT (enrichment) DO UPDATE
        SET checked_at = excluded.checked_at, missing = excluded.missing, link = excluded.link""", enrichment, now,
        String.join("\n", missing.what()), missing.link().toString());
  }

  /// The first run is counted from the first time that it was allowed.
  void allowed(Transaction tx, Duration firstRunAfter, Instant now) {
    tx.update("""
        INSERT INTO enrichment_start (enrichment, checked_at, allowed_at, first_run_at, missing, link)
        VALUES (?, ?, ?, ?, '', '')
        ON CONFLICT (enrichment) DO UPDATE SET checked_at = excluded.checked_at, missing = '',
          allowed_at = coalesce(enrichment_start.allowed_at, excluded.allowed_at),
          first_run_at = coalesce(enrichment_start.first_run_at, excluded.first_run_at)""", enrichment, now, now,
        now.plus(firstRunAfter));
  }

  void mailboxes(Transaction tx, long count) {
    tx.update("UPDATE enrichment_start SET mailboxes = ? WHERE enrichment = ?", count, enrichment);
  }

  /// @return whether they were not written to before
  boolean ask(Transaction tx, Instant now) {
    return tx.update("UPDATE enrichment_start SET asked_at = ? WHERE enrichment = ? AND asked_at IS NULL", now,
        enrichment) == 1;
  }

  /// @return whether it had not begun before
  boolean begin(Transaction tx, Instant now) {
    return tx.update("UPDATE enrichment_start SET begun_at = ? WHERE enrichment = ? AND begun_at IS NULL", now,
        enrichment) == 1;
  }

  void remove(Transaction tx) {
    tx.update("DELETE FROM enrichment_start WHERE enrichment = ?", enrichment);
  }

  static List<String> enrichments(Transaction tx) {
    return tx.query("SELECT enrichment FROM enrichment_start ORDER BY enrichment", row -> row.text(1));
  }
}
