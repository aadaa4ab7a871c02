package portrait.doors.web;

import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import portrait.doors.http.Answer;
import portrait.doors.http.Bell;
import portrait.doors.http.Door;
import portrait.doors.http.Request;
import portrait.doors.http.QueryLimits;
import portrait.doors.http.Routes;
import portrait.doors.http.StaticFiles;
import portrait.doors.http.Uploads;
import portrait.doors.http.Usage;
import portrait.foundation.connections.Connections;
import portrait.foundation.database.Database;
import portrait.foundation.definitions.Definitions;
import portrait.foundation.jobs.Jobs;
import portrait.foundation.model.Problem;
import portrait.foundation.security.Security;
import portrait.foundation.warehouse.Warehouse;
import portrait.processes.automation.Triggers;
import portrait.processes.backup.Backups;
import portrait.processes.consents.Consents;
import portrait.processes.dashboard.Dashboard;
import portrait.processes.live.Live;
import portrait.processes.privacy.Privacy;
import portrait.processes.rebuild.Rebuild;
import portrait.processes.refresh.Refresh;
import portrait.processes.repair.Repair;
import portrait.processes.retention.Retention;
import portrait.processes.rollout.Rollout;
import portrait.processes.schedule.Schedules;
import portrait.stages.accounts.Accounts;
import portrait.stages.enrichments.Enrichments;
import portrait.stages.exports.Exports;
import portrait.stages.identity.IdentityGraph;
import portrait.stages.measures.Measures;
import portrait.stages.notices.Notices;
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
  private final Definitions definitions;
  private final Personal personal;

  /// @param uploads where files lie on their way into a table
  /// @param usage what each key asked for
  /// @param feed what the rows of each set of the data feed are, by its name
  public Web(Live live, Profiles profiles, IdentityGraph identities, Definitions definitions,
      Sources sources,
      Segments segments, Measures measures, Jobs jobs, Security security, Database database, Warehouse warehouse,
      Repair repair, Retention retention, Refresh refresh, Rollout rollout, Schedules schedules, Rebuild rebuild,
      Uploads uploads,
      Clock clock,
      Unification unification, LiveMatching matching, Accounts accounts, Backups backups, Privacy privacy,
      Connections connections, Enrichments enrichments,
      Exports exports, Triggers triggers, Notices notices,
      Supplier<Map<String, String>> feed, Usage usage, Consents consents, QueryLimits queries, Dashboard dashboard,
      Bell bell) {
    this.renderer = new Renderer(files, clock);
    this.definitions = definitions;
    var cards = new Cards(profiles, identities, segments);
    this.personal = new Personal(renderer, security, bell);
    this.pages = List.of(personal, new SignIn(security, renderer),
        new Home(renderer, dashboard, definitions, sources, jobs, exports),
        new Search(renderer, cards, live, definitions, database),
        new Customers(renderer, cards, live, repair, definitions, sources, segments, measures, database, accounts,
            unification, consents, dashboard, warehouse, privacy),
        new Purposes(renderer, consents, definitions, rollout, security),
        new AccountCards(renderer, cards, accounts, enrichments, identities, database, live, definitions),
        new HouseholdCards(renderer, cards, unification, database),
        new Policies(renderer, live, definitions), new RetentionRules(renderer, retention, security),
        new Scheduled(renderer, schedules, definitions, jobs, security),
        new Identities(renderer, repair, definitions, sources, security),
        new NewTable(renderer, sources, definitions, security, uploads, connections),
        new Timelines(renderer, definitions, sources, warehouse),
        new Tables(renderer, sources, definitions, refresh, security, uploads, clock),
        new TableColumns(renderer, sources, definitions, repair), new UnifiedTables(renderer, sources, definitions),
        new UnifiedAttributes(renderer, sources, definitions), new PolicyForm(renderer, sources, definitions),
        new LikelyRules(renderer, unification, definitions, sources),
        new Unify(renderer, unification, matching, definitions, sources, refresh, security, database, identities),
        new Quarantined(renderer, live, security),
        new SegmentBuilder(renderer, cards, definitions, segments, measures, database, warehouse, clock, live,
            rollout),
        new Insights(renderer, cards, definitions, segments, measures, profiles, database, warehouse, rollout,
            queries.rows(), clock),
        new Work(renderer, jobs, security, refresh, rebuild, clock),
        new DataFeed(renderer, feed), new BackupFiles(renderer, backups, jobs, security),
        new PrivacyRequests(renderer, privacy, identities, database, security),
        new Setup(renderer, definitions, repair, security, clock), new People(renderer, security),
        new Audited(renderer, security),
        new Connected(renderer, connections, exports, enrichments, definitions, security, sources),
        new Exported(renderer, exports, connections, definitions, segments, measures, profiles, identities, database,
            warehouse, security),
        new Triggered(renderer, triggers, notices, connections, definitions, security),
        new Enriching(renderer, enrichments, connections, definitions, segments, profiles, identities, database,
            warehouse, accounts, security),
        new Used(renderer, usage, security, clock));
  }

  @Override
  public void routes(Routes routes) {
    files.routes(routes);
    var own = new Routes();
    pages.forEach(page -> page.routes(own));
    own.all().forEach(route -> routes.add(route.with(request -> {
      Editing.begin(request, definitions);
      personal.begin(request);
      return route.handler().handle(request);
    })));
    routes.problemPage(this::problem);
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
