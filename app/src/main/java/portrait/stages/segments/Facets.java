package portrait.stages.segments;

import java.math.BigDecimal;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import portrait.foundation.expressions.Columns;
import portrait.foundation.expressions.Expressions;
import portrait.foundation.model.ColumnType;
import portrait.foundation.model.CustomerId;
import portrait.foundation.model.Problem;
import portrait.foundation.model.ProblemException;
import portrait.foundation.model.Schema;
import portrait.foundation.warehouse.Sql;
import portrait.foundation.warehouse.WarehouseSession;

/// Customers of the last refresh narrowed down by values of their attributes, and by which values one can narrow further.
///
/// @param total how many are left
/// @param some of them, in the order of their ids
public record Facets(List<Facet> facets, long total, List<CustomerId> some) {

  /** Between the ends of an interval, as addresses write it. */
  private static final String TO = "..";

  public Facets {
    facets = List.copyOf(facets);
    some = List.copyOf(some);
  }

  /// One attribute, and how many of those who are left by everything else have each of its values.
  public record Facet(String attribute, List<Value> values) {

    public Facet {
      values = List.copyOf(values);
    }
  }

  /// @param text as addresses write it
  /// @param from the value, or where the interval begins
  /// @param to where the interval ends; null for a value
  /// @param isLast whether the end belongs to the interval
  public record Value(String text, Object from, @Nullable Object to, boolean isLast, long customers) {}

  /// What narrows the list down.
  ///
  /// @param rules conditions as text
  /// @param chosen values by their attribute, as addresses write them
  public record Narrowed(List<String> rules, Map<String, List<String>> chosen) {

    public Narrowed {
      rules = List.copyOf(rules);
      chosen = new LinkedHashMap<>(chosen);
    }

    /// The same as conditions; attributes that no customer has are left out.
    public List<String> conditions(Schema customer) {
      return conditions(customer, "");
    }

    private List<String> conditions(Schema customer, String without) {
      return Stream.concat(rules.stream(), chosen.entrySet().stream()
          .filter(entry -> !entry.getKey().equals(without))
          .flatMap(entry -> column(customer, entry.getKey()).stream().map(column -> entry.getValue().stream()
              .map(value -> condition(column, value)).collect(Collectors.joining(" or ", "(", ")")))))
          .toList();
    }
  }

  static Facets of(WarehouseSession session, Optional<CustomerIndex> index, Narrowed by, int limit, int offset,
      Instant now) {
    var columns = Columns.of(session);
    var customer = columns.customer();
    if (customer.columns().isEmpty()) {
      return new Facets(List.of(), 0, List.of());
    }
    var facets = new ArrayList<Facet>();
    for (var filter : index.orElseGet(() -> CustomerIndex.usual(customer)).filters()) {
      column(customer, filter.attribute()).ifPresent(column -> {
        var among = where(by.conditions(customer, filter.attribute()), columns, now);
        var values = isOrdered(column.type()) ? intervals(session, column, filter, among)
            : values(session, column, filter, among);
        if (!values.isEmpty()) {
          facets.add(new Facet(filter.attribute(), values));
        }
      });
    }
    var left = where(by.conditions(customer), columns, now);
    long total = session.first(Sql.format("SELECT count(*) FROM Customer WHERE {}", left), row -> row.number(1))
        .orElseThrow();
    return new Facets(facets, total, session.query(Sql.format(
        "SELECT CustomerId FROM Customer WHERE {} ORDER BY CustomerId LIMIT {} OFFSET {}", left, Sql.of("?", limit),
        Sql.of("?", offset)), row -> CustomerId.of(row.text(1))));
  }

  private static Optional<Schema.Column> column(Schema customer, String attribute) {
    return customer.columns().stream().filter(column -> column.name().equals(attribute)).findFirst();
  }

  private static Sql where(List<String> conditions, Columns columns, Instant now) {
    return conditions.isEmpty() ? Sql.of("TRUE")
        : Sql.format("CustomerId IN ({})", Expressions.members(
            Expressions.condition(String.join(" and ", conditions)), now, ZoneOffset.UTC, columns));
  }

  private static boolean isOrdered(ColumnType type) {
    return switch (type) {
      case INTEGER, NUMBER, DATE, TIMESTAMP -> true;
      case STRING, BOOLEAN, JSON -> false;
    };
  }

  private static List<Value> values(WarehouseSession session, Schema.Column column, CustomerIndex.Filter filter,
      Sql among) {
    var name = Sql.name(column.name());
    var order = filter.isByValue() ? name : Sql.format("count(*) DESC, {}", name);
    return session.query(Sql.format(
        "SELECT {}, count(*) FROM Customer WHERE {} IS NOT NULL AND {} GROUP BY {} ORDER BY {} LIMIT {}",
        name, name, among, name, order, Sql.of("?", filter.values())),
        row -> new Value(row.text(1),
            column.type() == ColumnType.BOOLEAN ? (Object) row.isTrue(1) : row.text(1), null, false, row.number(2)));
  }

  /// Intervals in which about as many customers lie; their ends are those of all customers, so that they stay while one
  /// narrows the list down.
  private static List<Value> intervals(WarehouseSession session, Schema.Column column, CustomerIndex.Filter filter,
      Sql among) {
    var name = Sql.name(column.name());
    var wanted = Sql.join(", ", IntStream.rangeClosed(0, filter.values())
        .mapToObj(place -> Sql.format("quantile_disc({}, {})", name,
            Sql.of(String.valueOf((double) place / filter.values()))))
        .toList());
    var ends = session.first(Sql.format("SELECT {} FROM Customer", wanted), row -> IntStream.rangeClosed(1,
        filter.values() + 1).mapToObj(row::value).filter(Objects::nonNull).distinct().toList()).orElseThrow();
    var values = new ArrayList<Value>();
    for (int place = 0; place + 1 < Math.max(2, ends.size()) && !ends.isEmpty(); place++) {
      Object from = ends.get(place);
      Object to = ends.get(Math.min(place + 1, ends.size() - 1));
      boolean isLast = place + 2 >= ends.size();
      long customers = session
          .first(Sql.format("SELECT count(*) FROM Customer WHERE {} >= {} AND {} {} {} AND {}", name,
              Sql.of("?", from), name, Sql.of(isLast ? "<=" : "<"), Sql.of("?", to), among), row -> row.number(1))
          .orElseThrow();
      values.add(new Value(from + TO + to + (isLast ? "]" : ""), from, to, isLast, customers));
    }
    return values;
  }

  private static String condition(Schema.Column column, String value) {
    String name = "attribute." + Sql.quoted(column.name());
    if (!isOrdered(column.type())) {
      return name + " = " + (column.type() == ColumnType.BOOLEAN ? String.valueOf(Boolean.parseBoolean(value))
          : quoted(value));
    }
    int middle = value.indexOf(TO);
    boolean isLast = value.endsWith("]");
    try {
      String from = literal(column.type(), value.substring(0, middle));
      String to = literal(column.type(), value.substring(middle + TO.length(), value.length() - (isLast ? 1 : 0)));
      return "(%s >= %s and %s %s %s)".formatted(name, from, name, isLast ? "<=" : "<", to);
    } catch (NumberFormatException | DateTimeException | StringIndexOutOfBoundsException wrong) {
      throw new ProblemException(Problem.of(Problem.Code.INVALID_PARAMETER,
          "facet was '%s' but must be the ends of an interval of %s, such as 10..20".formatted(value, column.name())),
          wrong);
    }
  }

  private static String literal(ColumnType type, String value) {
    return switch (type) {
      case DATE -> "date " + quoted(LocalDate.parse(value).toString());
      case TIMESTAMP -> "timestamp " + quoted(Instant.parse(value).toString());
      case INTEGER, NUMBER -> new BigDecimal(value).toPlainString();
      case STRING, BOOLEAN, JSON -> quoted(value);
    };
  }

  private static String quoted(String text) {
    return "'" + text.replace("'", "''") + "'";
  }
}
