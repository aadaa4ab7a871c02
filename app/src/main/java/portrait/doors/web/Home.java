package portrait.doors.web;

import static portrait.doors.http.Access.needs;

import java.time.Duration;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import portrait.doors.http.Answer;
import portrait.doors.http.Door;
import portrait.doors.http.Request;
import portrait.doors.http.Routes;
import portrait.foundation.definitions.Definitions;
import portrait.foundation.jobs.Job;
import portrait.foundation.jobs.Jobs;
import portrait.foundation.jobs.Status;
import portrait.foundation.security.Permission;
import portrait.processes.dashboard.Dashboard;
import portrait.processes.dashboard.Figures;
import portrait.processes.dashboard.Group;
import portrait.processes.refresh.Refresh;
import portrait.stages.exports.ExportDefinition;
import portrait.stages.exports.Exports;
import portrait.stages.sources.Sources;

/// The first page.
final class Home implements Door {

  private static final int EXPORTS_MAX = 5;
  private static final int REFRESHES_MAX = 7;
  private static final int JOBS_LOOKED_AT = 50;

  private final Renderer renderer;
  private final Dashboard dashboard;
  private final Definitions definitions;
  private final Sources sources;
  private final Jobs jobs;
  private final Exports exports;

  Home(Renderer renderer, Dashboard dashboard, Definitions definitions, Sources sources, Jobs jobs, Exports exports) {
    this.renderer = renderer;
    this.dashboard = dashboard;
    this.definitions = definitions;
    this.sources = sources;
    this.jobs = jobs;
    this.exports = exports;
  }

  @Override
  public void routes(Routes routes) {
    routes.get("/", needs(Permission.VIEW), this::page);
  }

  private Answer page(Request request) {
    var text = renderer.text(request);
    var figures = dashboard.figures();
    var titles = new NamespaceTitles(definitions, sources, text);
    int loaded = (int) sources.tables().stream().filter(table -> table.loadedAt().isPresent()).count();
    return renderer.page(request, "home", text.of("home.title"), "home",
        new HomePage(figures, dashboard.days(figures), loaded, !definitions.list("Unification").isEmpty(), refreshes(),
            figures.tables().sources().stream().map(source -> row(title(source, titles, text),
                new Group.OfSource(source.name()), source.customers(), source.added())).toList(),
            figures.tables().namespaces().stream().map(held -> row(titles.of(held.namespace()),
                new Group.Holding(held.namespace()), held.customers(), held.identities())).toList(),
            figures.tables().overlaps().stream().map(shared -> row(
                titles.of(shared.one()) + " + " + titles.of(shared.other()),
                new Group.HoldingBoth(shared.one(), shared.other()), shared.customers(), 0)).toList(),
            failures(text), sent()));
  }

  private static HomePage.Row row(String title, Group group, long customers, long more) {
    return new HomePage.Row(title, CustomersPage.groupUrl(group), customers, more);
  }

  private static String title(Figures.Source source, NamespaceTitles titles, Messages text) {
    return source.name().equals("live") ? text.of("home.live") : titles.of(source.name());
  }

  private List<HomePage.Run> refreshes() {
    return jobs.recent(Refresh.JOB, REFRESHES_MAX).stream()
        .map(job -> new HomePage.Run(job.id().toString(), job.status().text(),
            Objects.requireNonNullElse(job.endedAt(), job.startedAt()),
            Optional.ofNullable(job.endedAt()).map(ended -> Duration.between(job.startedAt(), ended))))
        .toList();
  }

  /// Jobs whose latest run failed, and tables whose latest load did; the newest first.
  private List<HomePage.Failure> failures(Messages text) {
    var latest = new LinkedHashMap<String, Job>();
    jobs.recent(JOBS_LOOKED_AT).forEach(job -> latest.putIfAbsent(job.name(), job));
    var failed = latest.values().stream().filter(job -> job.status() == Status.FAILED)
        .map(job -> new HomePage.Failure(false, JobPage.title(job, text), "/jobs/" + job.id(),
            Objects.requireNonNullElse(job.endedAt(), job.startedAt()),
            job.problem().map(problem -> text.sentence(problem.message())).orElse("")));
    var unread = sources.tables().stream().flatMap(table -> table.failure().stream()
        .map(failure -> new HomePage.Failure(true, table.title(), "/tables/" + table.fullName(), failure.at(),
            text.sentence(failure.problem().message()))));
    return Stream.concat(failed, unread)
        .sorted(Comparator.comparing(HomePage.Failure::at).reversed().thenComparing(HomePage.Failure::url)).toList();
  }

  private List<HomePage.Sent> sent() {
    Map<String, ExportDefinition> defined = exports.all().stream()
        .collect(Collectors.toMap(ExportDefinition::name, Function.identity()));
    return exports.latestRuns(EXPORTS_MAX + defined.size()).stream().filter(run -> defined.containsKey(run.export()))
        .map(run -> new HomePage.Sent(run.export(), Objects.requireNonNull(defined.get(run.export())).title(),
            run.status().text(), run.endedAt().orElse(run.startedAt()), run.counts().delivered(),
            run.counts().refused()))
        .limit(EXPORTS_MAX).toList();
  }
}
