package portrait.doors.web;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import portrait.foundation.database.Transaction;
import portrait.foundation.model.CustomerId;
import portrait.foundation.model.Identity;
import portrait.stages.identity.IdentityGraph;
import portrait.stages.identity.KnownIdentity;
import portrait.stages.profiles.Profile;
import portrait.stages.profiles.Profiles;
import portrait.stages.segments.Membership;
import portrait.stages.segments.Segments;

/// Customers as cards, wherever a page lists some.
final class Cards {

  static final int PAGE = 24;
  /// A rare name in a large segment: the page stops looking here, and offers to go on.
  private static final int MEMBERS_LOOKED_AT_MAX = 2_000;
  private static final int SEGMENTS_SHOWN = 3;
  private static final int ID_SHOWN = 28;

  private final Profiles profiles;
  private final IdentityGraph identities;
  private final Segments segments;

  Cards(Profiles profiles, IdentityGraph identities, Segments segments) {
    this.profiles = profiles;
    this.identities = identities;
    this.segments = segments;
  }

  /// Some cards, and where the next ones are.
  record Page(List<CustomersPage.Card> cards, Optional<String> next) {}

  Page search(Transaction transaction, Messages text, String query, Optional<Boolean> known, Optional<String> cursor) {
    var page = profiles.search(transaction, query, known, PAGE, cursor);
    return new Page(page.profiles().stream().map(profile -> card(transaction, text, profile)).toList(), page.next());
  }

  Page members(Transaction transaction, Messages text, String segment, String query,
      Optional<Boolean> known, Optional<String> cursor) {
    var cards = new ArrayList<CustomersPage.Card>();
    int lookedAt = 0;
    var next = cursor;
    do {
      var page = segments.members(transaction, segment, PAGE - cards.size(), next);
      for (var member : page.members()) {
        profile(transaction, member.customer()).filter(found -> known.isEmpty() || known.get() == found.known())
            .filter(found -> fits(found, query)).ifPresent(found -> cards.add(card(transaction, text, found)));
      }
      lookedAt += page.members().size();
      next = page.next();
    } while (next.isPresent() && cards.size() < PAGE && lookedAt < MEMBERS_LOOKED_AT_MAX);
    return new Page(List.copyOf(cards), next);
  }

  /// These customers, as far as they are still there.
  List<CustomersPage.Card> of(Transaction transaction, Messages text, List<CustomerId> customers) {
    return customers.stream().flatMap(customer -> profile(transaction, customer).stream())
        .map(found -> card(transaction, text, found)).toList();
  }

  /// What these customers have, by their ids.
  Map<String, Map<String, Object>> attributes(Transaction transaction, List<CustomersPage.Card> some) {
    var attributes = new HashMap<String, Map<String, Object>>();
    some.forEach(card -> profile(transaction, CustomerId.of(card.id()))
        .ifPresent(profile -> attributes.put(card.id(), profile.attributes())));
    return attributes;
  }

  /// Somebody without a name is called by the first of their identities.
  static Face face(Messages text, CustomerId customer, Map<String, ?> attributes, Optional<Identity> first) {
    String id = first.map(Identity::value).orElse(customer.toString());
    return Face.of(customer.toString(), attributes,
        text.of("customer.nameless", id.length() > ID_SHOWN ? id.substring(0, ID_SHOWN) + "…" : id));
  }

  private Optional<Profile> profile(Transaction transaction, CustomerId customer) {
    return identities.find(transaction, customer).flatMap(key -> profiles.profile(transaction, key));
  }

  private static boolean fits(Profile profile, String query) {
    String wanted = query.toLowerCase(java.util.Locale.ROOT);
    return wanted.isEmpty() || profile.attributes().values().stream()
        .anyMatch(value -> value.toString().toLowerCase(java.util.Locale.ROOT).contains(wanted));
  }

  private CustomersPage.Card card(Transaction transaction, Messages text, Profile profile) {
    var first = identities.keyRing(transaction, profile.customer()).stream().map(KnownIdentity::identity).findFirst();
    var face = face(text, profile.customer().id(), profile.attributes(), first);
    var facts = new ArrayList<String>();
    Face.text(profile.attributes(), "email", "Email", "mail").filter(mail -> !mail.equals(face.name()))
        .ifPresent(facts::add);
    Face.text(profile.attributes(), "city", "City", "country", "Country").ifPresent(facts::add);
    var in = segments.of(transaction, profile.customer()).stream().map(Membership::title).limit(SEGMENTS_SHOWN)
        .toList();
    return new CustomersPage.Card(profile.customer().id().toString(), face, profile.known(), facts, in,
        Optional.of(profile.lastSeen()));
  }
}
