package portrait.stages.enrichments;

import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import portrait.foundation.database.ResultRow;
import portrait.foundation.database.Transaction;
import portrait.foundation.model.CustomerId;
import portrait.stages.profiles.Profiles;

/// The table `enrichment_answer`: what was said about whom. Kept when somebody leaves the segment: should they come back,
/// nobody need be paid again.
final class AnswerTable {

  private static final String COLUMNS = """
      SELECT customer_id, anchor, inputs, outcome, attributes, reason, asked_at, said_at, standing
      FROM enrichment_answer WHERE enrichment = ?""";

  private final String enrichment;

  AnswerTable(String enrichment) {
    this.enrichment = enrichment;
  }

  /// What came of asking.
  enum Outcome {
    FOUND,
    /** It may be about somebody else: kept, and no part of the profile. */
    DOUBTFUL, NOTHING, REFUSED,
    /** It may be answered another time. */
    FAILED;

    boolean isFinal() {
      return this != FAILED;
    }
  }

  /// Where an answer is to be seen.
  enum Standing {
    /** In the output table and in the profile. */
    PROFILE,
    /** In the output table. */
    TABLE,
    /** Nowhere: the customer is not asked about at present. */
    ASIDE
  }

  /// One answer.
  ///
  /// @param anchor the identity that its attributes hang on
  /// @param inputs fingerprint of the question
  /// @param saidAt since when it says the same
  record Entry(CustomerId customer, long anchor, String inputs, Outcome outcome,
      Map<String, @Nullable Object> attributes,
      String reason, Instant askedAt, Instant saidAt, Standing standing) {

    Entry standing(Standing other, long at) {
      return new Entry(customer, at, inputs, outcome, attributes, reason, askedAt, saidAt, other);
    }

    /// Whether its attributes are to be part of the profile.
    boolean isInProfile() {
      return standing == Standing.PROFILE && outcome == Outcome.FOUND && !attributes.isEmpty();
    }
  }

  Optional<Entry> of(Transaction tx, CustomerId customer) {
    return tx.first(COLUMNS + " AND customer_id = ?", AnswerTable::entry, enrichment, customer);
  }

  /// The newest answer to a question, whomever it was asked about.
  Optional<Entry> to(Transaction tx, String inputs) {
    return tx.first(COLUMNS + " AND inputs = ? AND outcome <> 'FAILED' ORDER BY asked_at DESC, customer_id LIMIT 1",
        AnswerTable::entry, enrichment, inputs);
  }

  /// Those that are seen somewhere, in the order of the ids.
  List<Entry> shownAfter(Transaction tx, String customer, int limit) {
    return tx.query(COLUMNS + " AND standing <> 'ASIDE' AND customer_id > ? ORDER BY customer_id LIMIT ?",
        AnswerTable::entry, enrichment, customer, limit);
  }

  void eachShown(Transaction tx, Consumer<Entry> use) {
    tx.each(COLUMNS + " AND standing <> 'ASIDE' AND outcome IN ('DOUBTFUL', 'FOUND') ORDER BY customer_id",
        row -> use.accept(entry(row)), enrichment);
  }

  /// Whether another answer hangs on the same identity.
  boolean isHeld(Transaction tx, long anchor, CustomerId butFor) {
    return tx.first("""
        SELECT 1 FROM enrichment_answer WHERE enrichment = ? AND anchor = ? AND customer_id <> ?
          AND standing = 'PROFILE' LIMIT 1""", row -> row.number(1), enrichment, anchor, butFor).isPresent();
  }

  void put(Transaction tx, Collection<Entry> entries) {
    tx.batch("""
        INSERT INTO enrichment_answer (enrichment, customer_id, anchor, inputs, outcome, attributes, reason, asked_at,
          said_at, standing) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
        ON CONFLICT (enrichment, customer_id) DO UPDATE SET anchor = excluded.anchor, inputs = excluded.inputs,
          outcome = excluded.outcome, attributes = excluded.attributes, reason = excluded.reason,
          asked_at = excluded.asked_at, said_at = excluded.said_at, standing = excluded.standing""",
        entries.stream().map(entry -> new @Nullable Object[]{enrichment, entry.customer(), entry.anchor(),
            entry.inputs(), entry.outcome().name(), Profiles.json(entry.attributes()), entry.reason(), entry.askedAt(),
            entry.saidAt(), entry.standing().name()}).toList());
  }

  /// How many customers have an answer with something in it.
  long enriched(Transaction tx) {
    return tx.first("""
        SELECT count(*) FROM enrichment_answer WHERE enrichment = ? AND standing <> 'ASIDE' AND outcome = 'FOUND'""",
        row -> row.number(1), enrichment).orElse(0L);
  }

  /// How many have an answer that may be about somebody else.
  long doubtful(Transaction tx) {
    return tx.first("""
        SELECT count(*) FROM enrichment_answer WHERE enrichment = ? AND standing <> 'ASIDE' AND outcome = 'DOUBTFUL'""",
        row -> row.number(1), enrichment).orElse(0L);
  }

  /// Lets what was refused be asked again.
  int askAgain(Transaction tx) {
    return tx.update("UPDATE enrichment_answer SET outcome = 'FAILED' WHERE enrichment = ? AND outcome = 'REFUSED'",
        enrichment);
  }

  /// The answers of one kind, the newest first.
  List<Entry> newest(Transaction tx, Collection<Outcome> outcomes, int limit) {
    String names = String.join(", ", outcomes.stream().map(outcome -> "'" + outcome.name() + "'").sorted().toList());
    return tx.query(COLUMNS + " AND standing <> 'ASIDE' AND outcome IN (" + names
        + ") ORDER BY asked_at DESC, customer_id LIMIT ?", AnswerTable::entry, enrichment, limit);
  }

  /// Some of those there are, to be taken out.
  List<Entry> some(Transaction tx, int limit) {
    return tx.query(COLUMNS + " ORDER BY customer_id LIMIT ?", AnswerTable::entry, enrichment, limit);
  }

  void remove(Transaction tx, Collection<Entry> entries) {
    tx.batch("DELETE FROM enrichment_answer WHERE enrichment = ? AND customer_id = ?",
        entries.stream().map(entry -> new @Nullable Object[]{enrichment, entry.customer()}).toList());
  }

  /// Every enrichment that has an answer.
  static List<String> enrichments(Transaction tx) {
    return tx.query("SELECT DISTINCT enrichment FROM enrichment_answer ORDER BY enrichment", row -> row.text(1));
  }

  static long count(Transaction tx, Collection<CustomerId> ids) {
    return ids.stream().mapToLong(id -> tx.first("SELECT count(*) FROM enrichment_answer WHERE customer_id = ?",
        row -> row.number(1), id).orElse(0L)).sum();
  }

  static int forget(Transaction tx, Collection<CustomerId> ids) {
    return ids.stream().mapToInt(id -> tx.update("DELETE FROM enrichment_answer WHERE customer_id = ?", id)).sum();
  }

  /// Takes out answers about customers who are no more; those who were merged into others are still known.
  static int forgetGone(Transaction tx) {
    return tx.update("""
        DELETE FROM enrichment_answer WHERE customer_id NOT IN (SELECT id FROM customer)
          AND customer_id NOT IN (SELECT id FROM previous_customer_id)
          AND customer_id NOT IN (SELECT id FROM account_profile)
          AND customer_id NOT IN (SELECT id FROM account_previous)""");
  }

  private static Entry entry(ResultRow row) {
    return new Entry(CustomerId.of(row.text(1)), row.number(2), row.text(3),
        Outcome.valueOf(row.text(4).toUpperCase(Locale.ROOT)), Profiles.ofJson(row.text(5)), row.text(6),
        row.instant(7), row.instant(8), Standing.valueOf(row.text(9)));
  }
}
