package portrait.stages.enrichments;

import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
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
import portrait.foundation.security.Caller;
import portrait.foundation.warehouse.Sql;
import portrait.foundation.warehouse.Warehouse;
import portrait.stages.enrichments.AnswerTable.Outcome;
import portrait.stages.accounts.Accounts;
import portrait.stages.engagement.Coverage;
import portrait.stages.engagement.History;
import portrait.stages.enrichments.EnrichmentDefinition.About;
import portrait.stages.enrichments.EnrichmentReport.Counts;
import portrait.stages.enrichments.EnrichmentReport.Status;
import portrait.stages.enrichments.providers.Asking;
import portrait.stages.enrichments.providers.Provider;
import portrait.stages.identity.Changes;
import portrait.stages.identity.IdentityGraph;
import portrait.stages.measures.Measures;
import portrait.stages.policies.MergePolicy;
import portrait.stages.profiles.Profiles;
import portrait.stages.segments.Segments;
import portrait.stages.suppression.Suppression;
import tools.jackson.databind.node.JsonNodeFactory;

/// What others know about customers: asked for on demand, with refreshes or at set times. Saving an enrichment asks
/// nobody.
public final class Enrichments {

  /// `kind: Enrichment`.
  public static final Kind<EnrichmentDefinition> KIND = new EnrichmentKind();

  private static final Logger LOG = LoggerFactory.getLogger(Enrichments.class);
  private static final int SLICE = 500;

  private final Definitions definitions;
  private final Connections connections;
  private final List<? extends Provider<?, ?>> providers;
  private final Database database;
  private final Warehouse warehouse;
  private final Customers customers;
  private final Companies companies;
  private final Jobs jobs;
  private final Clock clock;
  private final RunTable runs;
  private final FirstRuns firstRuns;
  private volatile EnrichmentRun.Pause pause = Thread::sleep;

  public static Migrations migrations() {
    return Migrations.beside(Enrichments.class);
  }

  /// @param providers who can be asked
  /// @param change does something and evaluates everybody whom that touched, in one transaction
  /// @param letter puts a message on its way to those who can allow that something is read
  public Enrichments(Definitions definitions, Connections connections, List<? extends Provider<?, ?>> providers,
      Database database, Warehouse warehouse, Profiles profiles, Segments segments, IdentityGraph identities,
      Measures measures, Accounts accounts, Suppression suppression, Consumer<Function<Transaction, Changes>> change,
      Letter letter, Jobs jobs, Clock clock) {
    this.definitions = definitions;
    this.connections = connections;
    this.providers = List.copyOf(providers);
    this.database = database;
    this.warehouse = warehouse;
    this.customers = new Customers(profiles, segments, identities, measures, accounts, suppression, change);
    this.companies = new Companies(accounts, database);
    this.jobs = jobs;
    this.clock = clock;
    this.runs = new RunTable(database, clock);
    this.firstRuns = new FirstRuns(database, letter, clock);
    definitions.guard(KIND, (enrichment, _, others) -> mistakes(enrichment, others));
    definitions.guardDeletion(KIND, (enrichment, _, _) -> notAllowed(enrichment));
    definitions.onChange(this::changed);
  }

  /// Waits otherwise than by the clock.
  void pauseWith(EnrichmentRun.Pause other) {
    pause = other;
  }

  private Whom whom(EnrichmentDefinition enrichment) {
    return switch (enrichment.about()) {
      case PEOPLE -> customers;
      case ACCOUNTS -> companies;
    };
  }

  private List<Problem> mistakes(EnrichmentDefinition enrichment, Definitions others) {
    var problems = new ArrayList<>(notAllowed(enrichment));
    var before = definitions.one(KIND, enrichment.name());
    before.ifPresent(saved -> problems.addAll(notAllowed(saved)));
    before.filter(saved -> saved.about() != enrichment.about()).ifPresent(saved -> problems.add(Problem.of(
        Problem.Code.INVALID_DEFINITION, "about was '%s' but enrichment %s is about %s".formatted(
            enrichment.about().text(), enrichment.name(), saved.about().text()),
        "Make another enrichment: this one has answers about the others.")));
    if (before.map(EnrichmentDefinition::output).filter(enrichment.output()::equals).isEmpty()) {
      written(enrichment).stream()
          .filter(table -> !isWritten(table) && warehouse.read(session -> session.exists(table)))
          .forEach(table -> problems.add(Problem.of(Problem.Code.INVALID_DEFINITION,
              "output was '%s' but there is a table %s".formatted(enrichment.output(), table))));
    }
    provider(enrichment.provider()).ifPresentOrElse(
        provider -> problems.addAll(mistakes(provider, enrichment, others)),
        () -> problems.add(Problem.of(Problem.Code.INVALID_DEFINITION, "provider was '%s' but must be one of %s"
            .formatted(enrichment.provider(), String.join(", ", providers.stream().map(Provider::type).toList())))));
    return problems.stream().distinct().toList();
  }

  private boolean isWritten(String table) {
    return database.read(tx -> tx.first("SELECT name FROM enrichment_table WHERE name = ?", row -> row.text(1), table))
        .isPresent();
  }

  private <T extends Record> List<Problem> mistakes(Provider<?, T> provider, EnrichmentDefinition enrichment,
      Definitions others) {
    var problems = provider.target().problems(enrichment.settings());
    if (!problems.isEmpty()) {
      return problems;
    }
    var target = provider.target().read(enrichment.settings(), _ -> Optional.empty());
    var wrong = new ArrayList<>(provider.mistakes(target, others));
    var taken = provider.inputs();
    var names = taken.stream().map(Provider.Input::name).toList();
    taken.stream().filter(input -> input.isRequired() && !enrichment.inputs().containsKey(input.name()))
        .forEach(input -> wrong.add("inputs.%s is missing: %s".formatted(input.name(), input.help())));
    enrichment.inputs().keySet().stream().filter(name -> !names.contains(name) && !provider.takesOtherInputs())
        .forEach(name -> wrong.add("inputs.%s is unknown; known are %s".formatted(name, String.join(", ", names))));
    enrichment.connection().flatMap(name -> others.one(Connections.KIND, name)).ifPresent(connection -> {
      if (!provider.needsConnection() || !connection.type().equals(provider.connector().type())) {
        wrong.add("connection was '%s', which is of the type %s, but %s".formatted(connection.name(),
            connection.type(), provider.needsConnection() ? "must be of the type " + provider.connector().type()
                : "this provider needs none"));
      }
    });
    return wrong.stream().map(mistake -> Problem.of(Problem.Code.INVALID_DEFINITION, mistake)).toList();
  }

  /// Contributors manage the enrichments of connections that are shared with them.
  private List<Problem> notAllowed(EnrichmentDefinition enrichment) {
    return enrichment.connection().flatMap(name -> definitions.one(Connections.KIND, name))
        .filter(connection -> !Connections.isUsable(connection))
        .map(connection -> Problem.of(Problem.Code.NOT_ALLOWED,
            "connection '%s' is not shared with %s".formatted(connection.name(), Caller.CURRENT.get().name()),
            "An administrator says on its page who may use it."))
        .stream().toList();
  }

  /// What an enrichment added goes with it, in the background; another output table takes the place of the one before.
  private void changed(List<Change> changes) {
    if (changes.stream().anyMatch(change -> change.kind().equals(KIND.name())
        && change.action() == Change.Action.DELETED)) {
      try {
        jobs.start("enrichment removal", "Take out what a removed enrichment added",
            TaskGraph.of(new TaskGraph.Task("remove", "Take out what was added", List.of(), this::removeGone)),
            "Portrait");
      } catch (ProblemException running) {
        // Another removal goes on; the next refresh takes out what it leaves.
        if (running.problem().code() != Problem.Code.ALREADY_RUNNING) {
          throw running;
        }
      }
    }
  }

  /// Takes out what enrichments added that are no more.
  private void removeGone(Progress progress) {
    database.write(tx -> {
      StartTable.enrichments(tx).stream().filter(name -> definitions.one(KIND, name).isEmpty())
          .forEach(name -> new StartTable(name).remove(tx));
      return true;
    });
    for (String name : database.read(AnswerTable::enrichments)) {
      if (definitions.one(KIND, name).isPresent()) {
        continue;
      }
      while (true) {
        var some = database.read(tx -> new AnswerTable(name).some(tx, SLICE));
        if (some.isEmpty()) {
          break;
        }
        progress.check();
        var about = some.getFirst().anchor() == Companies.ITSELF ? companies : customers;
        about.drop(name, MergePolicy.ADDED + name, some);
        progress.done(some.size());
      }
      database.write(tx -> {
        new TicketTable(name).removeAll(tx);
        return true;
      });
      runs.forget(name);
    }
    dropTables();
  }

  /// Output tables of enrichments that are no more, or have another by now.
  private void dropTables() {
    var outputs = all().stream().flatMap(each -> written(each).stream()).toList();
    var written = database.read(tx -> tx.query("SELECT name FROM enrichment_table ORDER BY name", row -> row.text(1)));
    for (String table : written) {
      if (!outputs.contains(table)) {
        warehouse.write(session -> session.execute(Sql.format("DROP TABLE IF EXISTS {}", Sql.name(table))));
        database.write(tx -> tx.update("DELETE FROM enrichment_table WHERE name = ?", table));
      }
    }
  }

  /// The output table, and what the provider writes beside it.
  private List<String> written(EnrichmentDefinition enrichment) {
    var tables = new ArrayList<>(List.of(enrichment.output()));
    provider(enrichment.provider()).ifPresent(each -> tables.addAll(each.tables(enrichment.output()).stream()
        .map(Provider.Table::name).toList()));
    return tables;
  }

  /// What an enrichment writes beside its output table for others to read.
  public List<Provider.Table> tablesBeside(EnrichmentDefinition enrichment) {
    return provider(enrichment.provider()).stream().flatMap(provider -> provider.tables(enrichment.output()).stream())
        .filter(Provider.Table::isShown).toList();
  }

  /// How much mail and how many meetings there were with an account, as the first enrichment that counts them says.
  public Optional<Engaged> engagement(String account) {
    return all().stream().flatMap(enrichment -> provider(enrichment.provider())
        .flatMap(provider -> provider.history(enrichment.output(), account))
        .map(history -> new Engaged(enrichment.name(), history)).stream()).findFirst();
  }

  /// What an enrichment that counts mail and meetings says about one account.
  public record Engaged(String enrichment, History history) {}

  /// What the last count of mail and meetings rests on; empty where they are not counted.
  public Optional<Coverage> coverage(EnrichmentDefinition enrichment) {
    return provider(enrichment.provider()).flatMap(provider -> provider.coverage(enrichment.output()));
  }

  /// Who can be asked.
  public List<? extends Provider<?, ?>> providers() {
    return providers;
  }

  public Optional<Provider<?, ?>> provider(String type) {
    return providers.stream().filter(each -> each.type().equals(type)).<Provider<?, ?>>map(each -> each).findFirst();
  }

  /// Every enrichment, by name.
  public List<EnrichmentDefinition> all() {
    return definitions.all(KIND);
  }

  /// An enrichment.
  ///
  /// @throws ProblemException `not_found`
  public EnrichmentDefinition one(String name) {
    return definitions.one(KIND, name).orElseThrow(() -> Problem.of(Problem.Code.NOT_FOUND,
        "there is no enrichment '%s'".formatted(name), "GET /api/v1/enrichments lists them.").asException());
  }

  /// Whether the present [Caller] may change and run it.
  public boolean isManageable(EnrichmentDefinition enrichment) {
    return notAllowed(enrichment).isEmpty();
  }

  /// Really asks the place whether a connection is right, without paying for anything.
  ///
  /// @return what was found; empty when nobody behind it can be asked about customers
  /// @throws ProblemException that names the likely cause
  public Optional<String> verify(ConnectionDefinition connection) {
    return providers.stream().filter(Provider::needsConnection)
        .filter(provider -> provider.connector().type().equals(connection.type())).findFirst()
        .map(provider -> verify(provider, connection));
  }

  /// Names of enrichments that go through a connection.
  public List<String> using(String connection) {
    return all().stream().filter(enrichment -> enrichment.connection().filter(connection::equals).isPresent())
        .map(EnrichmentDefinition::name).toList();
  }

  /// Takes enrichments off a connection: what they added stays, and they ask nobody until another is chosen.
  public void detach(String connection, String by) {
    for (String name : using(connection)) {
      definitions.apply(definitions.find(KIND.name(), name).orElseThrow().edited(spec -> spec.remove("connection")),
          by);
    }
  }

  private <A extends Record> String verify(Provider<A, ?> provider, ConnectionDefinition connection) {
    return provider.verify(connections.settings(connection, provider.connector().form()));
  }

  /// The latest runs of an enrichment, newest first.
  public List<EnrichmentReport> runs(String enrichment, int limit) {
    return runs.recent(enrichment, limit);
  }

  /// How many customers something was added to.
  public long enriched(String enrichment) {
    return database.read(tx -> new AnswerTable(enrichment).enriched(tx));
  }

  /// How many customers it is about, more or less.
  public long customers(EnrichmentDefinition enrichment) {
    return database.read(tx -> whom(enrichment).size(tx, enrichment));
  }

  /// Some of those something was added to, the latest first.
  public List<Enriched> preview(String enrichment, int limit) {
    return database.read(tx -> new AnswerTable(enrichment).newest(tx, Set.of(Outcome.FOUND, Outcome.DOUBTFUL), limit))
        .stream().map(entry -> new Enriched(entry.customer(), entry.attributes(), entry.saidAt(),
            entry.outcome() == Outcome.FOUND))
        .toList();
  }

  /// Those about whom the provider would not say anything, the latest first.
  public List<Unanswered> refusals(String enrichment, int limit) {
    return database.read(tx -> new AnswerTable(enrichment).newest(tx, Set.of(Outcome.REFUSED, Outcome.FAILED), limit))
        .stream().map(entry -> new Unanswered(entry.customer(), entry.reason(), entry.askedAt())).toList();
  }

  /// What was added to somebody.
  ///
  /// @param customer or account
  /// @param isCertain whether it is surely about them; what is not is in the output table only
  public record Enriched(CustomerId customer, Map<String, @Nullable Object> attributes, Instant at,
      boolean isCertain) {}

  /// A question that was refused.
  ///
  /// @param reason in the words of the provider
  public record Unanswered(CustomerId customer, String reason, Instant at) {}

  /// How many customers have each of the attributes.
  public Map<String, Long> byField(EnrichmentDefinition enrichment) {
    var counts = new LinkedHashMap<String, Long>();
    enrichment.attributes().keySet().forEach(name -> counts.put(name, 0L));
    warehouse.read(session -> session.schema(enrichment.output()).map(schema -> {
      var known = enrichment.attributes().keySet().stream().filter(name -> schema.column(name).isPresent()).toList();
      if (!known.isEmpty()) {
        session.each(Sql.format("SELECT {} FROM {}",
            Sql.join(", ", known.stream().map(name -> Sql.format("count({})", Sql.name(name))).toList()),
            Sql.name(enrichment.output())), row -> {
              for (int place = 0; place < known.size(); place++) {
                counts.put(known.get(place), row.number(place + 1));
              }
            });
      }
      return true;
    }));
    return counts;
  }

  /// Lets what was refused be asked again, which may cost credits: a connection may have broken after it was sent.
  ///
  /// @return how many questions
  public int askAgain(String name) {
    var enrichment = one(name);
    notAllowed(enrichment).stream().findFirst().ifPresent(problem -> {
      throw problem.asException();
    });
    return database.write(tx -> new AnswerTable(name).askAgain(tx));
  }

  /// Output tables about people that are there, by enrichment.
  public Map<String, String> tables() {
    var tables = new LinkedHashMap<String, String>();
    all().stream().filter(enrichment -> enrichment.about() == About.PEOPLE)
        .forEach(enrichment -> tables.put(enrichment.name(), enrichment.output()));
    warehouse.read(session -> tables.values().removeIf(table -> !session.exists(table)));
    return tables;
  }

  /// How many answers there are about these people.
  public long traces(Transaction tx, List<CustomerId> ids) {
    return AnswerTable.count(tx, ids);
  }

  /// Takes out what was answered about these people. What hangs on their identities goes with those.
  public int forget(Transaction tx, List<CustomerId> ids) {
    return AnswerTable.forget(tx, ids);
  }

  /// Takes out answers about customers who are no more, and rewrites the tables.
  public void dropGone() {
    database.write(AnswerTable::forgetGone);
    for (var enrichment : all()) {
      if (warehouse.read(session -> session.exists(enrichment.output()))) {
        write(enrichment);
      }
    }
  }

  /// Starts a run and returns at once.
  ///
  /// @throws ProblemException `not_found`, `already_running`, `not_allowed`, or `conflict` when it has no connection or
  ///   nobody agreed to data leaving
  public JobId start(String name, String by) {
    var enrichment = one(name);
    notAllowed(enrichment).stream().findFirst().ifPresent(problem -> {
      throw problem.asException();
    });
    refuseUnlessAgreed(enrichment);
    refuseUnlessReady(enrichment);
    return jobs.start("enrichment " + name, "Enrich: " + enrichment.title(), TaskGraph.of(new TaskGraph.Task("enrich",
        "Ask about customers", List.of(), progress -> run(name, progress, by))), by);
  }

  /// Runs an enrichment to its end.
  ///
  /// @throws ProblemException when it cannot be run, or the provider refuses all of it; answers until then are kept
  public EnrichmentReport run(String name, Progress progress, String by) throws InterruptedException {
    var enrichment = one(name);
    refuseUnlessAgreed(enrichment);
    if (refuseUnlessReady(enrichment)) {
      firstRuns.begin(name);
    }
    return run(provider(enrichment.provider()).orElseThrow(), enrichment, progress, by);
  }

  /// Runs every enrichment that is on, one after the other. One that fails does not hold back the others.
  public void runAll(Progress progress, String by) throws InterruptedException {
    removeGone(progress);
    for (var enrichment : all()) {
      boolean isReady = provider(enrichment.provider()).filter(provider -> !provider.needsConnection()
          || enrichment.connection().isPresent()).isPresent();
      if (enrichment.isActive() && isReady) {
        if (isAllowedByOthers(enrichment)
            && firstRuns.known(enrichment.name()).flatMap(EnrichmentStart::begunAt).isEmpty()) {
          // It begins by itself once it may.
          continue;
        }
        try {
          run(enrichment.name(), progress, by);
        } catch (ProblemException failure) {
          progress.check();
          progress.failed(new Problem(failure.problem().code(),
              "enrichment %s: %s".formatted(enrichment.name(), failure.problem().message()), failure.problem().hint(),
              failure.problem().details()));
        }
      }
    }
  }

  /// Whether it may begin, as far as is known; empty where nobody else need allow it, or nobody was asked yet.
  public Optional<EnrichmentStart> start(EnrichmentDefinition enrichment) {
    return firstRuns.known(enrichment.name());
  }

  /// Whether those who answer for the data elsewhere must allow that it is read.
  public boolean isAllowedByOthers(EnrichmentDefinition enrichment) {
    return provider(enrichment.provider()).filter(Provider::isAllowedByOthers).isPresent();
  }

  /// Asks the place behind an enrichment whether those who answer for the data there allow that it is read.
  ///
  /// @return empty where nobody need allow it
  /// @throws ProblemException `not_found`, `not_allowed`, or when the place cannot be asked
  public Optional<EnrichmentStart> check(String name) {
    var enrichment = one(name);
    notAllowed(enrichment).stream().findFirst().ifPresent(problem -> {
      throw problem.asException();
    });
    refuseUnlessAgreed(enrichment);
    return check(enrichment, true);
  }

  private Optional<EnrichmentStart> check(EnrichmentDefinition enrichment, boolean withMailboxes) {
    return check(provider(enrichment.provider()).orElseThrow(), enrichment, withMailboxes);
  }

  private <A extends Record, T extends Record> Optional<EnrichmentStart> check(Provider<A, T> provider,
      EnrichmentDefinition enrichment, boolean withMailboxes) {
    return isAllowedByOthers(enrichment)
        ? firstRuns.check(provider, enrichment, account(provider, enrichment), target(provider, enrichment),
            withMailboxes)
        : Optional.empty();
  }

  /// What was allowed once is proven anew by the run itself, which waits where the place asks for patience.
  ///
  /// @return whether others had to allow it
  private boolean refuseUnlessReady(EnrichmentDefinition enrichment) {
    var start = firstRuns.known(enrichment.name()).filter(EnrichmentStart::isAllowed)
        .or(() -> check(enrichment, false));
    start.ifPresent(firstRuns::refuseUnlessReady);
    return start.isPresent();
  }

  /// Asks those who can allow it, and begins first runs that have come due. Call it every few seconds.
  public void tick() {
    for (var enrichment : all()) {
      boolean isReady = enrichment.isActive() && isAllowedByOthers(enrichment) && enrichment.connection()
          .flatMap(name -> definitions.one(Connections.KIND, name)).flatMap(connections::consent).isPresent();
      if (isReady) {
        try {
          goOn(enrichment);
        } catch (ProblemException later) {
          LOG.warn("enrichment {} cannot begin yet: {}", enrichment.name(), later.problem().message());
        }
      }
    }
  }

  private void goOn(EnrichmentDefinition enrichment) {
    var known = firstRuns.known(enrichment.name());
    if (firstRuns.isToBeChecked(known)) {
      check(enrichment, true);
    } else if (known.filter(firstRuns::isDue).isPresent() && firstRuns.begin(enrichment.name())) {
      start(enrichment.name(), "Portrait");
    }
  }

  /// What a run would ask now. Nobody is asked, and nothing changes.
  public Counts rehearse(String name) {
    var enrichment = one(name);
    return rehearse(provider(enrichment.provider()).orElseThrow(), enrichment);
  }

  private <T extends Record> Counts rehearse(Provider<?, T> provider, EnrichmentDefinition enrichment) {
    return work(provider, target(provider, enrichment), enrichment).rehearse();
  }

  private static <T extends Record> T target(Provider<?, T> provider, EnrichmentDefinition enrichment) {
    return provider.target().read(enrichment.settings(), _ -> Optional.empty());
  }

  private <T extends Record> EnrichmentRun work(Provider<?, T> provider, T target, EnrichmentDefinition enrichment) {
    return new EnrichmentRun(enrichment, new Inputs(enrichment, provider), provider.edition(target),
        values -> provider.isEnough(target, values), values -> provider.credits(target, values), whom(enrichment),
        database, clock, pause);
  }

  private void refuseUnlessAgreed(EnrichmentDefinition enrichment) {
    if (provider(enrichment.provider()).filter(Provider::needsConnection).isPresent()) {
      connections.refuseUnlessAgreed(connections.one(enrichment.connection().orElseThrow(() -> Problem.of(
          Problem.Code.CONFLICT, "enrichment '%s' has no connection".formatted(enrichment.name()),
          "Choose one, then run it.").asException())));
    }
  }

  private <A extends Record, T extends Record> EnrichmentReport run(Provider<A, T> provider,
      EnrichmentDefinition enrichment, Progress progress, String by) throws InterruptedException {
    var id = runs.begin(enrichment.name(), by);
    var target = target(provider, enrichment);
    var work = work(provider, target, enrichment);
    var counts = new AtomicReference<>(Counts.NONE);
    var status = Status.FAILED;
    Optional<Problem> problem = Optional.empty();
    try {
      try (Asking asking = provider.open(account(provider, enrichment), target, enrichment.inputs().keySet(),
          enrichment.output())) {
        try {
          work.run(asking, reached -> {
            counts.set(reached);
            runs.checkpoint(id, reached);
          }, progress);
        } finally {
          counts.set(work.counts(asking.calls()));
        }
      }
      status = counts.get().refused() == 0 ? Status.DONE : Status.PARTLY;
      progress.note(EnrichmentRun.said(counts.get()));
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
      end(id, enrichment, status, counts.get(), problem);
    }
    return runs.find(id).orElseThrow();
  }

  private <A extends Record> A account(Provider<A, ?> provider, EnrichmentDefinition enrichment) {
    var form = provider.connector().form();
    return provider.needsConnection()
        ? connections.settings(connections.one(enrichment.connection().orElseThrow()), form)
        : form.read(JsonNodeFactory.instance.objectNode(), _ -> Optional.empty());
  }

  /// A cancelled job interrupts this thread; its end is written all the same, and what was answered is to be seen.
  private void end(UUID id, EnrichmentDefinition enrichment, Status status, Counts counts, Optional<Problem> problem) {
    boolean isInterrupted = Thread.interrupted();
    try {
      runs.end(id, enrichment.name(), status, counts, problem);
      write(enrichment);
    } finally {
      if (isInterrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  private void write(EnrichmentDefinition enrichment) {
    new OutputTable(enrichment).write(database, warehouse);
    database.write(tx -> {
      var tables = written(enrichment);
      tables.forEach(table -> tx.update("INSERT INTO enrichment_table (name) VALUES (?) ON CONFLICT (name) DO NOTHING",
          table));
      return tables.size();
    });
    dropTables();
  }
}
