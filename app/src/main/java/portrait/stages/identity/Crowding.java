package portrait.stages.identity;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import portrait.foundation.database.Transaction;
import portrait.foundation.model.Identity;

/// The table `identity_crowd`: one row however much is left out.
final class Crowding {

  /** More names of one kind than any person or shared device has. */
  private static final int LINKS_MAX = 500;
  private static final Duration DAY = Duration.ofDays(1);
  /** Counting costs more than everything else that an event does. */
  private static final Duration HOLDS = Duration.ofHours(1);

  private final Transaction tx;

  Crowding(Transaction tx) {
    this.tx = tx;
  }

  /// Whether an identity was seen with so many others, ever or within a day, that one more says nothing: then the fact
  /// counts without it, and whom it named before stays. Deciding whose a link is takes time that grows with the links
  /// around, so somebody who sends ever new ids could otherwise hold up everybody.
  ///
  /// Within a day it takes all links that are kept of it, so browsers that forget a faithful customer every week keep
  /// being recognised. Where two values can never be one customer the newest always counts: many people sign in at a
  /// public terminal.
  ///
  /// @param number of a stored identity
  /// @param namespace of the one more
  boolean isCrowded(long number, Namespace namespace, Instant at) {
    if (tx.first("SELECT 1 FROM identity_crowd WHERE identity = ? AND namespace = ? AND until > ?",
        row -> row.number(1), number, namespace.name(), at).isPresent()) {
      return true;
    }
    int ever = Math.max(LINKS_MAX, 2 * namespace.limit());
    long links = tx.first("""
        SELECT count(*) FROM (
          SELECT 1 FROM (SELECT 1 FROM identity_link WHERE one = ? LIMIT ?) a
          UNION ALL SELECT 1 FROM (SELECT 1 FROM identity_link WHERE other = ? LIMIT ?) b) l""",
        row -> row.number(1), number, ever, number, ever).orElseThrow();
    int inADay = namespace.limit() + Settlement.CUT_LINKS_MAX;
    return links >= ever || !namespace.unique() && links >= inADay && linksSince(number, at.minus(DAY)) >= inADay;
  }

  private long linksSince(long number, Instant since) {
    return tx.first("""
        SELECT (SELECT count(*) FROM identity_link WHERE one = ? AND first_seen >= ?)
          + (SELECT count(*) FROM identity_link WHERE other = ? AND first_seen >= ?)""", row -> row.number(1), number,
        since, number, since).orElseThrow();
  }

  /// Notes that a fact named one more identity.
  void leaveOut(long crowded, Identity other, String fact, Instant at) {
    tx.update("""
        INSERT INTO identity_crowd (identity, namespace, times, first_at, last_at, until, value, fact)
        VALUES (?, ?, 1, ?, ?, ?, ?, ?)
        ON CONFLICT (identity, namespace) DO UPDATE SET times = identity_crowd.times + 1, last_at = excluded.last_at,
          until = CASE WHEN identity_crowd.until > excluded.last_at THEN identity_crowd.until ELSE excluded.until END,
          value = excluded.value, fact = excluded.fact""", crowded, other.namespace(), at, at, at.plus(HOLDS),
        other.value(), fact);
  }

  boolean hasLeftOut(long number) {
    return tx.first("SELECT 1 FROM identity_crowd WHERE identity = ?", row -> row.number(1), number).isPresent();
  }

  List<LeftOut> of(CustomerKey customer) {
    return tx.query("""
        SELECT i.namespace, i.value, c.times, c.first_at, c.last_at, c.namespace, c.value, c.fact
        FROM identity_crowd c JOIN identity i ON i.number = c.identity WHERE i.customer = ?
        ORDER BY c.times DESC, i.number, c.namespace""",
        row -> new LeftOut(new Identity(row.text(1), row.text(2)), row.number(3), row.instant(4), row.instant(5),
            new Identity(row.text(6), row.text(7)), row.text(8)),
        customer.number());
  }

  long total() {
    return tx.first("SELECT coalesce(sum(times), 0) FROM identity_crowd", row -> row.number(1)).orElseThrow();
  }
}
