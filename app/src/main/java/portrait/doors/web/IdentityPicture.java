package portrait.doors.web;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import portrait.foundation.model.Identity;
import portrait.processes.live.IdentityMap;
import portrait.processes.live.SeenIdentity;

/// The identities of one customer and what ties them, ready to be drawn: a line of text for each identity in the order
/// they appeared, and an arc beside them for each link. However long the ids are, nothing overlaps.
///
/// @param moments when something was added, in order; steps of nodes and links are places in it
/// @param leftOut identities that are not drawn because there are too many
public record IdentityPicture(List<Node> nodes, List<Link> links, List<Instant> moments, int leftOut) {

  static final int NODES_MAX = 40;
  static final IdentityPicture NONE = new IdentityPicture(List.of(), List.of(), List.of(), 0);
  /** Where the dots stand, and how much place one line takes. */
  private static final int DOTS = 104;
  private static final int LINE = 46;
  private static final int BULGE_LEAST = 24;
  private static final int BULGE_MORE = 16;
  private static final int VALUE_SHOWN = 30;

  public IdentityPicture {
    nodes = List.copyOf(nodes);
    links = List.copyOf(links);
    moments = List.copyOf(moments);
  }

  /// @param isElsewhere whether it is another customer's now
  public record Node(CustomerPage.Called called, Instant firstSeen, boolean isElsewhere, int step, int y) {

    /// As much of the value as there is place for.
    public String shown() {
      String value = called.value();
      return value.codePointCount(0, value.length()) <= VALUE_SHOWN ? value
          : value.substring(0, value.offsetByCodePoints(0, VALUE_SHOWN - 1)) + "…";
    }
  }

  /// @param how why the two are one customer
  /// @param fact the message or row that said so; empty for match rules and people
  /// @param path as SVG writes it; empty where one of the two is not drawn
  public record Link(CustomerPage.Called one, CustomerPage.Called other, String how, String fact, Instant firstSeen,
      Instant lastSeen, boolean isCut, int step, String path) {}

  /// A link before it has its place.
  record Tied(IdentityMap.Tie tie, String how) {}

  static IdentityPicture of(List<SeenIdentity> identities, List<Tied> all, NamespaceTitles titles) {
    var ties = all.stream().sorted(Comparator.comparing(tied -> tied.tie().firstSeen())).toList();
    var since = new LinkedHashMap<Identity, Instant>();
    identities.forEach(seen -> since.put(new Identity(seen.namespace(), seen.value()), seen.firstSeen()));
    var own = List.copyOf(since.keySet());
    for (var tied : ties) {
      since.putIfAbsent(tied.tie().one(), tied.tie().firstSeen());
      since.putIfAbsent(tied.tie().other(), tied.tie().firstSeen());
    }
    var moments = new TreeSet<>(since.values());
    ties.forEach(tied -> moments.add(tied.tie().firstSeen()));
    var steps = List.copyOf(moments);
    var order = since.entrySet().stream().sorted(Map.Entry.comparingByValue()).limit(NODES_MAX).toList();
    var nodes = new LinkedHashMap<Identity, Node>();
    for (var entry : order) {
      nodes.put(entry.getKey(), new Node(Customers.called(entry.getKey(), titles), entry.getValue(),
          !own.contains(entry.getKey()), steps.indexOf(entry.getValue()), LINE * nodes.size() + LINE / 2));
    }
    var links = new ArrayList<Link>();
    for (var tied : ties) {
      var tie = tied.tie();
      var one = nodes.get(tie.one());
      var other = nodes.get(tie.other());
      links.add(new Link(Customers.called(tie.one(), titles), Customers.called(tie.other(), titles), tied.how(),
          tie.fact(), tie.firstSeen(), tie.lastSeen(), tie.isCut(), steps.indexOf(tie.firstSeen()),
          one == null || other == null ? "" : arc(one.y(), other.y())));
    }
    return new IdentityPicture(List.copyOf(nodes.values()), links, steps, since.size() - nodes.size());
  }

  private static String arc(int from, int to) {
    int bulge = Math.max(4, DOTS - BULGE_LEAST - BULGE_MORE * Math.abs(to - from) / LINE);
    return "M%d %d C%d %d %d %d %d %d".formatted(DOTS, from, bulge, from, bulge, to, DOTS, to);
  }

  /// How high the drawing is.
  public int height() {
    return LINE * nodes.size();
  }
}
