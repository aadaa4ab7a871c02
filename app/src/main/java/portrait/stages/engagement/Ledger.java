package portrait.stages.engagement;

import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import portrait.foundation.model.ColumnType;
import portrait.foundation.model.Problem;
import portrait.foundation.model.Schema;
import portrait.foundation.model.Schema.Column;
import portrait.foundation.model.Secret;
import portrait.foundation.warehouse.Sql;
import portrait.foundation.warehouse.Warehouse;
import portrait.foundation.warehouse.WarehouseSession;

/// Who met whom and when, in numbers that name nobody, for as long as the counts look back; and how far each place was
/// read. With a key it is kept from one count to the next, so that only what is new is read. The key lies elsewhere:
/// without it the numbers cannot be turned back by trying addresses. Without a key everything goes when it is closed.
public final class Ledger implements AutoCloseable {

  private static final int ROWS_AT_ONCE = 50_000;
  /** No place has this number, or the next, but by a chance of one in 2^63. */
  private static final long KEY = 0;
  /** Under which the marks have how many rows there were when they were last looked through for what is there twice. */
  private static final long TIDIED = 1;
  private static final double GROWTH = 1.5;
  private static final Schema FACTS = new Schema(List.of(number("place"), Column.of("is_meeting", ColumnType.BOOLEAN),
      number("item"), number("thread"), Column.of("moment", ColumnType.TIMESTAMP), number("minutes"), number("person"),
      Column.of("is_from", ColumnType.BOOLEAN)));
  private static final Schema MARKS = Schema.of(number("place"), Column.of("reached", ColumnType.STRING));

  private final Warehouse warehouse;
  private final String facts;
  private final String marks;
  private final Pseudonyms pseudonyms;
  private final boolean isKept;

  /// @param name of the count
  Ledger(Warehouse warehouse, String name, Optional<Secret> key) {
    this.warehouse = warehouse;
    this.facts = facts(name);
    this.marks = marks(name);
    this.pseudonyms = key.map(secret -> Pseudonyms.of(secret, name)).orElseGet(Pseudonyms::new);
    this.isKept = key.isPresent();
    String seal = Long.toString(pseudonyms.of(name));
    warehouse.write(session -> {
      if (!isKept || !isOf(session, seal)) {
        session.create(facts, FACTS);
        session.create(marks, MARKS);
        mark(session, KEY, seal);
      }
      return true;
    });
  }

  static String facts(String name) {
    return "_%s_Facts".formatted(name);
  }

  static String marks(String name) {
    return "_%s_Reached".formatted(name);
  }

  private static Column number(String name) {
    return Column.of(name, ColumnType.INTEGER);
  }

  /// Another key, or another version of Portrait, begins anew.
  private boolean isOf(WarehouseSession session, String seal) {
    return session.schema(facts).filter(FACTS::equals).isPresent() && session.exists(marks)
        && reached(session, KEY).filter(seal::equals).isPresent();
  }

  private Optional<String> reached(WarehouseSession session, long place) {
    return session.first(Sql.format("SELECT reached FROM {} WHERE place = {}", Sql.name(marks),
        Sql.of("?", place)), row -> row.text(1));
  }

  /// How far a place was read, in its own words; empty when it never was.
  public Optional<String> reached(String place) {
    return warehouse.read(session -> reached(session, pseudonyms.of(place)));
  }

  /// Adds what a place has, and how far it was read. What was added before does no harm.
  public void add(String place, Collection<Encounter> encounters, String upTo) {
    change(place, encounters, upTo, Optional.empty());
  }

  /// Replaces what a place has from a moment on: what was moved or called off there goes.
  public void replace(String place, Instant from, Collection<Encounter> encounters, String upTo) {
    change(place, encounters, upTo, Optional.of(from));
  }

  private void change(String place, Collection<Encounter> encounters, String upTo, Optional<Instant> from) {
    long number = pseudonyms.of(place);
    var rows = rows(number, encounters);
    warehouse.write(session -> {
      from.ifPresent(moment -> session.execute(Sql.format("DELETE FROM {} WHERE place = {} AND moment >= {}",
          Sql.name(facts), Sql.of("?", number), Sql.of("?", moment))));
      session.append(facts, rows.stream());
      mark(session, number, upTo);
      return true;
    });
  }

  private void mark(WarehouseSession session, long place, String reached) {
    session.execute(Sql.format("DELETE FROM {} WHERE place = {}", Sql.name(marks), Sql.of("?", place)));
    session.append(marks, List.<@Nullable Object[]>of(new @Nullable Object[]{place, reached}).stream());
  }

  /// Forgets all places but these.
  public void keepOnly(Collection<String> places) {
    warehouse.write(session -> {
      session.createTemporary("_kept", Schema.of(number("place")));
      session.append("_kept", places.stream().map(place -> new @Nullable Object[]{pseudonyms.of(place)}));
      session.execute(Sql.format("DELETE FROM {} WHERE place NOT IN (SELECT place FROM _kept)", Sql.name(facts)));
      return session
          .execute(Sql.format("DELETE FROM {} WHERE place NOT IN ({}, {}) AND place NOT IN (SELECT place FROM _kept)",
              Sql.name(marks), Sql.of("?", KEY), Sql.of("?", TIDIED)));
    });
  }

  /// Reads a place that says everything anew each time. Others write to the warehouse between slices: reading years of
  /// mail takes long.
  Correspondence.Reading addAll(Correspondence correspondence, Instant from, Instant until) {
    var rows = new ArrayList<@Nullable Object[]>();
    var reading = correspondence.read(encounter -> {
      if (encounter.at().isBefore(from) || !encounter.at().isBefore(until)) {
        return;
      }
      rows.addAll(rows(KEY, List.of(encounter)));
      if (rows.size() >= ROWS_AT_ONCE) {
        append(rows);
      }
    });
    append(rows);
    return reading;
  }

  private void append(List<@Nullable Object[]> rows) {
    if (Thread.currentThread().isInterrupted()) {
      throw Problem.of(Problem.Code.CANCELLED, "the count was cancelled").asException();
    }
    warehouse.write(session -> session.append(facts, rows.stream()));
    rows.clear();
  }

  private List<@Nullable Object[]> rows(long place, Collection<Encounter> encounters) {
    var rows = new ArrayList<@Nullable Object[]>();
    for (var encounter : encounters) {
      rows.add(row(place, encounter, encounter.from(), true));
      encounter.to().stream().filter(person -> !person.equals(encounter.from()))
          .forEach(person -> rows.add(row(place, encounter, person, false)));
    }
    return rows;
  }

  private @Nullable Object[] row(long place, Encounter encounter, String person, boolean isFrom) {
    return new @Nullable Object[]{place, encounter.kind() == Encounter.Kind.MEETING, pseudonyms.of(encounter.id()),
        pseudonyms.of(encounter.thread()), encounter.at(), encounter.minutes(), pseudonyms.of(person), isFrom};
  }

  /// The number of an address.
  long person(String address) {
    return pseudonyms.of(Encounter.address(address));
  }

  /// Takes out what is older than counts look back, and what is there twice once that may be much: counts are not
  /// misled by it, and looking for it takes longer than they do.
  void tidy(WarehouseSession session, Instant from) {
    if (!isKept) {
      return;
    }
    session.execute(Sql.format("DELETE FROM {} WHERE moment < {}", Sql.name(facts),
        Sql.of("CAST(? AS TIMESTAMP)", LocalDateTime.ofInstant(from, ZoneOffset.UTC).toString())));
    long rows = rows(session);
    var tidied = reached(session, TIDIED).map(Long::parseLong);
    if (tidied.isPresent() && rows < GROWTH * tidied.get()) {
      return;
    }
    if (tidied.isPresent()) {
      session.execute(Sql.format("CREATE OR REPLACE TABLE {} AS SELECT DISTINCT * FROM {}", Sql.name(facts),
          Sql.name(facts)));
      rows = rows(session);
    }
    mark(session, TIDIED, Long.toString(rows));
  }

  private long rows(WarehouseSession session) {
    return session.first(Sql.format("SELECT count(*) FROM {}", Sql.name(facts)), row -> row.number(1)).orElseThrow();
  }

  @Override
  public void close() {
    if (!isKept) {
      warehouse.write(session -> {
        session.execute(Sql.format("DROP TABLE IF EXISTS {}", Sql.name(facts)));
        return session.execute(Sql.format("DROP TABLE IF EXISTS {}", Sql.name(marks)));
      });
    }
  }
}
