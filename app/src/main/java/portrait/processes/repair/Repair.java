package portrait.processes.repair;

import java.time.Clock;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import portrait.foundation.database.Database;
import portrait.foundation.database.Transaction;
import portrait.foundation.definitions.Definitions;
import portrait.foundation.jobs.JobId;
import portrait.foundation.jobs.Jobs;
import portrait.foundation.jobs.Progress;
import portrait.foundation.jobs.TaskGraph;
import portrait.foundation.jobs.TaskGraph.Task;
import portrait.foundation.model.Identity;
import portrait.foundation.model.Problem;
import portrait.foundation.model.ProblemException;
import portrait.processes.live.Live;
import portrait.stages.identity.Changes;
import portrait.stages.identity.Counts;
import portrait.stages.identity.IdentityGraph;
import portrait.stages.identity.KnownIdentity;
import portrait.stages.identity.Namespace;
import portrait.stages.identity.Separation;
import portrait.stages.identity.Simulation;

/// Puts right who is who. Every change here reaches profiles, measures and segments before it is called done.
public final class Repair {

  /// The name of the job.
  public static final String JOB = "identities";

  private static final Logger LOG = LoggerFactory.getLogger(Repair.class);
  /// Merges, and splits, that a simulation tells in full.
  private static final int SAMPLES_MAX = 10;

  private final Database database;
  private final Definitions definitions;
  private final IdentityGraph identities;
  private final Live live;
  private final Jobs jobs;
  private final Clock clock;
  private volatile List<Namespace> looked = List.of();

  public Repair(Database database, Definitions definitions, IdentityGraph identities, Live live, Jobs jobs,
      Clock clock) {
    this.database = database;
    this.definitions = definitions;
    this.identities = identities;
    this.live = live;
    this.jobs = jobs;
    this.clock = clock;
  }

  /// Applies the namespaces in force to the past, as a job, and returns at once.
  public JobId settle(String by) {
    return jobs.start(JOB, "Apply identity settings",
        TaskGraph.of(new Task(JOB, "Decide again who is who", List.of(), this::settle)), by);
  }

  private void settle(Progress progress) {
    var changes = identities.rebuild(database, progress::expect, progress::done);
    progress.expect(changes.touched().size());
    var done = new long[1];
    live.reevaluate(changes.touched(), reached -> {
      progress.done(reached - done[0]);
      done[0] = reached;
    });
    database.write(tx -> {
      identities.settled(tx);
      return true;
    });
    progress.note("%,d customers merged, %,d split, %,d changed".formatted(changes.merged(), changes.split(),
        changes.touched().size()));
  }

  /// Starts [#settle] when the namespaces have changed since customers were decided last. Call it every few seconds.
  public void tick() {
    var defined = definitions.all(IdentityGraph.KIND);
    if (defined == looked) {
      return;
    }
    try {
      if (!database.read(identities::isSettled)) {
        settle("Portrait");
      }
      looked = defined;
    } catch (ProblemException refused) {
      // One is running, perhaps under the settings of before: look again with the next tick.
      if (refused.problem().code() != Problem.Code.ALREADY_RUNNING) {
        throw refused;
      }
      LOG.debug("identity settings changed while they are applied");
    }
  }

  /// Whether every customer is decided under the namespaces in force.
  public boolean isSettled() {
    return database.read(identities::isSettled);
  }

  /// Who would merge and split if these definitions were applied. Nothing is changed.
  ///
  /// @throws ProblemException `invalid_definition` when they could not be applied
  public Simulation simulate(String yamlOrJson) {
    return simulate(yamlOrJson, List.of());
  }

  /// Who would merge and split if these definitions were applied, and these Namespaces deleted: what they name is then
  /// again as it is built in. Nothing is changed.
  ///
  /// @param yamlOrJson may be blank when something is deleted
  /// @throws ProblemException `invalid_definition` when they could not be applied, `not_found` when there is none to
  ///   delete
  public Simulation simulate(String yamlOrJson, List<String> deleted) {
    var after = yamlOrJson.isBlank() && !deleted.isEmpty() ? definitions : definitions.proposed(yamlOrJson);
    for (String name : deleted) {
      after = after.without(IdentityGraph.KIND.name(), name);
    }
    return identities.simulate(database, after.all(IdentityGraph.KIND), SAMPLES_MAX);
  }

  /// Keeps two identities apart from now on: see [IdentityGraph#separate].
  ///
  /// @param reason in the words of who says so; may be empty
  public Changes separate(Identity one, Identity other, String by, String reason) {
    return live.change(tx -> identities.separate(tx, one, other, by, clock.instant(), reason));
  }

  /// Holds two identities for one customer from now on: see [IdentityGraph#join]. A CustomerId stands for the identity
  /// that its customer is known by.
  public Changes join(Identity one, Identity other, String by) {
    return live.change(tx -> identities.join(tx, standing(tx, one), standing(tx, other), by, clock.instant()));
  }

  /// Takes back what [#join] did.
  public Changes unjoin(Identity one, Identity other) {
    return live.change(tx -> identities.unjoin(tx, one, other));
  }

  private Identity standing(Transaction tx, Identity identity) {
    return identity.namespace().equals(IdentityGraph.CUSTOMER)
        ? identities.find(tx, identity).flatMap(customer -> identities.keyRing(tx, customer).stream().findFirst())
            .map(KnownIdentity::identity).orElse(identity)
        : identity;
  }

  /// Takes back what [#separate] did.
  public Changes rejoin(Identity one, Identity other) {
    return live.change(tx -> identities.rejoin(tx, one, other));
  }

  /// What people keep apart, the newest first.
  public List<Separation> separations(int limit) {
    return database.read(tx -> identities.separations(tx, limit));
  }

  /// What people keep apart from the customer with this identity; empty when there is none.
  public List<Separation> separations(Identity identity) {
    return database.read(tx -> identities.find(tx, identity).map(customer -> identities.separations(tx, customer))
        .orElse(List.of()));
  }

  /// The namespaces in use, the highest priority first.
  public List<Namespace> namespaces() {
    return database.read(identities::namespaces);
  }

  /// The size of the graph.
  public Counts counts() {
    return database.read(identities::counts);
  }
}
