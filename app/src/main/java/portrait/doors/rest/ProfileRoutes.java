package portrait.doors.rest;

import static portrait.doors.http.Access.needs;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import portrait.doors.http.Answer;
import portrait.doors.http.Door;
import portrait.doors.http.Request;
import portrait.doors.http.Routes;
import portrait.foundation.definitions.Definitions;
import portrait.foundation.model.Identity;
import portrait.foundation.model.Problem;
import portrait.foundation.security.Permission;
import portrait.processes.live.Live;
import portrait.stages.activities.Activities;
import portrait.stages.events.EventQuery;
import portrait.stages.measures.MeasureTable;
import portrait.stages.measures.Measures;
import portrait.stages.unification.Unification;
import tools.jackson.databind.node.ObjectNode;

/// Look-ups of one customer by any of their identities. A value with a slash may be sent as it is or encoded.
final class ProfileRoutes implements Door {

  private static final String PROFILE = "/api/v1/profiles/{namespace}/<value>";
  private static final int MANY_MAX = 100;

  private final Live live;
  private final Definitions definitions;
  private final Measures measures;

  ProfileRoutes(Live live, Definitions definitions, Measures measures) {
    this.live = live;
    this.measures = measures;
    this.definitions = definitions;
  }

  @Override
  public void routes(Routes routes) {
    var access = needs(Permission.LOOK_UP).withAnyOrigin();
    // The whole portrait comes last: its path fits all the others, too.
    routes.get(PROFILE + "/segments", access.withLimitedKeys(), request -> answer(request, live::segments,
        segments -> Shapes.list("segments", Visible.to(request).of(segments),
            segment -> Shapes.object().put("name", segment.name())
                .put("title", segment.title()).put("since", Shapes.time(segment.since()))
                .put("until", Shapes.time(segment.until())))));
    routes.get(PROFILE + "/events", access, request -> {
      var query = events(request).without(Activities.hidden(definitions));
      return answer(request, identity -> live.events(identity, query),
          page -> Shapes.next(Shapes.list("events", page.events(), Shapes::event), page.next()));
    });
    routes.get(PROFILE + "/identities", access, request -> answer(request, live::identities, Shapes::identityMap));
    routes.get(PROFILE + "/lineage", access, request -> answer(request, live::lineage, Shapes::lineage));
    routes.get(PROFILE + "/measures/{name}", access, this::measureTable);
    routes.get(PROFILE, access.withLimitedKeys(), request -> {
      var projection = Projection.of(request.query("fields").orElse(""));
      var visible = Visible.to(request);
      visible.check(projection);
      var policy = request.query("policy").map(name -> Unification.policy(definitions, name));
      return answer(request,
          identity -> policy.isEmpty() ? live.find(identity) : live.find(identity, policy.get()),
          portrait -> projection.of(visible.of(Shapes.portrait(portrait))));
    });
    routes.post("/api/v1/profiles/lookup", access, this::lookUpMany);
  }

  /// The customer's rows of a measure that is a table, as of this moment.
  private Answer measureTable(Request request) {
    if (MeasureRoutes.named(measures, request.pathPart("name")) instanceof MeasureTable table) {
      return answer(request, identity -> live.measure(identity, table), rows -> Shapes.object()
          .put("measure", table.name()).set("rows", MeasureRoutes.rows(table.columnsOfOne(), rows)));
    }
    throw Problem.of(Problem.Code.INVALID_PARAMETER,
        "measure %s is one value, which the portrait has under measures".formatted(request.pathPart("name")))
        .asException();
  }

  /// Many customers at once, in the order asked for; whoever is not known is null.
  private Answer lookUpMany(Request request) {
    var body = Shapes.read(request.bodyText(Rest.BODY_BYTES_MAX));
    var asked = body.path("identities");
    if (!asked.isArray() || asked.size() > MANY_MAX) {
      throw Problem.of(Problem.Code.INVALID_BODY,
          "identities must be a list of at most %d objects with namespace and value".formatted(MANY_MAX)).asException();
    }
    var fields = body.path("fields");
    if (!fields.isMissingNode() && !fields.isNull() && !fields.isArray()) {
      throw Problem.of(Problem.Code.INVALID_BODY, "fields must be a list of texts").asException();
    }
    var projection = Projection.of(fields.valueStream().map(field -> field.asString("")).toList());
    var profiles = Shapes.array(asked.values(), one -> {
      var identity = Identity.asked(one.path("namespace").asString(""), one.path("value").asString(""));
      var found = live.find(identity).map(portrait -> projection.of(Shapes.portrait(portrait)));
      return Shapes.object().put("namespace", identity.namespace()).put("value", identity.value()).set("profile",
          found.orElse(null));
    });
    return Answer.json(Shapes.object().set("profiles", profiles));
  }

  private static <T> Answer answer(Request request, Function<Identity, Optional<T>> lookUp,
      Function<T, ObjectNode> shape) {
    Visible.to(request).check(request.pathPart("namespace"));
    var found = lookUp.apply(identity(request)).orElseThrow(
        () -> Problem.of(Problem.Code.UNKNOWN_PROFILE,
            "no customer has this identity in the namespace %s".formatted(request.pathPart("namespace")),
            "Check the spelling: values are compared exactly.").asException());
    String body = shape.apply(found).toString();
    String tag = "\"" + hash(body) + "\"";
    if (request.header("If-None-Match").filter(tag::equals).isPresent()) {
      return Answer.empty().withStatus(304).withHeader("ETag", tag);
    }
    return Answer.bytes("application/json", body.getBytes(StandardCharsets.UTF_8)).withHeader("ETag", tag)
        .withHeader("Cache-Control", "private, no-cache");
  }

  private static Identity identity(Request request) {
    return Identity.asked(request.pathPart("namespace"), request.pathPart("value"));
  }

  private static EventQuery events(Request request) {
    return new EventQuery(Rest.moment(request, "from"), Rest.moment(request, "to"),
        request.query("name").map(Set::of).orElse(Set.of()), request.query("limit", 1, EventQuery.LIMIT_MAX, 100),
        request.query("cursor"));
  }

  private static String hash(String body) {
    try {
      return HexFormat.of().formatHex(
          MessageDigest.getInstance("SHA-256").digest(body.getBytes(StandardCharsets.UTF_8)), 0, 12);
    } catch (NoSuchAlgorithmException impossible) {
      throw new IllegalStateException("every Java has SHA-256", impossible);
    }
  }
}
