package portrait.stages.identity;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import portrait.foundation.model.Identity;

/// What many sightings together say, by the identity they hang on: a link is one row however often it was seen.
public final class SaidLinks {

  /// @param fact the last that said it
  record Said(Instant first, Instant last, String fact) {

    Said and(Sighting sighting) {
      Instant at = sighting.at();
      return new Said(at.isBefore(first) ? at : first, at.isAfter(last) ? at : last,
          at.isBefore(last) ? fact : sighting.fact());
    }
  }

  /// What a source says about an anchor and another identity.
  record Link(long anchor, Identity other, String source) {}

  private final Map<Link, Said> links = new LinkedHashMap<>();
  private final Map<Long, List<Identity>> anchors = new LinkedHashMap<>();

  /// @param anchor number of the identity that the fact hangs on
  public void add(long anchor, Sighting sighting) {
    anchors.computeIfAbsent(anchor, _ -> new ArrayList<>(sighting.identities()));
    for (Identity identity : Set.copyOf(sighting.identities())) {
      var link = new Link(anchor, identity, sighting.source());
      Said known = links.get(link);
      links.put(link, known == null ? new Said(sighting.at(), sighting.at(), sighting.fact()) : known.and(sighting));
    }
  }

  Set<Long> anchors() {
    return anchors.keySet();
  }

  /// The identities of the first fact that hangs on this one.
  List<Identity> firstSeenWith(long anchor) {
    return Objects.requireNonNull(anchors.get(anchor));
  }

  Map<Link, Said> links() {
    return links;
  }

  Collection<Identity> identities() {
    return links.keySet().stream().map(Link::other).distinct().toList();
  }
}
