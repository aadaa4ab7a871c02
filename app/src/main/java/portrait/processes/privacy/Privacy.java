package portrait.processes.privacy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import portrait.foundation.database.Migrations;
import portrait.foundation.jobs.Job;
import portrait.foundation.jobs.JobId;
import portrait.foundation.jobs.Jobs;
import portrait.foundation.model.Identity;
import portrait.foundation.security.Security;
import portrait.processes.rebuild.Rebuild;
import portrait.processes.refresh.Refresh;
import portrait.processes.refresh.Stages;
import portrait.processes.repair.Repair;
import portrait.processes.retention.Retention;
import portrait.processes.rollout.Rollout;
import portrait.stages.suppression.Fingerprints;
import portrait.stages.suppression.Suppression;

/// What is known about one person, wherever it lies: found through the graph, handed out as a bundle, erased everywhere
/// with a certificate, and kept from coming back by a list of salted hashes.
public final class Privacy {

  /// The name of the job.
  public static final String JOB = "erasure";

  private static final Set<String> NOT_BESIDE = Set.of(Refresh.JOB, Rebuild.JOB, Repair.JOB, Retention.JOB,
      Rollout.JOB);

  private final Stages stages;
  private final Suppression suppression;
  private final Refresh refresh;
  private final Jobs jobs;
  private final Security security;
  private final Path home;
  private final Certificates certificates;
  private final Clock clock;

  public static Migrations migrations() {
    return Migrations.beside(Privacy.class);
  }

  /// @param home where the list of those who must not come back is kept as a file, too
  public Privacy(Stages stages, Suppression suppression, Refresh refresh, Jobs jobs, Security security, Path home,
      Clock clock) {
    this.stages = stages;
    this.suppression = suppression;
    this.refresh = refresh;
    this.jobs = jobs;
    this.security = security;
    this.home = home;
    this.certificates = new Certificates(home);
    this.clock = clock;
  }

  /// What each place holds about whoever these identities name. An erasure would delete as much: this is its dry run.
  ///
  /// @throws portrait.foundation.model.ProblemException `unknown_profile` for a CustomerId that nobody has
  public List<Holding> find(Collection<Identity> named) {
    record Found(Traces traces, List<Holding> holdings) {}
    var found = stages.database().read(tx -> {
      var traces = new Traces(tx, stages, suppression, Person.of(tx, stages.identities(), named));
      return new Found(traces, traces.holdings(tx));
    });
    var all = new ArrayList<>(found.holdings());
    all.addAll(found.traces().copies());
    all.addAll(kept(found.traces()));
    return all;
  }

  private List<Holding> kept(Traces traces) {
    return List.of(
        new Holding("audit trail", "entries", traces.audited(security).size(), true),
        new Holding("backups", "files in this home", backups(), true));
  }

  private long backups() {
    try (var files = Files.list(home.resolve("backups"))) {
      return files.filter(file -> file.toString().endsWith(".zip")).count();
    } catch (java.io.IOException _) {
      return 0;
    }
  }

  /// Everything about whoever these identities name, to be written down.
  ///
  /// @throws portrait.foundation.model.ProblemException `unknown_profile` for a CustomerId that nobody has
  public Bundle export(Collection<Identity> named) {
    var person = stages.database().read(tx -> Person.of(tx, stages.identities(), named));
    var traces = stages.database().read(tx -> new Traces(tx, stages, suppression, person));
    return new Bundle(stages, person, traces, traces.audited(security), clock.instant());
  }

  /// An erasure under way.
  ///
  /// @param certificate its id, once the job has ended well
  public record Started(JobId job, UUID certificate) {}

  /// Erases whoever these identities name, as a job, and returns at once. Identities that nobody has are kept from coming
  /// in all the same.
  ///
  /// @param reason for the certificate: a reference of the request, nothing about the person
  /// @throws portrait.foundation.model.ProblemException `unknown_profile` for a CustomerId that nobody has,
  ///         `already_running`
  public Started erase(Collection<Identity> named, String reason, String by) {
    stages.database().read(tx -> Person.of(tx, stages.identities(), named));
    var id = UUID.randomUUID();
    var run = new Erasure(stages, suppression, refresh, security, named, certificates, this::kept, id, clock.instant(),
        reason, by);
    return new Started(jobs.start(JOB, NOT_BESIDE, "Erase a person", _ -> run.graph(), by), id);
  }

  /// The latest certificates, newest first.
  public List<Certificate> certificates(int limit) {
    return stages.database().read(tx -> certificates.newest(tx, limit));
  }

  public Optional<Certificate> certificate(UUID id) {
    return stages.database().read(tx -> certificates.find(tx, id));
  }

  /// The list of those who must not come back, as hashes with their salt: keep it as safe as a backup, and newer.
  public Fingerprints suppressed() {
    return suppression.list();
  }

  /// How many messages were left out because they named somebody on the list.
  public long dropped() {
    return suppression.dropped();
  }

  /// Lets these identities come in again, because the person wants so.
  ///
  /// @return how many of them were on the list
  public int lift(Collection<Identity> identities) {
    int lifted = stages.database().write(tx -> suppression.lift(tx, identities));
    certificates.writeList(suppression.list());
    return lifted;
  }

  /// The list that lies in a home, from before its stores were lost or moved away.
  public static Optional<Path> listIn(Path home) {
    return Optional.of(home.resolve(Certificates.LIST)).filter(Files::isRegularFile);
  }

  /// Erases once more whoever is on a list: a backup from before brought them back.
  ///
  /// @param list a file, see [#listIn]
  /// @return the job, when anybody was there
  /// @throws portrait.foundation.model.ProblemException `conflict` when it is the list of another installation; the
  ///         problem of the job when it did not end well
  public Optional<Job> replay(Path list) {
    var missed = Certificates.readList(list);
    stages.database().write(tx -> {
      suppression.add(tx, missed, clock.instant());
      return true;
    });
    var back = new LinkedHashSet<Identity>();
    stages.database().read(tx -> {
      var all = suppression.list(tx);
      stages.identities().forEachAssignment(tx, assignment -> {
        if (all.has(assignment.identity())) {
          back.add(assignment.identity());
        }
      });
      return back.size();
    });
    for (var state : stages.sources().tables()) {
      stages.sources().definition(state.fullName()).ifPresent(table -> stages.sources().purge(table, suppression));
    }
    if (back.isEmpty()) {
      return Optional.empty();
    }
    var job = jobs.await(erase(back, "brought back by a backup", "Portrait").job());
    job.problem().ifPresent(problem -> {
      throw problem.asException();
    });
    return Optional.of(job);
  }
}
