package portrait.processes.refresh;

import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.LongConsumer;
import java.util.stream.Gatherers;
import org.jspecify.annotations.Nullable;
import portrait.foundation.database.Transaction;
import portrait.foundation.expressions.Columns;
import portrait.foundation.jobs.Progress;
import portrait.foundation.model.CustomerId;
import portrait.foundation.model.Identity;
import portrait.foundation.model.Problem;
import portrait.foundation.model.ProblemException;
import portrait.foundation.warehouse.Sql;
import portrait.foundation.warehouse.WarehouseException;
import portrait.stages.activities.ActivityListener;
import portrait.stages.events.Event;
import portrait.stages.identity.Changes;
import portrait.stages.profiles.Fragment;
import portrait.stages.profiles.Profiles;
import portrait.stages.segments.SegmentDefinition;
import portrait.stages.sources.LoadListener;
import portrait.stages.sources.TableDefinition;
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

  /// @param now the moment for which measures and segments are computed
  RefreshRun(Stages stages, Path base, Instant now) {
    this.stages = stages;
    this.base = base;
    this.now = now;
  }

  /// Loads every table that names its files. A table that cannot be loaded keeps its last good state and does not hinder
  /// the others; the task then fails at its end.
  void sources(Progress progress) {
    var problems = new ArrayList<Problem>();
    int loaded = 0;
    int unchanged = 0;
    for (var state : stages.sources().tables()) {
      var table = stages.sources().definition(state.fullName()).filter(found -> found.path().isPresent());
      if (table.isEmpty()) {
        continue;
      }
      try {
        if (load(table.get(), progress)) {
          loaded++;
        } else {
          unchanged++;
        }
      } catch (ProblemException failure) {
        progress.check();
        problems.add(failure.problem());
      }
    }
    progress.note("%d tables loaded, %d unchanged".formatted(loaded, unchanged));
    failWith(problems, "tables");
  }

  private boolean load(TableDefinition table, Progress progress) {
    var result = stages.sources().load(table.fullName(), stages.sources().filesOf(table, base), table.mode(),
        new Steps(progress));
    return !result.skippedAsSeen();
  }

  /// Who is one customer: match rules over all records, identity columns, customers named by activities. The graph
  /// decides, and its answer is copied into the warehouse.
  void unification(Progress progress) {
    var activities = stages.activities();
    var unification = stages.unification();
    var unassigned = activities.map(now, progress);
    activities.copyEvents(stages.database(), stages.events(), progress);
    var report = unification.match(progress);
    unification.changes(new Rows(progress), progress);
    activities.identities(unification.assignments(),
        some -> register("activities", some.stream().map(List::of).toList(),
            progress));
    if (!stages.database().read(stages.identities()::isSettled)) {
      stages.identities().rebuild(stages.database(), progress::expect, progress::done);
      stages.database().write(transaction -> {
        stages.identities().settled(transaction);
        return true;
      });
    }
    var matched = unification.reportMatches(stages.database(), stages.identities(), stages.matching(),
        new Sent(stages.profiles()), now, progress);
    unification.copyIdentities(stages.database(), stages.identities(), progress);
    progress.note(Notes.unification(report, matched, unassigned));
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
    var assignments = stages.unification().assignments();
    var changes = stages.unification().merge(List.copyOf(stages.activities().facts(assignments)), progress);
    var accounts = stages.accounts().refresh(assignments, progress);
    progress.note(Notes.customers(changes) + accounts.map("; %,d accounts"::formatted).orElse(""));
  }

  /// The timeline: changed rows into the profile store, everything into the table of activities.
  void activities(Progress progress) {
    long changed = stages.activities().changes(new ActivityRows(progress), progress);
    long all = stages.activities().unify(stages.unification().assignments(), progress);
    progress.note("%,d activities, %,d rows changed".formatted(all, changed));
  }

  /// The table of measures.
  void measures(Progress progress) {
    long rows = stages.warehouse().write(session -> session.execute(Sql.format(
        "CREATE OR REPLACE TABLE \"Customer_Measure\" AS {}", stages.measures().table(now, Columns.of(session)))));
    progress.expect(rows);
    progress.done(rows);
  }

  /// Measures that are tables, one by one. One that cannot be computed keeps its last good state and does not hinder the
  /// others; the task then fails at its end.
  void measureTables(Progress progress) {
    var problems = new ArrayList<Problem>();
    for (var table : stages.measures().tables()) {
      try {
        long rows = stages.warehouse().write(session -> stages.measures().compute(session, table, now));
        progress.expect(rows);
        progress.done(rows);
      } catch (ProblemException | WarehouseException failure) {
        progress.check();
        problems.add(Problem.of(Problem.Code.WAREHOUSE_FAILED,
            "measure %s was not computed: %s".formatted(table.name(), failure.getMessage()),
            "Its last good state is untouched."));
      }
    }
    stages.warehouse().write(session -> {
      stages.measures().tidy(session);
      return true;
    });
    failWith(problems, "measures");
  }

  private static void failWith(List<Problem> problems, String what) {
    if (!problems.isEmpty()) {
      var first = problems.getFirst();
      throw new Problem(first.code(), problems.size() == 1
          ? first.message()
          : "%s (and %d more %s failed)".formatted(first.message(), problems.size() - 1, what), first.hint(),
          first.details()).asException();
    }
  }

  /// The table of memberships, all segments together.
  void segments(Progress progress) {
    var segments = stages.segments().inForce();
    var lists = new HashMap<String, List<CustomerId>>();
    segments.stream().filter(SegmentDefinition::isStatic).forEach(segment -> lists.put(segment.name(),
        stages.database().read(transaction -> stages.segments().allMembers(transaction, segment.name()))));
    progress.expect(segments.size());
    stages.warehouse().write(session -> {
      stages.segments().fill(session, lists, now, progress::done);
      return true;
    });
  }

  /// Evaluates again those customers whose facts, values or memberships differ from what was published last. The
  /// warehouse says who; the live evaluator says what, from the facts of this moment, so live state never goes back in
  /// time.
  void publish(Progress progress) {
    var publication = new Publication(stages.warehouse());
    var changed = publication.prepare(stages.unification().assignments(),
        stages.activities().fingerprints(stages.unification().assignments()));
    progress.expect(changed.size());
    stages.live().reevaluate(changed, new Steps(progress)::reached);
    publication.done();
    progress.note("%,d customers changed".formatted(changed.size()));
  }

  private Changes register(String source, List<List<Identity>> records, Progress progress) {
    return stages.identities().register(stages.database(), source, records.iterator(), now, _ -> progress.check());
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
        stages.database().write(transaction -> stages.profiles().writeFragments(transaction, table,
            slice.stream().map(record -> fragment(transaction, record)).toList()));
      }
    }

    private Fragment fragment(Transaction transaction, SourceRecord record) {
      var attributes = new HashMap<String, @Nullable Object>(record.attributes());
      return new Fragment(number(transaction, record.key()), record.table(), attributes, record.at());
    }

    @Override
    public void gone(String table, List<Identity> keys) {
      for (var slice : slices(keys)) {
        stages.database().write(transaction -> {
          stages.profiles().removeFragments(transaction, table,
              slice.stream().map(key -> number(transaction, key)).toList());
          return slice.size();
        });
      }
      stages.identities().withdraw(stages.database(), table, keys.iterator(), _ -> progress.check());
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
        stages.database().write(transaction -> stages.events().writeActivities(transaction, table, slice,
            RefreshRun.this::number));
      }
    }

    @Override
    public void gone(String table, List<String> ids) {
      for (var slice : slices(ids)) {
        progress.check();
        stages.database().write(transaction -> stages.events().removeActivities(transaction, table, slice));
      }
    }
  }
}
