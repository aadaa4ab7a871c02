package portrait.foundation.definitions;

import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import portrait.foundation.definitions.Change.Action;
import portrait.foundation.model.Problem;
import tools.jackson.databind.JsonNode;

/// What a text would change, worked out from one snapshot and checked against all that would then be in force.
///
/// @param changes one for each document, in the order of the text
/// @param after the next state; the present one when nothing changes
record Proposal(List<Change> changes, List<Definition> changed, Snapshot after) {

  private static final Pattern NAME = Pattern.compile("[A-Za-z][A-Za-z0-9_-]{0,99}");
  private static final List<String> MEMBERS = List.of("kind", "name", "spec");

  /// @param readers by kind
  /// @param view definitions as they are in the snapshot it is given
  /// @param guards what else is wrong about a definition that changed, beside those definitions
  static Proposal of(List<Document> documents, Snapshot before, Map<String, Entry.Reader<?>> readers,
      DefinitionStore store, Function<Snapshot, Definitions> view,
      BiFunction<Entry<?>, Definitions, List<Problem>> guards, Instant at, String by) {
    var problems = new Problems();
    if (documents.isEmpty()) {
      problems.add("the text holds no definition", "Each has `kind`, `name` and `spec`; `---` stands between two.");
    }
    var changes = new ArrayList<Change>();
    var proposed = new LinkedHashMap<String, Entry<?>>();
    var changed = new ArrayList<Entry<?>>();
    var broken = new HashSet<String>();
    for (var document : documents) {
      if (!isComplete(document, readers, problems)) {
        continue;
      }
      String kind = document.tree().get("kind").asString();
      String name = document.tree().get("name").asString();
      JsonNode spec = DefinitionStore.asStored(document.tree().get("spec"));
      var known = before.find(kind, name).map(Entry::definition);
      boolean isUnchanged = known.isPresent() && known.get().spec().equals(spec);
      Definition definition = isUnchanged
          ? known.get()
          : new Definition(kind, name, spec, store.nextVersion(kind, name), at, by, before.revision() + 1);
      Entry<?> entry = Objects.requireNonNull(readers.get(kind)).read(definition);
      problems.addAll(entry.problems());
      if (!entry.problems().isEmpty()) {
        broken.add(entry.key());
      }
      if (proposed.put(entry.key(), entry) != null) {
        problems.add("%s %s is there twice: the second time at line %d".formatted(kind, name, document.line()), "");
      }
      if (!isUnchanged) {
        changed.add(entry);
      }
      changes.add(new Change(kind, name,
          isUnchanged ? Action.UNCHANGED : known.isPresent() ? Action.CHANGED : Action.CREATED, definition.version()));
    }
    Snapshot after = changed.isEmpty() ? before : before.with(changed, List.of());
    var others = view.apply(after);
    checkReferences(proposed, broken, after, others, problems);
    changed.stream().filter(entry -> !broken.contains(entry.key()))
        .forEach(entry -> problems.addAll(guards.apply(entry, others)));
    problems.throwIfAny();
    return new Proposal(List.copyOf(changes), changed.stream().<Definition>map(Entry::definition).toList(), after);
  }

  private static boolean isComplete(Document document, Map<String, Entry.Reader<?>> readers, Problems problems) {
    JsonNode tree = document.tree();
    String where = "document %d (line %d)".formatted(document.number(), document.line());
    if (!tree.isObject()) {
      problems.add("%s is no definition".formatted(where), "A definition has `kind`, `name` and `spec`.");
      return false;
    }
    String kind = tree.path("kind").asString("");
    String name = tree.path("name").asString("");
    boolean isComplete = true;
    if (!readers.containsKey(kind)) {
      problems.add("%s: kind %s but must be one of %s%s".formatted(where, found(tree.get("kind")),
          String.join(", ", readers.keySet()), SpecSchema.didYouMean(kind, readers.keySet())), "");
      isComplete = false;
    }
    if (!tree.path("name").isString() || !NAME.matcher(name).matches()) {
      problems.add("%s: name %s but must start with a letter and have up to 100 letters, digits, '-' and '_'"
          .formatted(where, found(tree.get("name"))), "");
      isComplete = false;
    }
    if (!tree.path("spec").isObject()) {
      problems.add("%s: spec %s but must be an object".formatted(where, found(tree.get("spec"))), "");
      isComplete = false;
    }
    for (String member : tree.propertyNames()) {
      if (!MEMBERS.contains(member)) {
        problems.add("%s: %s is unknown%s; known are kind, name, spec".formatted(where, member,
            SpecSchema.didYouMean(member, MEMBERS)), "");
        isComplete = false;
      }
    }
    return isComplete;
  }

  private static String found(@Nullable JsonNode node) {
    return node == null ? "is missing" : "was '%s'".formatted(node.isString() ? node.asString() : node.toString());
  }

  /// Checks what the text holds and whatever depends on it. What depends on a definition that is itself wrong is left
  /// out: its problems would only repeat that one.
  private static void checkReferences(Map<String, Entry<?>> proposed, Set<String> broken, Snapshot after,
      Definitions view, Problems problems) {
    for (var entry : after.entries()) {
      boolean isAffected = proposed.containsKey(entry.key()) || entry.uses().stream().anyMatch(proposed::containsKey);
      if (isAffected && entry.uses().stream().noneMatch(broken::contains)) {
        problems.addAll(entry.check(view));
      }
    }
    var reported = new HashSet<String>();
    for (var entry : proposed.values()) {
      List<String> cycle = cycle(entry.key(), after);
      if (!cycle.isEmpty() && reported.add(new TreeSet<>(cycle).toString())) {
        problems.add("%s %s: it depends on itself: %s".formatted(entry.definition().kind(), entry.definition().name(),
            String.join(" uses ", cycle)), "");
      }
    }
  }

  /// A way from a definition back to itself; empty when there is none.
  private static List<String> cycle(String start, Snapshot snapshot) {
    var cameFrom = new LinkedHashMap<String, String>();
    var waiting = new ArrayDeque<String>(List.of(start));
    while (!waiting.isEmpty()) {
      String key = waiting.poll();
      int slash = key.indexOf('/');
      var uses = slash < 0
          ? List.<String>of()
          : snapshot.find(key.substring(0, slash), key.substring(slash + 1)).<List<String>>map(Entry::uses)
              .orElse(List.of());
      for (String used : uses) {
        if (cameFrom.putIfAbsent(used, key) == null) {
          if (used.equals(start)) {
            var way = new ArrayList<String>(List.of(start));
            for (String step = key; !step.equals(start); step = Objects.requireNonNull(cameFrom.get(step))) {
              way.addFirst(step);
            }
            way.addFirst(start);
            return way;
          }
          waiting.add(used);
        }
      }
    }
    return List.of();
  }
}
