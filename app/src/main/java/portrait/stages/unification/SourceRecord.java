package portrait.stages.unification;

import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import portrait.foundation.model.Identity;

/// A row of a unified table.
///
/// @param table its full name: `shop.contacts`
/// @param identities its primary key first, then those of its identity columns
/// @param attributes what it says about the person; columns that are empty are left out
/// @param at when the source says this was so; null when it does not say
public record SourceRecord(String table, List<Identity> identities, Map<String, Object> attributes,
    @Nullable Instant at) {

  public SourceRecord {
    identities = List.copyOf(identities);
    attributes = Collections.unmodifiableMap(new TreeMap<>(attributes));
  }

  /// The primary key as an identity: what the row is anchored at.
  public Identity key() {
    return identities.getFirst();
  }
}
