package portrait.doors.web;

import static portrait.doors.http.Access.needs;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import java.util.Locale;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import portrait.doors.http.Answer;
import portrait.doors.http.Door;
import portrait.doors.http.Request;
import portrait.doors.http.Routes;
import portrait.foundation.database.Database;
import portrait.foundation.definitions.Definitions;
import portrait.foundation.expressions.Columns;
import portrait.foundation.model.CustomerId;
import portrait.foundation.model.Identity;
import portrait.foundation.model.Problem;
import portrait.foundation.model.ProblemException;
import portrait.foundation.model.Schema;
import portrait.foundation.security.Permission;
import portrait.foundation.warehouse.Warehouse;
import portrait.processes.consents.Consents;
import portrait.processes.dashboard.Dashboard;
import portrait.processes.dashboard.Group;
import portrait.processes.live.IdentityMap;
import portrait.processes.live.Lineage;
import portrait.processes.live.Live;
import portrait.processes.live.Portrait;
import portrait.processes.live.SeenIdentity;
import portrait.processes.privacy.Privacy;
import portrait.processes.repair.Repair;
import portrait.stages.accounts.Accounts;
import portrait.stages.activities.Activities;
import portrait.stages.consent.Consent;
import portrait.stages.events.Event;
import portrait.stages.events.EventQuery;
import portrait.stages.identity.IdentityGraph;
import portrait.stages.measures.Measures;
import portrait.stages.segments.Facets;
import portrait.stages.segments.Segments;
import portrait.stages.unification.Unification;
import portrait.stages.sources.Sources;

/// The list of customers, and the card of one.
final class Customers implements Door {

  private static final int TIMELINE_PAGE = 40;
  /** A page stays small where there are thousands; each has a page of its own that leads here. */
  private static final int SEGMENTS_OFFERED = 500;
  private static final int COUNTED_EVENTS = 500;
  private static final Set<String> NO_COLUMNS = Set.of("CustomerId", "Known", "FirstSeen", "LastSeen",
      "PreviousCustomerId");
  /** What tells people apart, as sources call it. */
  private static final Set<String> USUAL_COLUMNS = Set.of("email", "phone", "city", "country");

  private final Renderer renderer;
  private final Cards cards;
  private final Live live;
  private final Repair repair;
  private final Definitions definitions;
  private final Sources sources;
  private final Segments segments;
  private final Measures measures;
  private final Database database;
  private final Accounts accounts;
  private final Unification unification;
  private final Consents consents;
  private final Dashboard dashboard;
  private final Warehouse warehouse;
  private final Privacy privacy;

  Customers(Renderer renderer, Cards cards, Live live, Repair repair, Definitions definitions, Sources sources,
      Segments segments,
      Measures measures, Database database, Accounts accounts, Unification unification,
      Consents consents, Dashboard dashboard, Warehouse warehouse, Privacy privacy) {
    this.privacy = privacy;
    this.warehouse = warehouse;
    this.dashboard = dashboard;
    this.consents = consents;
    this.accounts = accounts;
    this.unification = unification;
    this.renderer = renderer;
    this.cards = cards;
    this.live = live;
    this.repair = repair;
    this.definitions = definitions;
    this.sources = sources;
    this.segments = segments;
    this.measures = measures;
    this.database = database;
  }

  @Override
  public void routes(Routes routes) {
    routes.get("/customers", needs(Permission.VIEW), this::list);
    routes.get("/customers/compare", needs(Permission.VIEW), this::compare);
    routes.get("/customers/{id}", needs(Permission.VIEW), this::one);
    routes.get("/customers/{id}/timeline", needs(Permission.VIEW), this::news);
  }

  /// The cards of a page as rows, with the columns that were asked for.
  private Optional<CustomersPage.Table> table(Request request, Messages text, List<CustomersPage.Card> some) {
    if (request.query("view").filter("table"::equals).isEmpty()) {
      return Optional.empty();
    }
    var attributes = database.read(transaction -> cards.attributes(transaction, some));
    List<String> known = warehouse.read(session -> Columns.of(session).customer().columns().stream()
        .map(Schema.Column::name).filter(name -> !NO_COLUMNS.contains(name)).toList());
    var offered = new TreeSet<>(known);
    attributes.values().forEach(of -> offered.addAll(of.keySet()));
    var asked = request.queryAll("column").stream().filter(offered::contains).distinct().toList();
    var columns = asked.isEmpty() ? usual(attributes) : asked;
    var values = new HashMap<String, List<String>>();
    attributes.forEach((id, of) -> values.put(id, columns.stream().map(column -> text.value(of.get(column))).toList()));
    return Optional.of(new CustomersPage.Table(columns, List.copyOf(offered), values));
  }

  /// What tells these people apart, else the first that they have; no column that is empty for all of them.
  private static List<String> usual(Map<String, Map<String, Object>> attributes) {
    var had = new TreeSet<String>();
    attributes.values().forEach(of -> had.addAll(of.keySet()));
    var usual = had.stream().filter(name -> USUAL_COLUMNS.contains(name.toLowerCase(Locale.ROOT))).toList();
    return usual.isEmpty() ? had.stream().limit(USUAL_COLUMNS.size()).toList() : usual;
  }

  /// Two customers side by side.
  private Answer compare(Request request) {
    var ids = request.queryAll("id").stream().distinct().toList();
    if (ids.size() != 2) {
      return Renderer.failed("/customers?view=table", Problem.of(Problem.Code.INVALID_PARAMETER,
          renderer.text(request).of("compare.two", ids.size())));
    }
    var text = renderer.text(request);
    var one = found(ids.getFirst());
    var other = found(ids.getLast());
    return renderer.page(request, "compare", text.of("compare.title"), "customers",
        new ComparePage(person(one, text), person(other, text), List.of(
            new ComparePage.Part(text.of("customer.attributes"), rows(one.attributes(), other.attributes(), text)),
            new ComparePage.Part(text.of("customer.identities"), names(one, other, text)),
            new ComparePage.Part(text.of("nav.measures"), rows(one.measures(), other.measures(), text)),
            new ComparePage.Part(text.of("nav.segments"), memberships(one, other, text)))));
  }

  private Portrait found(String id) {
    return live.find(new Identity("customer", CustomerId.of(id).toString())).orElseThrow(
        () -> Problem.of(Problem.Code.UNKNOWN_PROFILE, "there is no customer %s".formatted(id),
            "Search for a name, an e-mail or any id on the page Customers.").asException());
  }

  private static ComparePage.Person person(Portrait portrait, Messages text) {
    return new ComparePage.Person(portrait.customerId().toString(), Cards.face(text, portrait.customerId(),
        portrait.attributes(), portrait.identities().stream().map(name -> new Identity(name.namespace(), name.value()))
            .findFirst()),
        portrait.known());
  }

  private static List<ComparePage.Row> rows(Map<String, Object> one, Map<String, Object> other, Messages text) {
    var names = new TreeSet<>(one.keySet());
    names.addAll(other.keySet());
    return names.stream().filter(name -> !Consent.isAbout(name)).map(name -> new ComparePage.Row(Messages.label(name),
        text.value(one.get(name)), text.value(other.get(name)))).toList();
  }

  private List<ComparePage.Row> names(Portrait one, Portrait other, Messages text) {
    var titles = new NamespaceTitles(definitions, sources, text);
    var namespaces = new TreeSet<String>();
    List.of(one, other).forEach(each -> each.identities().forEach(name -> namespaces.add(name.namespace())));
    return namespaces.stream().map(namespace -> new ComparePage.Row(titles.of(namespace), values(one, namespace),
        values(other, namespace))).toList();
  }

  private static String values(Portrait portrait, String namespace) {
    return portrait.identities().stream().filter(name -> name.namespace().equals(namespace)).map(SeenIdentity::value)
        .sorted().collect(Collectors.joining(", "));
  }

  private List<ComparePage.Row> memberships(Portrait one, Portrait other, Messages text) {
    return segments.definitions().stream()
        .filter(segment -> one.segments().contains(segment.name()) || other.segments().contains(segment.name()))
        .map(segment -> new ComparePage.Row(segment.title(), text.value(one.segments().contains(segment.name())),
            text.value(other.segments().contains(segment.name()))))
        .toList();
  }

  private Answer list(Request request) {
    var group = request.query("group").flatMap(Group::of);
    if (group.isPresent()) {
      return behind(request, group.get());
    }
    var filters = CustomerFilters.of(request);
    var cursor = request.query("cursor");
    var text = renderer.text(request);
    boolean isChosen = !filters.facets().isEmpty();
    int offset = isChosen ? request.query("cursor", 0, Integer.MAX_VALUE, 0) : 0;
    var narrowed = warehouse.read(session -> segments.facets(session,
        filters.narrowed(Columns.of(session).customer()), isChosen ? Cards.PAGE : 0, offset));
    var found = isChosen ? chosen(text, narrowed, offset) : found(text, filters, cursor);
    var choices = segments.definitions().stream()
        .sorted(Comparator.comparing(each -> !each.name().equals(filters.segment()))).limit(SEGMENTS_OFFERED)
        .map(each -> new CustomersPage.Choice(each.name(), each.title())).toList();
    var page = new CustomersPage(filters, choices, facets(narrowed, filters, text, request),
        isChosen ? Optional.of(narrowed.total()) : Optional.empty(), Optional.empty(),
        table(request, text, found.cards()), found.cards(), found.next(), cursor.isEmpty());
    boolean wantsCards = request.isFragment() && request.header("HX-History-Restore-Request").isEmpty();
    return wantsCards ? renderer.part(request, "cards", "page", page)
        : renderer.page(request, "customers", text.of("nav.customers"), "customers", page);
  }

  private Cards.Page found(Messages text, CustomerFilters filters, Optional<String> cursor) {
    var known = filters.kind().equals("all") ? Optional.<Boolean>empty()
        : Optional.of(filters.kind().equals("known"));
    return database.read(transaction -> filters.segment().isEmpty()
        ? cards.search(transaction, text, filters.query(), known, cursor)
        : cards.members(transaction, text, filters.segment(), filters.query(), known, cursor));
  }

  private Cards.Page chosen(Messages text, Facets narrowed, int offset) {
    var some = database.read(transaction -> cards.of(transaction, text, narrowed.some()));
    return new Cards.Page(some, offset + narrowed.some().size() < narrowed.total()
        ? Optional.of(String.valueOf(offset + Cards.PAGE))
        : Optional.empty());
  }

  private static List<CustomersPage.Facet> facets(Facets narrowed, CustomerFilters filters, Messages text,
      Request request) {
    String view = request.query("view").filter("table"::equals).map(_ -> "&view=table").orElse("");
    return narrowed.facets().stream().map(facet -> new CustomersPage.Facet(Messages.label(facet.attribute()),
        facet.values().stream().map(value -> new CustomersPage.FacetValue(
            value.to() == null ? text.value(value.from())
                : text.of("customers.interval", text.value(value.from()), text.value(value.to())),
            value.customers(), filters.has(facet.attribute(), value.text()),
            filters.toggled(facet.attribute(), value.text()).url() + view)).toList()))
        .toList();
  }

  /// The people behind a number of the first page.
  private Answer behind(Request request, Group group) {
    var text = renderer.text(request);
    int offset = request.query("cursor", 0, Integer.MAX_VALUE, 0);
    var people = dashboard.people(group, Cards.PAGE, offset);
    var found = database.read(transaction -> cards.of(transaction, text, people.some()));
    var next = offset + people.some().size() < people.total() && !people.some().isEmpty()
        ? Optional.of(String.valueOf(offset + Cards.PAGE))
        : Optional.<String>empty();
    return renderer.page(request, "customers", text.of("nav.customers"), "customers",
        new CustomersPage(CustomerFilters.NONE, List.of(), List.of(), Optional.empty(),
            Optional.of(new CustomersPage.Behind(group.text(), title(group, text), people.total())),
            table(request, text, found), found, next,
            offset == 0));
  }

  private String title(Group group, Messages text) {
    var titles = new NamespaceTitles(definitions, sources, text);
    return switch (group) {
      case Group.Added() -> text.of("group.added");
      case Group.Unsegmented() -> text.of("group.unsegmented");
      case Group.Single() -> text.of("group.single");
      case Group.OfSource(String source) -> text.of("group.source",
          source.equals("live") ? text.of("home.live") : titles.of(source));
      case Group.Holding(String namespace) -> text.of("group.holding", titles.of(namespace));
      case Group.HoldingBoth(String one, String other) -> text.of("group.holdingBoth", titles.of(one),
          titles.of(other));
    };
  }

  private Answer one(Request request) {
    String id = request.pathPart("id");
    var identity = new Identity("customer", CustomerId.of(id).toString());
    var portrait = live.find(identity).orElseThrow(() -> Problem.of(Problem.Code.UNKNOWN_PROFILE,
        "there is no customer %s".formatted(id), "Search for a name, an e-mail or any id on the page Customers.")
        .asException());
    if (!portrait.customerId().toString().equals(id)) {
      return Answer.seeOther("/customers/" + portrait.customerId());
    }
    var page = page(portrait, identity, request);
    return renderer.page(request, "customer", page.face().name(), "customers", page);
  }

  /// The timeline, when it is not what was seen.
  private Answer news(Request request) {
    var portrait = found(request.pathPart("id"));
    var timeline = timeline(portrait.customerId(), new Identity("customer", portrait.customerId().toString()),
        request.query("event").orElse(""), Optional.empty(), renderer.text(request));
    return request.query("seen").filter(timeline.seen()::equals).isPresent() ? Answer.empty()
        : renderer.part(request, "timeline", "timeline", timeline);
  }

  private CustomerPage page(Portrait portrait, Identity identity, Request request) {
    var text = renderer.text(request);
    var face = Cards.face(text, portrait.customerId(), portrait.attributes(), portrait.identities().stream()
        .map(name -> new Identity(name.namespace(), name.value())).findFirst());
    var lineage = live.lineage(identity);
    String asked = request.query("why").orElse("");
    var memberships = live.segments(identity).orElse(List.of()).stream()
        .map(in -> new CustomerPage.Membership(in.name(), in.title(), in.since(), Optional.ofNullable(in.until()),
            in.name().equals(asked) ? live.explain(identity, asked) : Optional.empty()))
        .toList();
    var titles = new NamespaceTitles(definitions, sources, text);
    var names = portrait.identities().stream()
        .map(
            name -> new CustomerPage.Name(titles.of(name.namespace()), name.value(), name.firstSeen(), name.lastSeen()))
        .toList();
    var reasons = lineage.map(Lineage::links).orElse(List.of()).stream().map(tie -> reason(tie, titles, text)).toList();
    return new CustomerPage(portrait.customerId().toString(), face, portrait.known(), facts(portrait, face),
        Optional.of(portrait.firstSeen()), Optional.of(portrait.lastSeen()), attributes(portrait, lineage, text),
        figures(portrait, text), memberships, names, crowded(identity, titles),
        portrait.previousCustomerIds().stream().map(CustomerId::toString).toList(), reasons,
        repair.separations(identity).stream().map(pair -> new CustomerPage.Apart(called(pair.one(), titles),
            called(pair.other(), titles), pair.by(), pair.at())).toList(),
        timeline(portrait.customerId(), identity, request.query("event").orElse(""), request.query("cursor"), text),
        company(portrait), household(portrait),
        lineage.map(consents::standings).orElse(List.of()),
        lineage.filter(found -> !found.links().isEmpty()).map(found -> IdentityPicture.of(portrait.identities(),
            found.links().stream().map(tie -> new IdentityPicture.Tied(tie, how(tie, text))).toList(), titles))
            .orElse(IdentityPicture.NONE),
        erasure(request, identity));
  }

  /// What an erasure would delete, once somebody who may erase asked for it.
  private Optional<Holdings> erasure(Request request, Identity identity) {
    return request.query("erase").filter(_ -> request.caller().role().allows(Permission.ADMINISTER))
        .map(_ -> new Holdings(privacy.find(List.of(identity))));
  }

  private Optional<CustomerPage.Company> company(Portrait portrait) {
    var rows = portrait.identities().stream().map(name -> new Identity(name.namespace(), name.value())).toList();
    return database.read(tx -> accounts.ofContact(tx, rows))
        .map(account -> new CustomerPage.Company(account.id(), account.name()));
  }

  private Optional<CustomerPage.Household> household(Portrait portrait) {
    var ids = Stream.concat(Stream.of(portrait.customerId()), portrait.previousCustomerIds().stream()).toList();
    return unification.household(ids)
        .map(found -> new CustomerPage.Household(found.id(), found.customers().size()));
  }

  private static List<CustomerPage.Fact> facts(Portrait portrait, Face face) {
    var facts = new ArrayList<CustomerPage.Fact>();
    Face.text(portrait.attributes(), "email", "Email", "mail").filter(mail -> !mail.equals(face.name()))
        .ifPresent(mail -> facts.add(new CustomerPage.Fact("mail", mail)));
    Face.text(portrait.attributes(), "phone", "Phone", "mobile").ifPresent(
        phone -> facts.add(new CustomerPage.Fact("phone", phone)));
    Face.text(portrait.attributes(), "city", "City").ifPresent(city -> facts.add(new CustomerPage.Fact("pin", city)));
    return facts;
  }

  private static List<CustomerPage.Attribute> attributes(Portrait portrait, Optional<Lineage> lineage, Messages text) {
    var origins = new HashMap<String, Lineage.Attribute>();
    lineage.ifPresent(found -> found.attributes().forEach(said -> origins.put(said.name(), said)));
    // What they agree to has a place of its own.
    return new TreeMap<>(portrait.attributes()).entrySet().stream().filter(entry -> !Consent.isAbout(entry.getKey()))
        .map(entry -> {
          var origin = Optional.ofNullable(origins.get(entry.getKey()));
          return new CustomerPage.Attribute(Messages.label(entry.getKey()), text.value(entry.getValue()),
              origin.map(Lineage.Attribute::source).orElse(""),
              origin.map(found -> others(found, text)).orElse(List.of()));
        }).filter(attribute -> !attribute.value().isBlank()).toList();
  }

  /// What others say about an attribute, or said about another of the customer's identities.
  private static List<CustomerPage.Said> others(Lineage.Attribute attribute, Messages text) {
    return attribute.said().stream().filter(said -> !Objects.equals(said.value(), attribute.value()))
        .map(said -> new CustomerPage.Said(said.source(), said.value() == null ? "" : text.value(said.value())))
        .distinct().toList();
  }

  private List<CustomerPage.Figure> figures(Portrait portrait, Messages text) {
    return measures.definitions().stream().filter(measure -> portrait.measures().containsKey(measure.name()))
        .map(measure -> new CustomerPage.Figure(measure.title(),
            text.value(portrait.measures().get(measure.name()))))
        .toList();
  }

  private CustomerPage.Reason reason(IdentityMap.Tie tie, NamespaceTitles titles, Messages text) {
    return new CustomerPage.Reason(called(tie.one(), titles), called(tie.other(), titles), how(tie, text),
        tie.lastSeen(), tie.isCut(), isByHand(tie),
        isLikely(tie) ? Optional.of(LikelyPairPage.url(tie.one(), tie.other())) : Optional.empty());
  }

  private static boolean isByHand(IdentityMap.Tie tie) {
    return tie.source().equals(IdentityGraph.PEOPLE);
  }

  private static String how(IdentityMap.Tie tie, Messages text) {
    return isByHand(tie) ? text.of("customer.whyPeople", tie.rule())
        : tie.rule().isEmpty() ? text.of("customer.whySeen", tie.source())
            : tie.isLive() ? text.of("customer.whyMatchedLive", tie.rule(), tie.score())
                : tie.score() < 1 ? text.of("customer.whyMatchedAt", tie.rule(), tie.score())
                    : text.of("customer.whyMatched", tie.rule());
  }

  /// Whether a probabilistic rule joined the two, whose score can be taken apart.
  private boolean isLikely(IdentityMap.Tie tie) {
    return tie.source().equals(Unification.ORIGIN) && definitions.all(Unification.KIND).stream()
        .flatMap(definition -> definition.likely().stream()).anyMatch(rule -> rule.name().equals(tie.rule()));
  }

  private List<CustomerPage.Crowded> crowded(Identity identity, NamespaceTitles titles) {
    return live.identities(identity).map(IdentityMap::leftOut).orElse(List.of()).stream()
        .map(some -> new CustomerPage.Crowded(called(some.crowded(), titles), some.times(),
            called(some.last(), titles), some.lastAt()))
        .toList();
  }

  static CustomerPage.Called called(Identity identity, NamespaceTitles titles) {
    return new CustomerPage.Called(titles.of(identity.namespace()), identity.namespace(), identity.value());
  }

  private CustomerPage.Timeline timeline(CustomerId customer, Identity identity, String name,
      Optional<String> cursor, Messages text) {
    var counted = events(identity, Set.of(), COUNTED_EVENTS, Optional.empty()).events();
    var counts = new LinkedHashMap<String, Integer>();
    counted.forEach(event -> counts.merge(event.name(), 1, Integer::sum));
    var types = counts.entrySet().stream().sorted(Map.Entry.<String, Integer>comparingByValue().reversed())
        .map(entry -> new CustomerPage.Count(entry.getKey(), entry.getValue())).toList();
    var shown = events(identity, name.isEmpty() ? Set.of() : Set.of(name), TIMELINE_PAGE, cursor);
    var entries = new TimelineEntries(definitions, text);
    var months = new LinkedHashMap<String, List<CustomerPage.Entry>>();
    for (var event : shown.events()) {
      months.computeIfAbsent(text.month(event.timestamp()), _ -> new ArrayList<>()).add(entries.of(event));
    }
    return new CustomerPage.Timeline(customer.toString(), name, types,
        months.entrySet().stream().map(month -> new CustomerPage.Month(month.getKey(), month.getValue())).toList(),
        shown.next(), cursor.isEmpty(),
        Integer.toHexString(shown.events().stream().map(Event::id).toList().hashCode()));
  }

  private portrait.stages.events.EventPage events(Identity identity, Set<String> names, int limit,
      Optional<String> cursor) {
    return live.events(identity, new EventQuery(Optional.empty(), Optional.empty(), names, limit, cursor)
        .without(Activities.hidden(definitions)))
        .orElseThrow(() -> new ProblemException(Problem.of(Problem.Code.UNKNOWN_PROFILE, "the customer is gone")));
  }
}
