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
import portrait.doors.http.Uploads;
import portrait.doors.http.WebServer;
import portrait.doors.http.WebServerSettings;
import portrait.doors.rest.Rest;
import portrait.doors.web.Web;
import portrait.foundation.database.Database;
import portrait.foundation.database.Migrations;
import portrait.foundation.definitions.Definitions;
import portrait.foundation.definitions.Kind;
import portrait.foundation.jobs.Jobs;
import portrait.foundation.model.Secret;
import portrait.foundation.security.Security;
import portrait.foundation.warehouse.Warehouse;
import portrait.processes.demo.Demo;
import portrait.processes.live.Live;
import portrait.processes.rebuild.Rebuild;
import portrait.processes.refresh.KnownAttributes;
import portrait.processes.refresh.Refresh;
import portrait.processes.refresh.Stages;
import portrait.processes.repair.Repair;
import portrait.processes.retention.Retention;
import portrait.stages.accounts.Accounts;
import portrait.stages.activities.Activities;
import portrait.stages.events.Events;
import portrait.stages.identity.IdentityGraph;
import portrait.stages.measures.Measures;
import portrait.stages.policies.MergePolicy;
import portrait.stages.profiles.Profiles;
import portrait.stages.segments.Segments;
import portrait.stages.sources.Sources;
import portrait.stages.unification.LiveMatching;
import portrait.stages.unification.Unification;

/// Who gets what. To see where a thing comes from, read this from top to bottom.
public final class Wiring implements Product.Running {

  /// The owners of tables in the profile store, in the order of ARCHITECTURE.md.
  public static final List<Migrations> MIGRATIONS = List.of(Definitions.migrations(), Security.migrations(),
      Jobs.migrations(), Sources.migrations(), Events.migrations(), IdentityGraph.migrations(),
      LiveMatching.migrations(), Profiles.migrations(), Accounts.migrations(),
      Measures.migrations(), Segments.migrations(), Rebuild.migrations());

  /// What people may define.
  public static final List<Kind<?>> KINDS = List.of(Sources.KIND, IdentityGraph.KIND, MergePolicy.KIND,
      Unification.KIND, Accounts.KIND, Activities.KIND,
      Measures.KIND, Segments.KIND, Retention.KIND);

  private static final int LOCAL_KEY_BYTES = 24;

  private final Deque<AutoCloseable> open = new ArrayDeque<>();
  private final LocalServer server;
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
  private final Rebuild rebuild;
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
      security = new Security(database, clock);
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
      live = opened(new Live(database, events, identities, matching, profiles, measures, segments,
          unification::policy, clock));
      // Opening the live path applies what the journal holds; until then the store refuses to be written to.
      jobs = opened(new Jobs(database, clock));
      repair = new Repair(database, definitions, identities, live, jobs, clock);
      var stages = new Stages(sources, events, identities, unification, matching, profiles, accounts, activities,
          measures,
          segments,
          live,
          database, warehouse);
      KnownAttributes.guard(definitions, stages);
      refresh = new Refresh(stages, jobs, configuration.home(), clock);
      rebuild = new Rebuild(stages, jobs, definitions, clock);
      retention = new Retention(database, definitions, events, identities, live, refresh, jobs, clock);
      opened(new Ticker(Map.of("memberships", () -> live.tick(clock.instant()), "identity settings", repair::tick,
          "retention", retention::tick)));
      demo = new Demo(definitions, live, refresh, jobs, clock);
      var metrics = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
      new Meters(live).bindTo(metrics);
      var localKey = newLocalKey();
      var settings = WebServerSettings.local(configuration.port()).withHost(configuration.host())
          .withLocalKey(localKey).withLookUpsPerSecond(configuration.lookUpsPerSecond());
      var uploads = new Uploads(configuration.home().resolve("uploads"));
      var web = opened(WebServer.start(settings, security, metrics, new Readiness(database, warehouse), List.of(
          new Collect(live, security, configuration.messages(), clock),
          new Rest(live, definitions, sources, measures, segments, jobs, security, database, warehouse, repair,
              retention,
              refresh, rebuild, uploads, clock, unification, matching, identities, accounts),
          new Web(live, profiles, identities, definitions, sources, segments, measures, jobs, security,
              database, warehouse, repair, retention, refresh, rebuild, uploads, clock, unification, matching,
              accounts))));
      server = new LocalServer(web.address(), localKey);
    } catch (RuntimeException | Error failure) {
      close();
      throw failure;
    }
  }

  @Override
  public LocalServer server() {
    return server;
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

  public Rebuild rebuild() {
    return rebuild;
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
