package portrait.doors.web;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import portrait.doors.http.Request;
import portrait.foundation.definitions.Definition;
import portrait.foundation.model.Yaml;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;
import tools.jackson.dataformat.yaml.YAMLMapper;

/// An activity as it is chosen on its page: columns by what they are.
///
/// @param name the definition's; empty until it is saved for the first time
/// @param table empty for events that applications send
/// @param entry the column, or the property of an event, that the timeline shows as `title`, `detail` and `url`
/// @param properties property by column
/// @param through tables on the way from a row to its customer, the nearest first
public record ActivityForm(String name, String title, String type, String table, String customer, String namespace,
    String timestamp, String event, String where, Map<String, String> entry, String icon, boolean isShown,
    Map<String, String> properties, List<Hop> through) {

  static final int HOPS_MAX = 4;

  /// One table on the way.
  ///
  /// @param from the column of the table before
  /// @param to the column of this one that has the same value
  public record Hop(String from, String table, String to) {

    static final Hop NONE = new Hop("", "", "");
  }

  static final List<String> ENTRY = List.of("title", "detail", "url");

  private static final YAMLMapper YAML = Yaml.builder().build();

  static ActivityForm of(Request request) {
    var properties = new LinkedHashMap<String, String>();
    for (int place = 0; request.form("column-" + place).isPresent(); place++) {
      String property = sent(request, "property-" + place);
      if (!property.isEmpty()) {
        properties.put(sent(request, "column-" + place), property);
      }
    }
    var entry = new LinkedHashMap<String, String>();
    ENTRY.forEach(part -> entry.put(part, sent(request, "entry-" + part)));
    return new ActivityForm(sent(request, "name"), sent(request, "title"), sent(request, "type"),
        sent(request, "table"), sent(request, "customer"), sent(request, "namespace"), sent(request, "timestamp"),
        sent(request, "event"), sent(request, "where"), entry, sent(request, "icon"),
        request.form("shown").isPresent(), properties, IntStream.range(0, HOPS_MAX)
            .mapToObj(place -> new Hop(sent(request, "hop-from-" + place), sent(request, "hop-table-" + place),
                sent(request, "hop-to-" + place)))
            .filter(hop -> !hop.equals(Hop.NONE)).toList());
  }

  private static String sent(Request request, String field) {
    return request.form(field).orElse("").strip();
  }

  static ActivityForm of(Definition definition) {
    var spec = definition.spec();
    var properties = new LinkedHashMap<String, String>();
    var columns = new LinkedHashMap<String, String>();
    spec.path("properties").forEachEntry((property, column) -> {
      properties.put(column.asString(), property);
      columns.put(property, column.asString());
    });
    var entry = new LinkedHashMap<String, String>();
    for (String part : ENTRY) {
      String property = spec.path("entry").path(part).asString("");
      entry.put(part, columns.getOrDefault(property, property));
    }
    return new ActivityForm(definition.name(), text(spec, "title"), text(spec, "type"), text(spec, "table"),
        text(spec.path("customer"), "column"), text(spec.path("customer"), "namespace"), text(spec, "timestamp"),
        text(spec, "event"), text(spec, "where"), entry, text(spec, "icon"),
        spec.path("show_in_timeline").asBoolean(!text(spec, "type").equals("SalesOrderLine")), properties,
        spec.path("customer").path("through").valueStream()
            .map(hop -> new Hop(text(hop, "from"), text(hop, "table"), text(hop, "to"))).toList());
  }

  private static String text(JsonNode spec, String field) {
    return spec.path(field).asString("");
  }

  /// Those on the way, and one more to fill in.
  public List<Hop> hops() {
    return through.size() < HOPS_MAX ? Stream.concat(through.stream(), Stream.of(Hop.NONE)).toList() : through;
  }

  /// A new activity over a table.
  static ActivityForm fresh(String table) {
    return new ActivityForm("", "", "", table, "", "", "", "", "", Map.of(), "", true, Map.of(), List.of());
  }

  /// The definition, with everything the page does not show kept as it was.
  String yaml(Optional<Definition> before) {
    var spec = before.map(known -> (ObjectNode) known.spec().deepCopy()).orElseGet(YAML::createObjectNode);
    var written = new LinkedHashMap<>(Map.of("title", title, "type", type, "table", table, "timestamp",
        table.isEmpty() ? "" : timestamp, "event", event, "where", table.isEmpty() ? "" : where, "icon", icon));
    written.forEach((field, value) -> put(spec, field, value));
    spec.remove(List.of("properties", "entry"));
    if (table.isEmpty()) {
      spec.remove("customer");
    } else {
      var who = spec.withObject("/customer");
      who.put("column", customer).put("namespace", namespace).remove("through");
      through.forEach(hop -> who.withArray("through").addObject().put("from", hop.from()).put("table", hop.table())
          .put("to", hop.to()));
      var columns = new LinkedHashMap<>(properties);
      // What the timeline shows must be a property; a column chosen for it becomes one under its own name.
      entry.values().stream().filter(column -> !column.isEmpty())
          .forEach(column -> columns.putIfAbsent(column, column));
      var mapped = spec.putObject("properties");
      columns.forEach((column, property) -> mapped.put(property, column));
    }
    for (String part : ENTRY) {
      String shown = entry.getOrDefault(part, "");
      if (!shown.isEmpty()) {
        spec.withObject("/entry").put(part, properties.getOrDefault(shown, shown));
      }
    }
    spec.put("show_in_timeline", isShown);
    var whole = YAML.createObjectNode().put("kind", "Activity").put("name", name);
    whole.set("spec", spec);
    return DefinitionText.of(whole);
  }

  private static void put(ObjectNode spec, String field, String value) {
    if (value.isEmpty()) {
      spec.remove(field);
    } else {
      spec.put(field, value);
    }
  }
}
