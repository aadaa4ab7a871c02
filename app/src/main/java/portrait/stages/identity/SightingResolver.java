package portrait.stages.identity;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import portrait.foundation.database.ResultRow;
import portrait.foundation.database.Transaction;
import portrait.foundation.model.CustomerId;
import portrait.foundation.model.Identity;
import portrait.foundation.model.Problem;
import portrait.stages.identity.GraphMemory.FoundLink;
import portrait.stages.identity.GraphMemory.Known;
import portrait.stages.identity.GraphMemory.LinkKey;
import portrait.stages.identity.GraphMemory.Seen;

/// The live path: one fact at a time, written for the case that nothing is new.
final class SightingResolver {

  private static final String FIRST = """
      SELECT i.number, i.first_seen, i.last_seen, c.number, c.id
      FROM identity i JOIN customer c ON c.number = i.customer
      WHERE i.namespace = ? AND i.value = ?""";
  private static final String LINKED = """
      SELECT i.number, i.first_seen, i.last_seen, c.number, c.id, l.first_seen, l.last_seen, l.cut, l.withdrawn
      FROM identity i JOIN customer c ON c.number = i.customer
      LEFT JOIN identity_link l ON l.one = ? AND l.other = i.number AND l.source = ?
      WHERE i.namespace = ? AND i.value = ?""";
  private static final String SEEN = "UPDATE identity SET first_seen = ?, last_seen = ? WHERE number = ?";
  private static final String LINK_SEEN = """
      UPDATE identity_link SET fact = ?, first_seen = ?, last_seen = ?, withdrawn = ?
      WHERE one = ? AND other = ? AND source = ?""";

  private static final String LINK_LAST_SEEN = """
      UPDATE identity_link SET last_seen = ? WHERE one = ? AND other = ? AND source = ?""";

  private final Transaction tx;
  private final Namespaces namespaces;
  private final Duration grain;
  private final Mint mint;
  private final GraphMemory memory;
  private final Crowding crowding;

  SightingResolver(Transaction tx, Namespaces namespaces, Duration grain, Mint mint, GraphMemory memory) {
    this.tx = tx;
    this.namespaces = namespaces;
    this.grain = grain;
    this.mint = mint;
    this.memory = memory;
    this.crowding = new Crowding(tx);
  }

  /// @param customer absent when the identity is new
  /// @param seen absent when the identity is new
  /// @param link absent when the link to the anchor is new
  private record Found(Node node, @Nullable CustomerKey customer, @Nullable Seen seen, @Nullable FoundLink link) {}

  Resolution resolve(Sighting sighting) {
    List<Identity> identities = usable(namespaces, sighting.identities());
    objection(namespaces, identities).ifPresent(problem -> {
      throw problem.asException();
    });
    Instant at = sighting.at();
    var fresh = new ArrayList<Node>();
    var joined = new ArrayList<Pair>();
    var disturbed = new ArrayList<Long>();
    var unwritten = new ArrayList<Pair>();
    Found anchor = anchor(identities.getFirst(), at);
    note(anchor, at, fresh);
    for (Identity identity : identities.subList(1, identities.size())) {
      Found found = linked(anchor.node(), identity, sighting);
      FoundLink link = found.link();
      if (link == null && isLeftOut(anchor, found, sighting)) {
        continue;
      }
      note(found, at, fresh);
      if (link == null) {
        insertLink(anchor.node(), found.node(), sighting);
        joined.add(new Pair(anchor.node(), found.node()));
        continue;
      }
      boolean contradicted = link.withdrawn() || link.cut() && at.isAfter(link.seen().last());
      if (contradicted || isNews(link.seen(), at)) {
        Seen seen = link.seen().and(at);
        memory.linkChanges(tx, new LinkKey(anchor.node().number(), found.node().number(), sighting.source()));
        tx.update(LINK_SEEN, sighting.fact(), seen.first(), seen.last(), false, anchor.node().number(),
            found.node().number(), sighting.source());
      } else if (at.isAfter(link.seen().last())) {
        unwritten.add(new Pair(anchor.node(), found.node()));
      }
      if (contradicted) {
        joined.add(new Pair(anchor.node(), found.node()));
        disturbed.add(found.node().number());
      }
    }
    CustomerKey customer = anchor.customer();
    if (customer != null && fresh.isEmpty() && joined.isEmpty() && disturbed.isEmpty()) {
      return new Resolution(customer, anchor.node().number(), false, List.of(), List.of());
    }
    for (Pair pair : unwritten) {
      // The event is not in the log yet, where a contradiction would look for it.
      memory.linkChanges(tx, new LinkKey(pair.one().number(), pair.other().number(), sighting.source()));
      tx.update(LINK_LAST_SEEN, at, pair.one().number(), pair.other().number(), sighting.source());
    }
    if (customer != null) {
      joined.add(new Pair(anchor.node(), anchor.node()));
    }
    return new Settlement(tx, namespaces, mint, memory).settle(fresh, joined, disturbed)
        .of(anchor.node());
  }

  /// Whether one of the two has too many links for one more; that is noted.
  private boolean isLeftOut(Found anchor, Found found, Sighting sighting) {
    return isLeftOut(anchor, found, sighting.fact(), sighting.at())
        || isLeftOut(found, anchor, sighting.fact(), sighting.at());
  }

  private boolean isLeftOut(Found crowded, Found other, String fact, Instant at) {
    var identity = other.node().identity();
    boolean isLeftOut = crowded.customer() != null
        && crowding.isCrowded(crowded.node().number(), namespaces.of(identity), at);
    if (isLeftOut) {
      crowding.leaveOut(crowded.node().number(), identity, fact, at);
    }
    return isLeftOut;
  }

  /// Without junk and repeats, the highest priority first.
  static List<Identity> usable(Namespaces namespaces, List<Identity> identities) {
    return identities.stream().distinct().filter(identity -> !namespaces.isJunk(identity))
        .sorted(Comparator.comparing(identity -> -namespaces.of(identity).priority())).toList();
  }

  /// Why these cannot be the identities of one customer.
  static Optional<Problem> objection(Namespaces namespaces, List<Identity> usable) {
    if (usable.isEmpty()) {
      return Optional.of(Problem.of(Problem.Code.INVALID_EVENT, "the event names nobody: all its identities are junk",
          "Send a user id, or the visitor's anonymous id."));
    }
    var counts = new HashMap<String, Integer>();
    for (Identity identity : usable) {
      int count = counts.merge(identity.namespace(), 1, Integer::sum);
      int limit = namespaces.of(identity).limit();
      if (count > limit) {
        return Optional.of(Problem.of(Problem.Code.INVALID_EVENT,
            "the event has more than %d different values of '%s', and one customer cannot".formatted(limit,
                identity.namespace()),
            "Send one event for each of them, or change the Namespace %s.".formatted(identity.namespace())));
      }
    }
    return Optional.empty();
  }

  private Found anchor(Identity identity, Instant at) {
    Known known = memory.identity(tx, identity);
    if (known == null) {
      known = tx.first(FIRST, row -> known(identity, row), identity.namespace(), identity.value()).orElse(null);
      if (known == null) {
        return fresh(identity, at);
      }
      memory.put(tx, known);
    }
    return new Found(known.node(), known.customer(), known.seen(), null);
  }

  private Found linked(Node anchor, Identity identity, Sighting sighting) {
    Known known = memory.identity(tx, identity);
    if (known != null) {
      var remembered = memory.link(tx, new LinkKey(anchor.number(), known.node().number(), sighting.source()));
      if (remembered != null) {
        return new Found(known.node(), known.customer(), known.seen(), remembered);
      }
    }
    return tx.first(LINKED, row -> {
      Known read = known(identity, row);
      memory.put(tx, read);
      Instant linkSeen = row.instantOrNull(6);
      if (linkSeen == null) {
        return new Found(read.node(), read.customer(), read.seen(), null);
      }
      var link = new FoundLink(new Seen(linkSeen, row.instant(7)), row.isTrue(8), row.isTrue(9));
      memory.put(tx, new LinkKey(anchor.number(), read.node().number(), sighting.source()), link);
      return new Found(read.node(), read.customer(), read.seen(), link);
    }, anchor.number(), sighting.source(), identity.namespace(), identity.value())
        .orElseGet(() -> fresh(identity, sighting.at()));
  }

  private static Known known(Identity identity, ResultRow row) {
    return new Known(new Node(row.number(1), identity, row.number(4), row.instant(2)),
        new CustomerKey(row.number(4), CustomerId.of(row.text(5))), new Seen(row.instant(2), row.instant(3)));
  }

  private Found fresh(Identity identity, Instant at) {
    return new Found(new Node(mint.identityNumber(tx), identity, Node.UNSETTLED, at), null, null, null);
  }

  private void note(Found found, Instant at, List<Node> fresh) {
    Seen seen = found.seen();
    if (seen == null) {
      fresh.add(found.node());
    } else if (isNews(seen, at)) {
      Seen both = seen.and(at);
      memory.identityChanges(tx, found.node().identity());
      memory.customerChanges(tx, found.node().customer());
      tx.update(SEEN, both.first(), both.last(), found.node().number());
    }
  }

  private boolean isNews(Seen seen, Instant at) {
    return at.isAfter(seen.last().plus(grain)) || at.isBefore(seen.first().minus(grain));
  }

  private void insertLink(Node anchor, Node other, Sighting sighting) {
    tx.update("""
        INSERT INTO identity_link (one, other, source, fact, rule, score, first_seen, last_seen, cut, withdrawn)
        VALUES (?, ?, ?, ?, '', 1, ?, ?, ?, ?)""", anchor.number(), other.number(), sighting.source(),
        sighting.fact(), sighting.at(), sighting.at(), false, false);
  }
}
