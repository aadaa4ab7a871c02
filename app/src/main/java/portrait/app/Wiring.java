package portrait.app;

import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.security.SecureRandom;
import java.time.Clock;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HexFormat;
import java.util.List;
import portrait.doors.cli.Home.LocalServer;
import portrait.doors.cli.Product;
import portrait.doors.http.WebServer;
import portrait.doors.http.WebServerSettings;
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
import portrait.stages.events.Events;
import portrait.stages.identity.IdentityGraph;
import portrait.stages.measures.Measures;
import portrait.stages.profiles.MergePolicy;
import portrait.stages.profiles.Profiles;
import portrait.stages.segments.Segments;
import portrait.stages.sources.Sources;
import portrait.stages.unification.Unification;

/// Who gets what. To see where a thing comes from, read this from top to bottom.
final class Wiring implements Product.Running {

  /// The owners of tables in the profile store, in the order of ARCHITECTURE.md.
  static final List<Migrations> MIGRATIONS = List.of(Definitions.migrations(), Security.migrations(),
      Jobs.migrations(), Sources.migrations(), Events.migrations(), IdentityGraph.migrations(), Profiles.migrations());

  /// What people may define.
  static final List<Kind<?>> KINDS = List.of(Sources.KIND, IdentityGraph.KIND, Unification.KIND, Measures.KIND,
      Segments.KIND);

  private static final int LOCAL_KEY_BYTES = 24;

  private final Deque<AutoCloseable> open = new ArrayDeque<>();
  private final LocalServer server;
  private final Security security;
  private final Demo demo;

  /// Opens the stores and serves.
  static Wiring open(Configuration configuration) {
    return new Wiring(configuration, Clock.systemUTC());
  }

  private Wiring(Configuration configuration, Clock clock) {
    try {
      var database = opened(Database.open(configuration.database(), MIGRATIONS));
      var warehouse = opened(Warehouse.open(configuration.warehouse()));
      var definitions = new Definitions(database, KINDS, clock);
      security = new Security(database, clock);
      var jobs = opened(new Jobs(database, clock));
      var sources = new Sources(definitions, database, warehouse, clock);
      var identities = new IdentityGraph(definitions);
      var events = new Events();
      var profiles = new Profiles();
      var measures = new Measures(definitions);
      var segments = new Segments(definitions, database, measures, clock);
      var live = opened(new Live(database, events, identities, profiles, measures, segments,
          () -> MergePolicy.importance(List.of()), clock));
      demo = new Demo(definitions, live, clock);
      var metrics = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
      var localKey = newLocalKey();
      var web = opened(WebServer.start(
          WebServerSettings.local(configuration.port()).withHost(configuration.host()).withLocalKey(localKey), security,
          metrics, List::of, List.of()));
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
