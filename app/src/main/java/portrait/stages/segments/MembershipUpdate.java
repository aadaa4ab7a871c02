package portrait.stages.segments;

import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import portrait.foundation.database.Remembered;
import portrait.foundation.database.Transaction;
import portrait.foundation.expressions.LiveCondition;
import portrait.foundation.expressions.Subject;
import portrait.foundation.expressions.Touched;
import portrait.stages.identity.CustomerKey;
import portrait.stages.segments.SegmentRules.Rule;

/// One customer's memberships, brought up to date in one pass over the rules that something touched.
final class MembershipUpdate {

  /// How many possible changes are tried to find the real one. Most rules find it at the first.
  private static final int STEPS_MAX = 8;

  /// What is kept about a customer and a segment.
  record Row(@Nullable Instant since, @Nullable Instant until, @Nullable Instant recheckAt) {

    /// Empty where the customer is not in the segment, but may be by time alone.
    Optional<Membership> membership(String segment, String title) {
      return since == null ? Optional.empty()
          : Optional.of(new Membership(segment, title, since.truncatedTo(ChronoUnit.MICROS),
              until == null ? null : until.truncatedTo(ChronoUnit.MICROS)));
    }
  }

  private final Transaction transaction;
  private final CustomerKey customer;
  private final Subject subject;
  private final Instant now;
  private final Touched touched;
  private final Remembered<Long, Map<String, Row>> recent;
  private final Supplier<? extends Collection<Long>> keyRing;
  private @Nullable Set<String> lists;
  private @Nullable Map<String, Row> rows;
  private boolean isRemembered;
  private final Set<String> changed = new HashSet<>();
  private final List<MembershipChange> changes = new ArrayList<>();

  /// @param keyRing numbers of the customer's identities, by which lists name members; asked for only where there are lists
  MembershipUpdate(Transaction transaction, CustomerKey customer, Subject subject, Instant now, Touched touched,
      Remembered<Long, Map<String, Row>> recent, Supplier<? extends Collection<Long>> keyRing) {
    this.keyRing = keyRing;
    this.recent = recent;
    this.transaction = transaction;
    this.customer = customer;
    this.subject = subject.in(this::isMember);
    this.now = now;
    this.touched = touched;
  }

  /// Not before somebody asks: most events reach no rule.
  private Map<String, Row> rows() {
    var inHand = rows;
    if (inHand == null) {
      var known = recent.get(transaction, customer.number());
      isRemembered = known != null;
      inHand = known == null ? read(transaction, customer) : new HashMap<>(known);
      rows = inHand;
    }
    return inHand;
  }

  /// What is kept of one customer, by segment.
  static Map<String, Row> rows(Transaction transaction, CustomerKey customer,
      Remembered<Long, Map<String, Row>> recent) {
    var known = recent.get(transaction, customer.number());
    if (known == null) {
      known = Map.copyOf(read(transaction, customer));
      recent.put(transaction, customer.number(), known);
    }
    return known;
  }

  private static Map<String, Row> read(Transaction transaction, CustomerKey customer) {
    var read = new HashMap<String, Row>();
    transaction.each("""
        SELECT segment, since, until_at, recheck_at FROM segment_membership WHERE customer_number = ?""",
        row -> read.put(row.text(1), new Row(row.instantOrNull(2), row.instantOrNull(3), row.instantOrNull(4))),
        customer.number());
    return read;
  }

  /// The static segments on whose lists the customer is.
  private Set<String> lists() {
    var known = lists;
    if (known == null) {
      known = Listed.of(transaction, keyRing.get());
      lists = known;
    }
    return known;
  }

  private boolean isMember(String segment) {
    var row = rows().get(segment);
    return row != null && row.since != null;
  }

  List<MembershipChange> run(List<Rule> rules) {
    for (var rule : rules) {
      if (touched.reaches(rule.uses()) || rule.uses().segments().stream().anyMatch(changed::contains)) {
        evaluate(rule);
      }
    }
    if (touched.isEverything()) {
      var known = new HashSet<String>();
      rules.forEach(rule -> known.add(rule.name()));
      List.copyOf(rows().keySet()).stream().filter(segment -> !known.contains(segment)).sorted().forEach(this::drop);
    }
    if (rows != null && !isRemembered) {
      recent.put(transaction, customer.number(), Map.copyOf(rows));
    }
    return List.copyOf(changes);
  }

  /// Whether what is kept is what the rules say, those that nobody touched included. Changes nothing.
  boolean isInLine(List<Rule> rules) {
    var known = new HashSet<String>();
    for (var rule : rules) {
      known.add(rule.name());
      var before = rows().get(rule.name());
      if (!Objects.equals(before, after(rule, answer(rule), before))) {
        return false;
      }
    }
    return known.containsAll(rows().keySet());
  }

  private LiveCondition.Answer answer(Rule rule) {
    return rule.definition().isStatic() && !lists().contains(rule.name()) ? new LiveCondition.Answer(false, null)
        : rule.live().answer(subject, now);
  }

  private @Nullable Row after(Rule rule, LiveCondition.Answer answer, @Nullable Row before) {
    if (!answer.holds()) {
      return answer.changesAt() == null ? null : new Row(null, null, answer.changesAt());
    }
    Instant since = before == null || before.since == null ? now : before.since;
    return new Row(since, until(rule, answer), answer.changesAt());
  }

  private void evaluate(Rule rule) {
    var answer = answer(rule);
    var before = rows().get(rule.name());
    boolean wasMember = before != null && before.since != null;
    var after = after(rule, answer, before);
    if (!Objects.equals(before, after)) {
      write(rule.name(), after);
    }
    if (answer.holds() != wasMember) {
      changed.add(rule.name());
      change(rule.name(), answer.holds(), rule.version(), rule.definition().isStatic()
          ? answer.holds() ? "put on the list" : "taken off the list"
          : why());
    }
  }

  /// The first moment at which time alone ends the membership. The evaluator says when the answer can change; whether
  /// it does shows when it is asked again for that moment.
  private @Nullable Instant until(Rule rule, LiveCondition.Answer answer) {
    var next = answer;
    for (int step = 0; step < STEPS_MAX && next.changesAt() != null; step++) {
      Instant moment = next.changesAt();
      next = rule.live().answer(subject, moment);
      if (!next.holds()) {
        return moment;
      }
    }
    return null;
  }

  private void write(String segment, @Nullable Row row) {
    isRemembered = false;
    if (row == null) {
      rows().remove(segment);
      transaction.update("DELETE FROM segment_membership WHERE customer_number = ? AND segment = ?", customer.number(),
          segment);
      return;
    }
    rows().put(segment, row);
    transaction.update("""
        INSERT INTO segment_membership (customer_number, segment, customer_id, since, until_at, recheck_at)
        VALUES (?, ?, ?, ?, ?, ?)
        ON CONFLICT (customer_number, segment) DO UPDATE
          SET since = excluded.since, until_at = excluded.until_at, recheck_at = excluded.recheck_at""",
        customer.number(), segment, customer.id(), row.since, row.until, row.recheckAt);
  }

  private void drop(String segment) {
    boolean wasMember = isMember(segment);
    write(segment, null);
    if (wasMember) {
      change(segment, false, 0, "the segment is gone");
    }
  }

  private void change(String segment, boolean entered, int version, String why) {
    changes.add(new MembershipChange(customer, segment, entered, now, version, why));
    transaction.update("""
        INSERT INTO segment_history (customer_number, changed_at, segment, has_entered, customer_id, version, why)
        VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING""",
        customer.number(), now, segment, entered ? 1 : 0, customer.id(), version, why);
  }

  private String why() {
    if (touched.everythingBecause().isPresent()) {
      return touched.everythingBecause().get();
    }
    var reasons = new ArrayList<String>();
    touched.events().stream().sorted().forEach(reasons::add);
    touched.attributes().stream().sorted().map(name -> "attribute " + name).forEach(reasons::add);
    touched.measures().stream().sorted().map(name -> "measure " + name).forEach(reasons::add);
    return String.join(", ", reasons);
  }
}
