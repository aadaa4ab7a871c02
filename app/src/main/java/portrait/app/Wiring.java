package portrait.app;

import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.security.SecureRandom;
import java.time.Clock;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import portrait.doors.cli.Home.LocalServer;
import portrait.doors.cli.Product;
import portrait.doors.collect.Collect;
import portrait.doors.http.Patience;
import portrait.doors.http.Bell;
import portrait.doors.http.Repeats;
import portrait.doors.http.Routes;
import portrait.doors.http.Uploads;
import portrait.doors.http.Traces;
import portrait.doors.http.Usage;
import portrait.doors.http.WebServer;
import portrait.doors.http.WebServerSettings;
import portrait.doors.odata.OData;
import portrait.doors.rest.Rest;
import portrait.doors.web.Web;
import portrait.foundation.connections.Connections;
import portrait.foundation.database.Database;
import portrait.foundation.database.Migrations;
import portrait.foundation.definitions.Definitions;
import portrait.foundation.definitions.Kind;
import portrait.foundation.filesets.FileSets;
import portrait.foundation.jobs.Jobs;
import portrait.foundation.model.Secret;
import portrait.foundation.places.Places;
import portrait.foundation.places.Reach;
import portrait.foundation.records.RecordStores;
import portrait.foundation.security.Security;
import portrait.foundation.warehouse.Warehouse;
import portrait.processes.automation.Triggers;
import portrait.processes.backup.Backups;
import portrait.processes.consents.Consents;
import portrait.processes.dashboard.Dashboard;
import portrait.processes.demo.Demo;
import portrait.processes.live.Live;
import portrait.processes.privacy.Privacy;
import portrait.processes.rebuild.Rebuild;
import portrait.processes.refresh.KnownAttributes;
import portrait.processes.refresh.Refresh;
import portrait.processes.refresh.Stages;
import portrait.processes.repair.Repair;
import portrait.processes.retention.Retention;
import portrait.processes.rollout.Rollout;
import portrait.processes.schedule.EnrichedItems;
import portrait.processes.schedule.ExportedItems;
import portrait.processes.schedule.RecomputedItems;
import portrait.processes.schedule.Schedules;
import portrait.stages.accounts.AccountContacts;
import portrait.stages.accounts.Accounts;
import portrait.stages.activities.Activities;
import portrait.stages.consent.Purpose;
import portrait.stages.enrichments.Enrichments;
import portrait.stages.events.Events;
import portrait.stages.exports.Exports;
import portrait.stages.exports.destinations.Surroundings;
import portrait.stages.identity.IdentityGraph;
import portrait.stages.measures.Measures;
import portrait.stages.notices.Notices;
import portrait.stages.policies.MergePolicy;
import portrait.stages.profiles.Profiles;
import portrait.stages.segments.CustomerIndex;
import portrait.stages.segments.Segments;
import portrait.stages.sources.Sources;
import portrait.stages.suppression.Suppression;
import portrait.stages.unification.LiveMatching;
import portrait.stages.unification.Unification;

/// Who gets what. To see where a thing comes from, read this from top to bottom.
public final class Wiring implements Product.Running {

  /// The owners of tables in the profile store, in the order of ARCHITECTURE.md.
  public static final List<Migrations> MIGRATIONS = List.of(Definitions.migrations(), Security.migrations(),
      Jobs.migrations(), Sources.migrations(), Events.migrations(), IdentityGraph.migrations(),
      LiveMatching.migrations(), Profiles.migrations(), Accounts.migrations(),
      Measures.migrations(), Segments.migrations(), Suppression.migrations(), Rollout.migrations(),
      Schedules.migrations(), Rebuild.migrations(), Privacy.migrations(), WebServer.migrations(),
      Connections.migrations(), Notices.migrations(), Enrichments.migrations(), Exports.migrations(),
      Triggers.migrations(), Dashboard.migrations());

  /// What people may define.
  public static final List<Kind<?>> KINDS = List.of(Sources.KIND, IdentityGraph.KIND, MergePolicy.KIND,
      Unification.KIND, Accounts.KIND, Activities.KIND,
      Measures.KIND, Segments.KIND, CustomerIndex.KIND, Connections.KIND, Enrichments.KIND, Exports.KIND, Purpose.KIND,
      Retention.KIND, Schedules.KIND,
      Triggers.KIND);

  private static final int LOCAL_KEY_BYTES = 24;

  private final Deque<AutoCloseable> open = new ArrayDeque<>();
  private final LocalServer server;
  private final List<Routes.Route> routes;
  private final Database database;
  private final Warehouse warehouse;
  private final Definitions definitions;
  private final Security security;
  private final Jobs jobs;
  private final Sources sources;
  private final Unification unification;
  private final Measures measures;
  private final LiveMatching matching;
  private final Segments segments;
  private final Live live;
  private final Repair repair;
  private final Retention retention;
  private final Refresh refresh;
  private final Rollout rollout;
  private final Schedules schedules;
  private final Triggers triggers;
  private final Notices notices;
  private final Rebuild rebuild;
  private final Backups backups;
  private final Suppression suppression;
  private final Privacy privacy;
  private final Connections connections;
  private final Enrichments enrichments;
  private final Exports exports;
  private final Dashboard dashboard;
  private final Demo demo;

  /// Opens the stores and serves.
  ///
  /// @param clock what time it is; tests stop it
  public static Wiring open(Configuration configuration, Clock clock) {
    return new Wiring(configuration, clock);
  }

  private Wiring(Configuration configuration, Clock clock) {
    try {
      database = opened(Database.open(configuration.database(), MIGRATIONS));
      warehouse = opened(Warehouse.open(configuration.warehouse()));
      definitions = new Definitions(database, KINDS, clock);
      security = new Security(database, clock, configuration.signOn());
      sources = new Sources(definitions, database, warehouse, clock);
      var events = new Events(configuration.quarantine());
      var identities = new IdentityGraph(definitions);
      unification = new Unification(definitions, sources, warehouse, clock);
      var profiles = new Profiles();
      var accounts = new Accounts(definitions, unification, database, warehouse);
      var activities = new Activities(definitions, sources, warehouse);
      measures = new Measures(definitions);
      segments = new Segments(definitions, database, measures, clock);
      matching = new LiveMatching(() -> definitions.all(Unification.KIND), identities);
      suppression = new Suppression(definitions, database);
      sources.withhold(suppression);
      live = opened(new Live(database, events, identities, matching, profiles,
          new AccountContacts(definitions), measures, segments, suppression, unification::policy, clock));
      // Opening the live path applies what the journal holds; until then the store refuses to be written to.
      suppression.prepare();
      jobs = opened(new Jobs(database, clock));
      var surroundings = new Surroundings(configuration.exportsFolder(), configuration.furtherHosts(), clock);
      var reach = new Reach(surroundings.folder(), surroundings.furtherHosts());
      var destinations = BuiltIn.destinations(surroundings, reach,
          new FileSets(warehouse, configuration.home().resolve("files-on-the-way")));
      var messengers = BuiltIn.messengers(surroundings);
      var providers = BuiltIn.providers(sources, unification, warehouse, surroundings, configuration.home());
      connections = new Connections(definitions, database, BuiltIn.connectors(destinations, messengers, providers),
          configuration.vault(), clock);
      notices = new Notices(database, definitions, connections, messengers, clock);
      sources.reachThrough(new PlacesToRead(new Places(connections, reach),
          new RecordStores(connections, reach.folder())));
      enrichments = new Enrichments(definitions, connections, providers, database,
          warehouse, profiles, segments, identities, measures, accounts, suppression, live::change,
          notices::add, jobs, clock);
      exports = new Exports(definitions, connections, destinations, database, profiles, segments, identities, measures,
          suppression, notices, jobs, clock);
      repair = new Repair(database, definitions, identities, live, jobs, clock);
      var stages = new Stages(sources, events, identities, unification, matching, profiles, accounts, activities,
          measures,
          segments, enrichments,
          exports,
          live,
          database, warehouse);
      KnownAttributes.guard(definitions, stages);
      refresh = new Refresh(stages, jobs, configuration.home(), clock);
      rollout = new Rollout(definitions, stages, jobs, clock);
      schedules = new Schedules(definitions, database, refresh,
          List.of(new RecomputedItems(Measures.KIND.name(), rollout, (_, _) -> {}),
              new RecomputedItems(Segments.KIND.name(), rollout,
                  (segment, progress) -> exports.runEvaluated(segment, progress, "Schedule")),
              new EnrichedItems(enrichments),
              new ExportedItems(exports)),
          jobs, clock);
      triggers = new Triggers(definitions, database, sources, segments, measures, warehouse, jobs, notices);
      rebuild = new Rebuild(stages, jobs, definitions, clock);
      retention = new Retention(database, definitions, events, identities, live, refresh, jobs, clock);
      privacy = new Privacy(stages, suppression, refresh, jobs, security, configuration.home(), clock);
      backups = new Backups(database, warehouse, jobs, configuration.home().resolve("backups"), clock);
      var consents = new Consents(definitions, live, warehouse, clock);
      dashboard = new Dashboard(database, warehouse, sources, unification, profiles, segments, jobs, clock);
      var bell = new Bell(jobs, security, clock);
      var usage = opened(new Usage(database, clock));
      opened(new Ticker(Map.ofEntries(Map.entry("memberships", () -> live.tick(clock.instant())),
          Map.entry("identity settings", repair::tick), Map.entry("retention", retention::tick),
          Map.entry("new rules", rollout::tick), Map.entry("schedules", schedules::tick),
          Map.entry("first runs", enrichments::tick), Map.entry("exports", exports::tick),
          Map.entry("messages", notices::tick), Map.entry("triggers", triggers::tick),
          Map.entry("usage", usage::tick), Map.entry("dashboard", dashboard::tick))));
      demo = new Demo(definitions, live, refresh, jobs, clock);
      var metrics = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
      new Meters(live).bindTo(metrics);
      opened(new ProcessMeters()).bindTo(metrics);
      var localKey = newLocalKey();
      var settings = WebServerSettings.local(configuration.port()).withHost(configuration.host())
          .withLocalKey(localKey).withRates(configuration.rates()).withQueries(configuration.queries());
      if (configuration.traces().isPresent()) {
        settings = settings.withTraces(opened(Traces.to(configuration.traces().get())));
      }
      var uploads = new Uploads(configuration.home().resolve("uploads"));
      var odata = new OData(live, database, definitions, sources, profiles, measures, segments, enrichments, warehouse,
          new Patience(configuration.queries().time()), clock);
      var web = opened(WebServer.start(settings, security, metrics, new Readiness(database, warehouse),
          usage, List.of(
              new Collect(live, security, configuration.messages(), clock),
              new Rest(live, definitions, sources, measures, segments, jobs, security, database, warehouse, repair,
                  retention,
                  refresh, rollout, schedules, rebuild, uploads, clock, unification, matching, identities, accounts,
                  backups, privacy, connections, enrichments, exports, triggers, new Repeats(database, clock), usage,
                  profiles,
                  consents, dashboard, bell),
              odata,
              new Web(live, profiles, identities, definitions, sources, segments, measures, jobs, security,
                  database, warehouse, repair, retention, refresh, rollout, schedules, rebuild, uploads, clock,
                  unification,
                  matching,
                  accounts, backups, privacy, connections, enrichments, exports, triggers, notices, odata::sets, usage,
                  consents, configuration.queries(), dashboard, bell))));
      server = new LocalServer(web.address(), localKey);
      routes = web.routes();
    } catch (RuntimeException | Error failure) {
      close();
      throw failure;
    }
  }

  @Override
  public LocalServer server() {
    return server;
  }

  /// Everything the server answers to, with who may use it.
  public List<Routes.Route> routes() {
    return routes;
  }

  @Override
  public Security security() {
    return security;
  }

  @Override
  public Demo demo() {
    return demo;
  }

  public Definitions definitions() {
    return definitions;
  }

  public Sources sources() {
    return sources;
  }

  public Unification unification() {
    return unification;
  }

  public Measures measures() {
    return measures;
  }

  public LiveMatching matching() {
    return matching;
  }

  public Segments segments() {
    return segments;
  }

  public Live live() {
    return live;
  }

  public Retention retention() {
    return retention;
  }

  public Repair repair() {
    return repair;
  }

  public Refresh refresh() {
    return refresh;
  }

  public Rollout rollout() {
    return rollout;
  }

  public Schedules schedules() {
    return schedules;
  }

  public Triggers triggers() {
    return triggers;
  }

  public Notices notices() {
    return notices;
  }

  public Rebuild rebuild() {
    return rebuild;
  }

  public Privacy privacy() {
    return privacy;
  }

  public Connections connections() {
    return connections;
  }

  public Enrichments enrichments() {
    return enrichments;
  }

  public Exports exports() {
    return exports;
  }

  public Dashboard dashboard() {
    return dashboard;
  }

  public Backups backups() {
    return backups;
  }

  public Jobs jobs() {
    return jobs;
  }

  public Database database() {
    return database;
  }

  public Warehouse warehouse() {
    return warehouse;
  }

  /// The last opened goes first, so that nothing is called that is closed already.
  @Override
  public void close() {
    while (!open.isEmpty()) {
      try {
        open.pop().close();
      } catch (Exception failure) {
        org.slf4j.LoggerFactory.getLogger(Wiring.class).warn("closing failed", failure);
      }
    }
  }

  private <T extends AutoCloseable> T opened(T part) {
    open.push(part);
    return part;
  }

  private static Secret newLocalKey() {
    var bytes = new byte[LOCAL_KEY_BYTES];
    new SecureRandom().nextBytes(bytes);
    return Secret.of("local_" + HexFormat.of().formatHex(bytes));
  }
}
