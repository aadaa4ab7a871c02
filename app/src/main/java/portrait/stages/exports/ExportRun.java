package portrait.stages.exports;

import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;
import portrait.foundation.database.Database;
import portrait.foundation.database.Transaction;
import portrait.foundation.jobs.Progress;
import portrait.foundation.model.CustomerId;
import portrait.foundation.model.Problem;
import portrait.stages.exports.Audience.Member;
import portrait.stages.exports.ExportDefinition.Cause;
import portrait.stages.exports.Ledger.Entry;
import portrait.stages.exports.Ledger.Planned;
import portrait.stages.exports.RunReport.Counts;
import portrait.stages.exports.RunTable.Begun;
import portrait.stages.exports.destinations.Destination;
import portrait.stages.exports.destinations.OutRow;
import portrait.stages.exports.destinations.OutRow.Change;
import portrait.stages.exports.destinations.Sent;
import portrait.stages.exports.destinations.Sent.Outcome;
import portrait.stages.exports.destinations.Session;

/// The work of one run: everybody the export is about, in the order of their numbers, is held against the ledger; who is
/// new or differs is sent, then who left. Each batch that was taken is in the ledger before the next is sent, so a run
/// that is cut short is gone on with by the next. Memory holds a slice and a batch, however many customers there are.
final class ExportRun<T extends Record> {

  private static final int SLICE = 500;
  private static final int FAILURES_MAX = 5;
  private static final int THROTTLES_MAX = 200;
  private static final Duration BACK_OFF = Duration.ofMillis(500);
  private static final String NO_KEY = "there is no value to go by: it needs %s";
  private static final String SAME_KEY = "another customer has the same: %s stands for one person only";

  private final ExportDefinition export;
  private final Destination<?, T> destination;
  private final T target;
  private final Audience<T> audience;
  private final Ledger ledger;
  private final boolean isFull;
  private final Database database;
  private final Clock clock;
  private final Pause pause;
  private final RunTable runs;
  private final Sink sink;
  private final List<String> columns;
  private final boolean readsSegments;
  private final List<Planned> waiting = new ArrayList<>();
  private final Set<String> waitingKeys = new HashSet<>();
  private final List<Refusal> refusals = new ArrayList<>();
  private Duration leaveAlone = Duration.ZERO;
  private long entered;
  private long changed;
  private long left;
  private long unchanged;
  private long refused;
  private long refusedBefore;
  private long retries;
  private long throttledMillis;
  private long withoutConsent;

  /// Waits; tests do not.
  @FunctionalInterface
  interface Pause {
    void sleep(Duration time) throws InterruptedException;
  }

  /// Where rows go: a place, or nowhere in a dry run.
  sealed interface Sink {

    record Place(Session session, Begun run) implements Sink {}

    /// @param samples of each kind of change
    record Nowhere(int samples, List<OutRow> shown) implements Sink {}
  }

  ExportRun(Audience<T> audience, boolean isFull, Database database, Clock clock, Pause pause, RunTable runs,
      Sink sink) {
    this.export = audience.export();
    this.destination = audience.destination();
    this.target = audience.target();
    this.audience = audience;
    this.ledger = new Ledger(export.name());
    this.isFull = isFull;
    this.database = database;
    this.clock = clock;
    this.pause = pause;
    this.runs = runs;
    this.sink = sink;
    this.columns = audience.columns();
    this.readsSegments = destination.readsSegments(target) && export.causes().contains(Cause.MEMBERSHIP);
  }

  Counts counts() {
    long calls = sink instanceof Sink.Place(var session, _) ? session.calls() : 0;
    return new Counts(entered, changed, left, unchanged, refused, calls, retries, throttledMillis,
        withoutConsent);
  }

  List<Refusal> refusals() {
    return refusals;
  }

  void run(Progress progress) throws InterruptedException {
    progress.expect(database.read(audience::size));
    long after = Long.MIN_VALUE;
    while (after != Long.MAX_VALUE) {
      after = slice(after, progress);
    }
    flush(progress);
    if (sink instanceof Sink.Place(var session, _)) {
      leave(session, progress);
      flush(progress);
      checkpoint(List.of());
    }
  }

  /// The same for some customers only, whose memberships changed a moment ago.
  void run(List<Long> numbers, Progress progress) throws InterruptedException {
    for (int from = 0; from < numbers.size(); from += SLICE) {
      var some = numbers.subList(from, Math.min(numbers.size(), from + SLICE));
      var plan = database.read(tx -> plan(tx, some));
      act(plan, progress);
      flush(progress);
      for (String key : plan.leaving()) {
        var entry = database.read(tx -> ledger.find(tx, key)).filter(Entry::isLeaving);
        if (entry.isPresent()) {
          add(left(entry.get()), progress);
        }
      }
      flush(progress);
    }
    checkpoint(List.of());
  }

  /// Whether anything about these customers is to be sent.
  boolean isDue(List<Long> numbers) {
    var plan = database.read(tx -> plan(tx, numbers));
    waitingKeys.clear();
    return !plan.rows().isEmpty() || !plan.leaving().isEmpty();
  }

  private Plan plan(Transaction tx, List<Long> numbers) {
    var plan = new Plan(new ArrayList<>(), new ArrayList<>(), new ArrayList<>(), new ArrayList<>(), 0, numbers.size(),
        0, Long.MAX_VALUE);
    long same = 0;
    for (long number : numbers) {
      var mine = ledger.of(tx, number);
      var member = audience.one(tx, number);
      if (member.isPresent()) {
        same += consider(tx, member.get(), mine, plan) ? 1 : 0;
      } else {
        mine.stream().filter(entry -> !entry.isLeaving()).map(Entry::key).forEach(plan.leaving()::add);
      }
    }
    return new Plan(plan.rows(), plan.refusals(), plan.leaving(), plan.reassigned(), same, plan.members(), 0,
        plan.upTo());
  }

  private static Planned left(Entry entry) {
    return new Planned(new OutRow(Change.LEFT, entry.key(), entry.id(), new LinkedHashMap<>(), Set.of(), List.of()),
        entry.customer(), "");
  }

  /// What one slice comes to: whom to send, and what only the ledger must know.
  private record Plan(List<Planned> rows, List<Refusal> refusals, List<String> leaving, List<Entry> reassigned,
      long unchanged, long members, long withoutConsent, long upTo) {}

  private long slice(long after, Progress progress) throws InterruptedException {
    var plan = database.read(tx -> plan(tx, after));
    act(plan, progress);
    progress.done(plan.members());
    return plan.upTo();
  }

  private void act(Plan plan, Progress progress) throws InterruptedException {
    unchanged += plan.unchanged();
    withoutConsent += plan.withoutConsent();
    refused += plan.refusals().size();
    refusals.addAll(plan.refusals());
    if (sink instanceof Sink.Nowhere) {
      refusals.subList(Math.min(refusals.size(), SLICE), refusals.size()).clear();
    }
    if (sink instanceof Sink.Place && (!plan.leaving().isEmpty() || !plan.reassigned().isEmpty())) {
      database.write(tx -> {
        ledger.markLeaving(tx, plan.leaving());
        plan.reassigned().forEach(entry -> ledger.reassign(tx, entry.key(), entry.customer(), entry.id()));
        return true;
      });
    } else if (sink instanceof Sink.Nowhere) {
      // In earnest they are sent last; here they are told as they are found.
      for (String key : plan.leaving()) {
        add(new Planned(new OutRow(Change.LEFT, key, anybody(key), new LinkedHashMap<>(), Set.of(), List.of()), 0, ""),
            progress);
      }
    }
    for (var row : plan.rows()) {
      add(row, progress);
    }
    if (refusals.size() >= SLICE) {
      checkpoint(List.of());
    }
  }

  private CustomerId anybody(String key) {
    return database.read(tx -> ledger.find(tx, key)).map(Entry::id).orElseThrow();
  }

  private Plan plan(Transaction tx, long after) {
    var slice = audience.after(tx, after, SLICE);
    long upTo = slice.upTo();
    var known = ledger.between(tx, after, upTo, SLICE + 1);
    if (known.size() > SLICE) {
      // More people left than came: the slice ends where the ledger was read to.
      upTo = Math.max(after + 1, known.getLast().customer() - 1);
    }
    long end = upTo;
    var byCustomer = new HashMap<Long, List<Entry>>();
    known.stream().filter(entry -> entry.customer() <= end)
        .forEach(entry -> byCustomer.computeIfAbsent(entry.customer(), _ -> new ArrayList<>()).add(entry));
    var plan = new Plan(new ArrayList<>(), new ArrayList<>(), new ArrayList<>(), new ArrayList<>(), 0, 0, 0, upTo);
    long same = 0;
    long members = 0;
    for (var member : slice.members()) {
      if (member.number() <= end) {
        members++;
        same += consider(tx, member, Objects.requireNonNullElse(byCustomer.remove(member.number()), List.of()), plan)
            ? 1
            : 0;
      }
    }
    byCustomer.values().stream().flatMap(List::stream).filter(entry -> !entry.isLeaving()).map(Entry::key)
        .forEach(plan.leaving()::add);
    long silent = slice.withoutConsent().stream().filter(number -> number <= end).count();
    return new Plan(plan.rows(), plan.refusals(), plan.leaving(), plan.reassigned(), same, members, silent, upTo);
  }

  /// Holds somebody against what the ledger has of them.
  ///
  /// @return whether there is nothing to send
  private boolean consider(Transaction tx, Member member, List<Entry> mine, Plan plan) {
    if (member.key().isEmpty()) {
      mine.stream().filter(entry -> !entry.isLeaving()).map(Entry::key).forEach(plan.leaving()::add);
      plan.refusals().add(new Refusal(member.id(), NO_KEY.formatted(destination.keyRule(target))));
      return false;
    }
    String key = member.key().get();
    @Nullable
    Entry before = mine.stream().filter(entry -> entry.key().equals(key)).findFirst().orElse(null);
    if (before == null && !mine.isEmpty() && !export.causes().contains(Cause.IDENTITY)) {
      return true;
    }
    mine.stream().filter(entry -> !entry.key().equals(key) && !entry.isLeaving()).map(Entry::key)
        .forEach(plan.leaving()::add);
    if (before == null && destination.keysMayCollide()) {
      before = ledger.find(tx, key).orElse(null);
      boolean isTaken = before != null && !before.isLeaving()
          && audience.one(tx, before.customer()).flatMap(Member::key).filter(key::equals).isPresent();
      if (isTaken || !waitingKeys.add(key)) {
        plan.refusals().add(new Refusal(member.id(), SAME_KEY.formatted(destination.keyRule(target))));
        return false;
      }
    }
    String hashes = Ledger.hashes(member.values());
    if (before == null) {
      plan.rows().add(planned(Change.ENTERED, member, key, Set.copyOf(columns), hashes));
      return false;
    }
    var differing = export.causes().contains(Cause.ATTRIBUTES) ? Ledger.changed(columns, before.hashes(), hashes)
        : Set.<String>of();
    boolean isMoved = readsSegments && !before.segments().equals(String.join(",", member.segments()));
    boolean isDue = isFull && !isOfThisPass(before);
    if (!isDue && !isMoved && differing.isEmpty()) {
      if (before.isLeaving() || before.customer() != member.number()) {
        plan.reassigned().add(new Entry(key, member.number(), member.id(), before.hashes(), before.segments(),
            before.sentAt(), before.pass(), false));
      }
      waitingKeys.remove(key);
      return true;
    }
    plan.rows().add(planned(isDue ? Change.ENTERED : Change.CHANGED, member, key,
        isDue ? Set.copyOf(columns) : differing, hashes));
    return false;
  }

  private boolean isOfThisPass(Entry entry) {
    return sink instanceof Sink.Place(_, var run) && entry.pass().equals(run.pass());
  }

  private static Planned planned(Change change, Member member, String key, Set<String> changed, String hashes) {
    return new Planned(new OutRow(change, key, member.id(), member.values(), changed, member.segments()),
        member.number(), hashes);
  }

  private void leave(Session session, Progress progress) throws InterruptedException {
    String after = "";
    while (true) {
      String from = after;
      var some = database.read(tx -> ledger.leaving(tx, from, SLICE));
      if (some.isEmpty()) {
        return;
      }
      if (session.hearsOfLeaving()) {
        for (var entry : some) {
          add(left(entry), progress);
        }
      } else {
        left += some.size();
        var gone = some.stream().map(ExportRun::left).toList();
        database.write(tx -> {
          ledger.sent(tx, gone, "", clock.instant());
          return true;
        });
      }
      after = some.getLast().key();
    }
  }

  private void add(Planned row, Progress progress) throws InterruptedException {
    switch (sink) {
      case Sink.Nowhere(int samples, var shown) -> {
        count(row.row().change(), 1);
        long alike = shown.stream().filter(each -> each.change() == row.row().change()).count();
        if (alike < samples) {
          shown.add(row.row());
        }
      }
      case Sink.Place(var session, _) -> {
        waiting.add(row);
        if (waiting.size() >= session.rowsMax()) {
          flush(progress);
        }
      }
    }
  }

  private void flush(Progress progress) throws InterruptedException {
    if (!(sink instanceof Sink.Place(var session, _)) || waiting.isEmpty()) {
      return;
    }
    var batch = List.copyOf(waiting);
    waiting.clear();
    waitingKeys.clear();
    var outcomes = deliver(session, batch.stream().map(Planned::row).toList(), progress);
    var taken = new ArrayList<Planned>();
    for (int i = 0; i < batch.size(); i++) {
      var row = batch.get(i);
      switch (outcomes.get(i)) {
        case Outcome.Delivered _ -> {
          taken.add(row);
          count(row.row().change(), 1);
        }
        case Outcome.Refused(String reason) -> {
          refused++;
          refusals.add(new Refusal(row.row().customer(), reason));
        }
      }
    }
    checkpoint(taken);
  }

  private void count(Change change, long rows) {
    switch (change) {
      case ENTERED -> entered += rows;
      case CHANGED -> changed += rows;
      case LEFT -> left += rows;
    }
  }

  /// What was taken is in the ledger before anything else is sent.
  private void checkpoint(List<Planned> taken) {
    if (!(sink instanceof Sink.Place(var session, var run))) {
      return;
    }
    var now = clock.instant();
    var told = List.copyOf(refusals);
    database.write(tx -> {
      if (session.isAtomic()) {
        ledger.putAside(tx, taken, run.id().toString());
      } else {
        ledger.sent(tx, taken, run.pass(), now);
      }
      runs.refused(tx, run.id(), told, refusedBefore);
      runs.checkpoint(tx, run.id(), counts());
      return true;
    });
    refusedBefore += told.size();
    refusals.clear();
  }

  /// Sends a batch until the place has answered. A place that fails is tried a few times, each after a longer wait; one
  /// that asks to wait is given what it asks for.
  private List<Outcome> deliver(Session session, List<OutRow> rows, Progress progress) throws InterruptedException {
    int failures = 0;
    int throttles = 0;
    rest(leaveAlone, true);
    while (true) {
      progress.check();
      switch (session.send(rows)) {
        case Sent.Answered(var outcomes, var alone) -> {
          leaveAlone = alone;
          return outcomes;
        }
        case Sent.TryLater(var after, boolean isThrottled, String why) -> {
          retries++;
          failures += isThrottled ? 0 : 1;
          throttles += isThrottled ? 1 : 0;
          if (failures > FAILURES_MAX || throttles > THROTTLES_MAX) {
            throw Problem.of(Problem.Code.SERVER_UNREACHABLE,
                "%s, %d times in a row".formatted(why, failures + throttles),
                "What was taken before is kept; the next run goes on from there.").asException();
          }
          progress.note(why);
          rest(after.orElse(backOff(failures + throttles)), isThrottled);
        }
      }
    }
  }

  private static Duration backOff(int times) {
    double jitter = 0.5 + ThreadLocalRandom.current().nextDouble();
    return Duration.ofMillis((long) (BACK_OFF.toMillis() * Math.pow(2, Math.min(times, 8) - 1) * jitter));
  }

  private void rest(Duration time, boolean isThrottled) throws InterruptedException {
    if (time.isPositive()) {
      throttledMillis += isThrottled ? time.toMillis() : 0;
      pause.sleep(time);
    }
  }
}
