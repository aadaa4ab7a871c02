package portrait.processes.rebuild;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.Gatherers;
import org.jspecify.annotations.Nullable;
import portrait.foundation.database.Transaction;
import portrait.foundation.jobs.JobId;
import portrait.foundation.jobs.Progress;
import portrait.foundation.model.CustomerId;
import portrait.foundation.model.Identity;
import portrait.processes.live.Deviation;
import portrait.processes.refresh.Stages;
import portrait.stages.activities.ActivityListener;
import portrait.stages.events.Event;
import portrait.stages.identity.CustomerKey;
import portrait.stages.identity.GraphAudit;
import portrait.stages.identity.GraphFlaw;
import portrait.stages.identity.SaidLinks;
import portrait.stages.identity.Sighting;
import portrait.stages.policies.MergePolicy;
import portrait.stages.profiles.Fragment;
import portrait.stages.profiles.Profiles;
import portrait.stages.unification.MatchFlaw;
import portrait.stages.unification.RecordListener;
import portrait.stages.unification.SourceRecord;
import portrait.stages.unification.Unification;

/// The work of one rebuild, task by task, in the order of the methods.
final class RebuildRun {

  /// Identities or rows of one transaction: short enough for received messages not to notice.
  private static final int SLICE = 200;
  private static final int CUSTOMERS = 64;
  private static final int PAGE = 2_000;

  private final Stages stages;
  private final boolean isCheck;
  /// False where events were deleted because they were old: what they said stays, although nothing says it any more.
  private volatile boolean isAllThere;
  private final BooleanSupplier wasNothingDeleted;
  private final Instant now;
  private final Findings findings = new Findings();
  /// Identities about which something is wrong. A check does not look at what follows from them: it would report every
  /// consequence as one more difference, while mending leaves none.
  private final Set<Long> flawed = ConcurrentHashMap.newKeySet();
  private final AtomicLong identities = new AtomicLong();
  private final AtomicLong customers = new AtomicLong();

  RebuildRun(Stages stages, boolean isCheck, BooleanSupplier wasNothingDeleted, Instant now) {
    this.stages = stages;
    this.isCheck = isCheck;
    this.wasNothingDeleted = wasNothingDeleted;
    this.now = now;
  }

  RebuildReport report(JobId job) {
    return new RebuildReport(job, isCheck, identities.get(), customers.get(), findings.all());
  }

  /// Collected events against links and live fragments; customers that are lost come first, because nothing can be
  /// settled around them.
  void identities(Progress progress) {
    isAllThere = wasNothingDeleted.getAsBoolean();
    var count = new Findings();
    note(count, run(this::lostCustomers));
    note(count, run(transaction -> {
      lostCustomers(transaction);
      return differences(audit(transaction).previousIds());
    }));
    progress.expect(stages.database().read(transaction -> stages.identities().counts(transaction).identities().values()
        .stream().mapToLong(Long::longValue).sum()));
    long from = 0;
    while (from <= Long.MAX_VALUE - 1) {
      long after = from;
      var numbers = stages.database().read(transaction -> audit(transaction).identitiesAfter(after, SLICE));
      // Facts may hang on numbers that are lost, so the slices leave no gap between them.
      long to = numbers.size() < SLICE ? Long.MAX_VALUE : numbers.getLast();
      note(count, run(transaction -> sightings(transaction, after + 1, to)));
      note(count, run(transaction -> liveFragments(transaction, after + 1, to)));
      identities.addAndGet(numbers.size());
      progress.done(numbers.size());
      from = to;
    }
    progress.note(Findings.line(count.all()));
  }

  /// Comes back under the CustomerId that others still have written down.
  private List<Difference> lostCustomers(Transaction transaction) {
    var audit = audit(transaction);
    var flaws = new ArrayList<GraphFlaw>();
    for (long number : audit.lostCustomers()) {
      flaws.add(audit.restore(number, formerId(transaction, number)));
    }
    return differences(flaws);
  }

  private @Nullable CustomerId formerId(Transaction transaction, long number) {
    return List.of(stages.profiles().customersAfter(transaction, number - 1, 1),
        stages.measures().customersAfter(transaction, number - 1, 1),
        stages.segments().customersAfter(transaction, number - 1, 1)).stream().flatMap(List::stream)
        .filter(customer -> customer.number() == number).map(CustomerKey::id).findFirst().orElse(null);
  }

  private List<Difference> sightings(Transaction transaction, long from, long to) {
    lostCustomers(transaction);
    var said = new SaidLinks();
    stages.events().forEachOfAnchors(transaction, from, to, fact -> {
      var event = fact.event();
      said.add(fact.anchor(), new Sighting(event.identities(), event.source(), event.id(), event.timestamp()));
    });
    return differences(audit(transaction).sightings(said, from, to, isAllThere));
  }

  /// What applications said, laid over each other anew in the order of arrival.
  private List<Difference> liveFragments(Transaction transaction, long from, long to) {
    var said = new LinkedHashMap<Long, List<Fragment>>();
    stages.events().forEachOfAnchors(transaction, from, to, fact -> {
      var attributes = Profiles.attributes(fact.event());
      if (!attributes.isEmpty()) {
        said.computeIfAbsent(fact.anchor(), _ -> new ArrayList<>())
            .add(new Fragment(fact.anchor(), Event.LIVE, attributes, fact.event().timestamp()));
      }
    });
    var anchors = new HashSet<>(said.keySet());
    anchors.addAll(audit(transaction).numbersBetween(from, to));
    var before = live(transaction, anchors);
    if (isAllThere) {
      stages.profiles().removeFragments(transaction, Event.LIVE, before.keySet());
    }
    said.values().forEach(some -> some.forEach(fragment -> stages.profiles().putFragment(transaction, fragment)));
    return fragmentDifferences(before, live(transaction, anchors));
  }

  private Map<Long, Fragment> live(Transaction transaction, Collection<Long> anchors) {
    var found = new HashMap<Long, Fragment>();
    stages.profiles().fragments(transaction, anchors).stream()
        .filter(fragment -> fragment.source().equals(Event.LIVE))
        .forEach(fragment -> found.put(fragment.anchor(), fragment));
    return found;
  }

  private List<Difference> fragmentDifferences(Map<Long, Fragment> before, Map<Long, Fragment> after) {
    var all = new HashSet<>(before.keySet());
    all.addAll(after.keySet());
    return all.stream().sorted().filter(anchor -> !Optional.ofNullable(before.get(anchor))
        .equals(Optional.ofNullable(after.get(anchor)))).map(anchor -> {
          flawed.add(anchor);
          return new Difference(!before.containsKey(anchor) ? "fragment missing"
              : after.containsKey(anchor) ? "fragment wrong" : "fragment unfounded", "identity " + anchor);
        }).toList();
  }

  /// Source rows, as they were taken in by the last refresh, against links, fragments and activities; then the links of
  /// the match rules.
  void rows(Progress progress) {
    var count = new Findings();
    var taken = stages.unification().takenIn(new Rows(count, progress), progress);
    if (taken.isPresent()) {
      fragmentsWithoutRow(count, progress);
      linksWithoutRow(count, progress);
    }
    stages.unification().matches().ifPresent(matches -> matches(count, progress));
    matchKeys(count, progress);
    if (stages.activities().handedOn(new Activities(count, progress), progress)) {
      activitiesWithoutRow(count, progress);
    }
    progress.note(Findings.line(count.all()));
  }

  private void fragmentsWithoutRow(Findings count, Progress progress) {
    for (String source : stages.database().read(stages.profiles()::fragmentSources)) {
      // What an enrichment added was asked for and perhaps paid: it is a fact of its own.
      if (source.equals(Event.LIVE) || source.startsWith(MergePolicy.ADDED)) {
        continue;
      }
      var anchors = new ArrayList<Long>();
      stages.database().read(transaction -> {
        stages.profiles().forEachFragment(transaction, source, fragment -> anchors.add(fragment.anchor()));
        return anchors.size();
      });
      for (var slice : slices(anchors, PAGE)) {
        progress.check();
        var unfounded = notTakenIn(source, slice);
        if (!unfounded.isEmpty()) {
          note(count, run(transaction -> {
            stages.profiles().removeFragments(transaction, source, unfounded);
            flawed.addAll(unfounded);
            return unfounded.stream().map(anchor -> new Difference("fragment unfounded", "identity " + anchor))
                .toList();
          }));
        }
      }
    }
  }

  /// Those of the identities that are not the key of a row that was taken in.
  private List<Long> notTakenIn(String source, List<Long> anchors) {
    var named = stages.database().read(transaction -> audit(transaction).identities(anchors));
    var ofSource = named.values().stream().filter(identity -> identity.namespace().equals(source)).toList();
    var unknown = new HashSet<>(ofSource.isEmpty() ? List.of() : stages.unification().notTakenIn(ofSource));
    return anchors.stream().filter(anchor -> {
      var identity = named.get(anchor);
      return identity == null || !identity.namespace().equals(source) || unknown.contains(identity);
    }).toList();
  }

  private void linksWithoutRow(Findings count, Progress progress) {
    var starts = stages.database().read(transaction -> audit(transaction).startsOfRowLinks(
        Set.of(Unification.ORIGIN, Unification.LIVE_ORIGIN)));
    starts.forEach((source, numbers) -> {
      for (var slice : slices(numbers, PAGE)) {
        progress.check();
        var unfounded = notTakenIn(source, slice);
        if (!unfounded.isEmpty()) {
          note(count, run(transaction -> {
            lostCustomers(transaction);
            var audit = audit(transaction);
            return differences(audit.withdraw(source, audit.identities(unfounded).values()));
          }));
        }
      }
    });
  }

  /// Rows that were matched since the last refresh have other links than it made; the next one makes them all anew.
  private void matches(Findings count, Progress progress) {
    var flaws = stages.database().read(transaction -> stages.matching().isAheadOfRefresh(transaction)
        ? List.<GraphFlaw>of()
        : audit(transaction).matches(Unification.ORIGIN, stages.unification().matches().orElseThrow()));
    note(count, differences(flaws));
    if (!isCheck && !flaws.isEmpty()) {
      stages.identities().replaceMatches(stages.database(), Unification.ORIGIN,
          stages.unification().matches().orElseThrow(), _ -> progress.check());
    }
  }

  /// By what single records are matched between two refreshes: the keys of rows, then what applications said, its keys
  /// and the links that rules made of it.
  private void matchKeys(Findings count, Progress progress) {
    var wrong = new ArrayList<Difference>();
    stages.unification().matchKeys(stages.matching(), rows -> {
      progress.check();
      wrong.addAll(run(transaction -> differencesOfMatches(stages.matching().audit(transaction, rows,
          stages.identities().numbers(transaction, rows.rows(), now), now))));
    });
    note(count, wrong);
    if (isCheck && !wrong.isEmpty()) {
      return;
    }
    var anchors = new TreeSet<Long>();
    stages.database().read(transaction -> {
      stages.profiles().forEachFragment(transaction, Event.LIVE, fragment -> anchors.add(fragment.anchor()));
      return anchors.addAll(stages.matching().sent(transaction));
    });
    if (isCheck) {
      anchors.removeAll(flawed);
    }
    for (var slice : slices(List.copyOf(anchors), SLICE)) {
      progress.check();
      note(count, run(transaction -> slice.stream().flatMap(anchor -> differencesOfMatches(stages.matching()
          .audit(transaction, anchor, stages.profiles().sent(transaction, anchor), now)).stream()).toList()));
    }
  }

  private List<Difference> differencesOfMatches(List<MatchFlaw> flaws) {
    return flaws.stream().map(flaw -> {
      flawed.addAll(flaw.identities());
      return new Difference(flaw.kind(), "identity " + flaw.identities().stream().min(Long::compare).orElse(0L));
    }).toList();
  }

  private void activitiesWithoutRow(Findings count, Progress progress) {
    for (String source : stages.database().read(stages.events()::activitySources)) {
      long after = 0;
      while (true) {
        progress.check();
        long from = after;
        var ids = stages.database().read(transaction -> stages.events().activityIds(transaction, source, from, PAGE));
        if (ids.isEmpty()) {
          break;
        }
        after = ids.keySet().stream().max(Long::compare).orElseThrow();
        var unfounded = stages.activities().notHandedOn(source, List.copyOf(ids.values()));
        if (!unfounded.isEmpty()) {
          note(count, run(transaction -> {
            flawed.addAll(stages.events().removeActivities(transaction, source, unfounded));
            return unfounded.stream().map(_ -> new Difference("activity unfounded", source)).toList();
          }));
        }
      }
    }
  }

  /// Links and namespaces against customers.
  void customers(Progress progress) {
    var count = new Findings();
    eachPage(this::customersAfter, CUSTOMERS, slice -> {
      note(count, run(transaction -> {
        lostCustomers(transaction);
        return differences(audit(transaction).customers(slice, isCheck ? flawed : Set.of()));
      }));
      progress.done(slice.size());
    });
    progress.note(Findings.line(count.all()));
  }

  private List<CustomerKey> customersAfter(Transaction transaction, long number, int limit) {
    return audit(transaction).customersAfter(number, limit);
  }

  /// Customers in the order of their numbers, a page at a time.
  private interface Page {
    List<CustomerKey> after(Transaction transaction, long number, int limit);
  }

  private void eachPage(Page page, int size, Consumer<List<CustomerKey>> use) {
    long after = 0;
    while (true) {
      long from = after;
      var slice = stages.database().read(transaction -> page.after(transaction, from, size));
      if (slice.isEmpty()) {
        return;
      }
      use.accept(slice);
      after = slice.getLast().number();
    }
  }

  /// What is published of customers that are no more.
  void leftovers(Progress progress) {
    var count = new Findings();
    leftovers("profile of nobody", stages.profiles()::customersAfter, count, progress);
    leftovers("measures of nobody", stages.measures()::customersAfter, count, progress);
    leftovers("memberships of nobody", stages.segments()::customersAfter, count, progress);
    note(count, run(transaction -> {
      int lost = stages.profiles().dropLostWords(transaction);
      return lost == 0 ? List.of() : List.of(new Difference("search words of nobody", "%,d words".formatted(lost)));
    }));
    progress.note(Findings.line(count.all()));
  }

  private void leftovers(String kind, Page page, Findings count, Progress progress) {
    eachPage(page, PAGE, slice -> {
      progress.check();
      var gone = stages.database().read(transaction -> audit(transaction).gone(slice));
      if (!gone.isEmpty()) {
        note(count, run(transaction -> {
          // One that was restored in the meantime, or in a check would be, is somebody's.
          lostCustomers(transaction);
          var still = audit(transaction).gone(gone);
          stages.live().takeOut(transaction, still);
          return still.stream().map(customer -> new Difference(kind, "customer " + customer.id())).toList();
        }));
      }
    });
  }

  /// Customers against what is published of them.
  void portraits(Progress progress) {
    var count = new Findings();
    eachPage(this::customersAfter, CUSTOMERS, slice -> {
      note(count, compare(slice));
      customers.addAndGet(slice.size());
      progress.done(slice.size());
    });
    progress.note(Findings.line(count.all()));
  }

  private List<Difference> compare(List<CustomerKey> slice) {
    var follows = isCheck && !flawed.isEmpty()
        ? stages.database().read(transaction -> audit(transaction).customersOf(flawed))
        : Set.<Long>of();
    var differences = new ArrayList<Difference>();
    for (var deviation : stages.live().rederive(
        slice.stream().filter(customer -> !follows.contains(customer.number())).toList(), !isCheck)) {
      deviation.parts().stream().sorted().forEach(part -> differences
          .add(new Difference(kind(part), "customer " + deviation.customer().id())));
    }
    return differences;
  }

  private static String kind(Deviation.Part part) {
    return switch (part) {
      case PROFILE -> "profile wrong";
      case SEARCH -> "search words missing";
      case MEASURES -> "measures wrong";
      case MEMBERSHIPS -> "memberships wrong";
    };
  }

  /// Does the work in a transaction that is rolled back; once more for good when it found something and this is no check.
  private List<Difference> run(Function<Transaction, List<Difference>> work) {
    var found = stages.database().rehearse(inTurn(work));
    if (!isCheck && !found.isEmpty()) {
      stages.database().write(inTurn(work));
    }
    return found;
  }

  /// Nodes that share a store derive one after the other.
  private Function<Transaction, List<Difference>> inTurn(Function<Transaction, List<Difference>> work) {
    return transaction -> {
      stages.events().reserve(transaction, 0);
      return work.apply(transaction);
    };
  }

  private void note(Findings ofTask, List<Difference> differences) {
    ofTask.add(differences);
    findings.add(differences);
  }

  private List<Difference> differences(List<GraphFlaw> flaws) {
    flaws.forEach(flaw -> flawed.addAll(flaw.identities()));
    return flaws.stream().map(flaw -> new Difference(flaw.kind().text(), flaw.where())).toList();
  }

  private GraphAudit audit(Transaction transaction) {
    return stages.identities().audit(transaction);
  }

  private static <T> Iterable<List<T>> slices(List<T> all, int size) {
    return () -> all.stream().gather(Gatherers.windowFixed(size)).iterator();
  }

  /// Rows of unified tables as they should stand in the profile store.
  private final class Rows implements RecordListener {

    private final Findings count;
    private final Progress progress;

    Rows(Findings count, Progress progress) {
      this.count = count;
      this.progress = progress;
    }

    @Override
    public void changed(String table, List<SourceRecord> records) {
      for (var slice : slices(records, SLICE)) {
        progress.check();
        note(count, run(transaction -> {
          lostCustomers(transaction);
          var found = new ArrayList<>(differences(audit(transaction).rows(table,
              slice.stream().map(SourceRecord::identities).toList(), now)));
          for (long anchor : stages.profiles().writeFragments(transaction, table,
              slice.stream().map(record -> fragment(transaction, record)).toList())) {
            flawed.add(anchor);
            found.add(new Difference("fragment wrong", "identity " + anchor));
          }
          return found;
        }));
      }
    }

    private Fragment fragment(Transaction transaction, SourceRecord record) {
      var attributes = new HashMap<String, @Nullable Object>(record.attributes());
      return new Fragment(stages.identities().number(transaction, record.key(), now), record.table(), attributes,
          record.at());
    }

    @Override
    public void gone(String table, List<Identity> keys) {
      throw new IllegalStateException("rows that are gone are found from the other side");
    }
  }

  /// Activities as they should stand in the profile store.
  private final class Activities implements ActivityListener {

    private final Findings count;
    private final Progress progress;

    Activities(Findings count, Progress progress) {
      this.count = count;
      this.progress = progress;
    }

    @Override
    public void changed(String table, List<Event> activities) {
      for (var slice : slices(activities, SLICE)) {
        progress.check();
        note(count, run(transaction -> {
          lostCustomers(transaction);
          var anchors = stages.events().writeActivities(transaction, table, slice,
              (within, identity) -> stages.identities().number(within, identity, now));
          flawed.addAll(anchors);
          return anchors.stream().sorted().map(anchor -> new Difference("activity wrong", "identity " + anchor))
              .toList();
        }));
      }
    }

    @Override
    public void gone(String table, List<String> ids) {
      throw new IllegalStateException("activities that are gone are found from the other side");
    }
  }
}
