package portrait.doors.odata;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import portrait.doors.odata.EntitySet.Origin;
import portrait.doors.odata.Query.Sort;
import portrait.foundation.expressions.Condition;
import portrait.foundation.expressions.Condition.Relation;
import portrait.foundation.expressions.Formula;
import portrait.foundation.model.ColumnType;
import portrait.foundation.model.Identity;
import portrait.foundation.model.Problem;
import portrait.foundation.warehouse.Sql;
import portrait.foundation.warehouse.Warehouse;

/// Finds the rows of a [Query]. Rows of customers who are named, members of a segment and what a search finds come from
/// the profile store, as of this moment; scans, sorts and groups from the warehouse, as of the last refresh.
final class Reader implements LiveFilter.Related {

  /** How many customers a filter may name and still be answered from the profile store. */
  private static final int NAMED_MAX = 1_000;
  /** How many rows of a list are looked at for one page; a page may have fewer rows than asked for. */
  private static final int LOOKED_AT_MAX = 10_000;
  /** How many rows of a list are sorted or counted. */
  private static final int SORTED_MAX = 50_000;
  private static final int EXPANDED_MAX = 1_000;
  private static final int BATCH_MAX = 1_000;

  private final Model model;
  private final Store store;
  private final Warehouse warehouse;
  private final Instant now;

  Reader(Model model, Store store, Warehouse warehouse, Instant now) {
    this.model = model;
    this.store = store;
    this.warehouse = warehouse;
    this.now = now;
  }

  /// Whether the answer takes the warehouse, whose queries may take long.
  boolean isSlow(Query query) {
    return query.from().isPresent()
        || memory(query).isEmpty() && (list(query).isEmpty() || query.isCounted() && !isCountedByStore(query));
  }

  /// @param size of the page at most
  Page page(Query query, int size, Optional<Token> token) {
    var found = rows(query, size, token);
    var expanded = found.rows().stream().map(row -> expanded(query, row)).toList();
    return new Page(found.rows(), found.count(), found.next(), expanded);
  }

  long count(Query query) {
    return memory(query).map(rows -> (long) rows.get().size()).or(() -> counted(query))
        .orElseGet(() -> sqlCount(query));
  }

  private Map<String, Page> expanded(Query query, Row row) {
    var expanded = new LinkedHashMap<String, Page>();
    for (var expansion : query.expansions()) {
      var inner = expansion.query().where(relation(expansion.navigation(), expansion.query().set(), query.set(), row));
      expanded.put(expansion.navigation().name(),
          page(inner, expansion.navigation().isMany() ? EXPANDED_MAX : 1, Optional.empty()));
    }
    return expanded;
  }

  /// What ties the entities of the other set to this row.
  static Filter relation(EntitySet.Navigation navigation, EntitySet target, EntitySet set, Row row) {
    return equal(target, target.property(navigation.to()), row.value(set.property(navigation.from())));
  }

  /// Entities that have this value.
  static Filter equal(EntitySet set, Property property, @Nullable Object value) {
    if (value == null) {
      return Filter.NOTHING;
    }
    var named = set.named(property);
    return named.isPresent() && value instanceof String identity
        ? new Filter.Is(property, named.get(), set.find(named.get().alternates()), List.of(identity), false)
        : new Filter.Holds(new Condition.Comparison(new Formula.Attribute(property.column()), Relation.EQUAL,
            new Formula.Literal(value), false));
  }

  private interface Rows {
    List<Row> get();
  }

  private interface Listing {
    Store.Batch next(Optional<String> cursor, int limit);
  }

  private Page rows(Query query, int size, Optional<Token> token) {
    var memory = memory(query);
    if (memory.isPresent()) {
      return sorted(query, memory.get().get(), size, token);
    }
    var list = list(query);
    if (list.isPresent() && query.sorts().isEmpty()) {
      return listed(query, list.get(), size, token);
    }
    if (list.isPresent()) {
      return sorted(query, whole(query, list.get()), size, token);
    }
    return selected(query, size, token);
  }

  /// Rows that can be had all at once, filtered.
  private Optional<Rows> memory(Query query) {
    if (query.from().isPresent() || !query.search().isEmpty()) {
      return Optional.empty();
    }
    if (query.set().origin() instanceof Origin.Segments) {
      return Optional.of(() -> store.segments().stream().filter(filter(query)).toList());
    }
    var customers = query.set().isLive() ? query.filter().customers() : Optional.<Set<Identity>>empty();
    return customers.filter(some -> some.size() <= NAMED_MAX).map(some -> () -> named(query, some));
  }

  private List<Row> named(Query query, Set<Identity> customers) {
    var filter = filter(query);
    var rows = new LinkedHashMap<List<@Nullable Object>, Row>();
    for (var customer : customers) {
      for (var row : store.rows(query.set(), customer)) {
        var key = new ArrayList<@Nullable Object>();
        query.set().keyProperties().forEach(property -> key.add(row.value(property)));
        // One customer may be named by several identities: the row has them all.
        rows.merge(key, row, (one, other) -> {
          var identities = new LinkedHashSet<>(one.identities());
          identities.addAll(other.identities());
          return new Row(one.values(), identities, one.segments());
        });
      }
    }
    return rows.values().stream().filter(filter).toList();
  }

  /// A list in the order of the profile store, not filtered yet.
  private Optional<Listing> list(Query query) {
    var set = query.set();
    if (query.from().isPresent()) {
      return Optional.empty();
    }
    if (!query.search().isEmpty()) {
      return Optional.of((cursor, limit) -> store.found(set, query.search(), cursor, limit));
    }
    if (set.origin() instanceof Origin.Memberships) {
      var segment = segmentOf(query.filter());
      return Optional.of((cursor, limit) -> store.memberships(segment, cursor, limit));
    }
    boolean isOfOne = set.origin() instanceof Origin.Customers || set.origin() instanceof Origin.CustomerMeasures;
    return query.filter().segmentOfAll().filter(_ -> isOfOne && query.sorts().isEmpty())
        .map(segment -> (cursor, limit) -> store.members(set, segment, cursor, limit));
  }

  /// The segment of memberships that a filter names.
  private static Optional<String> segmentOf(Filter filter) {
    return switch (filter) {
      case Filter.Holds(Condition.Comparison(Formula.Attribute(var column), var relation, Formula.Literal(String segment), _)) when column
          .equals("Segment") && relation == Relation.EQUAL ->
        Optional.of(segment);
      case Filter.All(var parts) -> parts.stream().flatMap(part -> segmentOf(part).stream()).findFirst();
      case Filter _ -> Optional.empty();
    };
  }

  private Predicate<Row> filter(Query query) {
    return new LiveFilter(this, now).of(query.set(), query.filter());
  }

  @Override
  public boolean has(EntitySet set, Filter.Has has, Row row) {
    var target = has.target();
    var related = relation(has.navigation(), target, set, row);
    return !rows(new Query(target, Optional.empty(), Filter.and(related, has.where()), List.of(), "", 0,
        Optional.empty(), false, target.properties(), false, List.of(), Map.of()), 1, Optional.empty()).rows()
        .isEmpty();
  }

  @Override
  public boolean isMember(EntitySet set, Row row, String segment) {
    return switch (set.origin()) {
      case Origin.Customers _,Origin.CustomerMeasures _ -> row.segments().contains(segment);
      case Origin.Activities _,Origin.Memberships _,Origin.Segments _,Origin.OneMeasure _,Origin.Table _ ->
        row.value(set.property(EntitySet.CUSTOMER_ID)) instanceof String customer && store.isMember(customer, segment);
    };
  }

  private Page sorted(Query query, List<Row> rows, int size, Optional<Token> token) {
    var order = query.order();
    var fitting = rows.stream().sorted(comparator(order)).toList();
    var rest = fitting;
    if (token.isPresent()) {
      var after = new LiveFilter(this, now).of(query.set(), new Filter.Holds(token.get().condition(order)));
      rest = fitting.stream().filter(after).toList();
    }
    rest = rest.subList(Math.min(rest.size(), token.isPresent() ? 0 : query.skip()), rest.size());
    return cut(query, rest, size, token, Optional.of((long) fitting.size()).filter(_ -> query.isCounted()));
  }

  /// As many rows as the page may have, and where the next begins.
  private static Page cut(Query query, List<Row> rest, int size, Optional<Token> token, Optional<Long> count) {
    var left = token.map(Token::left).orElse(query.top());
    int wanted = Math.min(size, left.orElse(Integer.MAX_VALUE));
    var page = rest.subList(0, Math.min(rest.size(), wanted));
    boolean isMore = rest.size() > page.size() && left.orElse(Integer.MAX_VALUE) > page.size();
    return new Page(page, count, isMore && !page.isEmpty()
        ? Optional.of(Token.after(page.getLast(), query.order(), left.map(all -> all - page.size())))
        : Optional.empty(), List.of());
  }

  private static Comparator<Row> comparator(List<Sort> order) {
    return (one, other) -> {
      for (var sort : order) {
        int compared = compared(one.value(sort.property()), other.value(sort.property()));
        if (compared != 0) {
          return sort.isDescending() ? -compared : compared;
        }
      }
      return 0;
    };
  }

  /// Null comes first; text in the order of its bytes, as in the warehouse.
  private static int compared(@Nullable Object one, @Nullable Object other) {
    return switch (one) {
      case null -> other == null ? 0 : -1;
      case Object _ when other == null -> 1;
      case Long number -> Double.compare(number, ((Number) other).doubleValue());
      case Double number -> Double.compare(number, ((Number) other).doubleValue());
      case Boolean truth -> Boolean.compare(truth, (Boolean) other);
      case LocalDate day -> day.compareTo((LocalDate) other);
      case Instant moment -> moment.compareTo((Instant) other);
      default -> Arrays.compareUnsigned(one.toString().getBytes(StandardCharsets.UTF_8),
          other.toString().getBytes(StandardCharsets.UTF_8));
    };
  }

  private Page listed(Query query, Listing list, int size, Optional<Token> token) {
    var left = token.map(Token::left).orElse(query.top());
    int wanted = Math.min(size, left.orElse(Integer.MAX_VALUE));
    int skip = token.map(Token::skip).orElse(query.skip());
    var cursor = token.flatMap(Token::cursor);
    var filter = filter(query);
    var rows = new ArrayList<Row>();
    var count = query.isCounted() ? Optional.of(count(query)) : Optional.<Long>empty();
    boolean isMore = wanted > 0;
    for (int lookedAt = 0; isMore && rows.size() < wanted && lookedAt < LOOKED_AT_MAX;) {
      // No more than still fit, so that the list can go on behind the last row of the page.
      int limit = Math.min(BATCH_MAX, wanted - rows.size() + skip);
      var batch = list.next(cursor, limit);
      lookedAt += limit;
      for (var row : batch.rows()) {
        if (filter.test(row) && --skip < 0) {
          rows.add(row);
        }
      }
      skip = Math.max(0, skip);
      cursor = batch.next();
      isMore = cursor.isPresent();
    }
    boolean goesOn = isMore && left.orElse(Integer.MAX_VALUE) > rows.size();
    return new Page(rows, count, goesOn
        ? Optional.of(new Token(left.map(all -> all - rows.size()), skip, cursor, List.of()))
        : Optional.empty(), List.of());
  }

  private List<Row> whole(Query query, Listing list) {
    var filter = filter(query);
    var rows = new ArrayList<Row>();
    Optional<String> cursor = Optional.empty();
    do {
      var batch = list.next(cursor, BATCH_MAX);
      batch.rows().stream().filter(filter).forEach(rows::add);
      cursor = batch.next();
      if (rows.size() > SORTED_MAX) {
        throw Problem.of(Problem.Code.INVALID_PARAMETER,
            "more than %,d rows of %s would have to be sorted or counted".formatted(SORTED_MAX, query.set().name()),
            "Narrow them with $filter, or ask without $orderby and $count.").asException();
      }
    } while (cursor.isPresent());
    return rows;
  }

  /// Whether the profile store can tell how many rows a list has.
  private static boolean isCountedByStore(Query query) {
    return query.from().isEmpty() && (isOnlySegment(query) || !query.search().isEmpty()
        || query.set().origin() instanceof Origin.Memberships);
  }

  private static boolean isOnlySegment(Query query) {
    return query.filter() instanceof Filter.Member(_, var isNot) && !isNot && query.search().isEmpty()
        && query.set().origin() instanceof Origin.Customers;
  }

  private Optional<Long> counted(Query query) {
    if (!isCountedByStore(query)) {
      return Optional.empty();
    }
    return isOnlySegment(query) ? query.filter().segmentOfAll().map(store::size)
        : list(query).map(list -> (long) whole(query, list).size());
  }

  private Page selected(Query query, int size, Optional<Token> token) {
    if (query.from().isEmpty() && query.set().table().isEmpty()) {
      return new Page(List.of(), query.isCounted() ? Optional.of(0L) : Optional.empty(), Optional.empty(), List.of());
    }
    var left = token.map(Token::left).orElse(query.top());
    int wanted = Math.min(size, left.orElse(Integer.MAX_VALUE));
    var columns = columns(query);
    return warehouse.read(session -> {
      var count = query.isCounted()
          ? Optional.of(session.first(counting(query), row -> row.number(1)).orElse(0L))
          : Optional.<Long>empty();
      var rows = wanted == 0 ? List.<Row>of()
          : session.query(selecting(query, columns, wanted, token), row -> {
            var values = new LinkedHashMap<String, @Nullable Object>();
            for (int place = 0; place < columns.size(); place++) {
              values.put(columns.get(place).column(), value(row.value(place + 1), columns.get(place).type()));
            }
            return Row.of(values);
          });
      return cut(query, rows, size, token, count);
    });
  }

  private static @Nullable Object value(@Nullable Object value, ColumnType type) {
    return switch (type) {
      case NUMBER -> value instanceof Long number ? (Object) number.doubleValue() : value;
      case INTEGER, STRING, BOOLEAN, DATE, TIMESTAMP, JSON -> value;
    };
  }

  private long sqlCount(Query query) {
    return query.from().isEmpty() && query.set().table().isEmpty() ? 0
        : warehouse.read(session -> session.first(counting(query), row -> row.number(1)).orElse(0L));
  }

  private Sql counting(Query query) {
    return Sql.format("SELECT count(*) FROM {} AS c WHERE {}", from(query),
        new FilterSql(model, now).of(query.set(), query.filter()));
  }

  private static Sql from(Query query) {
    return query.from().map(made -> Sql.format("({})", made)).orElseGet(() -> Sql.name(query.set().table()));
  }

  private Sql selecting(Query query, List<Property> columns, int wanted, Optional<Token> token) {
    var order = query.order();
    var filter = token.map(after -> Filter.and(query.filter(), new Filter.Holds(after.condition(order))))
        .orElse(query.filter());
    var selected = columns.stream().map(property -> property.isInWarehouse()
        ? Sql.format("c.{}", Sql.name(property.column()))
        : Sql.of("NULL")).toList();
    return Sql.format("SELECT {} FROM {} AS c WHERE {} ORDER BY {} LIMIT %d OFFSET %d".formatted(wanted + 1L,
        token.isPresent() ? 0 : query.skip()), Sql.join(", ", selected), from(query),
        new FilterSql(model, now).of(query.set(), filter),
        Sql.join(", ", order.stream().map(sort -> ordered(query.set(), sort)).toList()));
  }

  /// Numbers are sorted as they are compared, or else a page could begin at another place than the one before ended.
  private static Sql ordered(EntitySet set, Sort sort) {
    var column = FilterSql.known(set, sort.property().column());
    var value = switch (sort.property().type()) {
      case INTEGER -> Sql.format("CAST({} AS DOUBLE)", column);
      case JSON -> Sql.format("CAST({} AS VARCHAR)", column);
      case STRING, NUMBER, BOOLEAN, DATE, TIMESTAMP -> column;
    };
    return Sql.format(sort.isDescending() ? "{} DESC NULLS LAST" : "{} ASC NULLS FIRST", value);
  }

  /// What is shown, what decides the order, and what leads to other sets.
  private static List<Property> columns(Query query) {
    var columns = new LinkedHashSet<>(query.selected());
    query.order().forEach(sort -> columns.add(sort.property()));
    query.expansions().forEach(
        expansion -> columns.add(query.set().property(expansion.navigation().from())));
    columns.addAll(query.set().keyProperties());
    return List.copyOf(columns);
  }
}
