package portrait.doors.odata;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.LocalDate;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import portrait.doors.odata.Ask.Detail;
import portrait.foundation.model.ColumnType;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/// Entities as the JSON format of OData has them.
///
/// @param root the address of the feed, with a slash at the end
/// @param isExact whether 64-bit numbers are written as text
record Json(String root, Detail detail, boolean isExact) {

  private static final JsonMapper JSON = JsonMapper.builder().build();
  private static final JsonNodeFactory NODES = JsonNodeFactory.instance;

  ObjectNode collection(Query query, Page page, String written) {
    var document = start(query, "");
    page.count().ifPresent(count -> document.put("@odata.count", count));
    var values = document.putArray("value");
    for (int place = 0; place < page.rows().size(); place++) {
      values.add(entity(query, page.rows().get(place), page.expanded().get(place)));
    }
    page.next().ifPresent(next -> document.put("@odata.nextLink",
        "%s%s%s$skiptoken=%s".formatted(root, relative(written), written.contains("?") ? "&" : "?", next.text())));
    return document;
  }

  private static String relative(String written) {
    return written.startsWith("/") ? written.substring(1) : written;
  }

  ObjectNode single(Query query, Page page) {
    var document = start(query, "/$entity");
    document.setAll(entity(query, page.rows().getFirst(), page.expanded().getFirst()));
    return document;
  }

  ObjectNode property(EntitySet set, Row row, Property property) {
    var document = JSON.createObjectNode();
    if (detail != Detail.NONE) {
      document.put("@odata.context",
          "%s$metadata#%s/%s".formatted(root, address(set, row).substring(root.length()), property.name()));
    }
    return document.set("value", value(row.value(property), property.type()));
  }

  private ObjectNode start(Query query, String end) {
    var document = JSON.createObjectNode();
    if (detail != Detail.NONE) {
      document.put("@odata.context", "%s$metadata#%s%s%s".formatted(root, query.set().name(), shown(query), end));
    }
    return document;
  }

  /// What of the properties is there, as context addresses say it.
  private static String shown(Query query) {
    if (!query.isSelecting() && query.from().isEmpty()) {
      return "";
    }
    return query.selected().stream().map(Property::name).collect(Collectors.joining(",", "(", "")) + query.expansions()
        .stream().map(expansion -> ",%s%s".formatted(expansion.navigation().name(),
            expansion.query().isSelecting() ? shown(expansion.query()) : "()"))
        .collect(Collectors.joining()) + ")";
  }

  private ObjectNode entity(Query query, Row row, Map<String, Page> expanded) {
    var entity = JSON.createObjectNode();
    if (detail == Detail.FULL && query.from().isEmpty()) {
      entity.put("@odata.type", "#%s.%s".formatted(Model.NAMESPACE, query.set().name()));
      entity.put("@odata.id", address(query.set(), row));
      query.set().navigations().forEach(navigation -> entity.put(navigation.name() + "@odata.navigationLink",
          "%s/%s".formatted(address(query.set(), row), navigation.name())));
    }
    for (var property : query.selected()) {
      if (detail == Detail.FULL && !isPlain(property.type())) {
        entity.put(property.name() + "@odata.type", property.edmType().replace("Edm.", "#"));
      }
      entity.set(property.name(), value(row.value(property), property.type()));
    }
    for (var expansion : query.expansions()) {
      String name = expansion.navigation().name();
      var page = expanded.getOrDefault(name, new Page(java.util.List.of(), java.util.Optional.empty(),
          java.util.Optional.empty(), java.util.List.of()));
      if (!expansion.navigation().isMany()) {
        entity.set(name, page.rows().isEmpty() ? NODES.nullNode()
            : entity(expansion.query(), page.rows().getFirst(), page.expanded().getFirst()));
        continue;
      }
      page.count().ifPresent(count -> entity.put(name + "@odata.count", count));
      var values = entity.putArray(name);
      for (int place = 0; place < page.rows().size(); place++) {
        values.add(entity(expansion.query(), page.rows().get(place), page.expanded().get(place)));
      }
      page.next().ifPresent(next -> entity.put(name + "@odata.nextLink", "%s/%s?%s$skiptoken=%s".formatted(
          address(query.set(), row), name, options(expansion.query()), next.text())));
    }
    return entity;
  }

  /// Whether JSON itself says what it is.
  private static boolean isPlain(ColumnType type) {
    return switch (type) {
      case STRING, JSON, NUMBER, BOOLEAN -> true;
      case INTEGER, DATE, TIMESTAMP -> false;
    };
  }

  private static String options(Query query) {
    return query.written().entrySet().stream().map(option -> "%s=%s&".formatted(option.getKey(),
        encoded(option.getValue()))).sorted().collect(Collectors.joining());
  }

  /// Where one entity is read.
  private String address(EntitySet set, Row row) {
    var keys = set.keyProperties();
    return root + set.name() + keys.stream().map(key -> (keys.size() == 1 ? "" : key.name() + "=")
        + literal(row.value(key))).collect(Collectors.joining(",", "(", ")"));
  }

  private static String literal(@Nullable Object value) {
    return value instanceof String text ? "'" + encoded(text.replace("'", "''")) + "'" : String.valueOf(value);
  }

  static String encoded(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
  }

  private JsonNode value(@Nullable Object value, ColumnType type) {
    return switch (value) {
      case null -> NODES.nullNode();
      case Long number -> isExact && type == ColumnType.INTEGER ? NODES.stringNode(number.toString())
          : NODES.numberNode(number);
      case Double number -> Double.isFinite(number) ? NODES.numberNode(number) : NODES.nullNode();
      case Boolean truth -> NODES.booleanNode(truth);
      case LocalDate day -> NODES.stringNode(day.toString());
      case Instant moment -> NODES.stringNode(moment.toString());
      default -> NODES.stringNode(value.toString());
    };
  }
}
