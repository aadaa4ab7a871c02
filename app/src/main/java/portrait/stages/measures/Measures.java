package portrait.stages.measures;

import java.time.Instant;
import java.time.LocalDate;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import portrait.foundation.database.Migrations;
import portrait.foundation.database.Remembered;
import portrait.foundation.database.Transaction;
import portrait.foundation.definitions.Definitions;
import portrait.foundation.definitions.Kind;
import portrait.foundation.expressions.Columns;
import portrait.foundation.expressions.Expressions;
import portrait.foundation.expressions.Subject;
import portrait.foundation.expressions.Touched;
import portrait.foundation.expressions.Uses;
import portrait.foundation.model.CustomerId;
import portrait.foundation.model.Problem;
import portrait.foundation.model.ProblemException;
import portrait.foundation.warehouse.Sql;
import portrait.foundation.warehouse.Warehouse;
import portrait.foundation.warehouse.WarehouseException;
import portrait.foundation.warehouse.WarehouseSession;
import portrait.stages.identity.CustomerKey;
import tools.jackson.databind.json.JsonMapper;

/// Computes measures: for all customers in the warehouse, or for one at once.
public final class Measures {

  /// `kind: Measure`.
  public static final Kind<MeasureDefinition> KIND = new MeasureKind();

  /** About 100 bytes each. */
  private static final int VALUES_REMEMBERED_MAX = 200_000;
  private static final JsonMapper JSON = JsonMapper.builder().build();

  private final Definitions definitions;
  private final Remembered<Long, Answers> recent = new Remembered<>(VALUES_REMEMBERED_MAX, Answers::weight);
  private final ComputedTables tables = new ComputedTables();
  private volatile CompiledMeasures compiled = new CompiledMeasures(List.of());

  public Measures(Definitions definitions) {
    this.definitions = definitions;
  }

  public static Migrations migrations() {
    return Migrations.beside(Measures.class);
  }

  /// Every measure, by name.
  public List<MeasureDefinition> all() {
    return definitions.all(KIND);
  }

  /// Every measure that is one value about each customer, each after those it depends on.
  public List<CustomerMeasure> definitions() {
    return compiled().ordered().stream().map(CompiledMeasures.Compiled::definition).toList();
  }

  /// Every measure that is a table, each after those it counts with.
  public List<MeasureTable> tables() {
    return compiled().tables();
  }

  /// What the measures about each customer depend on together: those that are tables are not kept for anybody.
  public Uses uses() {
    return compiled().uses();
  }

  /// Brings the measures of one customer up to date, so that a look-up finds them. Nothing is evaluated that nothing
  /// touched, and nothing is written that did not change.
  public MeasureUpdate update(Transaction transaction, CustomerKey customer, Subject subject, Instant now,
      Touched touched) {
    var before = recent.get(transaction, customer.number());
    var after = before == null ? compiled().answers(subject, now)
        : compiled().answers(subject, now, touched, before);
    if (before == null) {
      recent.put(transaction, customer.number(), after);
      write(transaction, customer, after.values());
      return new MeasureUpdate(after.values(), after.values().values().keySet());
    }
    if (after == before) {
      return new MeasureUpdate(after.values(), Set.of());
    }
    recent.put(transaction, customer.number(), after);
    if (!after.values().equals(before.values())) {
      write(transaction, customer, after.values());
    }
    return new MeasureUpdate(after.values(), after.values().differences(before.values()));
  }

  /// What the measures of one customer are as of now. Changes nothing.
  public MeasureValues values(Subject subject, Instant now) {
    return compiled().answers(subject, now).values();
  }

  /// Whether these values are what is kept of the customer.
  public boolean isKept(Transaction transaction, CustomerKey customer, MeasureValues values) {
    return transaction.first("SELECT measures, recheck_at FROM measure_value WHERE customer_number = ?",
        row -> row.text(1).equals(written(values))
            && Objects.equals(row.instantOrNull(2), values.changesAt().orElse(null)),
        customer.number()).orElse(false);
  }

  /// For each measure what its values depend on, in brief: its formula and those it counts with. Titles and the like do
  /// not matter.
  public Map<String, String> fingerprints() {
    return compiled().fingerprints();
  }

  private static String written(MeasureValues values) {
    var written = new TreeMap<String, Object>();
    values.values().forEach((name, value) -> written.put(name,
        value instanceof Instant || value instanceof LocalDate ? value.toString() : value));
    return JSON.writeValueAsString(written);
  }

  private static void write(Transaction transaction, CustomerKey customer, MeasureValues values) {
    transaction.update("""
        INSERT INTO measure_value (customer_number, customer_id, measures, recheck_at) VALUES (?, ?, ?, ?)
        ON CONFLICT (customer_number) DO UPDATE SET measures = excluded.measures, recheck_at = excluded.recheck_at
        WHERE measure_value.measures <> excluded.measures
          OR measure_value.recheck_at IS DISTINCT FROM excluded.recheck_at""",
        customer.number(), customer.id(), written(values), values.changesAt().orElse(null));
  }

  /// What was kept last; empty for a customer who has none. Dates and timestamps are text in the form of ISO 8601.
  public Map<String, Object> of(Transaction transaction, CustomerKey customer) {
    return transaction.first("SELECT measures FROM measure_value WHERE customer_number = ?", row -> row.text(1),
        customer.number()).map(Measures::read).orElse(Map.of());
  }

  /// What [#of] tells once these values are kept.
  public static Map<String, Object> shown(MeasureValues values) {
    return read(written(values));
  }

  /// What was kept last and when time alone can change it; empty for a customer of whom nothing was kept.
  public Optional<MeasureValues> stored(Transaction transaction, CustomerKey customer) {
    return transaction.first("SELECT measures, recheck_at FROM measure_value WHERE customer_number = ?",
        row -> new MeasureValues(read(row.text(1)), Optional.ofNullable(row.instantOrNull(2))), customer.number());
  }

  /// Customers after this one of whom measures are kept, in the order of their numbers.
  public List<CustomerKey> customersAfter(Transaction transaction, long number, int limit) {
    return transaction.query("""
        SELECT customer_number, customer_id FROM measure_value WHERE customer_number > ?
        ORDER BY customer_number LIMIT ?""", row -> new CustomerKey(row.number(1), CustomerId.of(row.text(2))), number,
        limit);
  }

  private static Map<String, Object> read(String written) {
    var values = new TreeMap<String, Object>();
    JSON.readTree(written).forEachEntry((name, value) -> values.put(name, value.isBoolean() ? value.booleanValue()
        : value.isIntegralNumber() ? (Object) value.longValue()
            : value.isNumber() ? value.doubleValue() : value.stringValue()));
    return values;
  }

  public void forget(Transaction transaction, CustomerKey customer) {
    recent.forget(transaction, customer.number());
    transaction.update("DELETE FROM measure_value WHERE customer_number = ?", customer.number());
  }

  /// Customers whose measures may have changed by time alone, the longest waiting first.
  public List<CustomerKey> due(Transaction transaction, Instant now, int limit) {
    return transaction.query("""
        SELECT customer_number, customer_id FROM measure_value WHERE recheck_at <= ?
        ORDER BY recheck_at, customer_number LIMIT ?""",
        row -> new CustomerKey(row.number(1), CustomerId.of(row.text(2))), now, limit);
  }

  /// Each measure that is one value about a customer, as it is computed for all: with the formulas of others inside.
  public Map<String, Expressions.Output> outputs() {
    return compiled().outputs();
  }

  /// Whether `Customer_Measure` has a column for each measure, and for nothing else.
  public boolean isTableAsDefined(WarehouseSession session) {
    return tables.hasExactly(session, definitions());
  }

  /// Replaces the values of some measures for everybody; the others keep theirs.
  ///
  /// @param computed a table with `CustomerId` and the values as `m0`, `m1`, …
  public void replace(WarehouseSession session, String computed, List<String> names) {
    tables.replace(session, definitions(), computed, names);
  }

  /// Replaces the values of some measures for some customers.
  ///
  /// @param among a table whose column `customer` names them; those who are not in `computed` are no more
  public void renew(WarehouseSession session, String computed, List<String> names, String among) {
    tables.renew(session, computed, names, among);
  }

  /// What the values of each measure were computed with, by name; those that were computed otherwise are not named.
  public Map<String, String> fingerprints(WarehouseSession session) {
    return tables.fingerprints(session);
  }

  /// Says what values were computed with.
  public void remember(WarehouseSession session, Map<String, String> fingerprints) {
    tables.remember(session, fingerprints);
  }

  /// A query of all measures of all customers: `CustomerId` and a column for each measure.
  public Sql table(Instant now, Columns columns) {
    return Expressions.values(compiled().outputs(), now, columns);
  }

  /// Writes the table `Customer_Measure`: all measures that are one value about each customer, together. Should that fail,
  /// it is found out which of them cannot be computed: those, and the ones that count with them, keep their last values.
  public FilledMeasures fill(Warehouse warehouse, Instant now) {
    try {
      return new FilledMeasures(warehouse.write(session -> replace(session, table(now, Columns.of(session)))),
          new LinkedHashMap<>());
    } catch (ProblemException | WarehouseException together) {
      refuseToGoOnWhenCancelled(together);
      var failures = failures(warehouse, now);
      if (failures.isEmpty()) {
        throw together;
      }
      var outputs = compiled().outputs();
      outputs.keySet().removeAll(failures.keySet());
      var kept = definitions().stream().filter(measure -> failures.containsKey(measure.name())).toList();
      return new FilledMeasures(warehouse.write(session -> replace(session, ComputedTables.withLast(session,
          Expressions.values(outputs, now, Columns.of(session)), kept))), failures);
    }
  }

  private long replace(WarehouseSession session, Sql query) {
    tables.remember(session, Map.of());
    return session.execute(Sql.format("CREATE OR REPLACE TABLE \"Customer_Measure\" AS {}", query));
  }

  private static void refuseToGoOnWhenCancelled(RuntimeException failure) {
    if (failure instanceof ProblemException refused && refused.problem().code() == Problem.Code.CANCELLED) {
      throw failure;
    }
  }

  /// Each that cannot be computed for everybody, and why.
  private SequencedMap<String, String> failures(Warehouse warehouse, Instant now) {
    var failures = new LinkedHashMap<String, String>();
    compiled().outputs().forEach((name, output) -> {
      var uses = compiled().uses(name).measures().stream().filter(failures::containsKey).sorted().findFirst();
      if (uses.isPresent()) {
        failures.put(name, "it counts with measure %s, which was not computed".formatted(uses.get()));
        return;
      }
      try {
        warehouse.read(session -> session.first(Sql.format("SELECT count(hash(v)) FROM (SELECT {} AS v FROM ({}))",
            Sql.name(name), Expressions.values(Map.of(name, output), now, Columns.of(session))), row -> row.number(1)));
      } catch (ProblemException | WarehouseException failure) {
        refuseToGoOnWhenCancelled(failure);
        failures.put(name, String.valueOf(failure.getMessage()).lines().findFirst().orElse(""));
      }
    });
    return failures;
  }

  /// One customer's rows of a measure that is a table, as of now: a value for each dimension and calculation.
  ///
  /// @throws ProblemException `not_found` for a table about the whole business
  public List<List<@Nullable Object>> rows(MeasureTable table, Subject subject, Instant now) {
    if (table.isOfBusiness()) {
      throw Problem.of(Problem.Code.NOT_FOUND,
          "measure %s is about the whole business and has nothing about one customer".formatted(table.name()),
          "GET /api/v1/measures/%s has its values as of the last refresh.".formatted(table.name())).asException();
    }
    return compiled().live(table).rows(subject, now);
  }

  /// Computes a measure that is a table, for everybody.
  ///
  /// @return how many rows it has
  public long compute(WarehouseSession session, MeasureTable table, Instant now) {
    return tables.write(session, table, TableQuery.of(table, compiled().numbers(), now, Columns.of(session)), now);
  }

  /// Takes out the tables of measures that are no more.
  public void tidy(WarehouseSession session) {
    tables.tidy(session, tables().stream().map(MeasureTable::name).collect(Collectors.toSet()));
  }

  /// What was computed last, a page of it.
  public MeasureRows results(WarehouseSession session, MeasureDefinition measure, int limit, int offset) {
    return tables.rows(session, measure, limit, offset);
  }

  private CompiledMeasures compiled() {
    var known = compiled;
    var current = definitions.all(KIND);
    if (!known.isOf(current)) {
      known = new CompiledMeasures(current);
      compiled = known;
    }
    return known;
  }
}
