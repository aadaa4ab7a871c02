package portrait.stages.enrichments;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.Gatherers;
import portrait.foundation.database.Transaction;
import portrait.foundation.model.CustomerId;
import portrait.foundation.model.Identity;
import portrait.stages.accounts.Account;
import portrait.stages.accounts.Accounts;
import portrait.stages.enrichments.AnswerTable.Entry;
import portrait.stages.enrichments.AnswerTable.Standing;
import portrait.stages.identity.Changes;
import portrait.stages.identity.CustomerKey;
import portrait.stages.identity.IdentityGraph;
import portrait.stages.identity.KnownIdentity;
import portrait.stages.measures.Measures;
import portrait.stages.profiles.Fragment;
import portrait.stages.profiles.Profile;
import portrait.stages.profiles.Profiles;
import portrait.stages.segments.Segments;
import portrait.stages.suppression.Fingerprints;
import portrait.stages.suppression.Suppression;

/// People, whose attributes hang on their identities.
///
/// @param change does something and evaluates everybody whom that touched, in one transaction
record Customers(Profiles profiles, Segments segments, IdentityGraph identities, Measures measures,
    Accounts accounts, Suppression suppression, Consumer<Function<Transaction, Changes>> change) implements Whom {

  /** Customers of one transaction: short enough for received messages not to notice. */
  private static final int TOGETHER = 64;

  @Override
  public long size(Transaction tx, EnrichmentDefinition enrichment) {
    if (enrichment.segment().isPresent()) {
      return segments.sizes(tx).getOrDefault(enrichment.segment().get(), 0L);
    }
    var counts = profiles.counts(tx);
    return counts.known() + counts.unknown();
  }

  @Override
  public Slice after(Transaction tx, EnrichmentDefinition enrichment, boolean withMeasures, String place, int limit) {
    long number = place.isEmpty() ? Long.MIN_VALUE : Long.parseLong(place);
    var suppressed = suppression.list(tx);
    if (enrichment.segment().isEmpty()) {
      var some = profiles.profilesAfter(tx, number, limit);
      return new Slice(somebody(tx, some, suppressed, withMeasures),
          some.size() < limit ? Optional.empty() : Optional.of(Long.toString(some.getLast().customer().number())));
    }
    var numbers = segments.memberNumbers(tx, enrichment.segment().get(), number, limit);
    var found = profiles.profiles(tx, numbers);
    return new Slice(
        somebody(tx, numbers.stream().filter(found::containsKey).map(found::get).toList(), suppressed, withMeasures),
        numbers.size() < limit ? Optional.empty() : Optional.of(Long.toString(numbers.getLast())));
  }

  private List<Somebody> somebody(Transaction tx, List<Profile> some, Fingerprints suppressed, boolean withMeasures) {
    var people = new ArrayList<Somebody>();
    for (var profile : some) {
      var keyRing = identities.keyRing(tx, profile.customer());
      if (!keyRing.isEmpty() && !isSuppressed(suppressed, keyRing)) {
        Map<String, Object> numbers = withMeasures ? measures.of(tx, profile.customer()) : Map.of();
        people.add(new Somebody(profile.customer().id(), keyRing.stream().map(KnownIdentity::number).sorted().toList(),
            new Person(profile, keyRing, numbers, () -> account(tx, keyRing))));
      }
    }
    return people;
  }

  private static boolean isSuppressed(Fingerprints suppressed, List<KnownIdentity> keyRing) {
    return !suppressed.isEmpty() && suppressed.hasAny(keyRing.stream().map(KnownIdentity::identity).toList());
  }

  private Optional<Account> account(Transaction tx, List<KnownIdentity> keyRing) {
    return accounts.ofContact(tx, keyRing.stream().map(KnownIdentity::identity)
        .sorted(Comparator.comparing(Identity::namespace).thenComparing(Identity::value)).toList());
  }

  @Override
  public boolean isMeant(Transaction tx, EnrichmentDefinition enrichment, CustomerId id) {
    var customer = identities.find(tx, id).filter(found -> found.id().equals(id));
    return customer.filter(found -> profiles.profile(tx, found).isPresent()).isPresent()
        && (enrichment.segment().isEmpty() || segments.of(tx, customer.get()).stream()
            .anyMatch(membership -> membership.name().equals(enrichment.segment().get())));
  }

  @Override
  public void show(EnrichmentDefinition enrichment, List<Entry> entries) {
    var answers = new AnswerTable(enrichment.name());
    for (var some : slices(entries)) {
      change.accept(tx -> {
        var touched = hang(tx, enrichment.source(), answers, some);
        answers.put(tx, some);
        return new Changes(0, 0, 0, touched);
      });
    }
  }

  @Override
  public void drop(String enrichment, String source, List<Entry> entries) {
    var answers = new AnswerTable(enrichment);
    for (var some : slices(entries)) {
      change.accept(tx -> {
        var touched = hang(tx, source, answers,
            some.stream().map(entry -> entry.standing(Standing.ASIDE, entry.anchor())).toList());
        answers.remove(tx, some);
        return new Changes(0, 0, 0, touched);
      });
    }
  }

  private static List<List<Entry>> slices(Collection<Entry> entries) {
    return entries.stream().gather(Gatherers.windowFixed(TOGETHER)).toList();
  }

  /// Makes what hangs on identities what the answers say.
  ///
  /// @return who is to be evaluated again
  private HashSet<CustomerKey> hang(Transaction tx, String source, AnswerTable answers, List<Entry> entries) {
    var touched = new HashSet<CustomerKey>();
    for (var entry : entries) {
      boolean isChanged = false;
      var before = answers.of(tx, entry.customer()).filter(Entry::isInProfile);
      if (before.isPresent() && (!entry.isInProfile() || before.get().anchor() != entry.anchor())
          && !answers.isHeld(tx, before.get().anchor(), entry.customer())) {
        profiles.removeFragments(tx, source, List.of(before.get().anchor()));
        isChanged = true;
      }
      if (entry.isInProfile()) {
        isChanged |= !profiles.writeFragments(tx, source,
            List.of(new Fragment(entry.anchor(), source, entry.attributes(), entry.saidAt()))).isEmpty();
      }
      if (isChanged) {
        identities.find(tx, entry.customer()).ifPresent(touched::add);
      }
    }
    return touched;
  }
}
