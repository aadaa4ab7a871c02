package portrait.foundation.definitions;

import java.text.Normalizer;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import portrait.foundation.database.Database;
import portrait.foundation.database.Migrations;
import portrait.foundation.database.StoreException;
import portrait.foundation.definitions.Change.Action;
import portrait.foundation.model.Problem;
import portrait.foundation.model.ProblemException;
import portrait.foundation.security.Caller;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.NullNode;

/// Everything that people configure, as named and versioned resources: one service behind the pages, the API and
/// `portrait apply`, so that all of it can live in git.
///
/// All definitions, parsed, are one immutable snapshot in memory; reading costs a volatile read and never waits. A
/// change works out the next snapshot, checks all of it, and swaps it in once it is stored. On PostgreSQL another node
/// may change definitions too: its changes are picked up within about a second of use.
public final class Definitions {

  private static final Logger LOG = LoggerFactory.getLogger(Definitions.class);
  private static final Duration LOOK_AGAIN_AFTER = Duration.ofSeconds(1);

  private final Map<String, Entry.Reader<?>> readers;
  private final DefinitionStore store;
  private final Clock clock;
  private final boolean isShared;
  private final boolean isView;
  private final List<Consumer<List<Change>>> listeners = new CopyOnWriteArrayList<>();
  private final Map<String, List<Guard<?>>> guards = new ConcurrentHashMap<>();
  private final Map<String, List<Guard<?>>> deletionGuards = new ConcurrentHashMap<>();
  private final ReentrantLock changing = new ReentrantLock();
  private final AtomicBoolean isLookingAgain = new AtomicBoolean();
  private volatile Snapshot current;
  private volatile Instant lookedAt;

  public static Migrations migrations() {
    return Migrations.beside(Definitions.class);
  }

  /// @param kinds in the order of the data path, which is the order of lists and exports
  public Definitions(Database database, List<Kind<?>> kinds, Clock clock) {
    this.readers = new LinkedHashMap<>();
    for (var kind : kinds) {
      if (readers.put(kind.name(), Entry.Reader.of(kind)) != null) {
        throw new IllegalArgumentException("two kinds are named " + kind.name());
      }
    }
    this.store = new DefinitionStore(database);
    this.clock = clock;
    this.isShared = database.isShared();
    this.isView = false;
    this.current = new Snapshot(-1, List.of());
    this.current = load();
    this.lookedAt = clock.instant();
    for (var entry : current.entries()) {
      entry.problems().forEach(problem -> LOG.warn("not in force: {}", problem.message()));
    }
  }

  /// The definitions of one snapshot, for checks of what is not in force yet.
  private Definitions(Definitions live, Snapshot snapshot) {
    this.readers = live.readers;
    this.store = live.store;
    this.clock = live.clock;
    this.isShared = false;
    this.isView = true;
    this.current = snapshot;
    this.lookedAt = live.lookedAt;
  }

  /// Creates and changes what the text holds: YAML or JSON, one document or several. All of it happens, or nothing.
  /// What is as it was stays at its version.
  ///
  /// @return one change for each document, in the order of the text
  /// @throws ProblemException `invalid_definition` that lists everything that is wrong, or `not_allowed` when the
  ///   [Caller] may not change one of these kinds
  public List<Change> apply(String yamlOrJson, String by) {
    return apply(yamlOrJson, by, Seen.EVERYTHING);
  }

  /// The same, for somebody who edited what they saw.
  ///
  /// @throws ProblemException `changed_meanwhile` when another change of one of these definitions came later
  public List<Change> apply(String yamlOrJson, String by, Seen seen) {
    var documents = Document.read(yamlOrJson);
    return change(seen, before -> {
      var proposal = propose(documents, before, by);
      return new Step(proposal.changes(), proposal.changed(), Optional.empty(), proposal.after());
    });
  }

  /// What [#apply] would do. It refuses the same texts.
  public List<Change> diff(String yamlOrJson) {
    return propose(Document.read(yamlOrJson), snapshot(), "").changes();
  }

  /// The definitions as they would be after [#apply], for reading only. It refuses the same texts.
  public Definitions proposed(String yamlOrJson) {
    return new Definitions(this, propose(Document.read(yamlOrJson), snapshot(), "").after());
  }

  /// The definitions as they would be after [#delete], for reading only. It refuses the same names.
  public Definitions without(String kind, String name) {
    var before = snapshot();
    return new Definitions(this, before.with(List.of(), List.of(deletable(before, kind, name).key())));
  }

  private Proposal propose(List<Document> documents, Snapshot before, String by) {
    return Proposal.of(documents, before, readers, store, snapshot -> new Definitions(this, snapshot),
        (entry, others) -> guarded(guards, entry, others), now(), by);
  }

  /// Asks before a definition of this kind comes in or changes, besides what the kind itself checks: for what only the
  /// running product knows. What is in force already is not asked about again.
  public <T> void guard(Kind<T> kind, Guard<T> guard) {
    guards.computeIfAbsent(kind.name(), _ -> new CopyOnWriteArrayList<>()).add(guard);
  }

  /// Asks before a definition of this kind is deleted, besides what depends on it by name.
  public <T> void guardDeletion(Kind<T> kind, Guard<T> guard) {
    deletionGuards.computeIfAbsent(kind.name(), _ -> new CopyOnWriteArrayList<>()).add(guard);
  }

  /// Problems that a definition would have with the world as it is, or the world without it.
  @FunctionalInterface
  public interface Guard<T> {

    /// @param definition as it is written, for the paths of messages
    /// @param others every definition as it will be once the change is made; for reading only
    List<Problem> problems(T parsed, Definition definition, Definitions others);
  }

  @SuppressWarnings("unchecked") // Entries of a kind hold what this same kind parsed.
  private static List<Problem> guarded(Map<String, List<Guard<?>>> guards, Entry<?> entry, Definitions view) {
    var parsed = entry.parsed();
    var found = new ArrayList<Problem>();
    if (parsed != null) {
      for (var guard : guards.getOrDefault(entry.definition().kind(), List.of())) {
        found.addAll(((Guard<Object>) guard).problems(parsed, entry.definition(), view).stream()
            .map(problem -> Entry.about(entry.definition(), problem)).toList());
      }
    }
    return found;
  }

  /// Deletes a definition; its history stays.
  ///
  /// @throws ProblemException `not_found`, `not_allowed`, or `conflict` that names everything that depends on it
  public Change delete(String kind, String name, String by) {
    return delete(kind, name, by, Seen.EVERYTHING);
  }

  /// The same, for somebody who decided by what they saw.
  ///
  /// @throws ProblemException `changed_meanwhile` when another change of it came later
  public Change delete(String kind, String name, String by, Seen seen) {
    return change(seen, before -> {
      var entry = deletable(before, kind, name);
      var deleted = new Definition(kind, name, NullNode.getInstance(), store.nextVersion(kind, name), now(), by,
          before.revision() + 1);
      return new Step(List.of(new Change(kind, name, Action.DELETED, deleted.version())), List.of(),
          Optional.of(deleted), before.with(List.of(), List.of(entry.key())));
    }).getFirst();
  }

  private Entry<?> deletable(Snapshot before, String kind, String name) {
    var entry = before.find(kind, name).orElseThrow(() -> notFound(kind, name).asException());
    var dependants = before.dependants(entry.key());
    if (!dependants.isEmpty()) {
      throw Problem.of(Problem.Code.CONFLICT,
          "%s %s cannot be deleted: it is used by %s".formatted(kind, name, String.join(", ", dependants)),
          "Change or delete those first.").with("usedBy", String.join(",", dependants)).asException();
    }
    var others = guarded(deletionGuards, entry,
        new Definitions(this, before.with(List.of(), List.of(entry.key()))));
    others.stream().filter(problem -> problem.code() == Problem.Code.NOT_ALLOWED).findFirst().ifPresent(problem -> {
      throw problem.asException();
    });
    if (!others.isEmpty()) {
      throw Problem.of(Problem.Code.CONFLICT, "%s %s cannot be deleted: %s".formatted(kind, name,
          others.stream().map(Problem::message).collect(Collectors.joining("; "))), "Change or delete those first.")
          .asException();
    }
    return entry;
  }

  /// One change that was worked out and waits to be stored.
  private record Step(List<Change> changes, List<Definition> changed, Optional<Definition> deleted, Snapshot after) {}

  private interface Planner {
    Step plan(Snapshot before);
  }

  /// Works a change out and stores it, again when another node came first.
  private List<Change> change(Seen seen, Planner planner) {
    if (isView) {
      throw new IllegalStateException("a check may only read definitions");
    }
    while (true) {
      Step step;
      boolean isStored;
      changing.lock();
      try {
        Snapshot before = current;
        step = planner.plan(before);
        if (step.after() == before) {
          return step.changes();
        }
        step.changes().forEach(change -> refuseIfLater(change, before, seen));
        step.changes().forEach(this::refuseUnlessAllowed);
        isStored = store.replace(before.revision(), step.changed(), step.deleted());
        if (isStored) {
          current = step.after();
        }
      } finally {
        changing.unlock();
      }
      if (isStored) {
        tell(step.changes().stream().filter(change -> change.action() != Action.UNCHANGED).toList());
        return step.changes();
      }
      takeOver();
    }
  }

  /// For what has to be done before a definition may go, and should not be done for nothing.
  ///
  /// @throws ProblemException `changed_meanwhile` when another change of it came later
  public void refuseIfLater(String kind, String name, Seen seen) {
    refuseIfLater(new Change(kind, name, Action.DELETED, 0), snapshot(), seen);
  }

  private void refuseIfLater(Change change, Snapshot before, Seen seen) {
    if (change.action() == Action.UNCHANGED || seen.equals(Seen.EVERYTHING)) {
      return;
    }
    var latest = before.find(change.kind(), change.name()).<Definition>map(Entry::definition)
        .or(() -> store.latest(change.kind(), change.name()));
    latest.filter(definition -> definition.revision() > seen.revision()).ifPresent(definition -> {
      throw Problem.of(Problem.Code.CHANGED_MEANWHILE,
          "%s %s was %s by %s at %s, after you looked at it".formatted(change.kind(), change.name(),
              definition.spec().isNull() ? "deleted" : "changed", definition.appliedBy(), definition.appliedAt()),
          "Nothing was changed. Look at it again, and repeat your change there.")
          .with("version", definition.version()).with("changedBy", definition.appliedBy()).asException();
    });
  }

  private void refuseUnlessAllowed(Change change) {
    var needed = Objects.requireNonNull(readers.get(change.kind())).kind().permission();
    if (change.action() != Action.UNCHANGED && Caller.CURRENT.isBound()
        && !Caller.CURRENT.get().role().allows(needed)) {
      var caller = Caller.CURRENT.get();
      throw Problem.of(Problem.Code.NOT_ALLOWED,
          "%s has the role %s, which may not change %s %s".formatted(caller.name(), caller.role().text(), change.kind(),
              change.name()),
          "Ask an administrator.").with("role", caller.role().text()).asException();
    }
  }

  /// Every definition of a kind, by name.
  ///
  /// @throws ProblemException `not_found` that lists the kinds there are
  public List<Definition> list(String kind) {
    refuseUnknown(kind);
    return snapshot().of(kind).stream().<Definition>map(Entry::definition).map(this::shown).toList();
  }

  /// @throws ProblemException `not_found` when there is no such kind
  public Optional<Definition> find(String kind, String name) {
    refuseUnknown(kind);
    return snapshot().find(kind, name).<Definition>map(Entry::definition).map(this::shown);
  }

  /// As much of it as the present [Caller] may see.
  private Definition shown(Definition whole) {
    return !Caller.CURRENT.isBound() ? whole
        : new Definition(whole.kind(), whole.name(),
            Objects.requireNonNull(readers.get(whole.kind())).kind().shown(whole.spec(), Caller.CURRENT.get().role()),
            whole.version(), whole.appliedAt(), whole.appliedBy(), whole.revision());
  }

  /// A name made of a title that nothing of the kind has: `Loves leather shoes` becomes `loves-leather-shoes`.
  ///
  /// @return the name of the kind where the title has no letters of the Latin alphabet
  public String freeName(String kind, String title) {
    String plain = Normalizer.normalize(title, Normalizer.Form.NFD).replaceAll("\\p{M}", "").toLowerCase(Locale.ROOT)
        .replaceAll("[^a-z0-9]+", "-").replaceAll("^[^a-z]+|-+$", "");
    String base = plain.isEmpty() ? kind.toLowerCase(Locale.ROOT) : plain;
    String free = base;
    for (int number = 2; find(kind, free).isPresent(); number++) {
      free = base + "-" + number;
    }
    return free;
  }

  /// Goes up by one with every change of any definition.
  public long revision() {
    return snapshot().revision();
  }

  /// Every version of a definition, newest first, deletions included.
  public List<Definition> history(String kind, String name) {
    refuseUnknown(kind);
    return store.history(kind, name).stream().map(this::shown).toList();
  }

  /// All definitions, or those of one kind, as YAML that [#apply] takes back.
  public String export(Optional<String> kind) {
    kind.ifPresent(this::refuseUnknown);
    Snapshot snapshot = snapshot();
    var documents = new ArrayList<String>();
    for (String each : kind.map(List::of).orElseGet(this::kinds)) {
      for (var entry : snapshot.of(each)) {
        documents.add(export(shown(entry.definition())));
      }
    }
    return String.join("---\n", documents);
  }

  /// One definition as YAML that [#apply] takes back.
  public String export(Definition definition) {
    var document = JsonMapper.shared().createObjectNode();
    document.put("kind", definition.kind()).put("name", definition.name()).set("spec", definition.spec());
    return Document.write(document);
  }

  /// The names of all kinds, in the order of the data path.
  public List<String> kinds() {
    return List.copyOf(readers.keySet());
  }

  /// Every definition of a kind as its stage reads it, by name. Cheap enough for every event.
  @SuppressWarnings("unchecked") // Entries of a kind hold what this same kind parsed.
  public <T> List<T> all(Kind<T> kind) {
    return (List<T>) snapshot().parsed(kind.name());
  }

  /// One definition as its stage reads it.
  @SuppressWarnings("unchecked") // Entries of a kind hold what this same kind parsed.
  public <T> Optional<T> one(Kind<T> kind, String name) {
    return snapshot().find(kind.name(), name).flatMap(entry -> Optional.ofNullable((T) entry.parsed()));
  }

  /// What depends on a definition: `Segment/lyon`, sorted.
  public List<String> usedBy(String kind, String name) {
    return snapshot().find(kind, name).map(entry -> snapshot().dependants(entry.key())).orElse(List.of());
  }

  /// What depends on a definition by way of others, sorted, without what depends on it directly.
  public List<String> usedFurther(String kind, String name) {
    var snapshot = snapshot();
    var direct = usedBy(kind, name);
    var found = new TreeSet<String>();
    var waiting = new ArrayDeque<>(direct);
    while (!waiting.isEmpty()) {
      snapshot.dependants(waiting.poll()).stream().filter(found::add).forEach(waiting::add);
    }
    found.removeAll(direct);
    return List.copyOf(found);
  }

  /// Calls the listener after each change that is in force, with what changed. It runs on the thread that made the
  /// change and must be quick.
  public void onChange(Consumer<List<Change>> listener) {
    listeners.add(listener);
  }

  /// The JSON Schema of a kind's specification.
  public String schemaOf(String kind) {
    refuseUnknown(kind);
    return Objects.requireNonNull(readers.get(kind)).kind().schema();
  }

  /// What is stored but not in force, because this version of Portrait cannot read it.
  public List<Problem> problems() {
    return snapshot().entries().stream().flatMap(entry -> entry.problems().stream()).toList();
  }

  private void refuseUnknown(String kind) {
    if (!readers.containsKey(kind)) {
      throw Problem.of(Problem.Code.NOT_FOUND, "there is no kind '%s'%s".formatted(kind,
          SpecSchema.didYouMean(kind, readers.keySet())), "The kinds are %s.".formatted(String.join(", ", kinds())))
          .asException();
    }
  }

  private Problem notFound(String kind, String name) {
    refuseUnknown(kind);
    var names = snapshot().of(kind).stream().map(entry -> entry.definition().name()).toList();
    return Problem.of(Problem.Code.NOT_FOUND,
        "there is no %s %s%s".formatted(kind, name, SpecSchema.didYouMean(name, names)));
  }

  private Instant now() {
    return clock.instant().truncatedTo(ChronoUnit.MICROS);
  }

  private Snapshot snapshot() {
    if (isShared && clock.instant().isAfter(lookedAt.plus(LOOK_AGAIN_AFTER))
        && isLookingAgain.compareAndSet(false, true)) {
      // Callers may be inside a transaction, so somebody else looks and they go on with what is here.
      Thread.ofVirtual().name("definitions-look-again").start(this::lookAgain);
    }
    return current;
  }

  private void lookAgain() {
    try {
      if (store.revision() != current.revision()) {
        takeOver();
      }
    } catch (ProblemException | StoreException failure) {
      LOG.warn("definitions may be out of date: {}", failure.getMessage());
    } finally {
      lookedAt = clock.instant();
      isLookingAgain.set(false);
    }
  }

  /// Makes the changes of another node ours.
  private void takeOver() {
    List<Change> changes;
    changing.lock();
    try {
      Snapshot before = current;
      current = load();
      changes = difference(before, current);
    } finally {
      changing.unlock();
    }
    if (!changes.isEmpty()) {
      tell(changes);
    }
  }

  private Snapshot load() {
    var stored = store.load();
    var entries = new ArrayList<Entry<?>>();
    for (var definition : stored.definitions()) {
      var known = current.find(definition.kind(), definition.name())
          .filter(entry -> entry.definition().version() == definition.version());
      var reader = readers.get(definition.kind());
      if (known.isPresent()) {
        entries.add(known.get());
      } else if (reader != null) {
        entries.add(reader.read(definition));
      } else {
        LOG.warn("not in force: {} {}, because there is no such kind", definition.kind(), definition.name());
      }
    }
    return new Snapshot(stored.revision(), entries);
  }

  private static List<Change> difference(Snapshot before, Snapshot after) {
    var changes = new ArrayList<Change>();
    for (var entry : after.entries()) {
      var now = entry.definition();
      var was = before.find(now.kind(), now.name()).map(Entry::definition);
      if (was.isEmpty() || was.get().version() != now.version()) {
        changes.add(new Change(now.kind(), now.name(), was.isEmpty() ? Action.CREATED : Action.CHANGED,
            now.version()));
      }
    }
    for (var entry : before.entries()) {
      var was = entry.definition();
      if (after.find(was.kind(), was.name()).isEmpty()) {
        changes.add(new Change(was.kind(), was.name(), Action.DELETED, was.version() + 1));
      }
    }
    return changes;
  }

  private void tell(List<Change> changes) {
    listeners.forEach(listener -> listener.accept(changes));
  }
}
