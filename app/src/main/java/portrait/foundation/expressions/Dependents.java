package portrait.foundation.expressions;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/// The order in which things that depend on each other are worked out.
public final class Dependents {

  private Dependents() {}

  /// Each after those it uses, otherwise as they come. Members of a cycle come last; names that are not there are left
  /// out.
  public static <T> List<T> ordered(List<T> things, Function<T, String> name, Function<T, Set<String>> uses) {
    var waiting = new LinkedHashMap<String, T>();
    things.forEach(thing -> waiting.put(name.apply(thing), thing));
    var ordered = new ArrayList<T>();
    boolean isMoving = true;
    while (isMoving) {
      isMoving = false;
      for (var thing : List.copyOf(waiting.values())) {
        if (uses.apply(thing).stream().noneMatch(waiting::containsKey)) {
          ordered.add(thing);
          waiting.remove(name.apply(thing));
          isMoving = true;
        }
      }
    }
    ordered.addAll(waiting.values());
    return ordered;
  }

  /// The way from a name back to itself: `a, b, a`. Empty when there is none.
  public static Optional<List<String>> cycle(String start, Map<String, Set<String>> uses) {
    return cycle(start, start, uses, new LinkedHashSet<>());
  }

  private static Optional<List<String>> cycle(String start, String here, Map<String, Set<String>> uses,
      LinkedHashSet<String> visited) {
    for (String next : uses.getOrDefault(here, Set.of()).stream().sorted().toList()) {
      if (next.equals(start)) {
        return Optional.of(List.of(here, start));
      }
      if (visited.add(next)) {
        var rest = cycle(start, next, uses, visited);
        if (rest.isPresent()) {
          var path = new ArrayList<String>();
          path.add(here);
          path.addAll(rest.get());
          return Optional.of(path);
        }
      }
    }
    return Optional.empty();
  }
}
