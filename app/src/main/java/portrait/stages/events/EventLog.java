package portrait.stages.events;

import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import portrait.foundation.database.ResultRow;
import portrait.foundation.database.Transaction;
import portrait.foundation.model.Identity;
import portrait.foundation.model.Problem;
import portrait.foundation.model.ProblemException;

/// The tables `event` and `event_counter`.
final class EventLog {

  private static final String COLUMNS = "id, type, name, at, received_at, source, identities, properties, context";
  /** Anchors per statement; fewer are padded, so that there are only two statements to prepare. */
  private static final int ANCHORS_FEW = 4;
  private static final int ANCHORS_MANY = 64;
  /** Events looked through for the last that names an identity; only robots send more within the hour it is about. */
  private static final int TOGETHER_MAX = 1_000;
  private static final Comparator<Event> NEWEST_FIRST = Comparator.comparing(Event::timestamp)
      .thenComparing(Event::id).reversed();

  long reserve(Transaction transaction, int count) {
    return reserve(transaction, "event", count);
  }

  static long reserve(Transaction transaction, String counter, int count) {
    long next = transaction.first("UPDATE event_counter SET next = next + ? WHERE name = ? RETURNING next",
        row -> row.number(1), count, counter).orElseThrow();
    return next - count;
  }

  void append(Transaction transaction, long position, long anchor, Collected.Accepted message) {
    var event = message.event();
    transaction.update("""
        INSERT INTO event (position, anchor, id, type, name, at, received_at, source, identities, properties, context)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)""", position, anchor, event.id(), event.type().text(), event.name(),
        event.timestamp(), event.receivedAt(), event.source(), message.identities(), message.properties(),
        message.context());
  }

  EventPage page(Transaction transaction, Collection<Long> anchors, EventQuery query) {
    var cursor = query.cursor().map(Cursor::read);
    var found = new ArrayList<Event>();
    for (var some : slices(anchors)) {
      var sql = new StringBuilder("SELECT " + COLUMNS + " FROM event WHERE anchor IN (" + marks(some.size()) + ")");
      var parameters = new ArrayList<@Nullable Object>(some);
      query.from().ifPresent(from -> add(sql, parameters, " AND at >= ?", from));
      query.to().ifPresent(to -> add(sql, parameters, " AND at < ?", to));
      cursor.ifPresent(after -> add(sql, parameters, " AND (at < ? OR (at = ? AND id < ?))", after.at(), after.at(),
          after.id()));
      if (!query.names().isEmpty()) {
        add(sql, parameters, " AND name IN (" + marks(query.names().size()) + ")",
            query.names().stream().sorted().toArray());
      }
      query.hidden().stream().sorted(Comparator.comparing(HiddenEvents::toString)).forEach(hidden -> hidden.table()
          .ifPresentOrElse(table -> add(sql, parameters, " AND NOT (source = ? AND name = ?)", table, hidden.name()),
              () -> add(sql, parameters, " AND NOT (name = ? AND type <> ?)", hidden.name(),
                  EventType.ACTIVITY.text())));
      add(sql, parameters, " ORDER BY at DESC, id DESC LIMIT ?", query.limit() + 1);
      transaction.each(sql.toString(), row -> found.add(event(row, 1)), parameters.toArray());
    }
    if (anchors.size() > ANCHORS_MANY) {
      found.sort(NEWEST_FIRST);
    }
    if (found.size() <= query.limit()) {
      return new EventPage(found, Optional.empty());
    }
    var page = found.subList(0, query.limit());
    return new EventPage(page, Optional.of(Cursor.after(page.getLast()).text()));
  }

  /// What hangs on each of these identities, oldest first, ties by id; an empty list for one without events.
  ///
  /// @param after only events behind this moment
  Map<Long, List<PastEvent>> histories(Transaction transaction, Collection<Long> anchors, Optional<Instant> after) {
    var found = new HashMap<Long, List<PastEvent>>();
    anchors.forEach(anchor -> found.put(anchor, new ArrayList<>()));
    for (var some : slices(anchors)) {
      var sql = new StringBuilder(
          "SELECT anchor, id, name, type, at, properties FROM event WHERE anchor IN (" + marks(some.size()) + ")");
      var parameters = new ArrayList<@Nullable Object>(some);
      after.ifPresent(moment -> add(sql, parameters, " AND at > ?", moment));
      transaction.each(sql.toString(),
          row -> Objects.requireNonNull(found.get(row.number(1))).add(new PastEvent(row.text(2), row.text(3),
              EventType.of(row.text(4)), row.instant(5), row.text(6))),
          parameters.toArray());
    }
    found.values().forEach(history -> history.sort(RecentEvent.OLDEST_FIRST));
    return found;
  }

  Optional<Span> span(Transaction transaction, Collection<Long> anchors) {
    Optional<Span> span = Optional.empty();
    for (long anchor : anchors) {
      // Two seeks in the index; min() and max() in one query would read every entry of the anchor.
      var first = transaction.first("SELECT at FROM event WHERE anchor = ? ORDER BY at LIMIT 1", row -> row.instant(1),
          anchor);
      if (first.isPresent()) {
        var last = transaction.first("SELECT at FROM event WHERE anchor = ? ORDER BY at DESC LIMIT 1",
            row -> row.instant(1), anchor).orElseThrow();
        span = Span.union(span, Optional.of(new Span(first.get(), last)));
      }
    }
    return span;
  }

  static Optional<Instant> lastTogether(Transaction transaction, long anchor, Identity other, String source,
      Instant after, Instant until) {
    return transaction.query("""
        SELECT at, identities FROM event WHERE anchor = ? AND at > ? AND at <= ? AND source = ?
        ORDER BY at DESC LIMIT ?""", row -> new Named(row.instant(1), EventJson.identities(row.text(2))), anchor, after,
        until, source, TOGETHER_MAX).stream().filter(event -> event.identities().contains(other)).map(Named::at)
        .findFirst();
  }

  private record Named(Instant at, List<Identity> identities) {}

  List<OldEvent> old(Transaction transaction, Expiry expiry, long after, int limit) {
    var sql = new StringBuilder("SELECT position, anchor FROM event WHERE position > ? AND at < ?");
    var parameters = new ArrayList<@Nullable Object>(List.of(after, expiry.before()));
    add(sql, parameters, " AND type <> ?", EventType.ACTIVITY.text());
    if (!expiry.sources().isEmpty()) {
      add(sql, parameters, " AND source IN (" + marks(expiry.sources().size()) + ")",
          expiry.sources().stream().sorted().toArray());
    }
    if (!expiry.names().isEmpty()) {
      add(sql, parameters, " AND name IN (" + marks(expiry.names().size()) + ")",
          expiry.names().stream().sorted().toArray());
    }
    add(sql, parameters, " ORDER BY position LIMIT ?", limit);
    return transaction.query(sql.toString(), row -> new OldEvent(row.number(1), row.number(2)), parameters.toArray());
  }

  void unname(Transaction transaction, Collection<Long> anchors, Set<Identity> forgotten) {
    var changed = new ArrayList<@Nullable Object[]>();
    for (long anchor : anchors) {
      transaction.each("SELECT position, identities FROM event WHERE anchor = ?", row -> {
        var named = EventJson.identities(row.text(2));
        var others = named.stream().filter(identity -> !forgotten.contains(identity)).toList();
        if (others.size() < named.size()) {
          changed.add(new @Nullable Object[]{EventJson.text(others), row.number(1)});
        }
      }, anchor);
    }
    transaction.batch("UPDATE event SET identities = ? WHERE position = ?", changed);
  }

  List<Long> positions(Transaction transaction, Collection<Long> anchors) {
    var positions = new ArrayList<Long>();
    for (long anchor : anchors) {
      transaction.each("SELECT position FROM event WHERE anchor = ?", row -> positions.add(row.number(1)), anchor);
    }
    return positions;
  }

  List<StoredEvent> after(Transaction transaction, long position, int limit) {
    return transaction.query(
        "SELECT position, anchor, " + COLUMNS
            + " FROM event WHERE position > ? AND type <> 'activity' ORDER BY position LIMIT ?",
        row -> new StoredEvent(row.number(1), row.number(2), event(row, 3)), position, limit);
  }

  long position(Transaction transaction) {
    return transaction.first("SELECT next - 1 FROM event_counter WHERE name = 'event'", row -> row.number(1))
        .orElseThrow();
  }

  private static Event event(ResultRow row, int first) {
    return new Event(row.text(first), EventType.of(row.text(first + 1)), row.text(first + 2), row.instant(first + 3),
        row.instant(first + 4), row.text(first + 5), EventJson.identities(row.text(first + 6)),
        EventJson.object(row.text(first + 7)), EventJson.object(row.text(first + 8)));
  }

  private static void add(StringBuilder sql, List<@Nullable Object> parameters, String clause, Object... values) {
    sql.append(clause);
    parameters.addAll(List.of(values));
  }

  /// Anchors in lists of two sizes, filled up by repeating the last one.
  private static List<List<Long>> slices(Collection<Long> anchors) {
    var sorted = anchors.stream().distinct().sorted().toList();
    var slices = new ArrayList<List<Long>>();
    for (int start = 0; start < sorted.size(); start += ANCHORS_MANY) {
      var slice = new ArrayList<>(sorted.subList(start, Math.min(sorted.size(), start + ANCHORS_MANY)));
      int size = slice.size() <= ANCHORS_FEW ? ANCHORS_FEW : ANCHORS_MANY;
      while (slice.size() < size) {
        slice.add(slice.getLast());
      }
      slices.add(slice);
    }
    return slices;
  }

  private static String marks(int count) {
    return "?, ".repeat(count - 1) + "?";
  }

  /// Where a page ended.
  private record Cursor(Instant at, String id) {

    static Cursor after(Event event) {
      return new Cursor(event.timestamp(), event.id());
    }

    static Cursor read(String text) {
      try {
        String plain = new String(Base64.getUrlDecoder().decode(text),
            StandardCharsets.UTF_8);
        int space = plain.indexOf(' ');
        if (plain.indexOf(0) >= 0) {
          throw new IllegalArgumentException("no id has the character NUL");
        }
        return new Cursor(EventQuery.storable(Instant.parse(plain.substring(0, space))), plain.substring(space + 1));
      } catch (IllegalArgumentException | IndexOutOfBoundsException | DateTimeException unreadable) {
        throw new ProblemException(Problem.of(Problem.Code.INVALID_PARAMETER,
            "cursor was not one that a page before gave as next", "Leave it out to start at the newest event."),
            unreadable);
      }
    }

    String text() {
      return Base64.getUrlEncoder().withoutPadding()
          .encodeToString((at + " " + id).getBytes(StandardCharsets.UTF_8));
    }
  }
}
