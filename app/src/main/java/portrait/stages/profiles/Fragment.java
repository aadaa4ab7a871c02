package portrait.stages.profiles;

import java.time.Instant;
import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import portrait.stages.policies.MergePolicy;

/// What one source says about one identity. A profile is the merge of the fragments of all its identities.
///
/// @param anchor number of the identity it hangs on
/// @param source a source table such as `shop.contacts`, `live` for traits sent by an application, or
///   `enrichment.NAME` for what an enrichment added
/// @param attributes text, Long, Double, Boolean, LocalDate, Instant, or a JSON array; null blanks the attribute: leave
///   out what the source merely does not know
/// @param at when the source says this was so; null when it does not say
/// @param times attributes whose time differs from `at`
public record Fragment(long anchor, String source, Map<String, @Nullable Object> attributes, @Nullable Instant at,
    Map<String, Instant> times) {

  public Fragment {
    attributes = Collections.unmodifiableMap(new TreeMap<>(attributes));
    times = Map.copyOf(times);
  }

  /// A fragment whose attributes were all seen at one time.
  public Fragment(long anchor, String source, Map<String, @Nullable Object> attributes, @Nullable Instant at) {
    this(anchor, source, attributes, at, Map.of());
  }

  /// Whether it is reason enough for there to be a customer: what an enrichment added is not.
  public boolean isFact() {
    return !source.startsWith(MergePolicy.ADDED);
  }

  /// When the source says that this attribute was so.
  public @Nullable Instant timeOf(String attribute) {
    Instant own = times.get(attribute);
    return own == null ? at : own;
  }
}
