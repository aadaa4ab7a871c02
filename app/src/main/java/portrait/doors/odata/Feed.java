package portrait.doors.odata;

import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import portrait.doors.http.Answer;
import portrait.doors.http.Patience;
import portrait.foundation.definitions.Definitions;
import portrait.foundation.expressions.Expressions;
import portrait.foundation.model.Identity;
import portrait.foundation.model.Problem;
import portrait.foundation.warehouse.Warehouse;
import portrait.stages.enrichments.Enrichments;
import portrait.stages.measures.Measures;
import portrait.stages.segments.SegmentDefinition;
import portrait.stages.segments.Segments;
import portrait.stages.sources.Sources;
import portrait.stages.sources.TableDefinition;
import portrait.stages.unification.Unification;
import tools.jackson.databind.json.JsonMapper;

/// Answers requests of the feed.
final class Feed {

  private static final JsonMapper JSON = JsonMapper.builder().build();

  private final Definitions definitions;
  private final Measures measures;
  private final Sources sources;
  private final Enrichments enrichments;
  private final Store store;
  private final Warehouse warehouse;
  private final Patience patience;
  private final Clock clock;
  private volatile @Nullable Known known;

  Feed(Definitions definitions, Measures measures, Sources sources, Enrichments enrichments, Store store,
      Warehouse warehouse, Patience patience, Clock clock) {
    this.definitions = definitions;
    this.measures = measures;
    this.sources = sources;
    this.enrichments = enrichments;
    this.store = store;
    this.warehouse = warehouse;
    this.patience = patience;
    this.clock = clock;
  }

  /// The model of one state of the warehouse and the definitions: reading it takes longer than most queries.
  private record Known(long changes, Object measures, Object unification, Object sources, Model model) {}

  Model model() {
    // Asked for first: what is written while the model is read makes it old at once.
    long changes = warehouse.changes();
    Object defined = definitions.all(Measures.KIND);
    Object unified = definitions.all(Unification.KIND);
    Object loaded = definitions.all(Sources.KIND);
    var before = known;
    if (before != null && before.changes == changes && before.measures == defined && before.unification == unified
        && before.sources == loaded) {
      return before.model;
    }
    var model = warehouse.read(session -> Model.of(session, measures.definitions(), measures.tables(), unified(),
        enrichments.all(), enrichments::tablesBeside));
    known = new Known(changes, defined, unified, loaded, model);
    return model;
  }

  private List<TableDefinition> unified() {
    return definitions.all(Unification.KIND).stream().flatMap(unification -> unification.tables().stream())
        .flatMap(table -> sources.definition(table.table()).stream()).distinct().toList();
  }

  /// @param isAlone whether it may be answered bit by bit, which a part of a batch may not
  Answer answer(Ask ask, boolean isAlone) {
    var address = Address.of(ask.target());
    var path = address.path();
    if (path.isEmpty()) {
      return json(ask, services(ask, address));
    }
    return switch (path.getFirst()) {
      case "$metadata" -> metadata(ask, address);
      case "manage" -> throw elsewhere(path);
      case String _ -> resource(ask, address, isAlone);
    };
  }

  /// The product whose queries this feed answers has its management beside its data.
  private static RuntimeException elsewhere(List<String> path) {
    String place = path.contains("datasources") ? "GET /api/v1/tables lists source tables"
        : path.contains("jobs") || path.contains("workflows")
            ? "POST /api/v1/refresh starts a refresh, and GET /api/v1/jobs tells how it goes"
            : "The API for management is described at /openapi.yaml";
    return Problem.of(Problem.Code.NOT_FOUND, "management is not part of this feed", place + ".").asException();
  }

  private tools.jackson.databind.node.ObjectNode services(Ask ask, Address address) {
    var document = JSON.createObjectNode();
    if (ask.detail(address.option("$format")) != Ask.Detail.NONE) {
      document.put("@odata.context", ask.root() + "$metadata");
    }
    var sets = document.putArray("value");
    model().sets().keySet().forEach(name -> sets.addObject().put("name", name).put("kind", "EntitySet").put("url",
        name));
    return document;
  }

  private Answer metadata(Ask ask, Address address) {
    return ask.wantsJson(address.option("$format")) ? json(ask, Csdl.json(model(), ask.version()))
        : Answer.bytes("application/xml;charset=utf-8",
            Csdl.xml(model(), ask.version()).getBytes(StandardCharsets.UTF_8))
            .withHeader("OData-Version", ask.version());
  }

  private static Answer json(Ask ask, tools.jackson.databind.JsonNode body) {
    return typed(ask, Answer.json(body), "minimal");
  }

  private static Answer typed(Ask ask, Answer answer, String detail) {
    return answer.withHeader("Content-Type", "application/json;odata.metadata=%s;charset=utf-8".formatted(detail))
        .withHeader("OData-Version", ask.version());
  }

  /// What the path leads to.
  ///
  /// @param filter what the path says of the entities
  /// @param isSingle whether it is one at most
  private record Place(EntitySet set, Filter filter, boolean isSingle, Optional<Property> property, End end) {}

  private enum End {
    NONE, COUNT, VALUE
  }

  private Answer resource(Ask ask, Address address, boolean isAlone) {
    var model = model();
    var segments = segments();
    var reader = new Reader(model, store, warehouse, clock.instant());
    var place = place(model, reader, address.path());
    var query = new QueryReader(model, segments, clock.instant()).read(place.set(), address.options())
        .where(place.filter());
    var json = new Json(ask.root(), ask.detail(address.option("$format")), ask.isExact(address.option("$format")));
    refuseFormat(address);
    Supplier<Answer> work = () -> answer(ask, address, place, query, reader, json);
    if (!reader.isSlow(query)) {
      return work.get();
    }
    return isAlone && place.end() == End.NONE && !place.isSingle()
        ? patience.answer(work::get, typed(ask, Answer.json(JSON.createObjectNode()), detail(json)),
            problem -> Errors.answer(problem, ""))
        : patience.of(work::get);
  }

  private static void refuseFormat(Address address) {
    address.option("$format").filter(format -> !format.toLowerCase(java.util.Locale.ROOT).contains("json"))
        .ifPresent(format -> {
          throw Mistake.in("$format", "rows are written as JSON only", "Leave it out.");
        });
  }

  private static String detail(Json json) {
    return json.detail().name().toLowerCase(java.util.Locale.ROOT);
  }

  private Set<String> segments() {
    return definitions.all(Segments.KIND).stream().map(SegmentDefinition::name).collect(Collectors.toSet());
  }

  private static Answer answer(Ask ask, Address address, Place place, Query query, Reader reader, Json json) {
    if (place.end() == End.COUNT) {
      return Answer.text(String.valueOf(reader.count(query))).withHeader("OData-Version", ask.version());
    }
    if (!place.isSingle()) {
      var token = address.option("$skiptoken").map(text -> Token.read(text, query.order()));
      var page = reader.page(query, query.top().isPresent() && !ask.isPageSizeAsked() ? Ask.PAGE_MAX : ask.pageSize(),
          token);
      var answer = typed(ask, Answer.json(json.collection(query, page, address.written())), detail(json));
      return ask.isPageSizeAsked()
          ? answer.withHeader("Preference-Applied", "maxpagesize=%d".formatted(ask.pageSize()))
          : answer;
    }
    var page = reader.page(query, 1, Optional.empty());
    if (page.rows().isEmpty()) {
      throw Problem.of(Problem.Code.NOT_FOUND, "%s has no such entity".formatted(place.set().name()),
          "Check the spelling: values are compared exactly.").asException();
    }
    if (place.property().isEmpty()) {
      return typed(ask, Answer.json(json.single(query, page)), detail(json));
    }
    var property = place.property().get();
    var value = page.rows().getFirst().value(property);
    if (value == null) {
      return Answer.empty().withHeader("OData-Version", ask.version());
    }
    return place.end() == End.VALUE
        ? Answer.text(value.toString()).withHeader("OData-Version", ask.version())
        : typed(ask, Answer.json(json.property(place.set(), page.rows().getFirst(), property)), detail(json));
  }

  private static Place place(Model model, Reader reader, List<String> path) {
    var first = Lists.withParentheses("path", new Lists.Part(path.getFirst(), 0));
    var set = model.set(first.getFirst().text());
    var place = new Place(set, Filter.EVERYTHING, false, Optional.empty(), End.NONE);
    if (first.size() > 1) {
      place = keyed(place, first.get(1));
    }
    for (String segment : path.subList(1, path.size())) {
      place = next(model, reader, place, segment);
    }
    return place;
  }

  private static Place next(Model model, Reader reader, Place place, String segment) {
    if (place.end() != End.NONE || segment.startsWith("$")) {
      return end(place, segment);
    }
    if (place.property().isPresent()) {
      throw Mistake.unknown("way", segment, List.of("$value"));
    }
    var set = place.set();
    if (!place.isSingle()) {
      // The key as a part of the path: Customer/1234.
      var key = keyProperty(set);
      return new Place(set, Filter.and(place.filter(), Reader.equal(set, key, value(key, segment))), true,
          Optional.empty(), End.NONE);
    }
    var parts = Lists.withParentheses("path", new Lists.Part(segment, 0));
    var navigation = set.navigation(parts.getFirst().text());
    if (navigation.isEmpty()) {
      var property = set.find(segment).orElseThrow(() -> Mistake.unknown("property", segment,
          java.util.stream.Stream.concat(set.properties().stream().map(Property::name),
              set.navigations().stream().map(EntitySet.Navigation::name)).toList()));
      return new Place(set, place.filter(), true, Optional.of(property), End.NONE);
    }
    var from = reader.page(new Query(set, Optional.empty(), place.filter(), List.of(), "", 0, Optional.empty(), false,
        List.of(set.property(navigation.get().from())), true, List.of(), Map.of()), 1, Optional.empty());
    if (from.rows().isEmpty()) {
      throw Problem.of(Problem.Code.NOT_FOUND, "%s has no such entity".formatted(set.name()),
          "Check the spelling: values are compared exactly.").asException();
    }
    var target = model.set(navigation.get().target());
    var related = new Place(target, Reader.relation(navigation.get(), target, set, from.rows().getFirst()),
        !navigation.get().isMany(), Optional.empty(), End.NONE);
    return parts.size() < 2 ? related : keyed(related, parts.get(1));
  }

  private static Place end(Place place, String segment) {
    boolean fits = switch (segment) {
      case "$count" -> !place.isSingle() && place.end() == End.NONE;
      case "$value" -> place.property().isPresent() && place.end() == End.NONE;
      case String _ -> false;
    };
    if (!fits) {
      throw Problem.of(Problem.Code.NOT_FOUND, "'%s' leads nowhere here".formatted(segment),
          "A set has $count, a property $value.").asException();
    }
    return new Place(place.set(), place.filter(), place.isSingle(), place.property(),
        segment.equals("$count") ? End.COUNT : End.VALUE);
  }

  private static Property keyProperty(EntitySet set) {
    if (set.key().size() > 1) {
      throw Problem.of(Problem.Code.INVALID_PARAMETER, "the key of %s has several parts".formatted(set.name()),
          "Write %s(%s).".formatted(set.name(),
              set.key().stream().map("%s=…"::formatted).collect(Collectors.joining(","))))
          .asException();
    }
    return set.keyProperties().getFirst();
  }

  private static Object value(Property key, String text) {
    return switch (key.type()) {
      case STRING, JSON -> text;
      case INTEGER, NUMBER, BOOLEAN, DATE, TIMESTAMP ->
        java.util.Objects.requireNonNullElse(Parser.literal("path", text, 0).value(), "");
    };
  }

  /// `('1')`, `(CustomerId='1')`, or for a customer any namespace: `(email='ann@example.com')`.
  private static Place keyed(Place place, Lists.Part inside) {
    var set = place.set();
    var filter = place.filter();
    var named = new HashSet<String>();
    for (var part : Lists.split("path", inside, ',')) {
      int equals = part.text().startsWith("'") ? -1 : part.text().indexOf('=');
      String name = equals < 0 ? keyProperty(set).name() : part.text().substring(0, equals).strip();
      var literal = equals < 0 ? part : part.from(equals + 1);
      var value = Parser.literal("path", literal.text(), literal.at()).value();
      if (value == null) {
        throw Mistake.at("path", literal.at(), "a key is never null");
      }
      filter = Filter.and(filter, key(set, name, value, part.at()));
      named.add(name);
    }
    if (set.key().containsAll(named) && named.size() < set.key().size()) {
      keyProperty(set);
    }
    return new Place(set, filter, true, Optional.empty(), End.NONE);
  }

  private static Filter key(EntitySet set, String name, Object value, int at) {
    var property = set.find(name).filter(
        found -> set.key().contains(found.name()) || set.named(found).isPresent());
    if (property.isPresent()) {
      boolean isText = property.get().edmType().equals("Edm.String");
      if (isText != value instanceof String) {
        throw Mistake.at("path", at, "%s is %s".formatted(property.get().name(),
            isText ? "a text: write it in single quotes" : "no text: write it without quotes"));
      }
      return Reader.equal(set, property.get(), value);
    }
    if (name.isBlank() || !(set.origin() instanceof EntitySet.Origin.Customers)
        || !(value instanceof String identity)) {
      throw Mistake.at("path", at, "'%s' is no key of %s%s".formatted(name, set.name(),
          Expressions.nearest(name, set.key())), "Its key is %s.".formatted(String.join(", ", set.key())));
    }
    var customer = set.property(EntitySet.CUSTOMER_ID);
    return identity.isBlank() || identity.length() > Identity.VALUE_LENGTH_MAX ? Filter.NOTHING
        : new Filter.Is(customer, new EntitySet.Named(customer.name(), name, ""), Optional.empty(),
            new ArrayList<>(List.of(identity)), false);
  }
}
