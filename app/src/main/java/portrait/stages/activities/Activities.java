package portrait.stages.activities;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.TreeMap;
import java.util.SortedMap;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import portrait.foundation.expressions.Uses;
import portrait.foundation.database.Database;
import portrait.foundation.definitions.Definitions;
import portrait.foundation.definitions.Kind;
import portrait.foundation.jobs.Progress;
import portrait.foundation.model.Identity;
import portrait.foundation.model.Problem;
import portrait.foundation.model.ProblemException;
import portrait.foundation.model.Schema;
import portrait.foundation.warehouse.Sql;
import portrait.foundation.warehouse.Warehouse;
import portrait.foundation.warehouse.WarehouseException;
import portrait.foundation.warehouse.WarehouseSession;
import portrait.stages.events.Event;
import portrait.stages.events.EventType;
import portrait.stages.events.Events;
import portrait.stages.events.Expiry;
import portrait.stages.events.HiddenEvents;
import portrait.stages.sources.Sources;
import portrait.stages.sources.TableDefinition;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/// One timeline of what customers did: rows of source tables and events sent by applications.
///
/// A row hangs on the identity that its customer column names; whoever owns that identity, by whatever key of the key
/// ring, owns the activity. So a merge or a split of customers never rewrites an activity.
public final class Activities {

  public static final Kind<ActivityDefinition> KIND = new ActivityKind();

  private static final String STATE = "_activity_state";
  private static final int SLICE = 2_000;
  private static final JsonMapper JSON = JsonMapper.builder().build();

  private final Definitions definitions;
  private final Sources sources;
  private final Warehouse warehouse;

  public Activities(Definitions definitions, Sources sources, Warehouse warehouse) {
    this.definitions = definitions;
    this.sources = sources;
    this.warehouse = warehouse;
  }

  /// Every activity definition, by name.
  public List<ActivityDefinition> definitions() {
    return definitions.all(KIND);
  }

  /// Events among those that something looks at that come with the load of a source table, and those tables.
  public static SortedMap<String, Set<String>> tablesOf(Definitions definitions, Uses uses) {
    var tables = new TreeMap<String, Set<String>>();
    for (var activity : definitions.all(KIND)) {
      if (activity.table().isPresent() && uses.looksAt(activity.event())) {
        tables.computeIfAbsent(activity.event(), _ -> new TreeSet<>()).add(activity.table().get());
      }
    }
    return tables;
  }

  /// Events that definitions keep off the timeline. Where several definitions map the same event of a table, one that shows
  /// it is enough.
  public static Set<HiddenEvents> hidden(Definitions definitions) {
    var shown = new HashSet<HiddenEvents>();
    var hidden = new HashSet<HiddenEvents>();
    for (var activity : definitions.all(KIND)) {
      (activity.isInTimeline() ? shown : hidden).add(new HiddenEvents(activity.table(), activity.event()));
    }
    hidden.removeAll(shown);
    return hidden;
  }

  /// Maps the rows of the source tables, and keeps aside those without customer or time. A table whose rows cannot be
  /// mapped keeps the activities it had.
  ///
  /// @param now the moment of the run
  /// @param failed hears of each such table, and why
  public ActivityReport map(Instant now, BiConsumer<String, Problem> failed, Progress progress) {
    var kept = new TreeSet<String>();
    while (true) {
      try {
        var report = warehouse.write(session -> map(session, now, kept));
        progress.expect(report.rows());
        progress.done(report.rows());
        return report;
      } catch (NotMapped failure) {
        progress.check();
        kept.add(failure.table());
        failed.accept(failure.table(), failure.problem());
      }
    }
  }

  /// @param kept tables whose activities stay as they were
  private ActivityReport map(WarehouseSession session, Instant now, Set<String> kept) {
    ActivityRows.create(session, kept);
    LiveEvents.create(session);
    long rows = 0;
    long withoutCustomer = 0;
    long withoutTime = 0;
    var tables = new HashSet<String>();
    for (var activity : mapped(session, now)) {
      String table = activity.table().fullName();
      if (kept.contains(table)) {
        continue;
      }
      try {
        activity.insert(session);
        var report = activity.keepUnassigned(session, tables.add(table));
        rows += report.rows();
        withoutCustomer += report.withoutCustomer();
        withoutTime += report.withoutTime();
      } catch (ProblemException | WarehouseException failure) {
        throw new NotMapped(table, failure);
      }
    }
    refuseRepeatedIds(session, kept);
    return new ActivityReport(rows, withoutCustomer, withoutTime);
  }

  private List<ActivityRows> mapped(WarehouseSession session, Instant now) {
    var found = new ArrayList<ActivityRows>();
    var tables = new HashSet<String>();
    for (var activity : definitions()) {
      activity.table().flatMap(sources::definition).ifPresent(table -> visible(session, table).ifPresent(columns -> {
        var hops = hops(session, activity);
        if (hops.size() == activity.customer().orElseThrow().through().size()) {
          found.add(new ActivityRows(activity, table, columns, hops,
              tables.add(table.fullName()) ? "" : "|" + activity.name(), now));
        }
      }));
    }
    return found;
  }

  /// Tables on the way that are loaded already; rows wait until all of them are.
  private List<ActivityRows.HopTable> hops(WarehouseSession session, ActivityDefinition activity) {
    return activity.customer().stream().flatMap(customer -> customer.through().stream())
        .flatMap(hop -> sources.definition(hop.table()).stream())
        .flatMap(table -> visible(session, table).map(columns -> new ActivityRows.HopTable(table, columns)).stream())
        .toList();
  }

  private static Optional<Schema> visible(WarehouseSession session, TableDefinition table) {
    return session.schema(table.warehouseName()).map(schema -> new Schema(
        schema.columns().stream().filter(column -> !column.name().equals("_row_hash")).toList()));
  }

  private static void refuseRepeatedIds(WarehouseSession session, Set<String> kept) {
    record Repeated(String source, long keys) {}
    session.query(
        Sql.of("SELECT source, count(*) FROM (SELECT source, id FROM %s GROUP BY source, id HAVING count(*) > 1)"
            .formatted(ActivityRows.ROWS) + " GROUP BY source ORDER BY source"),
        row -> new Repeated(row.text(1), row.number(2))).stream().filter(found -> !kept.contains(found.source()))
        .findFirst().ifPresent(found -> {
          throw new NotMapped(found.source(), Problem.of(Problem.Code.INVALID_DEFINITION,
              "%s has %d keys that stand in several rows but each row must have a key of its own"
                  .formatted(found.source(), found.keys()),
              "Correct the key of the table, or use `key: line_number`.").asException());
        });
  }

  /// Hands on the identities that activities hang on and the graph may not know yet, in slices by table.
  ///
  /// @param known a query of the identities (`namespace`, `value`) known at the last run
  public void identities(Sql known, Consumer<List<Identity>> use) {
    warehouse.read(session -> {
      var slice = new ArrayList<Identity>();
      session
          .each(Sql.format("SELECT DISTINCT namespace, value FROM %s ANTI JOIN ({}) AS known USING (namespace, value)"
              .formatted(ActivityRows.ROWS), known), row -> {
                slice.add(new Identity(row.text(1), row.text(2)));
                if (slice.size() == SLICE) {
                  use.accept(List.copyOf(slice));
                  slice.clear();
                }
              });
      if (!slice.isEmpty()) {
        use.accept(List.copyOf(slice));
      }
      return slice.size();
    });
  }

  /// Hands on the activities that are new, changed or gone since the last time, and remembers that it did.
  ///
  /// @return how many
  public long changes(ActivityListener listener, Progress progress) {
    long expected = warehouse.write(session -> {
      session.execute("CREATE TABLE IF NOT EXISTS " + STATE + " (source VARCHAR, id VARCHAR, state VARCHAR)");
      return session.first(Sql.of("""
          SELECT count(*) FROM %s AS next FULL JOIN %s AS known USING (source, id)
          WHERE next.state IS DISTINCT FROM known.state""".formatted(ActivityRows.ROWS, STATE)), row -> row.number(1))
          .orElseThrow();
    });
    progress.expect(expected);
    if (expected == 0) {
      return 0;
    }
    warehouse.read(session -> {
      rows(session, "next.state IS DISTINCT FROM known.state", listener, progress);
      gone(session, listener, progress);
      return expected;
    });
    warehouse.write(session -> session.execute(
        "CREATE OR REPLACE TABLE %s AS SELECT source, id, state FROM %s".formatted(STATE, ActivityRows.ROWS)));
    return expected;
  }

  /// Hands on every activity that is as it was when it was handed on last.
  ///
  /// @return whether anything is known, which is so after the first refresh
  public boolean handedOn(ActivityListener listener, Progress progress) {
    return warehouse.read(session -> {
      if (session.schema(STATE).isEmpty()) {
        return false;
      }
      rows(session, "next.state = known.state", listener, progress);
      return true;
    });
  }

  /// Those of the ids that were not handed on as activities of this source table.
  public List<String> notHandedOn(String source, List<String> ids) {
    return warehouse.read(session -> {
      var known = new HashSet<String>();
      session.each(Sql.format("SELECT id FROM %s WHERE source = {} AND id IN ({})".formatted(STATE),
          Sql.of("?", source), Sql.join(", ", ids.stream().map(id -> Sql.of("?", id)).toList())),
          row -> known.add(row.text(1)));
      return ids.stream().filter(id -> !known.contains(id)).toList();
    });
  }

  private static void rows(WarehouseSession session, String which, ActivityListener listener, Progress progress) {
    var slice = new ArrayList<Event>();
    session.each(Sql.of("""
        SELECT source, id, namespace, value, name, happened, properties FROM %s AS next LEFT JOIN %s AS known USING (source, id)
        WHERE %s ORDER BY source, id""".formatted(ActivityRows.ROWS, STATE, which)),
        row -> {
          String source = row.text(1);
          if (slice.size() == SLICE || !slice.isEmpty() && !slice.getFirst().source().equals(source)) {
            hand(slice, listener, progress);
          }
          var at = row.instantOrNull(6);
          if (at != null) {
            slice.add(new Event(row.text(2), EventType.ACTIVITY, row.text(5), at, at, source,
                List.of(new Identity(row.text(3), row.text(4))), (ObjectNode) JSON.readTree(row.text(7))));
          }
        });
    hand(slice, listener, progress);
  }

  private static void hand(List<Event> slice, ActivityListener listener, Progress progress) {
    if (!slice.isEmpty()) {
      listener.changed(slice.getFirst().source(), List.copyOf(slice));
      progress.done(slice.size());
      slice.clear();
    }
  }

  private static void gone(WarehouseSession session, ActivityListener listener, Progress progress) {
    var ids = new ArrayList<String>();
    var tables = session.query(Sql.of("SELECT DISTINCT source FROM " + STATE + " ORDER BY source"), row -> row.text(1));
    for (String table : tables) {
      session.each(Sql.of("""
          SELECT id FROM %s AS known ANTI JOIN %s AS next USING (source, id) WHERE source = ? ORDER BY id"""
          .formatted(STATE, ActivityRows.ROWS), table), row -> {
            ids.add(row.text(1));
            if (ids.size() == SLICE) {
              listener.gone(table, List.copyOf(ids));
              progress.done(ids.size());
              ids.clear();
            }
          });
      if (!ids.isEmpty()) {
        listener.gone(table, List.copyOf(ids));
        progress.done(ids.size());
        ids.clear();
      }
    }
  }

  /// Copies collected events that the warehouse has not seen yet.
  ///
  /// @return the position up to which it has seen them now
  public long copyEvents(Database database, Events events, Progress progress) {
    return LiveEvents.copy(warehouse, database, events, progress);
  }

  /// Writes the table `UnifiedActivity`: mapped rows and collected events together.
  ///
  /// @param assignments a query of the customer each identity names (`number`, `namespace`, `value`, `customer`)
  /// @return how many activities there are
  public long unify(Sql assignments, Progress progress) {
    return warehouse.write(session -> {
      session.execute(Sql.format("""
          CREATE OR REPLACE TABLE "UnifiedActivity" AS
          WITH assignment AS ({})
          SELECT customer AS "CustomerId", id AS "ActivityId", kind AS "ActivityType", name AS "ActivityName",
            happened AS "ActivityTimestamp", source AS "Source", title AS "Title", properties AS "Properties"
          FROM %s JOIN assignment USING (namespace, value)
          UNION ALL
          SELECT customer, id, type, name, happened, source, name, properties FROM %s JOIN assignment USING (number)"""
          .formatted(ActivityRows.ROWS, LiveEvents.EVENTS), assignments));
      long count = session.first(Sql.of("SELECT count(*) FROM \"UnifiedActivity\""), row -> row.number(1))
          .orElseThrow();
      progress.expect(count);
      progress.done(count);
      return count;
    });
  }

  /// Takes out of the copies collected events that are kept no longer, and everything that hangs on identities that are
  /// no more.
  ///
  /// @param assignments a query of all identities there are (`number`, `namespace`, `value`, `customer`)
  public void drop(List<Expiry> expiries, Sql assignments, Progress progress) {
    boolean isThere = warehouse.write(session -> {
      if (session.schema(LiveEvents.EVENTS).isPresent()) {
        expiries.forEach(expiry -> LiveEvents.drop(session, expiry, assignments));
        session
            .execute(Sql.format("DELETE FROM " + LiveEvents.EVENTS + " WHERE number NOT IN (SELECT number FROM ({}))",
                assignments));
      }
      return session.schema("UnifiedActivity").isPresent();
    });
    if (isThere) {
      unify(assignments, progress);
    }
  }

  /// Queries of the identities that activities hang on, with the times of the first and the last (`number`, `first`,
  /// `last`).
  ///
  /// @param assignments a query of the number of each identity (`number`, `namespace`, `value`)
  public Collection<Sql> facts(Sql assignments) {
    return List.of(
        Sql.format(
            "SELECT number, min(happened) AS first, max(happened) AS last FROM %s JOIN ({}) AS known USING (namespace, value) "
                .formatted(ActivityRows.ROWS) + "GROUP BY number",
            assignments),
        Sql.of("SELECT number, min(happened) AS first, max(happened) AS last FROM " + LiveEvents.EVENTS
            + " GROUP BY number"));
  }

  /// A query of a fingerprint of the mapped rows of each customer (`customer`, `fingerprint`).
  ///
  /// @param assignments a query of the customer each identity names (`namespace`, `value`, `customer`)
  public Sql fingerprints(Sql assignments) {
    return Sql.format("SELECT customer, bit_xor(hash(source, id, state)) AS fingerprint FROM %s JOIN ({}) AS known "
        .formatted(ActivityRows.ROWS) + "USING (namespace, value) GROUP BY customer", assignments);
  }
}
