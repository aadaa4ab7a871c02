package portrait.doors.odata;

import java.time.Clock;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import portrait.doors.http.Access;
import portrait.doors.http.Answer;
import portrait.doors.http.Door;
import portrait.doors.http.Patience;
import portrait.doors.http.Request;
import portrait.doors.http.Routes;
import portrait.foundation.database.Database;
import portrait.foundation.definitions.Definitions;
import portrait.foundation.model.Problem;
import portrait.foundation.model.ProblemException;
import portrait.foundation.security.Permission;
import portrait.foundation.warehouse.Warehouse;
import portrait.processes.live.Live;
import portrait.stages.enrichments.Enrichments;
import portrait.stages.measures.Measures;
import portrait.stages.profiles.Profiles;
import portrait.stages.segments.Segments;
import portrait.stages.sources.Sources;

/// The feed under `/odata/v4/`.
public final class OData implements Door {

  private static final Logger LOG = LoggerFactory.getLogger(OData.class);
  private static final int QUERY_BYTES_MAX = 64 << 10;
  private static final Pattern HOST = Pattern.compile("[A-Za-z0-9.:_\\[\\]-]{1,255}");
  private static final List<String> HEADERS = List.of("Accept", "Prefer", "OData-MaxVersion");

  private final Feed feed;

  /// @param patience with what is asked of the warehouse
  public OData(Live live, Database database, Definitions definitions, Sources sources, Profiles profiles,
      Measures measures, Segments segments, Enrichments enrichments, Warehouse warehouse, Patience patience,
      Clock clock) {
    this.feed = new Feed(definitions, measures, sources, enrichments,
        new Store(live, database, definitions, profiles, segments), warehouse, patience, clock);
  }

  @Override
  public void routes(Routes routes) {
    var view = Access.needs(Permission.VIEW).withKeyAsPassword();
    routes.get(Address.ROOT, view, request -> feed.answer(ask(request, "", ""), true));
    routes.get(Address.ROOT + "/<path>", view, request -> feed.answer(ask(request, target(request), ""), true));
    routes.post(Address.ROOT + "/$batch", view, this::batch);
    routes.post(Address.ROOT + "/<path>", view, this::query);
    routes.problems(Address.ROOT, Errors::answer);
  }

  /// What the rows of each set are, by its name.
  public Map<String, String> sets() {
    var sets = new LinkedHashMap<String, String>();
    feed.model().sets().values().forEach(set -> sets.put(set.name(), set.title()));
    return sets;
  }

  private static String target(Request request) {
    return request.target().replaceFirst("^/+odata/+v4/*", "");
  }

  private static Ask ask(Request request, String target, String more) {
    var headers = new HashMap<String, String>();
    HEADERS.forEach(name -> request.header(name).ifPresent(value -> headers.put(name, value)));
    String host = request.header("Host").filter(name -> HOST.matcher(name).matches()).orElse("localhost");
    String root = "%s://%s%s/".formatted(request.isSecure() ? "https" : "http", host, Address.ROOT);
    return new Ask(target + (more.isEmpty() ? "" : (target.contains("?") ? "&" : "?") + more), root,
        Map.copyOf(headers));
  }

  private Answer batch(Request request) {
    String root = ask(request, "", "").root();
    return new Batch(root, ask -> quietly(request, ask)).answer(request.header("Content-Type").orElse(""),
        request.bodyText(Batch.BODY_BYTES_MAX));
  }

  /// One of a batch: what is wrong with it is its own answer.
  private Answer quietly(Request request, Ask ask) {
    try {
      return feed.answer(ask, false);
    } catch (ProblemException refused) {
      return Errors.answer(refused.problem(), request.id());
    } catch (RuntimeException failure) {
      LOG.error("a part of request {} failed", request.id(), failure);
      return Errors.answer(Problem.of(Problem.Code.INTERNAL, "something went wrong inside Portrait"), request.id());
    }
  }

  /// `POST Customer/$query` with the options as text: for those too long for an address.
  private Answer query(Request request) {
    String target = target(request);
    int question = target.indexOf('?');
    String path = question < 0 ? target : target.substring(0, question);
    String end = "/$query";
    if (path.startsWith("manage/")) {
      return feed.answer(ask(request, target, ""), true);
    }
    if (!path.endsWith(end)) {
      throw Problem.of(Problem.Code.INVALID_PARAMETER, "the feed is read-only",
          "POST takes $batch, and $query behind a set.").asException();
    }
    return feed.answer(ask(request, path.substring(0, path.length() - end.length())
        + (question < 0 ? "" : target.substring(question)), request.bodyText(QUERY_BYTES_MAX).strip()), true);
  }
}
