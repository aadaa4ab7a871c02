package portrait.doors.web;

import static portrait.doors.http.Access.PUBLIC;

import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import portrait.doors.http.Answer;
import portrait.doors.http.Door;
import portrait.doors.http.Request;
import portrait.doors.http.Routes;
import portrait.doors.http.StaticFiles;
import portrait.doors.http.Uploads;
import portrait.foundation.database.Database;
import portrait.foundation.definitions.Definitions;
import portrait.foundation.jobs.Jobs;
import portrait.foundation.model.Problem;
import portrait.foundation.security.Security;
import portrait.foundation.warehouse.Warehouse;
import portrait.processes.live.Live;
import portrait.processes.rebuild.Rebuild;
import portrait.processes.refresh.Refresh;
import portrait.processes.repair.Repair;
import portrait.processes.retention.Retention;
import portrait.stages.accounts.Accounts;
import portrait.stages.identity.IdentityGraph;
import portrait.stages.measures.Measures;
import portrait.stages.profiles.Profiles;
import portrait.stages.segments.Segments;
import portrait.stages.sources.Sources;
import portrait.stages.unification.LiveMatching;
import portrait.stages.unification.Unification;

/// The pages under `/`.
public final class Web implements Door {

  private final StaticFiles files = staticFiles();
  private final Renderer renderer;
  private final List<Door> pages;

  /// @param uploads where files lie on their way into a table
  public Web(Live live, Profiles profiles, IdentityGraph identities, Definitions definitions,
      Sources sources,
      Segments segments, Measures measures, Jobs jobs, Security security, Database database, Warehouse warehouse,
      Repair repair, Retention retention, Refresh refresh, Rebuild rebuild, Uploads uploads, Clock clock,
      Unification unification, LiveMatching matching, Accounts accounts) {
    this.renderer = new Renderer(files, clock);
    var cards = new Cards(profiles, identities, segments);
    this.pages = List.of(new SignIn(security, renderer),
        new Home(renderer, profiles, definitions, sources, segments, jobs, database, warehouse),
        new Customers(renderer, cards, live, repair, definitions, sources, segments, measures, database, accounts),
        new AccountCards(renderer, cards, accounts, identities, database),
        new Policies(renderer, live, definitions), new RetentionRules(renderer, retention, security),
        new Identities(renderer, repair, definitions, sources, security),
        new NewTable(renderer, sources, definitions, security, uploads),
        new Timelines(renderer, definitions, sources, warehouse),
        new Tables(renderer, sources, definitions, refresh, security, uploads),
        new TableColumns(renderer, sources, definitions, repair), new UnifiedTables(renderer, sources, definitions),
        new Unify(renderer, unification, matching, definitions, sources, refresh, security, database, identities),
        new Quarantined(renderer, live, security),
        new SegmentBuilder(renderer, cards, definitions, segments, measures, database, warehouse, clock, live),
        new Insights(renderer, cards, definitions, segments, measures, profiles, database, warehouse, clock),
        new Work(renderer, jobs, security, refresh, rebuild, clock),
        new Setup(renderer, definitions, repair, security));
  }

  @Override
  public void routes(Routes routes) {
    files.routes(routes);
    pages.forEach(page -> page.routes(routes));
    routes.problemPage(this::problem);
    routes.post("/theme", PUBLIC, request -> Renderer.withTheme(Answer.seeOther(cameFrom(request)),
        request.form("theme").filter("dark"::equals).orElse("light")));
    routes.get("/language/{language}", PUBLIC, request -> Renderer.withLanguage(Answer.seeOther(cameFrom(request)),
        request.pathPart("language").equals("fr") ? "fr" : "en"));
  }

  /// Somebody who is not signed in goes to the sign-in, and from there to where they wanted.
  private Answer problem(Request request, Problem problem) {
    if (problem.code() == Problem.Code.NOT_SIGNED_IN && request.bearer().isEmpty()) {
      String signIn = "/sign-in?next=" + CustomersPage.encoded(request.method().equals("GET") && !request.isFragment()
          ? request.target()
          : "/");
      return request.isFragment() ? Answer.empty().withStatus(200).withHeader("HX-Redirect", signIn)
          : Answer.seeOther(signIn);
    }
    return renderer.problem(request, problem);
  }

  /// The page that a form was sent from, as far as it is one of ours.
  private static String cameFrom(Request request) {
    return request.header("Referer").flatMap(referrer -> {
      try {
        var uri = java.net.URI.create(referrer);
        String query = uri.getRawQuery() == null ? "" : "?" + uri.getRawQuery();
        return SignIn.isOurs(uri.getRawPath()) ? Optional.of(uri.getRawPath() + query) : Optional.empty();
      } catch (IllegalArgumentException _) {
        return Optional.empty();
      }
    }).orElse("/");
  }

  static StaticFiles staticFiles() {
    String own = "portrait/doors/web/static/";
    String webjars = "META-INF/resources/webjars/";
    return new StaticFiles(Map.of("tabler.css", webjars + "tabler__core/1.4.0/dist/css/tabler.min.css", "htmx.js",
        webjars + "htmx.org/2.0.10/dist/htmx.min.js", "echarts.js",
        "META-INF/resources/_static/echarts/6.0.0/dist/echarts.simple.min.js", "portrait.css", own + "portrait.css",
        "portrait.js", own + "portrait.js", "theme.js", own + "theme.js", "icons.svg", own + "icons.svg", "logo.svg",
        own + "logo.svg"));
  }
}
