package portrait.stages.unification;

import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import portrait.foundation.database.Database;
import portrait.foundation.jobs.Progress;
import portrait.foundation.model.ColumnType;
import portrait.foundation.model.Schema;
import portrait.foundation.model.Schema.Column;
import portrait.foundation.warehouse.WarehouseSession;
import portrait.stages.identity.IdentityGraph;

/// The graph's answer, copied into the warehouse: which customer every identity names. Only the graph gives out
/// CustomerIds.
final class Identities {

  static final String ASSIGNMENTS = "_identity_assignment";
  static final String PREVIOUS = "_identity_previous";
  static final String LIVE_TRAITS = "_live_trait";
  static final String ADDED_TRAITS = "_added_trait";

  private static final int SLICE = 20_000;
  private static final Schema ASSIGNMENT = Schema.of(Column.of("number", ColumnType.INTEGER),
      Column.of("namespace", ColumnType.STRING), Column.of("value", ColumnType.STRING),
      Column.of("customer", ColumnType.STRING), Column.of("customer_number", ColumnType.INTEGER),
      Column.of("known", ColumnType.BOOLEAN), Column.of("first_seen", ColumnType.TIMESTAMP),
      Column.of("last_seen", ColumnType.TIMESTAMP));
  private static final Schema PREVIOUS_ID = Schema.of(Column.of("previous", ColumnType.STRING),
      Column.of("customer", ColumnType.STRING));
  private static final Schema LIVE_TRAIT = Schema.of(Column.of("number", ColumnType.INTEGER),
      Column.of("name", ColumnType.STRING), Column.of("value", ColumnType.STRING),
      Column.of("type", ColumnType.STRING), Column.of("said", ColumnType.TIMESTAMP));

  private static final Schema ADDED_TRAIT = Schema.of(Column.of("source", ColumnType.STRING),
      Column.of("number", ColumnType.INTEGER), Column.of("name", ColumnType.STRING),
      Column.of("value", ColumnType.STRING), Column.of("type", ColumnType.STRING),
      Column.of("said", ColumnType.TIMESTAMP));

  private Identities() {}

  static void create(WarehouseSession session) {
    if (session.schema(ASSIGNMENTS).isEmpty()) {
      session.create(ASSIGNMENTS, ASSIGNMENT);
      session.create(PREVIOUS, PREVIOUS_ID);
    }
  }

  /// Replaces the copies with what the graph says in one snapshot.
  static long copy(WarehouseSession session, Database database, IdentityGraph graph, Progress progress) {
    session.create(ASSIGNMENTS, ASSIGNMENT);
    session.create(PREVIOUS, PREVIOUS_ID);
    return database.read(transaction -> {
      var assignments = new Rows(session, ASSIGNMENTS, progress);
      graph.forEachAssignment(transaction,
          assignment -> assignments.add(assignment.number(), assignment.identity().namespace(),
              assignment.identity().value(), assignment.customer().id().toString(), assignment.customer().number(),
              assignment.known(), assignment.firstSeen(), assignment.lastSeen()));
      assignments.flush();
      var previous = new Rows(session, PREVIOUS, progress);
      graph.forEachPreviousId(transaction,
          (id, customer) -> previous.add(id.toString(), customer.id().toString()));
      previous.flush();
      return assignments.count();
    });
  }

  /// Replaces the copy of what applications sent.
  ///
  /// @param feed hands every attribute to its argument
  static long copyLive(WarehouseSession session, Consumer<Consumer<LiveTrait>> feed, Progress progress) {
    session.create(LIVE_TRAITS, LIVE_TRAIT);
    var traits = new Rows(session, LIVE_TRAITS, progress);
    feed.accept(trait -> traits.add(trait.number(), trait.name(), text(trait.value()), type(trait.value()).name(),
        trait.at()));
    traits.flush();
    return traits.count();
  }

  /// Replaces the copy of what enrichments added.
  ///
  /// @param feed hands every attribute to its argument
  static long copyAdded(WarehouseSession session, Consumer<Consumer<AddedTrait>> feed, Progress progress) {
    session.create(ADDED_TRAITS, ADDED_TRAIT);
    var traits = new Rows(session, ADDED_TRAITS, progress);
    feed.accept(added -> traits.add(added.source(), added.trait().number(), added.trait().name(),
        text(added.trait().value()), type(added.trait().value()).name(), added.trait().at()));
    traits.flush();
    return traits.count();
  }

  /// A value so that a cast to its type gives it back.
  private static @Nullable String text(@Nullable Object value) {
    return switch (value) {
      case null -> null;
      case Instant moment -> LocalDateTime.ofInstant(moment, ZoneOffset.UTC).toString();
      case Object other -> other.toString();
    };
  }

  private static ColumnType type(@Nullable Object value) {
    return switch (value) {
      case null -> ColumnType.STRING;
      case String _ -> ColumnType.STRING;
      case Long _ -> ColumnType.INTEGER;
      case Double _ -> ColumnType.NUMBER;
      case Boolean _ -> ColumnType.BOOLEAN;
      case LocalDate _ -> ColumnType.DATE;
      case Instant _ -> ColumnType.TIMESTAMP;
      case Object _ -> ColumnType.JSON;
    };
  }

  /// Rows on their way into a table, in slices.
  private static final class Rows {

    private final WarehouseSession session;
    private final String table;
    private final Progress progress;
    private final List<@Nullable Object[]> slice = new ArrayList<>();
    private long count;

    Rows(WarehouseSession session, String table, Progress progress) {
      this.session = session;
      this.table = table;
      this.progress = progress;
    }

    void add(@Nullable Object... row) {
      slice.add(row);
      count++;
      if (slice.size() == SLICE) {
        flush();
      }
    }

    void flush() {
      session.append(table, slice.stream());
      progress.check();
      slice.clear();
    }

    long count() {
      return count;
    }
  }
}
