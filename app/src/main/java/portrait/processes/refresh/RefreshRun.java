package portrait.processes.refresh;

import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.function.IntConsumer;
import java.util.function.LongConsumer;
import java.util.stream.Collectors;
import java.util.stream.Gatherers;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import portrait.foundation.database.Transaction;
import portrait.foundation.jobs.Progress;
import portrait.foundation.model.CustomerId;
import portrait.foundation.model.Identity;
import portrait.foundation.model.Problem;
import portrait.foundation.model.ProblemException;
import portrait.foundation.warehouse.Sql;
import portrait.foundation.warehouse.WarehouseException;
import portrait.stages.activities.ActivityListener;
import portrait.stages.events.Event;
import portrait.stages.identity.CustomerKey;
import portrait.stages.policies.MergePolicy;
import portrait.stages.profiles.Fragment;
import portrait.stages.profiles.Profiles;
import portrait.stages.segments.SegmentDefinition;
import portrait.stages.sources.LoadListener;
import portrait.stages.sources.TableDefinition;
import portrait.stages.sources.TableState;
import portrait.stages.unification.AddedTrait;
import portrait.stages.unification.LiveTrait;
import portrait.stages.unification.RecordListener;
import portrait.stages.unification.SentRecords;
import portrait.stages.unification.SourceRecord;

/// The work of one refresh, task by task, in the order of the methods.
final class RefreshRun {

  /// Rows of one transaction of the profile store: short enough for received messages not to notice.
  private static final int SLICE = 250;

  private final Stages stages;
  private final Path base;
  private final Instant now;
  /// Source tables that are as an earlier load left them.
  private final Set<String> stale = new ConcurrentSkipListSet<>();
  /// Whether segments were brought up to date together with measures.
  private volatile boolean isAssessed;
  /// What the tasks so far could not compute: `measure revenue`.
  private final Set<String> notComputed = new ConcurrentSkipListSet<>();

  /** Whether this run said that facts change, and what it was told then. */
  private volatile boolean hasBegun;
  private volatile boolean isUnfinished;
  /// Customers whom this run merged, split or found no more. The warehouse cannot tell: between two refreshes the live
  /// path may have published them otherwise, and this run may have put them back to what the last one saw.
  private final Set<CustomerKey> regrouped = ConcurrentHashMap.newKeySet();
  /// Identities of whom this run wrote other rows or activities.
  private final Set<Long> rewritten = ConcurrentHashMap.newKeySet();

  /// @param now the moment for which measures and segments are computed
  RefreshRun(Stages stages, Path base, Instant now) {
    this.stages = stages;
    this.base = base;
    this.now = now;
  }

  /// Loads every table that names its files. A table that cannot be loaded keeps its last good state and hinders neither
  /// the others nor the tasks that follow, which go by the rows it has.
  void sources(Progress progress) {
    int loaded = 0;
    int unchanged = 0;
    for (var state : stages.sources().tables()) {
      var table = stages.sources().definition(state.fullName()).filter(TableDefinition::isFetched);
      if (table.isEmpty()) {
        continue;
      }
      try {
        if (load(table.get(), progress)) {
          loaded++;
        } else {
          unchanged++;
        }
      } catch (ProblemException | WarehouseException | UncheckedIOException failure) {
        progress.check();
        stale.add(state.fullName());
        progress.failed(notLoaded(state, failure));
      }
    }
    progress.note("%d tables loaded, %d unchanged".formatted(loaded, unchanged));
  }

  private static Problem notLoaded(TableState table, RuntimeException failure) {
    var why = failure instanceof ProblemException known ? known.problem()
        : Problem.of(Problem.Code.INVALID_FILE, String.valueOf(failure.getMessage()));
    String kept = table.loadedAt().map(at -> "its %,d rows of %s stay".formatted(table.rows(), at))
        .orElse("it has no rows yet");
    return new Problem(why.code(), "table %s was not loaded, and %s: %s".formatted(table.fullName(), kept,
        why.message()), why.hint(), why.details());
  }

  private boolean load(TableDefinition table, Progress progress) {
    return !stages.sources().loadFromPath(table, base, new Steps(progress)).skippedAsSeen();
  }

  /// Who is one customer: match rules over all records, identity columns, customers named by activities. The graph
  /// decides, and its answer is copied into the warehouse.
  void unification(Progress progress) {
    begin();
    var activities = stages.activities();
    var unification = stages.unification();
    var unassigned = activities.map(now, (_, why) -> progress.failed(why), progress);
    activities.copyEvents(stages.database(), stages.events(), progress);
    var report = unification.match(progress);
    unification.changes(new Rows(progress), progress);
    activities.identities(unification.assignments(),
        some -> register("activities", some.stream().map(List::of).toList(),
            progress));
    if (!stages.database().read(stages.identities()::isSettled)) {
      regrouped.addAll(stages.identities().rebuild(stages.database(), progress::expect, progress::done).touched());
      stages.database().write(transaction -> {
        stages.identities().settled(transaction);
        return true;
      });
    }
    var matched = unification.reportMatches(stages.database(), stages.identities(), stages.matching(),
        new Sent(stages.profiles()), now, progress);
    matched.ifPresent(changes -> regrouped.addAll(changes.touched()));
    unification.copyIdentities(stages.database(), stages.identities(), progress);
    progress.note(Notes.unification(report, matched, unassigned) + Notes.earlier(stale));
  }

  /// Runs the match rules and shows what they find. The graph is not told, so no customer changes.
  void matching(Progress progress) {
    progress.note(Notes.matching(stages.unification().match(progress)));
  }

  /// The table of customers: what all sources say about each, merged.
  void profiles(Progress progress) {
    stages.unification().copyLive(use -> stages.database().read(transaction -> {
      stages.profiles().forEachFragment(transaction, Event.LIVE, fragment -> fragment.attributes()
          .forEach((name, value) -> use.accept(new LiveTrait(fragment.anchor(), name, value, fragment.timeOf(name)))));
      return true;
    }), progress);
    stages.unification().copyAdded(use -> stages.database().read(transaction -> {
      stages.profiles().fragmentSources(transaction).stream().filter(source -> source.startsWith(MergePolicy.ADDED))
          .forEach(source -> stages.profiles().forEachFragment(transaction, source, fragment -> fragment.attributes()
              .forEach((name, value) -> use.accept(new AddedTrait(source,
                  new LiveTrait(fragment.anchor(), name, value, fragment.timeOf(name)))))));
      return true;
    }), progress);
    var assignments = stages.unification().assignments();
    var changes = stages.unification().merge(List.copyOf(stages.activities().facts(assignments)), progress);
    progress
        .note(Notes.customers(changes) + accounts(assignments, progress).map("; %,d accounts"::formatted).orElse(""));
  }

  /// Customers do not wait for companies: where those cannot be found, they stay as they are.
  private Optional<Long> accounts(Sql assignments, Progress progress) {
    try {
      return stages.accounts().refresh(assignments, progress);
    } catch (ProblemException | WarehouseException failure) {
      progress.check();
      failed("accounts", String.valueOf(failure.getMessage()), progress);
      return Optional.empty();
    }
  }

  /// The timeline: changed rows into the profile store, everything into the table of activities.
  void activities(Progress progress) {
    begin();
    long changed = stages.activities().changes(new ActivityRows(progress), progress);
    long all = stages.activities().unify(stages.unification().assignments(), progress);
    progress.note("%,d activities, %,d rows changed".formatted(all, changed));
  }

  /// All measures and segments together, for the customers of whom something changed. Should that fail, each is tried by
  /// itself: it is found out which measures cannot be computed, those and the ones that count with them keep their last
  /// values, and segments are left to the next task.
  void measures(Progress progress) {
    try {
      var segments = stages.segments().inForce();
      var lists = lists(segments);
      var assessed = stages.warehouse().write(session -> stages.segments().assess(session, lists, now));
      isAssessed = true;
      progress.expect(assessed.customers());
      progress.done(assessed.customers());
      progress.note(Notes.assessed(assessed));
    } catch (ProblemException | WarehouseException together) {
      progress.check();
      measuresAlone(progress);
    }
  }

  /// The table of measures, when only they are asked for or something hinders the others.
  void measuresAlone(Progress progress) {
    var filled = stages.measures().fill(stages.warehouse(), now);
    filled.failures().forEach((name, why) -> failed("measure " + name, why, progress));
    progress.expect(filled.rows());
    progress.done(filled.rows());
  }

  /// Measures that are tables, one by one. One that cannot be computed keeps its last good state and does not hinder the
  /// others.
  void measureTables(Progress progress) {
    for (var table : stages.measures().tables()) {
      try {
        long rows = stages.warehouse().write(session -> stages.measures().compute(session, table, now));
        progress.expect(rows);
        progress.done(rows);
      } catch (ProblemException | WarehouseException failure) {
        failed("measure " + table.name(), String.valueOf(failure.getMessage()), progress);
      }
    }
    stages.warehouse().write(session -> {
      stages.measures().tidy(session);
      return true;
    });
  }

  private void failed(String what, String why, Progress progress) {
    notComputed.add(what);
    progress.failed(Problem.of(Problem.Code.WAREHOUSE_FAILED,
        "%s was not computed: %s".formatted(what, why.lines().findFirst().orElse("")),
        "Its last good state is untouched."));
  }

  /// The table of memberships, where it was not brought up to date together with the measures: all segments together;
  /// those that build on what could not be computed keep their members. Should that fail, each by itself: then it is seen
  /// which one cannot be computed, and the others are not held back by it.
  void segments(Progress progress) {
    var segments = stages.segments().inForce();
    progress.expect(segments.size());
    if (isAssessed) {
      progress.done(segments.size());
      return;
    }
    var able = segments.stream().filter(segment -> buildsOnWhatIsThere(segment, progress)).toList();
    try {
      fill(able, _ -> progress.check());
      progress.done(able.size());
    } catch (ProblemException | WarehouseException together) {
      progress.check();
      able.stream().filter(segment -> buildsOnWhatIsThere(segment, progress))
          .forEach(segment -> alone(segment, progress));
    }
  }

  private boolean buildsOnWhatIsThere(SegmentDefinition segment, Progress progress) {
    var missing = Stream.concat(segment.uses().measures().stream().map(name -> "measure " + name),
        segment.uses().segments().stream().map(name -> "segment " + name)).filter(notComputed::contains).sorted()
        .findFirst();
    missing.ifPresent(what -> failed("segment " + segment.name(), "it builds on %s, which was not computed"
        .formatted(what), progress));
    return missing.isEmpty();
  }

  private void alone(SegmentDefinition segment, Progress progress) {
    try {
      fill(List.of(segment), progress::done);
    } catch (ProblemException | WarehouseException failure) {
      progress.check();
      failed("segment " + segment.name(), String.valueOf(failure.getMessage()), progress);
    }
  }

  private void fill(List<SegmentDefinition> segments, IntConsumer done) {
    var lists = lists(segments);
    stages.warehouse().write(session -> {
      stages.segments().fill(session, segments.stream().map(SegmentDefinition::name).collect(Collectors.toSet()), lists,
          now, done);
      return true;
    });
  }

  private Map<String, List<CustomerId>> lists(List<SegmentDefinition> segments) {
    return stages.database().read(transaction -> stages.segments().lists(transaction, segments));
  }

  /// Evaluates again those customers whose facts, values or memberships differ from what was published last. The
  /// warehouse says who; the live evaluator says what, from the facts of this moment, so live state never goes back in
  /// time.
  void publish(Progress progress) {
    begin();
    var publication = new Publication(stages.warehouse());
    var changed = new HashSet<>(publication.prepare(stages.unification().assignments(),
        stages.activities().fingerprints(stages.unification().assignments()), isUnfinished));
    changed.addAll(regrouped);
    for (var slice : slices(List.copyOf(rewritten))) {
      progress.check();
      changed.addAll(stages.database().read(transaction -> stages.identities().customersOf(transaction, slice)));
    }
    if (isUnfinished) {
      changed.addAll(published(progress));
    }
    progress.expect(changed.size());
    stages.live().reevaluate(changed, new Steps(progress)::reached);
    publication.done();
    progress.note("%,d customers changed".formatted(changed.size()));
  }

  /// Everybody who is published, also those who are no more.
  private Set<CustomerKey> published(Progress progress) {
    var all = new HashSet<CustomerKey>();
    for (long last = 0;;) {
      long after = last;
      progress.check();
      var page = stages.database().read(transaction -> stages.profiles().customersAfter(transaction, after, SLICE));
      if (page.isEmpty()) {
        return all;
      }
      all.addAll(page);
      last = page.getLast().number();
    }
  }

  /// Before the first fact of this run changes.
  private synchronized void begin() {
    if (!hasBegun) {
      isUnfinished = new Publication(stages.warehouse()).begin();
      hasBegun = true;
    }
  }

  private void register(String source, List<List<Identity>> records, Progress progress) {
    regrouped.addAll(stages.identities().register(stages.database(), source, records.iterator(), now,
        _ -> progress.check()).touched());
  }

  private long number(Transaction transaction, Identity identity) {
    return stages.identities().number(transaction, identity, now);
  }

  private static <T> Iterable<List<T>> slices(List<T> all) {
    return () -> all.stream().gather(Gatherers.windowFixed(SLICE)).iterator();
  }

  /// What applications say, for the match rules.
  private record Sent(Profiles profiles) implements SentRecords {

    @Override
    public void forEach(Transaction transaction, LongConsumer use) {
      profiles.forEachFragment(transaction, Event.LIVE, fragment -> use.accept(fragment.anchor()));
    }

    @Override
    public Map<String, @Nullable Object> attributes(Transaction transaction, long anchor) {
      return profiles.sent(transaction, anchor);
    }
  }

  /// Turns counts of what was reached into steps.
  private static final class Steps implements LoadListener {

    private final Progress progress;
    private long expected;
    private long done;

    Steps(Progress progress) {
      this.progress = progress;
    }

    @Override
    public void progress(long rowsDone, long rowsExpected) {
      progress.expect(rowsExpected - expected);
      expected = rowsExpected;
      reached(rowsDone);
    }

    void reached(long rows) {
      progress.done(rows - done);
      done = rows;
    }
  }

  /// Rows of unified tables on their way into the profile store.
  private final class Rows implements RecordListener {

    private final Progress progress;

    Rows(Progress progress) {
      this.progress = progress;
    }

    @Override
    public void changed(String table, List<SourceRecord> records) {
      register(table, records.stream().map(SourceRecord::identities).toList(), progress);
      for (var slice : slices(records)) {
        progress.check();
        rewritten.addAll(stages.database().write(transaction -> stages.profiles().writeFragments(transaction, table,
            slice.stream().map(record -> fragment(transaction, record)).toList())));
      }
    }

    private Fragment fragment(Transaction transaction, SourceRecord record) {
      var attributes = new HashMap<String, @Nullable Object>(record.attributes());
      return new Fragment(number(transaction, record.key()), record.table(), attributes, record.at());
    }

    @Override
    public void gone(String table, List<Identity> keys) {
      for (var slice : slices(keys)) {
        rewritten.addAll(stages.database().write(transaction -> {
          var numbers = slice.stream().map(key -> number(transaction, key)).toList();
          stages.profiles().removeFragments(transaction, table, numbers);
          return numbers;
        }));
      }
      regrouped.addAll(stages.identities().withdraw(stages.database(), table, keys.iterator(), _ -> progress.check())
          .touched());
    }
  }

  /// Activities on their way into the profile store.
  private final class ActivityRows implements ActivityListener {

    private final Progress progress;

    ActivityRows(Progress progress) {
      this.progress = progress;
    }

    @Override
    public void changed(String table, List<Event> activities) {
      for (var slice : slices(activities)) {
        progress.check();
        rewritten.addAll(stages.database().write(transaction -> stages.events().writeActivities(transaction, table,
            slice, RefreshRun.this::number)));
      }
    }

    @Override
    public void gone(String table, List<String> ids) {
      for (var slice : slices(ids)) {
        progress.check();
        rewritten.addAll(stages.database().write(transaction -> stages.events().removeActivities(transaction, table,
            slice)));
      }
    }
  }
}
