package portrait.processes.live;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.stream.Collectors;
import portrait.foundation.database.Database;
import portrait.foundation.database.Transaction;
import portrait.foundation.model.Identity;
import portrait.stages.events.EventPage;
import portrait.stages.events.EventQuery;
import portrait.stages.events.Events;
import portrait.stages.identity.CustomerKey;
import portrait.stages.identity.IdentityGraph;
import portrait.stages.identity.KnownIdentity;
import portrait.stages.measures.Measures;
import portrait.stages.profiles.Fragment;
import portrait.stages.profiles.Profile;
import portrait.stages.profiles.Profiles;
import portrait.stages.segments.Membership;
import portrait.stages.segments.Segments;

/// Answers about one customer, each from one consistent snapshot of the store.
final class LookUps {

  private final Database database;
  private final Unsettled unsettled;
  private final Events events;
  private final IdentityGraph identities;
  private final Profiles profiles;
  private final Measures measures;
  private final Segments segments;

  LookUps(Database database, Unsettled unsettled, Events events, IdentityGraph identities, Profiles profiles,
      Measures measures,
      Segments segments) {
    this.database = database;
    this.unsettled = unsettled;
    this.events = events;
    this.identities = identities;
    this.profiles = profiles;
    this.measures = measures;
    this.segments = segments;
  }

  Optional<Portrait> find(Identity identity) {
    return of(identity, latest -> Optional.of(Optional.of(latest.portrait())),
        (transaction, customer) -> profiles.profile(transaction, customer)
            .map(profile -> portrait(transaction, profile)).or(() -> bare(transaction, customer)))
        .flatMap(found -> found);
  }

  /// A customer of whom nothing is kept but identities: facts hang on one identity each, so after a split one side may
  /// have none. Whoever came by rows of a source that are gone is gone, too.
  private Optional<Portrait> bare(Transaction transaction, CustomerKey customer) {
    var keyRing = identities.keyRing(transaction, customer);
    if (keyRing.stream().allMatch(known -> known.identity().namespace().indexOf('.') >= 0)) {
      return Optional.empty();
    }
    return Optional
        .of(new Portrait(customer.id(), Evaluation.PERSON, identities.isKnown(transaction, customer), Map.of(),
            Map.of(), List.of(), SeenIdentity.of(keyRing), identities.previousIds(transaction, customer),
            keyRing.stream().map(KnownIdentity::firstSeen).min(Comparator.naturalOrder()).orElseThrow(),
            keyRing.stream().map(KnownIdentity::lastSeen).max(Comparator.naturalOrder()).orElseThrow()));
  }

  private Portrait portrait(Transaction transaction, Profile profile) {
    var customer = profile.customer();
    return Portrait.of(profile, measures.of(transaction, customer), segments.of(transaction, customer),
        identities.keyRing(transaction, customer), identities.previousIds(transaction, customer));
  }

  Optional<EventPage> events(Identity identity, EventQuery query) {
    return of(identity, (transaction, customer) -> events.ofAnchors(transaction,
        identities.keyRing(transaction, customer).stream().map(KnownIdentity::number).toList(), query));
  }

  Optional<List<Membership>> segments(Identity identity) {
    return of(identity, latest -> Optional.of(latest.memberships().get()), segments::of);
  }

  Optional<IdentityMap> identities(Identity identity) {
    return of(identity,
        (transaction, customer) -> new IdentityMap(customer.id(), identities.previousIds(transaction, customer),
            SeenIdentity.of(identities.keyRing(transaction, customer)), ties(transaction, customer),
            identities.leftOut(transaction, customer)));
  }

  Optional<Lineage> lineage(Identity identity) {
    return of(identity, (transaction, customer) -> {
      var names = identities.keyRing(transaction, customer).stream()
          .collect(Collectors.toMap(KnownIdentity::number, KnownIdentity::identity));
      var fragments = profiles.fragments(transaction, names.keySet());
      var attributes = new ArrayList<Lineage.Attribute>();
      profiles.document(transaction, customer).ifPresent(document -> document.attributes()
          .forEach((name, value) -> attributes.add(new Lineage.Attribute(name, value.value(), value.source(),
              value.at(), said(name, fragments, names)))));
      return new Lineage(customer.id(), records(attributes, fragments, names), attributes, ties(transaction, customer));
    });
  }

  private static List<Lineage.Record> records(List<Lineage.Attribute> attributes, List<Fragment> fragments,
      Map<Long, Identity> names) {
    var records = new ArrayList<Lineage.Record>();
    for (var fragment : fragments) {
      var identity = names.get(fragment.anchor());
      if (identity != null) {
        records.add(new Lineage.Record(fragment.source(), identity, fragment.at(), attributes.stream()
            .filter(attribute -> attribute.source().equals(fragment.source())
                && attribute.value().equals(fragment.attributes().get(attribute.name())))
            .map(Lineage.Attribute::name).toList()));
      }
    }
    return records.stream().sorted(Comparator.comparing(Lineage.Record::source)
        .thenComparing(Lineage.Record::identity)).toList();
  }

  private static List<Lineage.Said> said(String attribute, List<Fragment> fragments, Map<Long, Identity> names) {
    var said = new ArrayList<Lineage.Said>();
    for (var fragment : fragments) {
      var identity = names.get(fragment.anchor());
      if (identity != null && fragment.attributes().containsKey(attribute)) {
        said.add(new Lineage.Said(fragment.attributes().get(attribute), fragment.source(), fragment.timeOf(attribute),
            identity));
      }
    }
    return said;
  }

  private List<IdentityMap.Tie> ties(Transaction transaction, CustomerKey customer) {
    return identities.links(transaction, customer).stream()
        .map(link -> new IdentityMap.Tie(link.one(), link.other(), link.source(), link.fact(), link.rule(),
            link.score(), link.firstSeen(), link.lastSeen(), link.isCut()))
        .toList();
  }

  <T> Optional<T> of(Identity identity, BiFunction<Transaction, CustomerKey, T> answer) {
    return of(identity, latest -> Optional.empty(), answer);
  }

  /// From a snapshot if that holds everything acknowledged about this customer, which it mostly does; else from what the
  /// writer left of them, without waiting for it; where that does not tell, in turn with the writer.
  ///
  /// @param remembered the answer for a customer who was just changed, if that is enough to tell
  private <T> Optional<T> of(Identity identity, Function<Latest, Optional<T>> remembered,
      BiFunction<Transaction, CustomerKey, T> answer) {
    while (true) {
      var told = unsettled.latest(identity).flatMap(remembered);
      if (told.isPresent()) {
        return told;
      }
      long settlements = database.settlements();
      if (unsettled.has(identity)) {
        return inTurn(identity, answer);
      }
      var found = database.readSettled(transaction -> {
        var customer = identities.find(transaction, identity);
        return new Found<>(customer,
            customer.filter(known -> !unsettled.has(known)).map(known -> answer.apply(transaction, known)));
      });
      if (found.customer().isPresent() && found.answer().isEmpty()) {
        return found.customer().flatMap(customer -> unsettled.latest(customer, identity)).flatMap(remembered)
            .or(() -> inTurn(identity, answer));
      }
      // Otherwise a commit came between the snapshot and the question who is in it, and the answer may have missed it.
      if (settlements == database.settlements()) {
        return found.answer();
      }
    }
  }

  /// @param answer empty where the snapshot may be behind
  private record Found<T>(Optional<CustomerKey> customer, Optional<T> answer) {}

  private <T> Optional<T> inTurn(Identity identity, BiFunction<Transaction, CustomerKey, T> answer) {
    return database.readLatest(transaction -> identities.find(transaction, identity)
        .map(customer -> answer.apply(transaction, customer)));
  }
}
