package portrait.doors.rest;

import static portrait.doors.http.Access.needs;

import java.time.Clock;
import java.util.Map;
import java.util.Optional;
import portrait.doors.http.Answer;
import portrait.doors.http.Door;
import portrait.doors.http.Request;
import portrait.doors.http.Routes;
import portrait.foundation.database.Database;
import portrait.foundation.expressions.Columns;
import portrait.foundation.model.Problem;
import portrait.foundation.security.Permission;
import portrait.foundation.warehouse.Sql;
import portrait.foundation.warehouse.Warehouse;
import portrait.stages.segments.SegmentDefinition;
import portrait.stages.segments.Segments;

/// Segments with their sizes and members.
final class SegmentRoutes implements Door {

  private static final String ALL = "/api/v1/segments";
  private static final String ONE = ALL + "/{name}";
  private static final int MEMBERS_MAX = 1_000;

  private final Segments segments;
  private final Database database;
  private final Warehouse warehouse;
  private final Clock clock;

  SegmentRoutes(Segments segments, Database database, Warehouse warehouse, Clock clock) {
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
    routes.get(ONE + "/members", view, this::members);
    routes.get(ONE + "/estimate", view, this::estimate);
  }

  private Answer all() {
    Map<String, Long> sizes = database.read(segments::sizes);
    return Answer.json(Shapes.list("segments", segments.definitions(),
        segment -> Shapes.segment(segment, sizes.getOrDefault(segment.name(), 0L))));
  }

  private Answer members(Request request) {
    String name = segment(request).name();
    int limit = request.query("limit", 1, MEMBERS_MAX, 100);
    Optional<String> cursor = request.query("cursor");
    var page = database.read(transaction -> segments.members(transaction, name, limit, cursor));
    return Answer.json(Shapes.next(Shapes.list("members", page.members(), member -> Shapes.object()
        .put("customerId", member.customer().toString()).put("since", Shapes.time(member.since()))), page.next()));
  }

  /// How many customers the rule fits when all are asked now, beside the live size.
  private Answer estimate(Request request) {
    var segment = segment(request);
    long fitting = warehouse.read(session -> {
      var columns = Columns.of(session);
      if (columns.customer().columns().isEmpty()) {
        return 0L;
      }
      var members = segments.members(segment, clock.instant(), columns);
      return session.first(Sql.format("SELECT count(*) FROM ({}) AS members", members), row -> row.number(1))
          .orElse(0L);
    });
    return Answer.json(Shapes.object().put("segment", segment.name()).put("estimate", fitting).put("size",
        size(segment.name())));
  }

  private long size(String name) {
    return database.read(segments::sizes).getOrDefault(name, 0L);
  }

  private SegmentDefinition segment(Request request) {
    String name = request.pathPart("name");
    return segments.definitions().stream().filter(segment -> segment.name().equals(name)).findFirst().orElseThrow(
        () -> Problem.of(Problem.Code.NOT_FOUND, "there is no segment %s".formatted(name)).asException());
  }
}
