package portrait.doors.rest;

import static portrait.doors.http.Access.PUBLIC;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Clock;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import portrait.doors.http.Answer;
import portrait.doors.http.Bell;
import portrait.doors.http.Door;
import portrait.doors.http.Repeats;
import portrait.doors.http.Request;
import portrait.doors.http.Routes;
import portrait.doors.http.Uploads;
import portrait.doors.http.Usage;
import portrait.foundation.connections.Connections;
import portrait.foundation.database.Database;
import portrait.foundation.definitions.Definitions;
import portrait.foundation.jobs.Jobs;
import portrait.foundation.model.Problem;
import portrait.foundation.model.ProblemException;
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
import portrait.stages.profiles.Profiles;
import portrait.stages.segments.Segments;
import portrait.stages.sources.Sources;
import portrait.stages.unification.LiveMatching;
import portrait.stages.unification.Unification;

/// The JSON API under `/api/v1`, and its description.
public final class Rest implements Door {

  /// The largest body that is read at once: definitions, settings.
  static final int BODY_BYTES_MAX = 4 << 20;

  private final List<Door> groups;
  private final Repeats repeats;

  /// @param uploads where files lie on their way into a table
  /// @param repeats answers to requests that may be sent again
  public Rest(Live live, Definitions definitions, Sources sources, Measures measures,
      Segments segments, Jobs jobs,
      Security security,
      Database database, Warehouse warehouse, Repair repair, Retention retention, Refresh refresh,
      Rollout rollout, Schedules schedules, Rebuild rebuild,
      Uploads uploads,
      Clock clock, Unification unification, LiveMatching matching,
      IdentityGraph identities, Accounts accounts, Backups backups, Privacy privacy, Connections connections,
      Enrichments enrichments, Exports exports, Triggers triggers, Repeats repeats, Usage usage, Profiles profiles,
      Consents consents, Dashboard dashboard, Bell bell) {
    this.repeats = repeats;
    var resumable = uploads.resumable(clock);
    this.groups = List.of(new ConsentRoutes(consents, security), new ProfileRoutes(live, definitions, measures),
        new IdentityRoutes(repair, jobs, security), new PolicyRoutes(live, definitions),
        new RetentionRoutes(retention, jobs, security),
        new QuarantineRoutes(live, security), new DefinitionRoutes(definitions, sources, repair, rollout, security),
        new TableRoutes(sources, refresh, security, uploads, resumable), new UploadRoutes(resumable),
        new JobRoutes(jobs, security, refresh, rebuild),
        new MeasureRoutes(measures, definitions, warehouse), new RolloutRoutes(rollout, jobs, security),
        new ScheduleRoutes(schedules, jobs, security),
        new SegmentRoutes(live, segments, definitions, security, database, warehouse, rollout, clock),
        new SecurityRoutes(security), new UsageRoutes(usage, security, clock),
        new AssistantRoutes(new AssistantTools(live, profiles, segments, definitions, database)),
        new UnificationRoutes(unification, matching, refresh, jobs, security, database, identities),
        new AccountRoutes(accounts, enrichments, identities, database), new HouseholdRoutes(unification, live),
        new BackupRoutes(backups, jobs, security),
        new PrivacyRoutes(privacy, jobs, security),
        new ConnectionRoutes(connections, exports, enrichments, definitions, security, sources),
        new ExportRoutes(exports, jobs, security),
        new TriggerRoutes(triggers, security), new EnrichmentRoutes(enrichments, jobs, security),
        new DashboardRoutes(dashboard), new NotificationRoutes(bell, security));
  }

  @Override
  public void routes(Routes routes) {
    byte[] description = description();
    routes.get("/openapi.yaml", PUBLIC, _ -> Answer.bytes("application/yaml", description));
    var own = new Routes();
    groups.forEach(group -> group.routes(own));
    own.all().forEach(route -> routes.add(repeats.guard(route)));
  }

  private static byte[] description() {
    try (var stream = Objects.requireNonNull(Rest.class.getResourceAsStream("openapi.yaml"))) {
      return stream.readAllBytes();
    } catch (IOException unreadable) {
      throw new UncheckedIOException("cannot read openapi.yaml", unreadable);
    }
  }

  /// A moment of the query.
  ///
  /// @throws ProblemException `invalid_parameter` for anything else
  static Optional<Instant> moment(Request request, String name) {
    return request.query(name).map(text -> {
      try {
        return Instant.parse(text);
      } catch (DateTimeException noMoment) {
        throw new ProblemException(Problem.of(Problem.Code.INVALID_PARAMETER,
            "%s was '%s' but must be a moment such as 2026-01-31T00:00:00Z".formatted(name, text)), noMoment);
      }
    });
  }
}
