package portrait.foundation.definitions;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// All definitions at one moment. It never changes; the next state is another snapshot.
final class Snapshot {

  private final long revision;
  private final Map<String, SortedMap<String, Entry<?>>> byKind = new HashMap<>();
  private final Map<String, List<Object>> parsed = new HashMap<>();

  Snapshot(long revision, Collection<Entry<?>> entries) {
    this.revision = revision;
    for (var entry : entries) {
      byKind.computeIfAbsent(entry.definition().kind(), _ -> new TreeMap<>()).put(entry.definition().name(), entry);
    }
    byKind.forEach((kind, named) -> parsed.put(kind, named.values().stream().<Object>mapMulti((entry, accept) -> {
      if (entry.parsed() != null) {
        accept.accept(entry.parsed());
      }
    }).toList()));
  }

  long revision() {
    return revision;
  }

  Collection<Entry<?>> of(String kind) {
    var named = byKind.get(kind);
    return named == null ? List.of() : named.values();
  }

  /// What its kind made of each definition, without those that could not be read.
  List<Object> parsed(String kind) {
    return parsed.getOrDefault(kind, List.of());
  }

  Optional<Entry<?>> find(String kind, String name) {
    var named = byKind.get(kind);
    @Nullable
    Entry<?> entry = named == null ? null : named.get(name);
    return Optional.ofNullable(entry);
  }

  List<Entry<?>> entries() {
    return byKind.values().stream().<Entry<?>>flatMap(named -> named.values().stream()).toList();
  }

  /// The keys of all that depends on this definition, sorted.
  List<String> dependants(String key) {
    return entries().stream().filter(entry -> entry.uses().contains(key)).map(Entry::key)
        .filter(dependant -> !dependant.equals(key)).sorted().toList();
  }

  /// The next state.
  Snapshot with(Collection<Entry<?>> changed, Collection<String> deletedKeys) {
    var next = new TreeMap<String, Entry<?>>();
    entries().forEach(entry -> next.put(entry.key(), entry));
    changed.forEach(entry -> next.put(entry.key(), entry));
    deletedKeys.forEach(next::remove);
    return new Snapshot(revision + 1, new ArrayList<>(next.values()));
  }
}
