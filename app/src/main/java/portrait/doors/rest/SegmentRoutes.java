package portrait.doors.rest;

import static portrait.doors.http.Access.needs;

import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import portrait.doors.http.Answer;
import portrait.doors.http.Door;
import portrait.doors.http.Request;
import portrait.doors.http.Routes;
import portrait.foundation.database.Database;
import portrait.foundation.model.Identity;
import portrait.foundation.model.Problem;
import portrait.foundation.model.ProblemException;
import portrait.foundation.security.Permission;
import portrait.foundation.warehouse.Warehouse;
import portrait.processes.live.Live;
import portrait.stages.segments.SegmentDefinition;
import portrait.stages.segments.Segments;

/// Segments with their sizes and members, who came and went, and why somebody is in.
final class SegmentRoutes implements Door {

  private static final String ALL = "/api/v1/segments";
  private static final String ONE = ALL + "/{name}";
  private static final String WHO = "who is asked about";
  private static final String WHO_EXAMPLE = "?namespace=email&value=amelie@example.com";
  private static final int PAGE_MAX = 1_000;

  private final Live live;
  private final Segments segments;
  private final Database database;
  private final Warehouse warehouse;
  private final Clock clock;

  SegmentRoutes(Live live, Segments segments, Database database, Warehouse warehouse, Clock clock) {
    this.live = live;
    this.segments = segments;
    this.database = database;
    this.warehouse = warehouse;
    this.clock = clock;
  }

  @Override
  public void routes(Routes routes) {
    var view = needs(Permission.VIEW);
    routes.get(ALL, view, _ -> all());
    routes.get(ONE, view, request -> {
      var segment = segment(request);
      return Answer.json(Shapes.segment(segment, size(segment.name())));
    });
    routes.post(ALL + "/estimate", view, this::estimateDraft);
    routes.get(ONE + "/members", view, this::members);
    routes.get(ONE + "/estimate", view, this::estimate);
    routes.get(ONE + "/explain", view, this::explain);
    routes.get(ONE + "/history", view, this::history);
    routes.get(ONE + "/sizes", view, this::sizes);
    routes.get(ONE + "/overlap", view, this::overlap);
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
    return Answer.json(Shapes.next(Shapes.list("members", page.members(), member -> Shapes.object()
        .put("customerId", member.customer().toString()).put("since", Shapes.time(member.since()))), page.next()));
  }

  /// How many customers the rule fits when all of the last refresh are asked now, beside the live size.
  private Answer estimate(Request request) {
    var segment = segment(request);
    var shape = Shapes.estimate(warehouse.read(session -> segments.estimate(session, segment, clock.instant())));
    return Answer.json(shape.put("segment", segment.name()).put("size", size(segment.name())));
  }

  /// The same of a rule that is not defined yet: the body is the `spec` of a Segment.
  private Answer estimateDraft(Request request) {
    var draft = segments.draft(Shapes.read(request.bodyText(Rest.BODY_BYTES_MAX)));
    return Answer.json(Shapes.estimate(warehouse.read(session -> segments.estimate(session, draft, clock.instant()))));
  }

  private Answer explain(Request request) {
    String name = segment(request).name();
    var identity = identity(needed(request, "namespace", WHO, WHO_EXAMPLE), needed(request, "value", WHO, WHO_EXAMPLE));
    var why = live.explain(identity, name).orElseThrow(() -> Problem.of(Problem.Code.UNKNOWN_PROFILE,
        "no customer has this identity in the namespace %s".formatted(identity.namespace()),
        "Check the spelling: values are compared exactly.").asException());
    var shape = Shapes.object().put("segment", name).put("member", why.holds().orElse(false));
    shape.set("why", Shapes.explanation(why));
    return Answer.json(shape);
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

  private Answer overlap(Request request) {
    String name = segment(request).name();
    String other = named(needed(request, "with", "which segment to compare with", "?with=vip")).name();
    var overlap = database.read(transaction -> segments.overlap(transaction, name, other));
    return Answer.json(Shapes.object().put("segment", name).put("with", other).put("size", overlap.one())
        .put("withSize", overlap.other()).put("both", overlap.both()));
  }

  private static String needed(Request request, String name, String what, String example) {
    return request.query(name).orElseThrow(() -> Problem.of(Problem.Code.INVALID_PARAMETER,
        "%s was not given but must say %s".formatted(name, what), "For example %s.".formatted(example))
        .asException());
  }

  private static Identity identity(String namespace, String value) {
    try {
      return new Identity(namespace, value);
    } catch (IllegalArgumentException noIdentity) {
      throw new ProblemException(
          Problem.of(Problem.Code.INVALID_PARAMETER, String.valueOf(noIdentity.getMessage())), noIdentity);
    }
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
