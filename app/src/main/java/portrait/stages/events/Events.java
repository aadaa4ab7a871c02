package portrait.stages.events;

import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.LongConsumer;
import java.util.function.ToLongBiFunction;
import portrait.foundation.database.Database;
import portrait.foundation.database.Migrations;
import portrait.foundation.database.Transaction;
import portrait.foundation.expressions.Subject;
import portrait.foundation.expressions.Uses;
import portrait.foundation.model.Identity;

/// The facts of the live path: events appended once, read back by the identities they hang on.
public final class Events {

  /// How long a message id is remembered at least.
  public static final Duration REPEATS_KEPT_MIN = Duration.ofHours(24);

  private final EventLog log = new EventLog();
  private final SeenIds seen = new SeenIds();
  private final Quarantine quarantine;
  private final RecentHistories recent = new RecentHistories(log, RecentHistories.WEIGHT_MAX);
  private final ActivityRows activities = new ActivityRows(log, recent::forget);

  /// With the standard quarantine.
  public Events() {
    this(QuarantineLimits.STANDARD);
  }

  public Events(QuarantineLimits limits) {
    this.quarantine = new Quarantine(limits);
  }

  /// The tables of this stage.
  public static Migrations migrations() {
    return Migrations.beside(Events.class);
  }

  /// Reserves positions for events that this transaction is going to append. Do it first: it also makes nodes that
  /// share a store append one after the other.
  ///
  /// @return the first position
  public long reserve(Transaction transaction, int count) {
    return log.reserve(transaction, count);
  }

  /// Remembers a message id; false when it was taken in before, in the last [#REPEATS_KEPT_MIN] at least.
  public boolean isFirst(Transaction transaction, String id, Instant receivedAt) {
    return seen.isFirst(transaction, id, receivedAt);
  }

  /// Forgets message ids that need not be remembered any more, and keeps the memory of the others small.
  public void forgetRepeats(Transaction transaction, Instant now) {
    seen.tidy(transaction, now, log.position(transaction) + 1);
  }

  /// Appends one event.
  ///
  /// @param position from [#reserve]
  /// @param anchor number of the identity it hangs on
  public void append(Transaction transaction, long position, long anchor, Collected.Accepted message) {
    log.append(transaction, position, anchor, message);
    recent.append(transaction, anchor, message);
  }

  /// Events that hang on any of these identities, newest first, ties by id.
  public EventPage ofAnchors(Transaction transaction, Collection<Long> anchors, EventQuery query) {
    return log.page(transaction, anchors, query);
  }

  /// Everything that hangs on these identities, oldest first, ties by id.
  public List<PastEvent> history(Transaction transaction, Collection<Long> anchors) {
    return RecentHistories.inOrder(log.histories(transaction, anchors, Optional.empty()).values());
  }

  /// What hangs on these identities and can matter to definitions, oldest first, ties by id; out of memory where it can
  /// be.
  ///
  /// @param uses what the definitions depend on: other properties than those cannot be asked for
  /// @param now the moment they are evaluated for, or an earlier one
  public List<? extends Subject.Occurrence> history(Transaction transaction, Collection<Long> anchors, Uses uses,
      Instant now) {
    return recent.of(transaction, anchors, uses, now);
  }

  /// When the first and the last event that hangs on these identities happened; empty when there is none.
  public Optional<Span> span(Transaction transaction, Collection<Long> anchors) {
    return log.span(transaction, anchors);
  }

  /// When an event of this source that hangs on the one identity named the other as well, for the last time within
  /// (after, until].
  public static Optional<Instant> lastTogether(Transaction transaction, long anchor, Identity other, String source,
      Instant after, Instant until) {
    return EventLog.lastTogether(transaction, anchor, other, source, after, until);
  }

  /// Collected events after a position, in order, without activities: what the warehouse has not seen yet.
  public List<StoredEvent> sync(Transaction transaction, long afterPosition, int limit) {
    return log.after(transaction, afterPosition, limit);
  }

  /// Collected events that hang on the identities numbered from `from` to `to`, by anchor and then in the order of
  /// arrival, without activities.
  public void forEachOfAnchors(Transaction transaction, long from, long to, Consumer<StoredEvent> use) {
    AnchorScan.each(transaction, from, to, use);
  }

  /// Ids of the activities of a source table after a position, with their positions, in order.
  public Map<Long, String> activityIds(Transaction transaction, String source, long afterPosition, int limit) {
    return activities.ids(transaction, source, afterPosition, limit);
  }

  /// Source tables that have activities.
  public List<String> activitySources(Transaction transaction) {
    return activities.sources(transaction);
  }

  /// Position of the newest event; 0 when there is none.
  public long position(Transaction transaction) {
    return log.position(transaction);
  }

  /// Makes the activities of one source table equal to these: new and changed ones are written, missing ones deleted.
  /// Each event hangs on the first of its identities.
  ///
  /// @param number gives the number of an identity
  /// @return anchors whose events changed
  public Set<Long> replaceActivities(Database database, String source, Iterator<Event> events,
      ToLongBiFunction<Transaction, Identity> number, LongConsumer progress) {
    return activities.replace(database, source, events, number, progress);
  }

  /// Writes some activities of one source table, new and known ones; see [#replaceActivities].
  ///
  /// @return anchors whose events changed
  public Set<Long> writeActivities(Transaction transaction, String source, List<Event> some,
      ToLongBiFunction<Transaction, Identity> number) {
    return activities.write(transaction, source, some, number);
  }

  /// Takes out some activities of one source table, by their ids.
  ///
  /// @return anchors whose events changed
  public Set<Long> removeActivities(Transaction transaction, String source, Collection<String> ids) {
    return activities.remove(transaction, source, ids);
  }

  /// Collected events that are kept no longer, in the order of their positions; whatever identity they hang on.
  ///
  /// @param after only events behind this position: the last of the page before, or 0
  public List<OldEvent> old(Transaction transaction, Expiry expiry, long after, int limit) {
    return log.old(transaction, expiry, after, limit);
  }

  /// Deletes events for good.
  public void delete(Transaction transaction, List<OldEvent> events) {
    activities.delete(transaction, events.stream().map(OldEvent::position).toList());
  }

  /// Deletes everything that hangs on these identities.
  public void deleteOf(Transaction transaction, Collection<Long> anchors) {
    activities.delete(transaction, log.positions(transaction, anchors));
  }

  /// Takes the names of somebody who is forgotten out of what others did: otherwise those events would say that the two
  /// were seen together, and a rebuild would believe it.
  ///
  /// @param anchors of the others
  public void unname(Transaction transaction, Collection<Long> anchors, Set<Identity> forgotten) {
    log.unname(transaction, anchors, forgotten);
  }

  /// Keeps a message that was refused; the same bytes once more are only counted. When there is no room the oldest
  /// leave.
  public void quarantine(Transaction transaction, Collected.Refused refused) {
    quarantine.keep(transaction, refused);
  }

  /// Lets messages leave the quarantine that waited too long: a part of them, so call it again and again.
  public void tidyQuarantine(Transaction transaction, Instant now) {
    quarantine.tidy(transaction, now);
  }

  /// Messages that were refused, newest first.
  ///
  /// @param before only those older than the one with this number
  public RefusedMessages quarantined(Transaction transaction, long before, int limit) {
    return quarantine.newest(transaction, before, limit);
  }

  /// One message that was refused.
  public Optional<QuarantinedEvent> findQuarantined(Transaction transaction, long number) {
    return quarantine.find(transaction, number);
  }

  /// Takes a message out of the quarantine; false when it was not there.
  public boolean release(Transaction transaction, long number) {
    return quarantine.delete(transaction, number);
  }

  /// How full the quarantine is, and what left it.
  public QuarantineStock quarantineStock(Transaction transaction) {
    return quarantine.stock(transaction);
  }
}
