package portrait.processes.retention;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import portrait.foundation.database.Database;
import portrait.foundation.database.Transaction;
import portrait.foundation.definitions.Definition;
import portrait.foundation.definitions.Definitions;
import portrait.foundation.definitions.Kind;
import portrait.foundation.jobs.Job;
import portrait.foundation.jobs.JobId;
import portrait.foundation.jobs.Jobs;
import portrait.foundation.jobs.Progress;
import portrait.foundation.jobs.TaskGraph;
import portrait.foundation.jobs.TaskGraph.Task;
import portrait.foundation.model.Problem;
import portrait.foundation.model.ProblemException;
import portrait.processes.live.Live;
import portrait.processes.refresh.Refresh;
import portrait.stages.events.Events;
import portrait.stages.events.OldEvent;
import portrait.stages.identity.Assignment;
import portrait.stages.identity.Changes;
import portrait.stages.identity.CustomerKey;
import portrait.stages.identity.IdentityGraph;

/// Deletes what the `Retention` definitions say is kept no longer: once a day, or when somebody asks.
///
/// A rule that deletes what a segment or measure still looks at is held back, unless it says that this is meant.
public final class Retention {

  public static final Kind<RetentionRule> KIND = new RetentionKind();

  /// The name of the job.
  public static final String JOB = "retention";

  private static final Duration EVERY = Duration.ofDays(1);
  /** What it cannot run beside was at work. */
  private static final Duration AGAIN_AFTER_ANOTHER = Duration.ofMinutes(10);
  /// Customers or events of one transaction: short enough for received messages not to notice.
  private static final int SLICE = 100;

  private final Database database;
  private final Definitions definitions;
  private final Events events;
  private final IdentityGraph identities;
  private final Live live;
  private final Refresh refresh;
  private final Jobs jobs;
  private final Clock clock;
  private volatile Instant dueAt = Instant.EPOCH;

  public Retention(Database database, Definitions definitions, Events events, IdentityGraph identities, Live live,
      Refresh refresh, Jobs jobs, Clock clock) {
    this.database = database;
    this.definitions = definitions;
    this.events = events;
    this.identities = identities;
    this.live = live;
    this.refresh = refresh;
    this.jobs = jobs;
    this.clock = clock;
  }

  /// What one rule would delete at this moment.
  ///
  /// @param usedBy segments and measures that look further back
  public record Finding(RetentionRule rule, long customers, long events, List<String> usedBy) {

    public Finding {
      usedBy = List.copyOf(usedBy);
    }

    /// Whether the rule does not run because of those.
    public boolean isHeldBack() {
      return !usedBy.isEmpty() && !rule.evenIfUsed();
    }
  }

  /// Every rule, by name.
  public List<RetentionRule> rules() {
    return definitions.all(KIND);
  }

  /// Segments and measures that look further back than the rule keeps things.
  public List<String> usedBy(RetentionRule rule) {
    return Windows.beyond(rule, definitions);
  }

  /// Counts what each rule would delete, and deletes nothing.
  public List<Finding> dryRun() {
    Instant now = clock.instant();
    return rules().stream().map(rule -> new Finding(rule,
        rule.visitors().map(visitors -> count(visitors, now)).orElse(0L),
        rule.events().map(old -> count(old, now)).orElse(0L), usedBy(rule))).toList();
  }

  /// The latest run.
  public Optional<Job> lastRun() {
    return jobs.latest(JOB);
  }

  /// Deletes now, as a job, and returns at once.
  public JobId run(String by) {
    var inForce = rules().stream().filter(rule -> rule.evenIfUsed() || usedBy(rule).isEmpty()).toList();
    var heldBack = rules().stream().filter(rule -> !inForce.contains(rule)).map(RetentionRule::name).toList();
    Instant now = clock.instant();
    return jobs.start(JOB, "Retention", new TaskGraph(List.of(
        new Task("events", "Delete old events", List.of(), progress -> expire(inForce, heldBack, now, progress)),
        new Task("visitors", "Delete visitors who stay away", List.of("events"),
            progress -> forget(inForce, now, progress)),
        new Task("warehouse", "Delete their copies", List.of("visitors"), progress -> refresh.dropGone(
            inForce.stream().flatMap(rule -> rule.events().stream()).map(old -> old.at(now)).toList(), progress)))),
        by);
  }

  /// Starts a run when the last one, and the last change of a rule, are a day ago: time to look at the dry run. Call it
  /// every few seconds.
  public void tick() {
    Instant now = clock.instant();
    if (rules().isEmpty() || now.isBefore(dueAt)) {
      return;
    }
    var since = Stream.concat(lastRun().map(Job::startedAt).stream(),
        definitions.list(KIND.name()).stream().map(Definition::appliedAt)).max(Comparator.naturalOrder());
    dueAt = since.orElse(now).plus(EVERY);
    if (!now.isBefore(dueAt)) {
      try {
        run("Portrait");
      } catch (ProblemException refused) {
        if (refused.problem().code() != Problem.Code.ALREADY_RUNNING) {
          throw refused;
        }
        dueAt = now.plus(AGAIN_AFTER_ANOTHER);
        return;
      }
      dueAt = now.plus(EVERY);
    }
  }

  private void expire(List<RetentionRule> rules, List<String> heldBack, Instant now, Progress progress) {
    long deleted = 0;
    for (var rule : rules) {
      for (var old : rule.events().stream().toList()) {
        long after = 0;
        while (true) {
          long from = after;
          var page = database.read(tx -> page(tx, old, now, from));
          if (!page.fitting().isEmpty()) {
            live.change(tx -> delete(tx, page.fitting()));
            deleted += page.fitting().size();
            progress.expect(page.fitting().size());
            progress.done(page.fitting().size());
          }
          progress.check();
          if (page.isLast()) {
            break;
          }
          after = page.last();
        }
      }
    }
    progress.note("%,d events deleted%s".formatted(deleted,
        heldBack.isEmpty() ? "" : "; held back because segments or measures look further back: " + heldBack));
  }

  private Changes delete(Transaction tx, List<OldEvent> old) {
    events.delete(tx, old);
    var touched = new HashSet<CustomerKey>();
    identities.assignments(tx, old.stream().map(OldEvent::anchor).distinct().toList())
        .forEach(assignment -> touched.add(assignment.customer()));
    return new Changes(0, 0, 0, touched);
  }

  private void forget(List<RetentionRule> rules, Instant now, Progress progress) {
    long deleted = 0;
    for (var rule : rules) {
      for (var visitors : rule.visitors().stream().toList()) {
        Instant since = visitors.idle().before(now);
        long after = 0;
        while (true) {
          long from = after;
          var idle = database.read(tx -> identities.idle(tx, visitors.namespaces(), since, from, SLICE));
          if (idle.isEmpty()) {
            break;
          }
          // Somebody may have come back since: they are looked at again by the transaction that deletes.
          int gone = live.forget(idle, (tx, customer) -> identities
              .idle(tx, visitors.namespaces(), since, customer.number() - 1, 1).contains(customer));
          deleted += gone;
          progress.expect(gone);
          progress.done(gone);
          after = idle.getLast().number();
        }
      }
    }
    progress.note("%,d visitors deleted".formatted(deleted));
  }

  private long count(RetentionRule.Visitors visitors, Instant now) {
    long count = 0;
    long after = 0;
    while (true) {
      long from = after;
      var idle = database
          .read(tx -> identities.idle(tx, visitors.namespaces(), visitors.idle().before(now), from, SLICE));
      if (idle.isEmpty()) {
        return count;
      }
      count += idle.size();
      after = idle.getLast().number();
    }
  }

  private long count(RetentionRule.Events old, Instant now) {
    long count = 0;
    long after = 0;
    while (true) {
      long from = after;
      var page = database.read(tx -> page(tx, old, now, from));
      count += page.fitting().size();
      if (page.isLast()) {
        return count;
      }
      after = page.last();
    }
  }

  private record Page(List<OldEvent> fitting, long last, boolean isLast) {}

  private Page page(Transaction tx, RetentionRule.Events old, Instant now, long after) {
    var found = events.old(tx, old.at(now), after, SLICE);
    boolean isLast = found.size() < SLICE;
    long last = isLast ? after : found.getLast().position();
    if (old.namespaces().isEmpty() || found.isEmpty()) {
      return new Page(found, last, isLast);
    }
    var namespaces = new HashMap<Long, String>();
    for (Assignment assignment : identities.assignments(tx,
        found.stream().map(OldEvent::anchor).distinct().toList())) {
      namespaces.put(assignment.number(), assignment.identity().namespace());
    }
    return new Page(found.stream()
        .filter(event -> old.namespaces().contains(namespaces.getOrDefault(event.anchor(), ""))).toList(), last,
        isLast);
  }
}
