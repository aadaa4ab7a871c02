package portrait.stages.identity;

import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.stream.Collectors;
import portrait.foundation.model.Identity;
import portrait.stages.identity.Namespace.Type;

/// The namespaces in force: what is defined, and what is built in for the rest.
final class Namespaces {

  /// What programs write when they have no value. A source table's keys are exempt: there, `0` can be a row.
  private static final Set<String> NOBODY = Set.of("null", "undefined", "none", "nan", "n/a", "unknown", "anonymous",
      "guest", "true", "false", "0", "-1", "[object object]", "00000000-0000-0000-0000-000000000000");

  /// Events may name any namespace, so what is remembered has a bound.
  private static final int REMEMBERED_MAX = 10_000;

  private final List<Namespace> definitions;
  private final Map<String, Namespace> namespaces = new ConcurrentHashMap<>();

  Namespaces(List<Namespace> definitions) {
    this.definitions = definitions;
    definitions.forEach(namespace -> namespaces.put(namespace.name(), namespace));
  }

  /// The definitions as one text: equal texts decide every customer alike.
  String text() {
    return definitions.stream().sorted(Comparator.comparing(Namespace::name))
        .map(namespace -> "%s %d %s %b %d %s".formatted(namespace.name(), namespace.priority(), namespace.type(),
            namespace.unique(), namespace.valuesMax(), new TreeSet<>(namespace.junk())))
        .collect(Collectors.joining("\n"));
  }

  List<Namespace> definitions() {
    return definitions;
  }

  Namespace of(String name) {
    Namespace known = namespaces.get(name);
    if (known != null) {
      return known;
    }
    Namespace builtIn = builtIn(name);
    if (namespaces.size() < REMEMBERED_MAX) {
      namespaces.put(name, builtIn);
    }
    return builtIn;
  }

  Namespace of(Identity identity) {
    return of(identity.namespace());
  }

  /// Whether the identity names nobody. Nor does one in the namespace that only look-ups know.
  boolean isJunk(Identity identity) {
    if (identity.namespace().equals(IdentityGraph.CUSTOMER)) {
      return true;
    }
    Set<String> junk = of(identity).junk();
    return !junk.isEmpty() && junk.contains(identity.value().strip().toLowerCase(Locale.ROOT));
  }

  /// The order of a key ring, whose first stands for the customer: people before devices, then by priority, then the
  /// oldest.
  <T> Comparator<T> ringOrder(Function<T, Identity> identity, Function<T, Instant> firstSeen) {
    return Comparator.<T, Type>comparing(one -> of(identity.apply(one)).type())
        .thenComparing(one -> -of(identity.apply(one)).priority()).thenComparing(firstSeen).thenComparing(identity);
  }

  /// What a namespace means that nobody has defined.
  static Namespace builtIn(String name) {
    return switch (name) {
      case "user_id" -> new Namespace(name, "User id", 100, Type.PERSON, true, 1, NOBODY);
      case "email" -> new Namespace(name, "E-mail", 60, Type.PERSON, false, 50, NOBODY);
      case "phone" -> new Namespace(name, "Phone", 50, Type.PERSON, false, 50, NOBODY);
      case "device_id" -> new Namespace(name, "Device", 20, Type.DEVICE, false, 100, NOBODY);
      case "anonymous_id" -> new Namespace(name, "Anonymous visitor", 10, Type.COOKIE, false, 200, NOBODY);
      case String table when table.indexOf('.') >= 0 ->
        new Namespace(name, "Key of " + name, 80, Type.PERSON, false, 1_000, Set.of());
      default -> new Namespace(name, name, 40, Type.PERSON, false, 100, NOBODY);
    };
  }
}
