package portrait.processes.live;

import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import portrait.foundation.database.Remembered;
import portrait.foundation.database.Transaction;
import portrait.foundation.expressions.Subject;
import portrait.foundation.expressions.Touched;
import portrait.stages.events.Events;
import portrait.stages.events.Span;
import portrait.stages.identity.CustomerKey;
import portrait.stages.identity.IdentityGraph;
import portrait.stages.identity.KnownIdentity;
import portrait.stages.measures.MeasureValues;
import portrait.stages.measures.Measures;
import portrait.stages.profiles.Document;
import portrait.stages.policies.MergePolicy;
import portrait.stages.profiles.Fragment;
import portrait.stages.profiles.Profile;
import portrait.stages.profiles.Profiles;
import portrait.stages.segments.Segments;
import portrait.stages.unification.LiveMatching;

/// Derives a customer from its facts: merged attributes, measures, memberships. The same call serves a received event,
/// the clock and a refresh, so there is one way only to become a portrait.
final class Evaluation {

  static final String PERSON = "person";
  /** Identities and attributes of remembered customers, about 150 bytes each. */
  private static final long WEIGHT_MAX = 400_000;

  private final Events events;
  private final IdentityGraph identities;
  private final LiveMatching matching;
  private final Profiles profiles;
  private final Measures measures;
  private final Segments segments;
  private final Supplier<MergePolicy> policy;
  private final Remembered<Long, Derived> derived = new Remembered<>(WEIGHT_MAX, Derived::weight);

  Evaluation(Events events, IdentityGraph identities, LiveMatching matching, Profiles profiles, Measures measures,
      Segments segments, Supplier<MergePolicy> policy) {
    this.events = events;
    this.identities = identities;
    this.matching = matching;
    this.profiles = profiles;
    this.measures = measures;
    this.segments = segments;
    this.policy = policy;
  }

  /// What a customer was derived from and published as.
  ///
  /// @param policy that merged the document
  /// @param span of the events
  private record Derived(MergePolicy policy, List<KnownIdentity> keyRing, Document document, Optional<Span> span,
      Profile profile) {

    long weight() {
      return 1L + keyRing.size() + document.attributes().size();
    }
  }

  /// Publishes the customer after these changes. Mostly an event says nothing about attributes: then what was merged
  /// before is right, if it is remembered.
  ///
  /// @return as [#refresh]
  Optional<Latest> refresh(Transaction transaction, Change change, Instant now) {
    var customer = change.customer();
    var before = derived.get(transaction, customer.number());
    if (before == null || !before.keyRing().equals(identities.keyRing(transaction, customer))) {
      return refresh(transaction, customer, change.touched(), now);
    }
    var span = Span.union(before.span(), change.span());
    if (!change.isSilent() || !before.policy().equals(policy.get())) {
      return publish(transaction, customer, before.keyRing(), span, change.touched(), now);
    }
    var profile = profile(transaction, customer, before.keyRing(), span, before.document());
    var measured = evaluate(transaction, profile, before.keyRing(), change.touched(), now);
    profiles.seen(transaction, before.profile(), profile);
    return derived(transaction, new Derived(before.policy(), before.keyRing(), before.document(), span, profile),
        measured);
  }

  /// Publishes the customer as its facts say now; one without identities or without any fact is taken out.
  ///
  /// @param touched what changed: only segments that this can reach are evaluated
  /// @return what to tell of the customer from now on; empty when it is taken out, or when others may change it as well
  Optional<Latest> refresh(Transaction transaction, CustomerKey customer, Touched touched, Instant now) {
    var keyRing = identities.keyRing(transaction, customer);
    if (keyRing.isEmpty()) {
      forget(transaction, customer);
      return Optional.empty();
    }
    return publish(transaction, customer, keyRing, events.span(transaction, anchors(keyRing)), touched, now);
  }

  private Optional<Latest> publish(Transaction transaction, CustomerKey customer, List<KnownIdentity> keyRing,
      Optional<Span> span, Touched touched, Instant now) {
    var fragments = profiles.fragments(transaction, anchors(keyRing));
    if (fragments.stream().noneMatch(Fragment::isFact) && span.isEmpty()) {
      // Its rows are gone and it never did anything. The graph still knows its identities, so should the rows come back,
      // the customer has its id again.
      forget(transaction, customer);
      return Optional.empty();
    }
    var merging = policy.get();
    var document = Profiles.merge(fragments, merging);
    var profile = profile(transaction, customer, keyRing, span, document);
    var measured = evaluate(transaction, profile, keyRing, touched, now);
    profiles.store(transaction, profile, document, keyRing.stream().map(KnownIdentity::identity).toList());
    return derived(transaction, new Derived(merging, keyRing, document, span, profile), measured);
  }

  private Optional<Latest> derived(Transaction transaction, Derived now, MeasureValues measured) {
    var customer = now.profile().customer();
    derived.put(transaction, customer.number(), now);
    return transaction.isOnlyWriter() ? Optional.of(new Latest(now.profile(), now.document(), now.keyRing(),
        identities.previousIds(transaction, customer), measured, segments.held(transaction, customer)))
        : Optional.empty();
  }

  private MeasureValues evaluate(Transaction transaction, Profile profile, List<KnownIdentity> keyRing, Touched touched,
      Instant now) {
    var subject = new CustomerSubject(profile,
        () -> events.history(transaction, anchors(keyRing), segments.uses(), now));
    var measured = measures.update(transaction, profile.customer(), subject, now, touched);
    subject.measured(measured.values().values());
    segments.update(transaction, profile.customer(), subject, now, touched.withMeasures(measured.changed()),
        () -> anchors(keyRing));
    return measured.values();
  }

  private static List<Long> anchors(List<KnownIdentity> keyRing) {
    return keyRing.stream().map(KnownIdentity::number).toList();
  }

  private Profile profile(Transaction transaction, CustomerKey customer, List<KnownIdentity> keyRing,
      Optional<Span> span, Document document) {
    var firstSeen = keyRing.stream().map(KnownIdentity::firstSeen).min(Instant::compareTo).orElseThrow();
    var lastSeen = keyRing.stream().map(KnownIdentity::lastSeen).max(Instant::compareTo).orElseThrow();
    // What somebody did says when they were last seen. The key ring says when their records were read, which counts only
    // for those who did nothing yet.
    if (span.isPresent()) {
      firstSeen = Collections.min(List.of(firstSeen, span.get().first()));
      lastSeen = span.get().last();
    }
    return new Profile(customer, PERSON, identities.isKnown(transaction, customer), document.values(), firstSeen,
        lastSeen);
  }

  /// The customer as the evaluator sees them, as published.
  Optional<Subject> subject(Transaction transaction, CustomerKey customer) {
    return profiles.profile(transaction, customer).map(profile -> {
      var anchors = identities.keyRing(transaction, customer).stream().map(KnownIdentity::number).toList();
      var subject = new CustomerSubject(profile, () -> events.history(transaction, anchors));
      subject.measured(measures.of(transaction, customer));
      return subject;
    });
  }

  /// Whether the measures and memberships that are kept of a customer are what the definitions say now. Changes nothing.
  boolean isInLine(Transaction transaction, CustomerKey customer, Instant now) {
    return profiles.profile(transaction, customer).map(profile -> {
      var anchors = anchors(identities.keyRing(transaction, customer));
      var subject = new CustomerSubject(profile, () -> events.history(transaction, anchors));
      var values = measures.values(subject, now);
      subject.measured(values.values());
      return measures.isKept(transaction, customer, values)
          && segments.isInLine(transaction, customer, subject, now, () -> anchors);
    }).orElse(true);
  }

  /// Deletes everything about a customer: events, attributes, profile, measures, memberships, identities.
  void erase(Transaction transaction, CustomerKey customer, Instant now) {
    var forgotten = identities.forget(transaction, customer);
    events.deleteOf(transaction, forgotten.numbers());
    events.unname(transaction, forgotten.neighbours(), forgotten.identities());
    segments.delist(transaction, forgotten.numbers());
    profiles.removeFragments(transaction, forgotten.numbers());
    matching.forget(transaction, forgotten.numbers());
    forget(transaction, customer);
    forgotten.touched().forEach(other -> refresh(transaction, other, Touched.everything(), now));
  }

  /// Takes out a customer that became part of another; memberships go along with the time since when they hold.
  void absorb(Transaction transaction, CustomerKey absorbed, CustomerKey into) {
    segments.move(transaction, absorbed, into);
    forget(transaction, absorbed);
  }

  private void forget(Transaction transaction, CustomerKey customer) {
    derived.forget(transaction, customer.number());
    profiles.forget(transaction, customer);
    measures.forget(transaction, customer);
    segments.forget(transaction, customer);
  }
}
