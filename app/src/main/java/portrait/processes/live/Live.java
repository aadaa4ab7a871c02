package portrait.processes.live;

import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.BiPredicate;
import java.util.function.Function;
import java.util.function.LongConsumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import portrait.foundation.database.Database;
import portrait.foundation.database.Transaction;
import portrait.foundation.expressions.Explanation;
import portrait.foundation.expressions.Subject;
import portrait.foundation.expressions.Touched;
import portrait.foundation.model.Identity;
import portrait.stages.events.Collected;
import portrait.stages.events.EventPage;
import portrait.stages.events.EventQuery;
import portrait.stages.accounts.AccountContacts;
import portrait.stages.events.Events;
import portrait.stages.events.QuarantineStock;
import portrait.stages.events.QuarantinedEvent;
import portrait.stages.events.RefusedMessages;
import portrait.stages.identity.Changes;
import portrait.stages.identity.CustomerKey;
import portrait.stages.identity.IdentityGraph;
import portrait.stages.measures.MeasureTable;
import portrait.stages.measures.Measures;
import portrait.stages.policies.MergePolicy;
import portrait.stages.profiles.Profiles;
import portrait.stages.segments.Membership;
import portrait.stages.segments.SegmentDefinition;
import portrait.stages.segments.Segments;
import portrait.stages.suppression.Suppression;
import portrait.stages.unification.LiveMatching;
import portrait.stages.unification.LiveRows;

/// From a received message to a changed profile, and every look-up of one customer.
public final class Live implements AutoCloseable {

  /** Customers of one transaction of a re-evaluation: short enough for received messages not to notice. */
  private static final int SLICE = 64;

  private final Database database;
  private final Events events;
  private final IdentityGraph identities;
  private final Measures measures;
  private final Segments segments;
  private final Evaluation evaluation;
  private final Rederivation rederivation;
  private final Commit commit;
  private final RowIntake rows;
  private final Intake intake;
  private final Resubmission resubmission;
  private final LookUps lookUps;
  private final PolicyPreview preview;
  private final Enlisting enlisting;
  private final Clock clock;

  /// @param policy asked at every merge, so that a changed definition counts from the next event on
  public Live(Database database, Events events, IdentityGraph identities, LiveMatching matching, Profiles profiles,
      AccountContacts accounts, Measures measures, Segments segments, Suppression suppression,
      Supplier<MergePolicy> policy, Clock clock) {
    this.database = database;
    this.events = events;
    this.identities = identities;
    this.measures = measures;
    this.segments = segments;
    this.clock = clock;
    this.evaluation = new Evaluation(events, identities, matching, profiles, measures, segments, policy);
    this.rederivation = new Rederivation(evaluation, profiles, measures, segments);
    var unsettled = new Unsettled(database);
    this.commit = new Commit(database, events, identities, matching, profiles, accounts, evaluation, suppression,
        unsettled, clock);
    commit.recover();
    this.rows = new RowIntake(database, events, identities, matching, profiles, evaluation);
    this.intake = new Intake(commit);
    this.resubmission = new Resubmission(database, events, identities, intake);
    this.enlisting = new Enlisting(database, events, identities, segments, evaluation, clock::instant);
    this.preview = new PolicyPreview(database, identities, profiles);
    this.lookUps = new LookUps(database, unsettled, events, identities, profiles, measures, segments);
  }

  /// Takes in the messages of one request. When it returns, all of them are durable and the next look-up sees them.
  ///
  /// @throws portrait.foundation.model.ProblemException `too_busy` when the queue is full: nothing was taken in;
  ///   `store_failed` when some could not be written: send all of them again, repeats are recognised
  public Receipt receive(List<Collected> messages) {
    return intake.receive(messages);
  }

  /// Messages of the quarantine, newest first.
  ///
  /// @param cursor the `next` of the page before
  public RefusedMessages quarantine(Optional<String> cursor, int limit) {
    return resubmission.page(cursor, limit);
  }

  /// How full the quarantine is, and what left it.
  public QuarantineStock quarantineStock() {
    return resubmission.stock();
  }

  /// A message of the quarantine.
  ///
  /// @throws portrait.foundation.model.ProblemException `not_found`
  public QuarantinedEvent quarantined(String id) {
    return resubmission.find(id);
  }

  /// Takes in a few rows of a source table, as a refresh would: their customers are evaluated when it returns.
  public void takeIn(LiveRows some) {
    rows.takeIn(some, clock.instant());
  }

  /// Takes a message out of the quarantine and in, as of the moment it was received.
  ///
  /// @param corrected what to take in instead of the original
  /// @throws portrait.foundation.model.ProblemException `not_found`; `invalid_event` and the like when it is still wrong:
  ///   then it stays where it is
  public Receipt replay(String id, Optional<byte[]> corrected) {
    return resubmission.replay(id, corrected);
  }

  /// Deletes a message from the quarantine.
  ///
  /// @throws portrait.foundation.model.ProblemException `not_found`
  public void discard(String id) {
    resubmission.discard(id);
  }

  /// How many messages wait for the writer.
  public int waiting() {
    return intake.depth();
  }

  /// Merges, measures and segments these customers again, in slices between which received messages get their turn.
  ///
  /// @param progress hears how many are done
  public void reevaluate(Collection<CustomerKey> customers, LongConsumer progress) {
    reevaluate(customers, Touched.everything(), progress);
  }

  /// Those of these customers whose measures or memberships are not what the definitions say now: because a definition
  /// is new, or because time has passed. Holds nobody up.
  public List<CustomerKey> outOfLine(Collection<CustomerKey> customers) {
    var now = clock.instant();
    return database.read(transaction -> customers.stream()
        .filter(customer -> !evaluation.isInLine(transaction, customer, now)).toList());
  }

  /// Evaluates these customers again because definitions changed.
  public void bringInLine(Collection<CustomerKey> customers) {
    reevaluate(customers, Touched.everything("the rule is new or changed"), _ -> {});
  }

  private void reevaluate(Collection<CustomerKey> customers, Touched touched, LongConsumer progress) {
    // By number: nodes that share a store take customers in one order, so they cannot wait for each other in a circle.
    var ordered = new TreeMap<Long, CustomerKey>();
    customers.forEach(customer -> ordered.put(customer.number(), customer));
    var waiting = List.copyOf(ordered.values());
    for (int start = 0; start < waiting.size(); start += SLICE) {
      var slice = waiting.subList(start, Math.min(waiting.size(), start + SLICE));
      evaluate(slice, touched, clock.instant());
      progress.accept(start + slice.size());
    }
  }

  /// Changes the identity graph and evaluates everybody whom that touched, in one transaction.
  public Changes change(Function<Transaction, Changes> work) {
    var now = clock.instant();
    return database.write(transaction -> {
      events.reserve(transaction, 0);
      var changes = work.apply(transaction);
      changes.touched().stream().sorted(Comparator.comparing(CustomerKey::number))
          .forEach(customer -> evaluation.refresh(transaction, customer, Touched.everything(), now));
      return changes;
    });
  }

  /// Deletes everything about these customers from the profile store. Whoever of them comes back is somebody new. Their
  /// copies in the warehouse go with [portrait.processes.refresh.Refresh#dropGone].
  ///
  /// @param isStillMeant asked again in the transaction that deletes
  /// @return how many were deleted
  public int forget(Collection<CustomerKey> customers, BiPredicate<Transaction, CustomerKey> isStillMeant) {
    var now = clock.instant();
    return database.write(transaction -> {
      events.reserve(transaction, 0);
      var meant = customers.stream().filter(customer -> isStillMeant.test(transaction, customer)).toList();
      meant.forEach(customer -> evaluation.erase(transaction, customer, now));
      return meant.size();
    });
  }

  /// Derives these customers from their facts and tells who is published differently.
  ///
  /// @param mend whether to publish those anew
  public List<Deviation> rederive(List<CustomerKey> customers, boolean mend) {
    var now = clock.instant();
    var deviations = database.rehearse(transaction -> {
      events.reserve(transaction, 0);
      return rederivation.deviations(transaction, customers, now);
    });
    if (mend && !deviations.isEmpty()) {
      database.write(transaction -> {
        events.reserve(transaction, 0);
        rederivation.mend(transaction, deviations, now);
        return deviations.size();
      });
    }
    return deviations;
  }

  /// Takes out customers that are no more.
  public void takeOut(Transaction transaction, Collection<CustomerKey> customers) {
    customers.forEach(customer -> rederivation.forget(transaction, customer));
  }

  /// Evaluates the customers whose memberships may have changed by time alone, drops message ids that need not be
  /// remembered and refused messages that waited too long, and tells how many customers there were. Call it every few seconds.
  public int tick(Instant now) {
    commit.recover();
    database.write(transaction -> {
      events.forgetRepeats(transaction, now);
      return true;
    });
    resubmission.tidy(now);
    var done = new HashSet<CustomerKey>();
    while (true) {
      var due = database.read(transaction -> due(transaction, now));
      // Whoever is due again at once would be due for ever; they get their turn with the next tick.
      due.removeAll(done);
      if (due.isEmpty()) {
        return done.size();
      }
      evaluate(due, Touched.everything(), now);
      done.addAll(due);
    }
  }

  private List<CustomerKey> due(Transaction transaction, Instant now) {
    var due = new TreeMap<Long, CustomerKey>();
    segments.due(transaction, now, SLICE).forEach(customer -> due.put(customer.number(), customer));
    measures.due(transaction, now, SLICE).forEach(customer -> due.put(customer.number(), customer));
    return new ArrayList<>(due.values());
  }

  private void evaluate(List<CustomerKey> slice, Touched touched, Instant now) {
    database.write(transaction -> {
      // Taken first by everybody who derives profiles: nodes that share a store do so one after the other.
      events.reserve(transaction, 0);
      slice.forEach(customer -> evaluation.refresh(transaction, customer, touched, now));
      return slice.size();
    });
  }

  /// The customer with this identity, as of now; the namespace `customer` takes a CustomerId.
  public Optional<Portrait> find(Identity identity) {
    return lookUps.find(identity);
  }

  /// The customer with this identity, its attributes merged under another policy. Measures and segments are those of the
  /// policy in force.
  public Optional<Portrait> find(Identity identity, MergePolicy policy) {
    return find(identity).map(portrait -> portrait.withAttributes(preview.attributes(identity, policy)));
  }

  /// What the policies make of one customer.
  ///
  /// @throws portrait.foundation.model.ProblemException `unknown_profile` when there is no such customer
  public Comparison compare(List<MergePolicy> policies, Identity identity) {
    return preview.of(policies, identity);
  }

  /// What the policies make of the customers seen last.
  ///
  /// @param sample how many of them
  public Comparison compare(List<MergePolicy> policies, int sample) {
    return preview.of(policies, sample);
  }

  /// What the customer did, newest first.
  public Optional<EventPage> events(Identity identity, EventQuery query) {
    return lookUps.events(identity, query);
  }

  /// The segments the customer is in, since when and until when.
  public Optional<List<Membership>> segments(Identity identity) {
    return lookUps.segments(identity);
  }

  /// The customer's rows of a measure that is a table, as of now; empty when there is no such customer.
  public Optional<List<List<@Nullable Object>>> measure(Identity identity, MeasureTable table) {
    return asked(identity, (_, _, subject) -> measures.rows(table, subject, clock.instant()));
  }

  /// Puts customers on the list of a static segment. They are in it when this returns.
  ///
  /// @param named by any identity; the namespace `customer` takes a CustomerId
  public Enlisted enlist(String segment, List<Identity> named) {
    return enlisting.run(segment, named, true);
  }

  /// Takes customers off the list of a static segment, by whatever identity they were put on it.
  public Enlisted delist(String segment, List<Identity> named) {
    return enlisting.run(segment, named, false);
  }

  /// What a segment projects of one customer, as of now; empty when there is no such customer.
  public Optional<Map<String, Object>> projected(Identity identity, String segment) {
    return asked(identity, (_, _, subject) -> segments.project(segment, subject, clock.instant()));
  }

  /// Why the customer is in a segment, or is not; empty when there is no such customer.
  public Optional<Explanation> explain(Identity identity, String segment) {
    return asked(identity,
        (transaction, customer, subject) -> segments.explain(transaction, segment, customer, subject, clock.instant()));
  }

  /// The same of a rule that is not defined yet.
  ///
  /// @param draft what [Segments#draft] read
  public Optional<Explanation> explain(Identity identity, SegmentDefinition draft) {
    return asked(identity,
        (transaction, customer, subject) -> segments.explain(transaction, draft, customer, subject, clock.instant()));
  }

  /// What definitions say of somebody as they are published.
  private interface Question<T> {
    T answer(Transaction transaction, CustomerKey customer, Subject subject);
  }

  private <T> Optional<T> asked(Identity identity, Question<T> question) {
    return lookUps.of(identity, (transaction, customer) -> evaluation.subject(transaction, customer)
        .map(subject -> question.answer(transaction, customer, subject))).flatMap(answer -> answer);
  }

  /// The customer's identities and what ties them together.
  public Optional<IdentityMap> identities(Identity identity) {
    return lookUps.identities(identity);
  }

  /// How many facts named an identity that was not linked because of too many links.
  public long leftOut() {
    return database.read(identities::leftOut);
  }

  /// Where the customer's attributes come from.
  public Optional<Lineage> lineage(Identity identity) {
    return lookUps.lineage(identity);
  }

  /// Writes what waits, then takes nothing more.
  @Override
  public void close() {
    intake.close();
  }
}
