package portrait.doors.odata;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Stream;
import portrait.doors.odata.EntitySet.Named;
import portrait.doors.odata.EntitySet.Navigation;
import portrait.doors.odata.EntitySet.Origin;
import portrait.foundation.model.ColumnType;
import portrait.foundation.model.Schema;
import portrait.foundation.model.Schema.Column;
import portrait.foundation.warehouse.WarehouseSession;
import portrait.stages.enrichments.EnrichmentDefinition;
import portrait.stages.enrichments.providers.Provider;
import portrait.stages.identity.IdentityGraph;
import portrait.stages.measures.CustomerMeasure;
import portrait.stages.measures.MeasureTable;
import portrait.stages.sources.TableDefinition;

/// The sets there are at one moment: what the warehouse holds and what is defined.
record Model(Map<String, EntitySet> sets) {

  static final String NAMESPACE = "Portrait";
  static final String CONTAINER = "Container";
  static final String CUSTOMER = "Customer";

  private static final String ACTIVITY = "UnifiedActivity";
  private static final String MEASURE = "Customer_Measure";
  private static final String MEMBERSHIP = "SegmentMembership";
  private static final String SEGMENT = "Segment";
  private static final String ACCOUNT = "Account";
  private static final String CONTACT = "AccountContact";
  private static final Schema NO_COLUMNS = new Schema(List.of());

  /// What there is of customers before the first refresh.
  private static final List<Column> CUSTOMER_COLUMNS = List.of(text(EntitySet.CUSTOMER_ID),
      Column.of("Known", ColumnType.BOOLEAN), moment("FirstSeen"), moment("LastSeen"), text("PreviousCustomerId"));
  private static final List<Column> ACTIVITY_COLUMNS = List.of(text(EntitySet.CUSTOMER_ID), text("ActivityId"),
      text("ActivityType"), text("ActivityName"), moment("ActivityTimestamp"), text("Source"), text("Title"),
      Column.of("Properties", ColumnType.JSON));
  private static final List<Column> SEGMENT_COLUMNS = List.of(text("Name"), text("Title"), text("Description"),
      Column.of("IsStatic", ColumnType.BOOLEAN), Column.of("IsActive", ColumnType.BOOLEAN),
      Column.of("Members", ColumnType.INTEGER), text("Tags"));

  Model {
    sets = java.util.Collections.unmodifiableMap(new LinkedHashMap<>(sets));
  }

  /// The set that somebody named.
  EntitySet set(String name) {
    return find(name).orElseThrow(() -> Mistake.unknown("set", name, sets.keySet()));
  }

  Optional<EntitySet> find(String name) {
    var exact = sets.get(name);
    return exact != null ? Optional.of(exact)
        : sets.values().stream().filter(set -> set.name().equalsIgnoreCase(name)).findFirst();
  }

  /// @param unified source tables that customers are made of
  /// @param beside what an enrichment writes beside its output table
  static Model of(WarehouseSession session, List<CustomerMeasure> measures, List<MeasureTable> tables,
      List<TableDefinition> unified, List<EnrichmentDefinition> enrichments,
      Function<EnrichmentDefinition, List<Provider.Table>> beside) {
    var sets = new LinkedHashMap<String, EntitySet>();
    var customers = columns(session, CUSTOMER, CUSTOMER_COLUMNS);
    var links = new ArrayList<Navigation>(List.of(many(ACTIVITY), new Navigation(MEASURE, MEASURE,
        EntitySet.CUSTOMER_ID, EntitySet.CUSTOMER_ID, false), many(MEMBERSHIP)));
    var later = new ArrayList<EntitySet>();
    for (var table : tables) {
      if (session.exists(table.warehouseTable())) {
        var set = measureTable(table, sets.keySet());
        later.add(set);
        if (!table.isOfBusiness()) {
          links.add(many(set.name()));
        }
      }
    }
    for (var enrichment : enrichments) {
      if (session.exists(enrichment.output())) {
        boolean isOfPeople = enrichment.about() == EnrichmentDefinition.About.PEOPLE;
        var set = table(session, enrichment.output(), enrichment.title(), List.of(enrichment.idColumn()),
            isOfPeople ? List.of(one(CUSTOMER)) : ofAccount(session));
        later.add(set);
        if (isOfPeople) {
          links.add(many(set.name()));
        }
      }
      beside.apply(enrichment).stream().filter(each -> session.exists(each.name())).forEach(each -> {
        var columns = columns(session, each.name(), List.of());
        later.add(table(session, each.name(), each.title(), each.key(),
            columns.column("AccountId").isPresent() ? ofAccount(session) : List.of()));
      });
    }
    var accounts = session.schema(ACCOUNT);
    if (accounts.isPresent() && session.exists(CONTACT)) {
      links.add(many(CONTACT));
    }
    sets.put(CUSTOMER, new EntitySet(CUSTOMER, "Everybody, one row each.", new Origin.Customers(),
        session.exists(CUSTOMER) ? CUSTOMER : "",
        properties(customers), List.of(EntitySet.CUSTOMER_ID), links, Map.of(), names(customers, unified)));
    sets.put(ACTIVITY, ofCustomer(session, ACTIVITY, "What customers did.", new Origin.Activities(),
        properties(new Schema(ACTIVITY_COLUMNS)), List.of("ActivityId"),
        Map.of("activitytime", "ActivityTimestamp", "activitytypedisplay", "ActivityName")));
    sets.put(MEASURE, ofCustomer(session, MEASURE, "Numbers about each customer, a column for each measure.",
        new Origin.CustomerMeasures(), measureProperties(session, measures), List.of(EntitySet.CUSTOMER_ID), Map.of()));
    sets.put(SEGMENT, new EntitySet(SEGMENT, "Groups of customers.", new Origin.Segments(), "",
        properties(new Schema(SEGMENT_COLUMNS)), List.of("Name"),
        List.of(new Navigation(MEMBERSHIP, MEMBERSHIP, "Name", "Segment", true)), Map.of(), List.of()));
    sets.put(MEMBERSHIP, ofCustomer(session, MEMBERSHIP, "Who is in which segment.", new Origin.Memberships(),
        List.of(new Property(EntitySet.CUSTOMER_ID, EntitySet.CUSTOMER_ID, ColumnType.STRING, true),
            new Property("Segment", "Segment", ColumnType.STRING, true),
            new Property("Title", "Title", ColumnType.STRING, false),
            new Property("Since", "Since", ColumnType.TIMESTAMP, false),
            new Property("Until", "Until", ColumnType.TIMESTAMP, false)),
        List.of(EntitySet.CUSTOMER_ID, "Segment"), Map.of("segmentname", "Segment")));
    later.forEach(set -> sets.put(set.name(), set));
    if (accounts.isPresent() && session.exists(CONTACT)) {
      sets.put(ACCOUNT, table(session, ACCOUNT, "Companies, one row each.", List.of("AccountId"),
          List.of(new Navigation(CONTACT, CONTACT, "AccountId", "AccountId", true))));
      sets.put(CONTACT, table(session, CONTACT, "Who belongs to which company.",
          List.of("AccountId", EntitySet.CUSTOMER_ID, "Table", "Key"),
          List.of(one(CUSTOMER), new Navigation(ACCOUNT, ACCOUNT, "AccountId", "AccountId", false))));
    }
    if (session.exists("ConflationMatchPairs")) {
      sets.put("ConflationMatchPairs", table(session, "ConflationMatchPairs",
          "Which records of which tables are one customer.", List.of("TrueObjectId"), List.of()));
    }
    for (var source : unified) {
      String table = "Deduplication_" + source.warehouseName();
      if (session.exists(table)) {
        var set = table(session, table, "Records of %s that are the same person.".formatted(source.fullName()),
            source.key(), List.of());
        sets.put(set.name(), set);
      }
    }
    return new Model(sets);
  }

  private static Column text(String name) {
    return Column.of(name, ColumnType.STRING);
  }

  private static Column moment(String name) {
    return Column.of(name, ColumnType.TIMESTAMP);
  }

  private static Schema columns(WarehouseSession session, String table, List<Column> standard) {
    return session.schema(table).orElse(new Schema(standard));
  }

  private static Navigation many(String set) {
    return new Navigation(set, set, EntitySet.CUSTOMER_ID, EntitySet.CUSTOMER_ID, true);
  }

  private static List<Navigation> ofAccount(WarehouseSession session) {
    return session.exists(ACCOUNT)
        ? List.of(new Navigation(ACCOUNT, ACCOUNT, "AccountId", "AccountId", false))
        : List.of();
  }

  private static Navigation one(String set) {
    return new Navigation(set, set, EntitySet.CUSTOMER_ID, EntitySet.CUSTOMER_ID, false);
  }

  /// A set of rows about customers.
  private static EntitySet ofCustomer(WarehouseSession session, String name, String title, Origin origin,
      List<Property> properties,
      List<String> key, Map<String, String> aliases) {
    return new EntitySet(name, title, origin, session.exists(name) ? name : "", properties, key,
        List.of(one(CUSTOMER)), aliases,
        List.of(new Named(EntitySet.CUSTOMER_ID, IdentityGraph.CUSTOMER, "")));
  }

  private static EntitySet table(WarehouseSession session, String table, String title, List<String> key,
      List<Navigation> navigations) {
    var properties = properties(columns(session, table, List.of()));
    return new EntitySet(Property.named(table, List.of()), title, new Origin.Table(), table, properties,
        properties.stream().filter(property -> key.contains(property.column())).map(Property::name).toList(),
        navigations, Map.of(), List.of());
  }

  private static EntitySet measureTable(MeasureTable measure, java.util.Collection<String> taken) {
    var properties = properties(measure.schema());
    var keys = measure.dimensions().stream().map(MeasureTable.Dimension::name).toList();
    var key = properties.stream()
        .filter(property -> property.column().equals(EntitySet.CUSTOMER_ID) || keys.contains(property.column()))
        .map(Property::name).toList();
    return new EntitySet(Property.named(measure.warehouseTable(), taken), measure.title(),
        measure.isOfBusiness() ? new Origin.Table() : new Origin.OneMeasure(measure), measure.warehouseTable(),
        properties, key.isEmpty() ? List.of(properties.getFirst().name()) : key,
        measure.isOfBusiness() ? List.of() : List.of(one(CUSTOMER)), Map.of(),
        measure.isOfBusiness() ? List.of()
            : List.of(new Named(EntitySet.CUSTOMER_ID, IdentityGraph.CUSTOMER, "")));
  }

  /// A measure that was defined after the last refresh is known of one customer at a time.
  private static List<Property> measureProperties(WarehouseSession session, List<CustomerMeasure> measures) {
    var computed = session.schema(MEASURE).orElse(NO_COLUMNS);
    var properties = new ArrayList<>(properties(computed.columns().isEmpty() ? Schema.of(text(EntitySet.CUSTOMER_ID))
        : computed));
    measures.stream().filter(measure -> computed.column(measure.name()).isEmpty())
        .forEach(measure -> properties.add(new Property(
            Property.named(measure.name(), properties.stream().map(Property::name).toList()), measure.name(),
            measure.type(), false)));
    return properties;
  }

  private static List<Property> properties(Schema columns) {
    var names = new ArrayList<String>();
    return columns.columns().stream().map(column -> {
      String name = Property.named(column.name(), names);
      names.add(name);
      return new Property(name, column.name(), column.type(), true);
    }).toList();
  }

  /// The id, and the key of each source table: `shop_contacts_ContactId`.
  private static List<Named> names(Schema customers, List<TableDefinition> unified) {
    return Stream.concat(
        Stream.of(new Named(EntitySet.CUSTOMER_ID, IdentityGraph.CUSTOMER, "PreviousCustomerId")),
        unified.stream().flatMap(table -> {
          String column = table.warehouseName() + "_" + String.join("_", table.key());
          return customers.column(column).map(found -> new Named(Property.named(found.name(), List.of()),
              table.namespace(), Property.named(found.name() + "_Alternate", List.of()))).stream();
        })).toList();
  }
}
