package portrait.stages.exports;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import portrait.foundation.connections.ConnectionDefinition;
import portrait.foundation.connections.Connections;
import portrait.foundation.database.Database;
import portrait.foundation.database.Migrations;
import portrait.foundation.database.Transaction;
import portrait.foundation.definitions.Change;
import portrait.foundation.definitions.Definitions;
import portrait.foundation.definitions.Kind;
import portrait.foundation.jobs.JobId;
import portrait.foundation.jobs.Jobs;
import portrait.foundation.jobs.Progress;
import portrait.foundation.jobs.TaskGraph;
import portrait.foundation.model.CustomerId;
import portrait.foundation.model.Problem;
import portrait.foundation.model.ProblemException;
import portrait.stages.consent.Purpose;
import portrait.stages.exports.ExportDefinition.Occasion;
import portrait.stages.exports.RunReport.Status;
import portrait.stages.exports.destinations.Destination;
import portrait.stages.exports.destinations.OutRow;
import portrait.stages.exports.destinations.RunPlan;
import portrait.stages.identity.IdentityGraph;
import portrait.stages.measures.Measures;
import portrait.stages.notices.Notices;
import portrait.stages.profiles.Profiles;
import portrait.stages.segments.Segments;
import portrait.stages.suppression.Suppression;
import tools.jackson.databind.json.JsonMapper;

/// Customers sent to other systems: on demand, and at the end of every scheduled refresh. Saving an export sends nothing.
public final class Exports {

  /// `kind: Export`.
  public static final Kind<ExportDefinition> KIND = new ExportKind();

  private static final Logger LOG = LoggerFactory.getLogger(Exports.class);
  private static final int SAMPLES = 5;
  private static final int CHANGES = 500;
  /** Changes become visible a little after the moment they carry, so the last ones are looked at again. */
  private static final Duration OVERLAP = Duration.ofSeconds(30);
  private static final Duration AGAIN_AFTER_FAILURE = Duration.ofMinutes(1);
  private static final String LIVE = "Portrait, live";

  private final Definitions definitions;
  private final Connections connections;
  private final List<? extends Destination<?, ?>> destinations;
  private final Database database;
  private final Audience.Published published;
  private final Notices notices;
  private final Jobs jobs;
  private final Clock clock;
  private final ExportRun.Pause pause;
  private final RunTable runs;
  private final Map<String, Instant> notBefore = new ConcurrentHashMap<>();

  public static Migrations migrations() {
    return Migrations.beside(Exports.class);
  }

  /// @param destinations the kinds of places there are
  public Exports(Definitions definitions, Connections connections, List<? extends Destination<?, ?>> destinations,
      Database database, Profiles profiles, Segments segments, IdentityGraph identities, Measures measures,
      Suppression suppression, Notices notices, Jobs jobs, Clock clock) {
    this.definitions = definitions;
    this.connections = connections;
    this.destinations = List.copyOf(destinations);
    this.database = database;
    this.published = new Audience.Published(profiles, segments, identities, measures, suppression);
    this.notices = notices;
    this.jobs = jobs;
    this.clock = clock;
    this.pause = Thread::sleep;
    this.runs = new RunTable(database, clock);
    definitions.guard(KIND, (export, _, others) -> mistakes(export, others));
    definitions.guardDeletion(KIND, (export, _, _) -> notAllowed(export));
    definitions.onChange(changes -> changes.stream()
        .filter(change -> change.kind().equals(KIND.name()) && change.action() == Change.Action.DELETED)
        .forEach(change -> forget(change.name())));
  }

  private List<Problem> mistakes(ExportDefinition export, Definitions others) {
    var problems = new ArrayList<>(notAllowed(export));
    problems.addAll(Purpose.notAllowed(others, export.purpose(), Purpose.Place.EXPORTS));
    // Who may change what was there is asked, too: somebody else's connection is not taken off an export.
    definitions.one(KIND, export.name()).ifPresent(before -> problems.addAll(notAllowed(before)));
    export.connection().flatMap(name -> others.one(Connections.KIND, name))
        .flatMap(connection -> destination(connection.type()))
        .ifPresent(destination -> problems.addAll(mistakes(destination, export, others)));
    return problems.stream().distinct().toList();
  }

  private <T extends Record> List<Problem> mistakes(Destination<?, T> destination, ExportDefinition export,
      Definitions others) {
    var problems = destination.target().problems(export.settings());
    if (!problems.isEmpty()) {
      return problems;
    }
    var untellable = export.alert().filter(name -> others.one(Connections.KIND, name).isPresent())
        .flatMap(name -> notices.problem("alert", name, others));
    if (untellable.isPresent()) {
      return List.of(untellable.get());
    }
    var target = Audience.target(export, destination);
    if (export.isLive() && (destination.isWhole() || export.segments().isEmpty())) {
      return List.of(Problem.of(Problem.Code.INVALID_DEFINITION, destination.isWhole()
          ? "live was true, but files are published run by run and not within seconds"
          : "live was true, but without segments nobody comes or goes"));
    }
    if (!destination.sendsCustomers(target) && !purposes(export, others).isEmpty()) {
      return List.of(unheld(export));
    }
    return destination.mistakes(target, export.columnNames()).stream()
        .map(mistake -> Problem.of(Problem.Code.INVALID_DEFINITION, mistake)).toList();
  }

  private static List<Purpose> purposes(ExportDefinition export, Definitions among) {
    return Purpose.respected(among, export.purpose(), Purpose.Place.EXPORTS);
  }

  private static Problem unheld(ExportDefinition export) {
    return Problem.of(Problem.Code.INVALID_DEFINITION,
        "export '%s' sends tables as they are, so nobody in them can be held against a purpose"
            .formatted(export.name()),
        "Send customers with columns instead, or let an administrator say purpose: none.");
  }

  private <T extends Record> Audience<T> audience(ExportDefinition export, Destination<?, T> destination) {
    var purposes = purposes(export, definitions);
    var audience = new Audience<>(export, destination, published, purposes);
    // Purposes may have come after the export.
    if (!purposes.isEmpty() && !destination.sendsCustomers(audience.target())) {
      throw unheld(export).asException();
    }
    return audience;
  }

  /// Contributors manage the exports of connections that are shared with them.
  private List<Problem> notAllowed(ExportDefinition export) {
    return export.connection().flatMap(name -> definitions.one(Connections.KIND, name))
        .filter(connection -> !Connections.isUsable(connection)).map(Connections::notShared).stream().toList();
  }

  private void forget(String export) {
    database.write(tx -> {
      tx.update("DELETE FROM export_sent WHERE export = ?", export);
      tx.update("DELETE FROM export_pending WHERE export = ?", export);
      tx.update("DELETE FROM export_live WHERE export = ?", export);
      notices.forget(tx, KIND.name() + "/" + export);
      tx.update("DELETE FROM export_refusal WHERE run IN (SELECT id FROM export_run WHERE export = ?)", export);
      return tx.update("DELETE FROM export_run WHERE export = ?", export);
    });
  }

  /// The kinds of places there are.
  public List<? extends Destination<?, ?>> destinations() {
    return destinations;
  }

  public Optional<Destination<?, ?>> destination(String type) {
    return destinations.stream().filter(each -> each.connector().type().equals(type))
        .<Destination<?, ?>>map(each -> each).findFirst();
  }

  /// Every export, by name.
  public List<ExportDefinition> all() {
    return definitions.all(KIND);
  }

  /// An export.
  ///
  /// @throws ProblemException `not_found`
  public ExportDefinition one(String name) {
    return definitions.one(KIND, name).orElseThrow(() -> Problem.of(Problem.Code.NOT_FOUND,
        "there is no export '%s'".formatted(name), "GET /api/v1/exports lists them.").asException());
  }

  /// Whether the present [Caller] may change and run it.
  public boolean isManageable(ExportDefinition export) {
    return notAllowed(export).isEmpty();
  }

  /// Really asks the place whether a connection is right, without changing anything there.
  ///
  /// @return what was found
  /// @throws ProblemException that names the likely cause
  public String verify(ConnectionDefinition connection) {
    return notices.verify(connection).orElseGet(() -> verify(place(connection), connection));
  }

  private <A extends Record> String verify(Destination<A, ?> destination, ConnectionDefinition connection) {
    return destination.verify(connections.settings(connection, destination.connector().form()));
  }

  /// The kind of place behind a connection.
  ///
  /// @throws ProblemException `conflict` when nothing can be exported there
  public Destination<?, ?> place(ConnectionDefinition connection) {
    return destination(connection.type()).orElseThrow(() -> Problem.of(Problem.Code.CONFLICT,
        "connection '%s' is of the type %s, to which nothing can be exported".formatted(connection.name(),
            connection.type()))
        .asException());
  }

  /// The latest runs of an export, newest first.
  public List<RunReport> runs(String export, int limit) {
    return runs.recent(export, limit);
  }

  /// The latest run of each export, newest first.
  public List<RunReport> latestRuns(int limit) {
    return runs.latest(limit);
  }

  /// A run.
  ///
  /// @throws ProblemException `not_found`
  public RunReport run(UUID id) {
    return runs.find(id).orElseThrow(
        () -> Problem.of(Problem.Code.NOT_FOUND, "there is no run %s of an export".formatted(id)).asException());
  }

  /// Rows of a run that were not taken, in the order of sending.
  public List<Refusal> refusals(UUID run, int limit) {
    return runs.refusals(run, limit);
  }

  /// How many people another system has from us through an export.
  public long sent(String export) {
    return database.read(tx -> tx.first("SELECT count(*) FROM export_sent WHERE export = ?", row -> row.number(1),
        export)).orElse(0L);
  }

  /// What was sent about somebody: to which export, and when last.
  public List<SentTo> sentAbout(Transaction tx, CustomerId customer) {
    return tx.query("SELECT export, sent_at FROM export_sent WHERE customer_id = ? ORDER BY export, key",
        row -> new SentTo(row.text(1), row.instant(2)), customer);
  }

  /// How many entries of the ledger and of runs are about these people.
  public long traces(Transaction tx, List<CustomerId> ids) {
    return Ledger.count(tx, ids);
  }

  /// Strikes people off: nothing is known any longer about what was sent of them.
  public int forget(Transaction tx, List<CustomerId> ids) {
    return Ledger.forget(tx, ids);
  }

  /// Starts a run and returns at once.
  ///
  /// @param isFull whether everybody is sent; else what the definition says
  /// @throws ProblemException `not_found`, `already_running`, `not_allowed`, or `conflict` when it is detached or nobody
  ///   agreed to data leaving
  public JobId start(String name, boolean isFull, String by) {
    var export = one(name);
    notAllowed(export).stream().findFirst().ifPresent(problem -> {
      throw problem.asException();
    });
    connection(export);
    return jobs.start("export " + name, "Export " + export.title(), TaskGraph.of(new TaskGraph.Task("send",
        "Send what changed", List.of(), progress -> run(name, isFull, progress, by))), by);
  }

  /// Runs an export to its end.
  ///
  /// @throws ProblemException when it cannot be run, or the place refuses all of it; what was taken before is kept
  public RunReport run(String name, boolean isFull, Progress progress, String by) throws InterruptedException {
    var export = one(name);
    var connection = connection(export);
    return run(place(connection), connection, export, isFull || export.isFull(), progress, by, Optional.empty());
  }

  /// Runs every export that goes out on one of some occasions, one after the other. One that fails does not hold back the
  /// others.
  public void runAll(Set<Occasion> occasions, Progress progress, String by) throws InterruptedException {
    runAll(all().stream().filter(export -> !Collections.disjoint(export.occasions(), occasions)).toList(), progress,
        by);
  }

  /// Whether any export waits for such an occasion.
  public boolean isAnyOn(Occasion occasion) {
    return all().stream().anyMatch(export -> export.occasions().contains(occasion));
  }

  /// A segment was evaluated for everybody: runs the exports that wait for that.
  public void runEvaluated(String segment, Progress progress, String by) throws InterruptedException {
    runAll(all().stream().filter(export -> export.occasions().contains(Occasion.EVALUATION)
        && export.segments().contains(segment)).toList(), progress, by);
  }

  private void runAll(List<ExportDefinition> exports, Progress progress, String by) throws InterruptedException {
    for (var export : exports) {
      if (export.connection().isPresent()) {
        try {
          run(export.name(), false, progress, by);
        } catch (ProblemException failure) {
          progress.check();
          progress.failed(new Problem(failure.problem().code(),
              "export %s: %s".formatted(export.name(), failure.problem().message()), failure.problem().hint(),
              failure.problem().details()));
        }
      }
    }
  }

  /// Sends who came into a segment, or left it, since this was called last. Call it every few seconds.
  public void tick() {
    for (var export : all()) {
      var now = clock.instant();
      if (export.isLive() && export.connection().isPresent()
          && !now.isBefore(notBefore.getOrDefault(export.name(), Instant.MIN))) {
        try {
          live(export, now);
        } catch (InterruptedException asked) {
          Thread.currentThread().interrupt();
          return;
        } catch (ProblemException failure) {
          if (failure.problem().code() != Problem.Code.ALREADY_RUNNING) {
            notBefore.put(export.name(), now.plus(AGAIN_AFTER_FAILURE));
            LOG.warn("export {} could not send changes of the last seconds; it will be tried again: {}",
                export.name(), failure.problem().message());
          }
        }
      }
    }
  }

  private void live(ExportDefinition export, Instant now) throws InterruptedException {
    var until = database.read(tx -> tx.first("SELECT until FROM export_live WHERE export = ?", row -> row.instant(1),
        export.name()));
    if (until.isPresent()) {
      var since = until.get().minus(OVERLAP);
      for (String segment : export.segments()) {
        long after = Long.MIN_VALUE;
        while (true) {
          long from = after;
          var some = database.read(tx -> published.segments().changedSince(tx, segment, since, from, CHANGES));
          if (!some.isEmpty()) {
            var connection = connections.one(export.connection().orElseThrow());
            send(place(connection), connection, export, some);
            after = some.getLast();
          }
          if (some.size() < CHANGES) {
            break;
          }
        }
      }
    }
    if (until.filter(written -> now.isBefore(written.plus(OVERLAP))).isPresent()) {
      return;
    }
    database.write(tx -> tx.update("""
        INSERT INTO export_live (export, until) VALUES (?, ?)
        ON CONFLICT (export) DO UPDATE SET until = excluded.until""", export.name(), now));
  }

  /// No run is begun for people about whom there is nothing to send.
  private <T extends Record> void send(Destination<?, T> destination, ConnectionDefinition connection,
      ExportDefinition export, List<Long> numbers) throws InterruptedException {
    var probe = run(audience(export, destination), false,
        new ExportRun.Sink.Nowhere(0, new ArrayList<>()));
    if (probe.isDue(numbers)) {
      connections.refuseUnlessAgreed(connection);
      run(destination, connection, export, false, Progress.silent(), LIVE, Optional.of(numbers));
    }
  }

  private ConnectionDefinition connection(ExportDefinition export) {
    var connection = connections.one(export.connection().orElseThrow(() -> Problem.of(Problem.Code.CONFLICT,
        "export '%s' is detached: it has no connection".formatted(export.name()), "Choose one, then run it.")
        .asException()));
    connections.refuseUnlessAgreed(connection);
    return connection;
  }

  private <A extends Record, T extends Record> RunReport run(Destination<A, T> destination,
      ConnectionDefinition connection, ExportDefinition export, boolean isFull, Progress progress, String by,
      Optional<List<Long>> only)
      throws InterruptedException {
    var first = runs.begin(export, isFull, by);
    var status = Status.FAILED;
    Optional<Problem> problem = Optional.empty();
    var counts = RunReport.Counts.NONE;
    try {
      var account = connections.settings(connection, destination.connector().form());
      var audience = audience(export, destination);
      var plan = new RunPlan(export.name(), first.id(), first.startedAt(), export.columnNames(), isFull);
      try (var session = destination.open(account, audience.target(), plan)) {
        var begun = settled(session, export.name(), first);
        var run = run(audience, isFull, new ExportRun.Sink.Place(session, begun));
        try {
          if (only.isPresent()) {
            run.run(only.get(), progress);
          } else if (destination.sendsCustomers(audience.target())) {
            run.run(progress);
          }
          publish(session, begun);
        } finally {
          counts = run.counts();
        }
      }
      status = counts.refused() == 0 ? Status.DONE : Status.PARTLY;
      progress.note(said(counts));
    } catch (ProblemException failure) {
      problem = Optional.of(failure.problem());
      status = failure.problem().code() == Problem.Code.CANCELLED ? Status.CANCELLED : Status.FAILED;
      throw failure;
    } catch (InterruptedException asked) {
      status = Status.CANCELLED;
      throw asked;
    } catch (RuntimeException | Error failure) {
      // What it says may quote a customer.
      problem = Optional.of(Problem.of(Problem.Code.INTERNAL,
          "the run failed (%s)".formatted(failure.getClass().getSimpleName()), "The log has the details."));
      throw failure;
    } finally {
      end(first, export.name(), status, counts, problem);
      if (status == Status.FAILED || status == Status.PARTLY) {
        alert(export, run(first.id()));
      }
    }
    return run(first.id());
  }

  private <T extends Record> ExportRun<T> run(Audience<T> audience, boolean isFull, ExportRun.Sink sink) {
    return new ExportRun<>(audience, isFull, database, clock, pause, runs, sink);
  }

  /// Finds out what became of runs that were stopped while they were published.
  private RunTable.Begun settled(portrait.stages.exports.destinations.Session session, String export,
      RunTable.Begun begun) {
    boolean isAnyDone = false;
    for (var earlier : runs.unsure(export)) {
      boolean isPublished = session.hasPublished(earlier.id(), earlier.startedAt());
      runs.found(earlier, isPublished);
      isAnyDone |= isPublished;
    }
    return isAnyDone ? runs.anew(begun) : begun;
  }

  private void publish(portrait.stages.exports.destinations.Session session, RunTable.Begun begun) {
    if (session.isAtomic()) {
      runs.publishing(begun.id());
    }
    String note = session.finish();
    runs.published(begun.id(), note);
    if (session.isAtomic()) {
      Ledger.settle(database, begun.id().toString(), begun.pass(), clock.instant());
    }
  }

  private void end(RunTable.Begun begun, String export, Status status, RunReport.Counts counts,
      Optional<Problem> problem) {
    // A cancelled job interrupts this thread; its end is written all the same.
    boolean isInterrupted = Thread.interrupted();
    try {
      runs.end(begun, export, status, counts, problem);
    } finally {
      if (isInterrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  /// Tells whom the export names, without holding anybody up.
  private void alert(ExportDefinition export, RunReport run) {
    export.alert().ifPresent(connection -> {
      var message = JsonMapper.shared().createObjectNode().put("type", "export." + run.status().text())
          .put("export", export.name()).put("title", export.title()).put("run", run.id().toString())
          .put("startedBy", run.startedBy()).put("problem", run.problem().map(Problem::message).orElse(""))
          .put("hint", run.problem().map(Problem::hint).orElse(""));
      message.putObject("counts").put("sent", run.counts().delivered()).put("refused", run.counts().refused());
      database.write(tx -> {
        notices.add(tx, run.id().toString(), KIND.name() + "/" + export.name(), connection, message);
        return true;
      });
    });
  }

  private static String said(RunReport.Counts counts) {
    return "%,d new, %,d changed, %,d left, %,d as before, %,d refused%s".formatted(counts.entered(), counts.changed(),
        counts.left(), counts.unchanged(), counts.refused(),
        counts.withoutConsent() == 0 ? "" : ", %,d without consent".formatted(counts.withoutConsent()));
  }

  /// What a run would send now. It asks nobody outside, and changes nothing.
  public DryRun dryRun(String name, boolean isFull) throws InterruptedException {
    var export = one(name);
    var connection = connections.one(export.connection().orElseThrow(() -> Problem.of(Problem.Code.CONFLICT,
        "export '%s' is detached: it has no connection".formatted(name), "Choose one, then try it.").asException()));
    return dryRun(place(connection), export, isFull || export.isFull());
  }

  private <T extends Record> DryRun dryRun(Destination<?, T> destination, ExportDefinition export, boolean isFull)
      throws InterruptedException {
    var audience = audience(export, destination);
    var shown = new ArrayList<OutRow>();
    var run = run(audience, isFull, new ExportRun.Sink.Nowhere(SAMPLES, shown));
    if (destination.sendsCustomers(audience.target())) {
      run.run(Progress.silent());
    }
    return new DryRun(run.counts(), audience.columns(), shown,
        run.refusals().subList(0, Math.min(run.refusals().size(), SAMPLES)));
  }

  /// Names of exports that go through a connection, or tell it of failures.
  public List<String> using(String connection) {
    return all().stream().filter(export -> export.connection().filter(connection::equals).isPresent()
        || export.alert().filter(connection::equals).isPresent()).map(ExportDefinition::name).toList();
  }

  /// Takes exports off a connection: they are kept, and send nothing until another is chosen.
  public void detach(String connection, String by) {
    for (String name : using(connection)) {
      definitions.apply(definitions.find(KIND.name(), name).orElseThrow().edited(spec -> {
        for (String member : List.of("connection", "alert")) {
          if (spec.path(member).asString("").equals(connection)) {
            spec.remove(member);
          }
        }
      }), by);
    }
  }
}
