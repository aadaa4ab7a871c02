package portrait.stages.activities;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import portrait.foundation.database.Database;
import portrait.foundation.jobs.Progress;
import portrait.foundation.model.ColumnType;
import portrait.foundation.model.Schema.Column;
import portrait.foundation.model.Schema;
import portrait.foundation.warehouse.Sql;
import portrait.foundation.warehouse.Warehouse;
import portrait.foundation.warehouse.WarehouseSession;
import portrait.stages.events.Events;
import portrait.stages.events.Expiry;
import portrait.stages.events.StoredEvent;

/// The warehouse's copy of the collected events. The position up to which it goes is written in the same transaction as
/// the events, so every event is in it exactly once, whatever fails.
final class LiveEvents {

  static final String EVENTS = "_live_event";

  private static final String POSITION = "_live_event_position";
  private static final int SLICE = 10_000;
  private static final Schema EVENT = Schema.of(Column.of("number", ColumnType.INTEGER),
      Column.of("id", ColumnType.STRING), Column.of("type", ColumnType.STRING), Column.of("name", ColumnType.STRING),
      Column.of("happened", ColumnType.TIMESTAMP), Column.of("source", ColumnType.STRING),
      Column.of("properties", ColumnType.JSON));

  private LiveEvents() {}

  static void create(WarehouseSession session) {
    if (session.schema(EVENTS).isEmpty()) {
      session.create(EVENTS, EVENT);
      session.create(POSITION, Schema.of(Column.of("position", ColumnType.INTEGER)));
      session.execute("INSERT INTO " + POSITION + " VALUES (0)");
    }
  }

  /// Copies what came since the last time, up to the newest event at the beginning.
  ///
  /// @return the position up to which the copy goes now
  static long copy(Warehouse warehouse, Database database, Events events, Progress progress) {
    long last = database.read(events::position);
    long position = warehouse.write(session -> {
      create(session);
      return session.first(Sql.of("SELECT position FROM " + POSITION), row -> row.number(1)).orElseThrow();
    });
    progress.expect(Math.max(0, last - position));
    while (position < last) {
      long from = position;
      var slice = database.read(transaction -> events.sync(transaction, from, SLICE));
      position = slice.size() < SLICE ? last : slice.getLast().position();
      append(warehouse, slice, position);
      progress.done(position - from);
    }
    return position;
  }

  static void drop(WarehouseSession session, Expiry expiry, Sql assignments) {
    var old = new ArrayList<Sql>(List.of(Sql.of("happened < ?", expiry.before())));
    if (!expiry.sources().isEmpty()) {
      old.add(Sql.format("source IN ({})", values(expiry.sources())));
    }
    if (!expiry.names().isEmpty()) {
      old.add(Sql.format("name IN ({})", values(expiry.names())));
    }
    if (!expiry.namespaces().isEmpty()) {
      old.add(Sql.format("number IN (SELECT number FROM ({}) WHERE namespace IN ({}))", assignments,
          values(expiry.namespaces())));
    }
    session.execute(Sql.format("DELETE FROM " + EVENTS + " WHERE {}", Sql.join(" AND ", old)));
  }

  private static Sql values(Set<String> values) {
    return Sql.join(", ", values.stream().sorted().map(value -> Sql.of("?", value)).toList());
  }

  private static void append(Warehouse warehouse, List<StoredEvent> slice, long position) {
    warehouse.write(session -> {
      session.append(EVENTS, slice.stream().map(LiveEvents::row));
      return session.execute(Sql.of("UPDATE " + POSITION + " SET position = ?", position));
    });
  }

  private static @Nullable Object[] row(StoredEvent stored) {
    var event = stored.event();
    return new @Nullable Object[]{stored.anchor(), event.id(), event.type().text(), event.name(), event.timestamp(),
        event.source(), event.properties().toString()};
  }
}
