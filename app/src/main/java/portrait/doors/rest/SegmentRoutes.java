package portrait.doors.rest;

import static portrait.doors.http.Access.needs;

import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import portrait.doors.http.Answer;
import portrait.doors.http.Door;
import portrait.doors.http.Request;
import portrait.doors.http.Routes;
import portrait.foundation.database.Database;
import portrait.foundation.definitions.Definition;
import portrait.foundation.definitions.Definitions;
import portrait.foundation.expressions.Explanation;
import portrait.foundation.model.Identity;
import portrait.foundation.model.Problem;
import portrait.foundation.security.Permission;
import portrait.foundation.security.Security;
import portrait.foundation.warehouse.Warehouse;
import portrait.processes.live.Enlisted;
import portrait.processes.live.Live;
import portrait.processes.rollout.Rollout;
import portrait.stages.segments.SegmentDefinition;
import portrait.stages.segments.Segments;
import tools.jackson.databind.node.ObjectNode;

/// Segments with their sizes and members, who came and went, and why somebody is in.
final class SegmentRoutes implements Door {

  private static final String ALL = "/api/v1/segments";
  private static final String ONE = ALL + "/{name}";
  private static final String WHO = "who is asked about";
  private static final String WHO_EXAMPLE = "?namespace=email&value=amelie@example.com";
  private static final int PAGE_MAX = 1_000;
  private static final int LISTED_MAX = 100_000;

  private final Live live;
  private final Segments segments;
  private final Definitions definitions;
  private final Security security;
  private final Database database;
  private final Warehouse warehouse;
  private final Rollout rollout;
  private final Clock clock;

  SegmentRoutes(Live live, Segments segments, Definitions definitions, Security security, Database database,
      Warehouse warehouse, Rollout rollout, Clock clock) {
    this.live = live;
    this.segments = segments;
    this.definitions = definitions;
    this.security = security;
    this.database = database;
    this.warehouse = warehouse;
    this.rollout = rollout;
    this.clock = clock;
  }

  @Override
  public void routes(Routes routes) {
    var view = needs(Permission.VIEW);
    var patiently = view.withPatience();
    routes.get(ALL, view, _ -> all());
    routes.get(ALL + "/values", patiently, this::values);
    routes.get(ONE, view, request -> {
      var segment = segment(request);
      return Answer.json(Shapes.segment(segment, size(segment.name())).put("settled",
          !rollout.waiting().contains("Segment/" + segment.name())));
    });
    routes.post(ALL + "/estimate", patiently, this::estimateDraft);
    routes.post(ALL + "/explain", view, this::explainDraft);
    routes.get(ONE + "/members", view, this::members);
    routes.post(ONE + "/members", needs(Permission.CONTRIBUTE), this::enlist);
    routes.post(ONE + "/snapshot", needs(Permission.CONTRIBUTE), this::snapshot);
    routes.get(ONE + "/estimate", patiently, this::estimate);
    routes.get(ONE + "/explain", view, this::explain);
    routes.get(ONE + "/history", view, this::history);
    routes.get(ONE + "/sizes", view, this::sizes);
    routes.get(ONE + "/overlap", patiently, this::overlap);
    routes.get(ONE + "/differences", patiently, this::differences);
  }

  private Answer all() {
    Map<String, Long> sizes = database.read(segments::sizes);
    return Answer.json(Shapes.list("segments", segments.definitions(),
        segment -> Shapes.segment(segment, sizes.getOrDefault(segment.name(), 0L))));
  }

  private Answer members(Request request) {
    String name = segment(request).name();
    int limit = request.query("limit", 1, PAGE_MAX, 100);
    Optional<String> cursor = request.query("cursor");
    var page = database.read(transaction -> segments.members(transaction, name, limit, cursor));
    boolean isProjected = !segment(request).projected().isEmpty();
    return Answer.json(Shapes.next(Shapes.list("members", page.members(), member -> {
      var shape = Shapes.object().put("customerId", member.customer().toString()).put("since",
          Shapes.time(member.since()));
      if (isProjected) {
        shape.set("columns", Shapes.value(
            live.projected(new Identity("customer", member.customer().toString()), name).orElse(Map.of())));
      }
      return shape;
    }), page.next()));
  }

  /// How many customers the rule fits when all of the last refresh are asked now, beside the live size.
  private Answer estimate(Request request) {
    var segment = segment(request);
    boolean isExact = request.query("exact").filter("true"::equals).isPresent();
    var shape = Shapes.estimate(warehouse.read(session -> isExact
        ? segments.count(session, segment, clock.instant())
        : segments.estimate(session, segment, clock.instant())));
    return Answer.json(shape.put("segment", segment.name()).put("size", size(segment.name())));
  }

  /// The same of a rule that is not defined yet: the body is the `spec` of a Segment.
  private Answer estimateDraft(Request request) {
    var draft = segments.draft(Shapes.read(request.bodyText(Rest.BODY_BYTES_MAX)));
    return Answer.json(Shapes.forecast(rollout.forecast(draft)));
  }

  private Answer explain(Request request) {
    String name = segment(request).name();
    return Answer.json(reason(Shapes.object().put("segment", name), request, identity -> live.explain(identity, name)));
  }

  /// The same of a rule that is not defined yet: the body is the `spec` of a Segment.
  private Answer explainDraft(Request request) {
    var draft = segments.draft(Shapes.read(request.bodyText(Rest.BODY_BYTES_MAX)));
    return Answer.json(reason(Shapes.object(), request, identity -> live.explain(identity, draft)));
  }

  private static ObjectNode reason(ObjectNode shape, Request request,
      Function<Identity, Optional<Explanation>> explained) {
    var identity = Identity.asked(needed(request, "namespace", WHO, WHO_EXAMPLE),
        needed(request, "value", WHO, WHO_EXAMPLE));
    var why = explained.apply(identity).orElseThrow(() -> Problem.of(Problem.Code.UNKNOWN_PROFILE,
        "no customer has this identity in the namespace %s".formatted(identity.namespace()),
        "Check the spelling: values are compared exactly.").asException());
    shape.put("member", why.holds().orElse(false));
    shape.set("why", Shapes.explanation(why));
    return shape;
  }

  private Answer history(Request request) {
    String name = segment(request).name();
    int limit = request.query("limit", 1, PAGE_MAX, 100);
    Optional<String> cursor = request.query("cursor");
    var page = database.read(transaction -> segments.changes(transaction, name, limit, cursor));
    return Answer.json(Shapes.next(Shapes.list("changes", page.changes(), Shapes::membershipChange), page.next()));
  }

  private Answer sizes(Request request) {
    String name = segment(request).name();
    int days = request.query("days", 1, 366, 30);
    var trend = database.read(transaction -> segments.trend(transaction, name, days, clock.instant()));
    return Answer.json(Shapes.list("sizes", List.copyOf(trend.entrySet()),
        day -> Shapes.object().put("day", day.getKey().toString()).put("size", day.getValue())));
  }

  /// With one other segment the figures of both stand beside the parts.
  private Answer overlap(Request request) {
    var names = new ArrayList<>(List.of(segment(request).name()));
    for (String other : needed(request, "with", "which segments to compare with", "?with=vip,new").split(",")) {
      names.add(named(other.strip()).name());
    }
    var overlap = database.read(transaction -> segments.overlap(transaction, names));
    var shape = Shapes.object().put("segment", names.getFirst());
    if (names.size() == 2) {
      shape.put("with", names.getLast());
      shape.put("size", overlap.sizes().get(names.getFirst())).put("withSize", overlap.sizes().get(names.getLast()));
      shape.put("both", overlap.all());
    }
    var sizes = shape.putObject("sizes");
    names.forEach(name -> sizes.put(name, overlap.sizes().get(name)));
    shape.put("all", overlap.all()).set("parts", Shapes.array(overlap.parts(), part -> {
      var each = Shapes.object().put("customers", part.customers());
      part.in().forEach(each.putArray("in")::add);
      return each;
    }));
    return Answer.json(shape);
  }

  private Answer differences(Request request) {
    String name = segment(request).name();
    var against = request.query("against").map(other -> named(other).name());
    var found = warehouse.write(session -> segments.differences(session, name, against));
    var shape = Shapes.object().put("segment", name).put("against", against.orElse(null))
        .put("members", found.members()).put("others", found.others()).put("compared", found.compared());
    shape.set("differences", Shapes.array(found.found(), each -> Shapes.object().put("kind", each.kind())
        .put("name", each.name()).put("value", each.value()).put("members", each.members())
        .put("others", each.others()).put("lift", each.lift()).put("liftLow", each.liftLow())
        .put("liftHigh", each.liftHigh()).put("score", each.score())));
    return Answer.json(shape);
  }

  private Answer values(Request request) {
    String field = needed(request, "field", "which attribute or measure", "?field=city");
    var values = warehouse.read(session -> segments.values(session, field));
    var shape = Shapes.object().put("field", field).put("type", values.type().text());
    shape.set("frequent", Shapes.array(values.frequent(), each -> Shapes.object()
        .set("value", Shapes.value(each.value())).put("customers", each.customers())));
    shape.set("percentiles", Shapes.array(values.percentiles(), each -> Shapes.object().put("percent", each.percent())
        .set("value", Shapes.value(each.value()))));
    return Answer.json(shape);
  }

  /// The body names identities of one namespace: `{"namespace": "email", "values": [...], "remove": false}`.
  private Answer enlist(Request request) {
    String name = listed(request).name();
    var body = Shapes.read(request.bodyText(Rest.BODY_BYTES_MAX));
    var values = body.path("values");
    if (!values.isArray() || values.isEmpty() || values.size() > LISTED_MAX) {
      throw Problem.of(Problem.Code.INVALID_BODY,
          "values must be a list of 1 to %,d identities of the namespace".formatted(LISTED_MAX)).asException();
    }
    String namespace = body.path("namespace").asString("");
    var named = values.valueStream().map(value -> Identity.asked(namespace, value.asString(""))).toList();
    boolean isRemoval = body.path("remove").asBoolean(false);
    var done = isRemoval ? live.delist(name, named) : live.enlist(name, named);
    security.audit(isRemoval ? "taken off a list" : "put on a list", name, "%d customers".formatted(done.changed()));
    return Answer.json(shape(done));
  }

  private SegmentDefinition listed(Request request) {
    var segment = segment(request);
    if (!segment.isStatic()) {
      throw Problem.of(Problem.Code.CONFLICT, "segment %s has a rule, so nobody can be put on a list of it"
          .formatted(segment.name()), "Keep its members as a list with POST …/snapshot, or define a static segment.")
          .asException();
    }
    return segment;
  }

  /// Defines a static segment and puts everybody on its list who is in this one now.
  private Answer snapshot(Request request) {
    var segment = segment(request);
    var body = Shapes.read(request.bodyText(Rest.BODY_BYTES_MAX));
    String as = body.path("name").asString("");
    var spec = Shapes.object().put("static", true).put("title", body.path("title").asString(as));
    if (segments.definitions().stream().anyMatch(each -> each.name().equals(as))) {
      throw Problem.of(Problem.Code.CONFLICT, "there is a segment %s already".formatted(as)).asException();
    }
    definitions.apply(Definition.document(Segments.KIND.name(), as, spec), request.caller().name());
    var members = database.read(transaction -> segments.allMembers(transaction, segment.name())).stream()
        .map(customer -> new Identity("customer", customer.toString())).toList();
    return Answer.json(shape(live.enlist(as, members)).put("segment", as));
  }

  private static ObjectNode shape(Enlisted done) {
    return Shapes.object().put("changed", done.changed()).put("unchanged", done.unchanged()).put("unknown",
        done.unknown());
  }

  private static String needed(Request request, String name, String what, String example) {
    return request.query(name).orElseThrow(() -> Problem.of(Problem.Code.INVALID_PARAMETER,
        "%s was not given but must say %s".formatted(name, what), "For example %s.".formatted(example))
        .asException());
  }

  private long size(String name) {
    return database.read(segments::sizes).getOrDefault(name, 0L);
  }

  private SegmentDefinition segment(Request request) {
    return named(request.pathPart("name"));
  }

  private SegmentDefinition named(String name) {
    return segments.definitions().stream().filter(segment -> segment.name().equals(name)).findFirst().orElseThrow(
        () -> Problem.of(Problem.Code.NOT_FOUND, "there is no segment %s".formatted(name)).asException());
  }
}
