package portrait.processes.rollout;

import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Gatherers;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import portrait.foundation.jobs.Progress;
import portrait.foundation.model.CustomerId;
import portrait.foundation.model.Problem;
import portrait.foundation.model.ProblemException;
import portrait.foundation.warehouse.WarehouseException;
import portrait.processes.refresh.Stages;
import portrait.stages.identity.CustomerKey;
import portrait.stages.segments.SegmentDefinition;

/// The work of one rollout.
final class RolloutRun {

  private static final Logger LOG = LoggerFactory.getLogger(RolloutRun.class);
  /** Customers of one snapshot: looking at them takes a few hundredths of a second. */
  private static final int PAGE = 500;

  private final Stages stages;
  private final Set<String> measures;
  private final List<SegmentDefinition> segments;
  private final Instant now;

  /// @param waiting what is new or changed: `Segment/vip`
  RolloutRun(Stages stages, List<String> waiting, Instant now) {
    this.stages = stages;
    this.measures = named("Measure/", waiting);
    var names = named("Segment/", waiting);
    this.segments = stages.segments().inForce().stream().filter(segment -> names.contains(segment.name())).toList();
    this.now = now;
  }

  private static Set<String> named(String prefix, List<String> keys) {
    return keys.stream().filter(key -> key.startsWith(prefix)).map(key -> key.substring(prefix.length()))
        .collect(Collectors.toSet());
  }

  /// What lists, tables and queries read, as of the last refresh. Before the first there is nothing to compute from.
  void tables(Progress progress) {
    if (!stages.warehouse().read(session -> session.exists("Customer") && session.exists("UnifiedActivity")
        && session.exists("Customer_Measure") && session.exists("SegmentMembership"))) {
      progress.note("nothing was refreshed yet");
      return;
    }
    var failures = new ArrayList<String>();
    progress.expect(measures.size() + segments.size());
    if (stages.measures().definitions().stream().anyMatch(measure -> measures.contains(measure.name()))) {
      attempt("measures", failures, () -> stages.measures().fill(stages.warehouse(), now).failures()
          .forEach((name, why) -> failures.add("measure %s: %s".formatted(name, why))));
    }
    stages.measures().tables().stream().filter(table -> measures.contains(table.name()))
        .forEach(table -> attempt("measure " + table.name(), failures,
            () -> stages.warehouse().write(session -> stages.measures().compute(session, table, now))));
    progress.done(measures.size());
    attempt("segments", failures, () -> fill(progress));
    if (!failures.isEmpty()) {
      throw Problem.of(Problem.Code.WAREHOUSE_FAILED, String.join("; ", failures),
          "The last good state is untouched. Customers are brought in line all the same.").asException();
    }
  }

  private boolean fill(Progress progress) {
    var lists = stages.database().read(transaction -> stages.segments().lists(transaction, segments));
    return stages.warehouse().write(session -> {
      stages.segments().fill(session, segments.stream().map(SegmentDefinition::name).collect(Collectors.toSet()), lists,
          now, progress::done);
      return true;
    });
  }

  /// What cannot be computed does not stop the rest.
  private static void attempt(String what, List<String> failures, Runnable work) {
    try {
      work.run();
    } catch (ProblemException | WarehouseException failure) {
      if (failure instanceof ProblemException refused && refused.problem().code() == Problem.Code.CANCELLED) {
        throw failure;
      }
      failures.add("%s: %s".formatted(what, failure.getMessage()));
    }
  }

  /// Looks at everybody, and publishes those who are not what the definitions say: first whom the warehouse takes to be
  /// a new member, or no member any more.
  void members(Progress progress) {
    long all = stages.database().read(stages.profiles()::counts).total();
    var first = likely();
    progress.expect(all + first.size());
    long published = 0;
    for (var some : first.stream().gather(Gatherers.windowFixed(PAGE)).toList()) {
      published += bringInLine(some, progress);
    }
    long after = Long.MIN_VALUE;
    while (true) {
      long from = after;
      var page = stages.database()
          .read(transaction -> stages.profiles().customersAfter(transaction, from, PAGE));
      if (page.isEmpty()) {
        break;
      }
      published += bringInLine(page, progress);
      after = page.getLast().number();
    }
    progress.note("%,d customers changed".formatted(published));
  }

  /// Looks only at those whom the warehouse takes to be a new member, or no member any more.
  void likelyMembers(Progress progress) {
    var first = likely();
    progress.expect(first.size());
    long published = 0;
    for (var some : first.stream().gather(Gatherers.windowFixed(PAGE)).toList()) {
      published += bringInLine(some, progress);
    }
    progress.note("%,d customers changed".formatted(published));
  }

  private int bringInLine(List<CustomerKey> some, Progress progress) {
    var differing = stages.live().outOfLine(some);
    stages.live().bringInLine(differing);
    progress.done(some.size());
    return differing.size();
  }

  private Set<CustomerKey> likely() {
    var likely = new LinkedHashSet<CustomerKey>();
    for (var segment : segments) {
      if (!segment.isStatic()) {
        likely.addAll(likely(segment));
      }
    }
    return likely;
  }

  private List<CustomerKey> likely(SegmentDefinition segment) {
    try {
      var fitting = new HashSet<>(stages.warehouse().read(session -> session.exists("UnifiedActivity")
          ? stages.segments().fitting(session, segment, now)
          : List.<CustomerId>of()));
      return stages.database().read(transaction -> {
        for (var member : stages.segments().allMembers(transaction, segment.name())) {
          if (!fitting.remove(member)) {
            fitting.add(member);
          }
        }
        return fitting.stream().sorted()
            .flatMap(customer -> stages.identities().find(transaction, customer).stream()).toList();
      });
    } catch (WarehouseException cannotSay) {
      // It may lack what is new, and everybody is looked at anyway.
      LOG.debug("the warehouse does not say whom segment {} fits: {}", segment.name(), cannotSay.getMessage());
      return List.of();
    }
  }
}
