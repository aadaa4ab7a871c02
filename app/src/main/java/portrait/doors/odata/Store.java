package portrait.doors.odata;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import portrait.doors.odata.EntitySet.Origin;
import portrait.foundation.database.Database;
import portrait.foundation.definitions.Definitions;
import portrait.foundation.model.ColumnType;
import portrait.foundation.model.Identity;
import portrait.foundation.model.Problem;
import portrait.processes.live.Lineage;
import portrait.processes.live.Live;
import portrait.processes.live.Portrait;
import portrait.stages.activities.Activities;
import portrait.stages.activities.ActivityDefinition;
import portrait.stages.activities.ActivityType;
import portrait.stages.events.Event;
import portrait.stages.events.EventQuery;
import portrait.stages.events.EventType;
import portrait.stages.identity.IdentityGraph;
import portrait.stages.profiles.Profiles;
import portrait.stages.segments.Membership;
import portrait.stages.segments.Segments;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Rows from the profile store, as of this moment: those of one customer, and lists in its own order.
final class Store {

  /** What one customer can have done and still be asked for in any order. */
  private static final int ACTIVITIES_MAX = 50_000;
  private static final JsonMapper JSON = JsonMapper.shared();

  private final Live live;
  private final Database database;
  private final Definitions definitions;
  private final Profiles profiles;
  private final Segments segments;

  Store(Live live, Database database, Definitions definitions, Profiles profiles, Segments segments) {
    this.live = live;
    this.database = database;
    this.definitions = definitions;
    this.profiles = profiles;
    this.segments = segments;
  }

  /// Some rows in the order of the store.
  ///
  /// @param next where the following ones begin; empty after the last
  record Batch(List<Row> rows, Optional<String> next) {}

  /// The rows of a set that are about one customer.
  List<Row> rows(EntitySet set, Identity identity) {
    return switch (set.origin()) {
      case Origin.Customers _ -> live.find(identity).map(found -> customer(set, found, identity)).stream().toList();
      case Origin.CustomerMeasures _ ->
        live.find(identity).map(found -> measures(set, found, identity)).stream().toList();
      case Origin.Activities _ -> live.find(identity).map(found -> activities(found, identity)).orElse(List.of());
      case Origin.Memberships _ -> live.find(identity).map(found -> memberships(found, identity)).orElse(List.of());
      case Origin.OneMeasure(var measure) -> {
        var columns = measure.columnsOfOne().columns();
        yield live.find(identity).map(Portrait::customerId).map(id -> live.measure(identity, measure)
            .orElse(List.of()).stream().map(values -> {
              var row = started(id.toString());
              for (int place = 0; place < columns.size(); place++) {
                row.put(columns.get(place).name(), typed(values.get(place), columns.get(place).type()));
              }
              return new Row(row, named(identity, id.toString()), Set.of());
            }).toList()).orElse(List.of());
      }
      case Origin.Segments _,Origin.Table _ ->
        throw new IllegalArgumentException(set.name() + " is not about customers");
    };
  }

  boolean isMember(String customer, String segment) {
    return live.segments(customer(customer)).stream().flatMap(List::stream)
        .anyMatch(membership -> membership.name().equals(segment));
  }

  static Identity customer(String id) {
    return new Identity(IdentityGraph.CUSTOMER, id);
  }

  /// A row is found by what was asked for, and by the id it shows.
  private static Set<Identity> named(Identity asked, String customer) {
    return Set.copyOf(List.of(asked, customer(customer)));
  }

  private static Map<String, @Nullable Object> started(String customer) {
    var row = new LinkedHashMap<String, @Nullable Object>();
    row.put(EntitySet.CUSTOMER_ID, customer);
    return row;
  }

  private Row customer(EntitySet set, Portrait portrait, Identity identity) {
    var row = started(portrait.customerId().toString());
    set.properties().forEach(property -> {
      if (!property.name().equals(EntitySet.CUSTOMER_ID)) {
        row.put(property.column(), typed(portrait.attributes().get(property.column()), property.type()));
      }
    });
    row.put("Known", portrait.known());
    row.put("FirstSeen", portrait.firstSeen());
    row.put("LastSeen", portrait.lastSeen());
    var previous = portrait.previousCustomerIds().stream().map(Object::toString).sorted().toList();
    row.put("PreviousCustomerId", previous.isEmpty() ? null : String.join(";", previous));
    var identities = new LinkedHashSet<Identity>();
    identities.add(identity);
    identities.add(customer(portrait.customerId().toString()));
    previous.forEach(id -> identities.add(customer(id)));
    portrait.identities().forEach(seen -> identities.add(new Identity(seen.namespace(), seen.value())));
    for (var name : set.names()) {
      if (!name.namespace().equals(IdentityGraph.CUSTOMER)) {
        keys(set, name, identities, row);
      }
    }
    return new Row(row, identities, new LinkedHashSet<>(portrait.segments()));
  }

  /// Of several records of one table the fullest stands for all, and of equals the one with the greatest key.
  private void keys(EntitySet set, EntitySet.Named name, Set<Identity> identities,
      Map<String, @Nullable Object> row) {
    var values = identities.stream().filter(identity -> identity.namespace().equals(name.namespace()))
        .map(Identity::value).sorted().toList();
    var first = values.size() < 2 ? values.stream().findFirst() : fullest(name.namespace(), identities);
    row.put(set.property(name.property()).column(), first.orElse(null));
    set.find(name.alternates()).ifPresent(alternates -> row.put(alternates.column(), values.size() < 2 ? null
        : String.join(";", values.stream().filter(value -> !value.equals(first.orElse(""))).toList())));
  }

  private Optional<String> fullest(String namespace, Set<Identity> identities) {
    return identities.stream().filter(identity -> identity.namespace().equals(namespace)).findFirst()
        .flatMap(live::lineage).stream().flatMap(lineage -> lineage.records().stream())
        .filter(record -> record.identity().namespace().equals(namespace))
        .max(Comparator.<Lineage.Record>comparingInt(record -> record.wins().size())
            .thenComparing(record -> record.identity().value()))
        .map(record -> record.identity().value());
  }

  private static Row measures(EntitySet set, Portrait portrait, Identity identity) {
    String id = portrait.customerId().toString();
    var row = started(id);
    set.properties().stream().filter(property -> !property.name().equals(EntitySet.CUSTOMER_ID))
        .forEach(property -> row.put(property.column(),
            typed(portrait.measures().get(property.column()), property.type())));
    return new Row(row, named(identity, id), new LinkedHashSet<>(portrait.segments()));
  }

  private List<Row> activities(Portrait portrait, Identity identity) {
    var mapped = definitions.all(Activities.KIND);
    var rows = new ArrayList<Row>();
    Optional<String> cursor = Optional.empty();
    do {
      var page = live.events(identity,
          new EventQuery(Optional.empty(), Optional.empty(), Set.of(), EventQuery.LIMIT_MAX, cursor));
      page.ifPresent(found -> found.events().forEach(event -> rows.add(activity(portrait, identity, event, mapped))));
      cursor = page.flatMap(found -> found.next());
      if (rows.size() > ACTIVITIES_MAX) {
        throw Problem.of(Problem.Code.TOO_LARGE,
            "this customer did more than %,d things".formatted(ACTIVITIES_MAX),
            "Page through GET /api/v1/profiles/customer/{id}/events.").asException();
      }
    } while (cursor.isPresent());
    return rows;
  }

  /// As the warehouse has it: rows of source tables have the type and the title of their definition.
  private static Row activity(Portrait portrait, Identity identity, Event event, List<ActivityDefinition> mapped) {
    var definition = event.type() != EventType.ACTIVITY ? Optional.<ActivityDefinition>empty()
        : mapped.stream().filter(each -> each.table().filter(event.source()::equals).isPresent()
            && each.event().equals(event.name())).findFirst();
    var row = started(portrait.customerId().toString());
    row.put("ActivityId", event.id());
    row.put("ActivityType", definition.flatMap(ActivityDefinition::type).map(ActivityType::text)
        .orElse(event.type().text()));
    row.put("ActivityName", event.name());
    row.put("ActivityTimestamp", event.timestamp());
    row.put("Source", event.source());
    row.put("Title", definition.map(each -> {
      String said = event.properties().path(each.entry().title()).asString("").strip();
      return said.isEmpty() ? each.title() : said;
    }).orElse(event.name()));
    row.put("Properties", event.properties().toString());
    return new Row(row, named(identity, portrait.customerId().toString()), Set.of());
  }

  private List<Row> memberships(Portrait portrait, Identity identity) {
    String id = portrait.customerId().toString();
    return live.segments(identity).stream().flatMap(List::stream).map(each -> membership(id, each, identity)).toList();
  }

  private static Row membership(String customer, Membership membership, Identity identity) {
    var row = started(customer);
    row.put("Segment", membership.name());
    row.put("Title", membership.title());
    row.put("Since", membership.since());
    row.put("Until", membership.until());
    return new Row(row, named(identity, customer), Set.of());
  }

  /// Memberships of everybody.
  Batch memberships(Optional<String> segment, Optional<String> cursor, int limit) {
    var page = database.read(tx -> segments.memberships(tx, segment, limit, cursor));
    return new Batch(page.entries().stream().map(entry -> membership(entry.customer().toString(), entry.membership(),
        customer(entry.customer().toString()))).toList(), page.next());
  }

  /// The rows of everybody in a segment, in the order of the members.
  Batch members(EntitySet set, String segment, Optional<String> cursor, int limit) {
    var page = database.read(tx -> segments.members(tx, segment, limit, cursor));
    return new Batch(page.members().stream()
        .flatMap(member -> rows(set, customer(member.customer().toString())).stream()).toList(), page.next());
  }

  /// Customers who have all the words, those seen last first.
  Batch found(EntitySet set, String words, Optional<String> cursor, int limit) {
    var page = database.read(tx -> profiles.search(tx, words, Optional.empty(), limit, cursor));
    return new Batch(page.profiles().stream()
        .flatMap(profile -> rows(set, customer(profile.customer().id().toString())).stream()).toList(), page.next());
  }

  /// How many are in a segment now.
  long size(String segment) {
    return database.read(segments::sizes).getOrDefault(segment, 0L);
  }

  /// Every segment.
  List<Row> segments() {
    var sizes = database.read(segments::sizes);
    return segments.definitions().stream().map(segment -> {
      var row = new LinkedHashMap<String, @Nullable Object>();
      row.put("Name", segment.name());
      row.put("Title", segment.title());
      row.put("Description", segment.description());
      row.put("IsStatic", segment.isStatic());
      row.put("IsActive", segment.isActive());
      row.put("Members", sizes.getOrDefault(segment.name(), 0L));
      row.put("Tags", segment.tags().isEmpty() ? null : String.join(";", segment.tags()));
      return Row.of(row);
    }).toList();
  }

  /// Values of the profile store are JSON; the feed has the types of the warehouse.
  private static @Nullable Object typed(@Nullable Object value, ColumnType type) {
    return switch (type) {
      case STRING -> value == null ? null : value.toString();
      case JSON -> value == null ? null : json(value);
      case INTEGER -> value instanceof Number number ? (Object) number.longValue()
          : value instanceof String text ? whole(text) : null;
      case NUMBER -> value instanceof Number number ? (Object) number.doubleValue()
          : value instanceof String text ? number(text) : null;
      case BOOLEAN -> value instanceof Boolean truth ? truth
          : "true".equals(value) ? (Object) true : "false".equals(value) ? false : null;
      case DATE -> value instanceof LocalDate ? value : value instanceof String text ? date(text) : null;
      case TIMESTAMP -> value instanceof Instant ? value : value instanceof String text ? moment(text) : null;
    };
  }

  /// As the column of the warehouse shows it. An object of a source table is kept as its text.
  private static String json(Object value) {
    return switch (value) {
      case Number _,Boolean _,JsonNode _ -> value.toString();
      case String text when text.startsWith("{") -> text;
      case Object text -> JSON.writeValueAsString(text.toString());
    };
  }

  private static @Nullable Object whole(String text) {
    try {
      return Long.parseLong(text);
    } catch (NumberFormatException _) {
      return null;
    }
  }

  private static @Nullable Object number(String text) {
    try {
      double number = Double.parseDouble(text);
      return Double.isFinite(number) ? number : null;
    } catch (NumberFormatException _) {
      return null;
    }
  }

  private static @Nullable Object date(String text) {
    try {
      return LocalDate.parse(text);
    } catch (DateTimeException _) {
      return null;
    }
  }

  private static @Nullable Object moment(String text) {
    try {
      return text.length() == "2026-01-31".length()
          ? LocalDate.parse(text).atStartOfDay(java.time.ZoneOffset.UTC).toInstant()
          : java.time.OffsetDateTime.parse(text).toInstant();
    } catch (DateTimeException _) {
      return null;
    }
  }
}
