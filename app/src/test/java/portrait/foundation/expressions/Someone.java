package portrait.foundation.expressions;

import java.time.Instant;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// A customer for tests; everything is absent unless said.
record Someone(String id, Map<String, Object> attributes, Map<String, Object> measures, Set<String> segments,
    List<Did> events) implements Subject {

  static final JsonMapper JSON = JsonMapper.builder().build();

  Someone {
    events = events.stream().sorted(Comparator.comparing(Did::at).thenComparing(Did::id)).toList();
  }

  static Someone called(String id) {
    return new Someone(id, Map.of(), Map.of(), Set.of(), List.of());
  }

  Someone having(String attribute, Object value) {
    var more = new HashMap<>(attributes);
    more.put(attribute, value);
    return new Someone(id, more, measures, segments, events);
  }

  Someone measured(String measure, Object value) {
    var more = new HashMap<>(measures);
    more.put(measure, value);
    return new Someone(id, attributes, more, segments, events);
  }

  Someone in(String segment) {
    var more = new HashSet<>(segments);
    more.add(segment);
    return new Someone(id, attributes, measures, more, events);
  }

  Someone doing(Did... more) {
    var all = new java.util.ArrayList<>(events);
    all.addAll(List.of(more));
    return new Someone(id, attributes, measures, segments, all);
  }

  static Did did(String name, String at, String properties) {
    return new Did(name + " " + at, name, Instant.parse(at), JSON.readTree(properties));
  }

  static Did did(String name, String at) {
    return did(name, at, "{}");
  }

  /// As it stands in a column.
  @Nullable
  Object column(String name) {
    Object value = attributes.get(name);
    return value instanceof JsonNode json ? json.toString() : value;
  }

  @Override
  public @Nullable Object attribute(String name) {
    Object value = attributes.get(name);
    return value instanceof JsonNode json ? EventProperties.scalar(json) : value;
  }

  @Override
  public @Nullable List<@Nullable Object> items(String attribute) {
    return attributes.get(attribute) instanceof JsonNode json ? EventProperties.items(json)
        : Subject.super.items(attribute);
  }

  @Override
  public @Nullable Object measure(String name) {
    return measures.get(name);
  }

  @Override
  public boolean isMember(String segment) {
    return segments.contains(segment);
  }

  record Did(String id, String name, Instant at, JsonNode properties) implements Occurrence {

    @Override
    public String type() {
      return "track";
    }

    @Override
    public @Nullable Object property(String path) {
      return EventProperties.value(properties, path);
    }

    @Override
    public @Nullable List<@Nullable Object> items(String path) {
      return EventProperties.items(properties, path);
    }
  }
}
