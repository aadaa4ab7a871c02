package portrait.doors.rest;

import static portrait.doors.http.Access.PUBLIC;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Clock;
import java.util.List;
import java.util.Objects;
import portrait.doors.http.Answer;
import portrait.doors.http.Door;
import portrait.doors.http.Routes;
import portrait.doors.http.Uploads;
import portrait.foundation.database.Database;
import portrait.foundation.definitions.Definitions;
import portrait.foundation.jobs.Jobs;
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
import portrait.stages.segments.Segments;
import portrait.stages.sources.Sources;
import portrait.stages.unification.LiveMatching;
import portrait.stages.unification.Unification;

/// The JSON API under `/api/v1`, and its description.
public final class Rest implements Door {

  /// The largest body that is read at once: definitions, settings.
  static final int BODY_BYTES_MAX = 4 << 20;

  private final List<Door> groups;

  /// @param uploads where files lie on their way into a table
  public Rest(Live live, Definitions definitions, Sources sources, Measures measures,
      Segments segments, Jobs jobs,
      Security security,
      Database database, Warehouse warehouse, Repair repair, Retention retention, Refresh refresh, Rebuild rebuild,
      Uploads uploads,
      Clock clock, Unification unification, LiveMatching matching,
      IdentityGraph identities, Accounts accounts) {
    this.groups = List.of(new ProfileRoutes(live, definitions, measures),
        new IdentityRoutes(repair, jobs, security), new PolicyRoutes(live, definitions),
        new RetentionRoutes(retention, jobs, security),
        new QuarantineRoutes(live, security), new DefinitionRoutes(definitions, repair, security),
        new TableRoutes(sources, refresh, security, uploads), new JobRoutes(jobs, security, refresh, rebuild),
        new MeasureRoutes(measures, definitions, warehouse),
        new SegmentRoutes(live, segments, definitions, security, database, warehouse, clock),
        new SecurityRoutes(security),
        new UnificationRoutes(unification, matching, refresh, jobs, security, database, identities),
        new AccountRoutes(accounts, identities, database));
  }

  @Override
  public void routes(Routes routes) {
    byte[] description = description();
    routes.get("/openapi.yaml", PUBLIC, _ -> Answer.bytes("application/yaml", description));
    groups.forEach(group -> group.routes(routes));
  }

  private static byte[] description() {
    try (var stream = Objects.requireNonNull(Rest.class.getResourceAsStream("openapi.yaml"))) {
      return stream.readAllBytes();
    } catch (IOException unreadable) {
      throw new UncheckedIOException("cannot read openapi.yaml", unreadable);
    }
  }
}
