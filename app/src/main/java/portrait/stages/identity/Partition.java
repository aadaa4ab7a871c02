package portrait.stages.identity;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import portrait.foundation.model.Identity;

/// Decides from nothing which identities of a region are one customer.
///
/// Links are taken from the newest to the oldest, as in Kruskal's algorithm; a link that would give one customer more
/// values of a namespace than it may hold, or put together what a person keeps apart, is cut. (The idea of newest-first rebuilding is Adobe's; order among equals
/// and the handling of regions are ours.) The order is total and looks at nothing but what the links say, so the same
/// links give the same customers in whatever order they arrived.
///
/// Two facts make regions possible, so that a repair reads a few customers and not the whole graph. A link that was cut
/// has no effect on any other; and customers only grow while links are taken. So a customer outside the region can be
/// affected only through a link that was cut and now holds: then the region was too small, and is tried again with
/// that customer in it.
///
/// Withdrawn links come last. A value that no link says any more stays with the source row that had it last, so that
/// people can still be found by their former address; it never joins two customers.
final class Partition {

  private final Namespaces namespaces;
  private final Map<Long, Node> members = new LinkedHashMap<>();
  private final Map<Long, Node> strangers;
  private final Map<Long, List<LinkRow>> linksOfStrangers = new HashMap<>();
  private final List<LinkRow> links;
  private final Map<Long, Long> parents = new HashMap<>();
  private final Map<Long, Map<String, Integer>> values = new HashMap<>();
  private final Map<Long, Set<Long>> apart = new HashMap<>();
  private final Set<Long> said = new HashSet<>();
  private final Set<Long> attached = new HashSet<>();
  private final Set<LinkRow> cut = new HashSet<>();
  private final Set<Long> missing = new HashSet<>();
  private final Comparator<LinkRow> newestFirst = newestFirst();

  /// @param members all identities of some customers
  /// @param strangers identities outside that a link of a member leads to, and their direct neighbours
  /// @param links all links of the members
  /// @param linksOfStrangers links that hold between strangers
  /// @param separations of each identity those that a person keeps it apart from, both ways round
  Partition(Namespaces namespaces, Collection<Node> members, Map<Long, Node> strangers, List<LinkRow> links,
      List<LinkRow> linksOfStrangers, Map<Long, Set<Long>> separations) {
    this.namespaces = namespaces;
    this.strangers = strangers;
    this.links = new ArrayList<>(links);
    for (Node member : members) {
      this.members.put(member.number(), member);
      parents.put(member.number(), member.number());
      values.put(member.number(), new HashMap<>(Map.of(member.identity().namespace(), 1)));
    }
    separations.forEach((number, others) -> apart.put(number, new HashSet<>(others)));
    for (LinkRow link : linksOfStrangers) {
      linksOfStrangers(link.one()).add(link);
      linksOfStrangers(link.other()).add(link);
    }
    for (LinkRow link : links) {
      if (!link.withdrawn()) {
        said.add(link.one());
        said.add(link.other());
      }
    }
  }

  /// What came out.
  sealed interface Result {}

  /// The customers of the region.
  ///
  /// @param cut links of the members that do not hold
  record Parts(Collection<List<Node>> parts, Set<LinkRow> cut) implements Result {}

  /// The region is too small: these customers could be affected too.
  record TooSmall(Set<Long> customers) implements Result {}

  Result decide() {
    links.sort(newestFirst);
    for (LinkRow link : links) {
      Node one = members.get(link.one());
      Node other = members.get(link.other());
      if (!holds(link, one, other)) {
        cut.add(link);
      }
    }
    if (!missing.isEmpty()) {
      return new TooSmall(missing);
    }
    var parts = new LinkedHashMap<Long, List<Node>>();
    for (Node member : members.values()) {
      parts.computeIfAbsent(root(member.number()), _ -> new ArrayList<>()).add(member);
    }
    return new Parts(parts.values(), cut);
  }

  private boolean holds(LinkRow link, @Nullable Node one, @Nullable Node other) {
    if (isJunk(link.one()) || isJunk(link.other())) {
      return false;
    }
    if (link.withdrawn() && isClaimed(link.other())) {
      return false;
    }
    if (one == null || other == null) {
      Node member = one == null ? Objects.requireNonNull(other) : one;
      Node stranger = node(link.opposite(member.number()));
      if (fits(values(root(member.number())), valuesAround(stranger, link))) {
        missing.add(stranger.customer());
      }
      return false;
    }
    long rootOfOne = root(link.one());
    long rootOfOther = root(link.other());
    if (rootOfOne != rootOfOther) {
      if (!fits(values(rootOfOne), values(rootOfOther)) || isApart(rootOfOne, rootOfOther)) {
        return false;
      }
      join(rootOfOne, rootOfOther);
    }
    if (link.withdrawn()) {
      attached.add(link.other());
    }
    return true;
  }

  /// Whether a former value is somebody's again: a link says so, or a newer withdrawn link has it.
  private boolean isClaimed(long number) {
    return said.contains(number) || attached.contains(number)
        || linksOfStrangers(number).stream().anyMatch(link -> !link.withdrawn());
  }

  private boolean fits(Map<String, Integer> some, Map<String, Integer> more) {
    for (var entry : more.entrySet()) {
      int before = some.getOrDefault(entry.getKey(), 0);
      if (before > 0 && before + entry.getValue() > namespaces.of(entry.getKey()).limit()) {
        return false;
      }
    }
    return true;
  }

  /// What the stranger's customer holds for sure when `link` has its turn: the stranger, and what newer links join
  /// directly to it. On a shared device this tells at once that it is somebody else's now.
  private Map<String, Integer> valuesAround(Node stranger, LinkRow link) {
    var around = new HashMap<String, Integer>();
    around.merge(stranger.identity().namespace(), 1, Integer::sum);
    var counted = new HashSet<Long>();
    for (LinkRow near : linksOfStrangers(stranger.number())) {
      long neighbour = near.opposite(stranger.number());
      if (newestFirst.compare(near, link) < 0 && counted.add(neighbour)) {
        around.merge(node(neighbour).identity().namespace(), 1, Integer::sum);
      }
    }
    return around;
  }

  private Comparator<LinkRow> newestFirst() {
    return Comparator.comparing(LinkRow::withdrawn).thenComparing(LinkRow::lastSeen, Comparator.reverseOrder())
        .thenComparing(LinkRow::score, Comparator.reverseOrder())
        .thenComparing(this::strength, Comparator.reverseOrder()).thenComparing(this::lesser)
        .thenComparing(this::greater).thenComparing(LinkRow::source);
  }

  private int strength(LinkRow link) {
    return namespaces.of(identity(link.one())).priority() + namespaces.of(identity(link.other())).priority();
  }

  private Identity lesser(LinkRow link) {
    return identity(link.one()).compareTo(identity(link.other())) < 0 ? identity(link.one()) : identity(link.other());
  }

  private Identity greater(LinkRow link) {
    return identity(link.one()).compareTo(identity(link.other())) < 0 ? identity(link.other()) : identity(link.one());
  }

  private boolean isJunk(long number) {
    return namespaces.isJunk(identity(number));
  }

  private Identity identity(long number) {
    return node(number).identity();
  }

  private Node node(long number) {
    Node member = members.get(number);
    return member == null ? Objects.requireNonNull(strangers.get(number)) : member;
  }

  private List<LinkRow> linksOfStrangers(long number) {
    return linksOfStrangers.computeIfAbsent(number, _ -> new ArrayList<>());
  }

  private Map<String, Integer> values(long root) {
    return Objects.requireNonNull(values.get(root));
  }

  /// Whether a person keeps some identity of the one apart from some identity of the other.
  private boolean isApart(long one, long other) {
    return apart.getOrDefault(one, Set.of()).stream()
        .anyMatch(number -> members.containsKey(number) && root(number) == other);
  }

  private void join(long one, long other) {
    boolean oneIsBigger = values(one).size() >= values(other).size();
    long kept = oneIsBigger ? one : other;
    long gone = oneIsBigger ? other : one;
    parents.put(gone, kept);
    Set<Long> moved = apart.remove(gone);
    if (moved != null) {
      apart.computeIfAbsent(kept, _ -> new HashSet<>()).addAll(moved);
    }
    Objects.requireNonNull(values.remove(gone))
        .forEach((namespace, count) -> values(kept).merge(namespace, count, Integer::sum));
  }

  private long root(long number) {
    long at = number;
    long above = Objects.requireNonNull(parents.get(at));
    while (above != at) {
      long next = Objects.requireNonNull(parents.get(above));
      parents.put(at, next);
      at = above;
      above = next;
    }
    return at;
  }
}
