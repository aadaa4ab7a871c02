package portrait.stages.identity;

import java.util.Map;

/// The size of the graph.
///
/// @param known customers that hold an identity of a person namespace
/// @param unknown all other customers
/// @param identities how many there are in each namespace, by name
/// @param links pairs that hold
/// @param cutLinks pairs kept as history only
public record Counts(long known, long unknown, Map<String, Long> identities, long links, long cutLinks) {

  public Counts {
    identities = Map.copyOf(identities);
  }
}
