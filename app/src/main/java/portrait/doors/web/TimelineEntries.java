package portrait.doors.web;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import portrait.foundation.definitions.Definitions;
import portrait.stages.activities.Activities;
import portrait.stages.activities.ActivityDefinition;
import portrait.stages.events.Event;
import portrait.stages.events.EventType;
import portrait.stages.events.HiddenEvents;
import tools.jackson.databind.JsonNode;

/// How events look on a timeline: an icon, a title, the properties that say most.
final class TimelineEntries {

  static final Set<String> ICONS = Set.of("shopping-cart", "eye", "identify", "mobile", "page", "bolt", "mail",
      "phone", "return", "tag", "user", "users", "pin", "clock", "key", "home");
  private static final int PROPERTIES_SHOWN = 4;
  private static final int VALUE_LENGTH_MAX = 60;

  private final Map<HiddenEvents, ActivityDefinition> defined = new HashMap<>();
  private final Messages text;

  /// @param definitions activities may say how their events look
  TimelineEntries(Definitions definitions, Messages text) {
    this.text = text;
    definitions.all(Activities.KIND)
        .forEach(activity -> defined.putIfAbsent(new HiddenEvents(activity.table(), activity.event()), activity));
  }

  CustomerPage.Entry of(Event event) {
    var table = event.type() == EventType.ACTIVITY ? Optional.of(event.source()) : Optional.<String>empty();
    var activity = Optional.ofNullable(defined.get(new HiddenEvents(table, event.name())));
    var entry = activity.map(ActivityDefinition::entry).orElse(new ActivityDefinition.Entry("", "", ""));
    String icon = activity.map(ActivityDefinition::icon).filter(ICONS::contains).orElse(icon(event));
    String title = property(event, entry.title());
    String detail = property(event, entry.detail());
    return new CustomerPage.Entry(icon, look(icon), title.isEmpty() ? event.name() : event.name() + " · " + title,
        detail.isEmpty() ? detail(event) : detail, event.timestamp(), event.source(), address(event, entry.url()));
  }

  /// The text of a property; empty when there is none.
  private String property(Event event, String path) {
    if (path.isEmpty()) {
      return "";
    }
    JsonNode found = event.properties();
    for (String key : path.split("\\.", -1)) {
      found = found.path(key);
    }
    return found.isValueNode() && !found.isNull() ? value(found) : "";
  }

  /// Only addresses of the web: a row must not be able to run a script in the page.
  private static Optional<String> address(Event event, String property) {
    String written = property.isEmpty() ? "" : event.properties().path(property).asString("");
    return written.matches("https?://[^\\s\"'<>]{1,2000}") ? Optional.of(written) : Optional.empty();
  }

  private static String icon(Event event) {
    String name = event.name().toLowerCase(Locale.ROOT);
    if (event.type() == EventType.IDENTIFY || event.type() == EventType.ALIAS || name.contains("sign")) {
      return "identify";
    }
    if (name.contains("return") || name.contains("refund") || name.contains("cancel")) {
      return "return";
    }
    if (name.contains("order") || name.contains("cart") || name.contains("checkout") || name.contains("purchase")) {
      return "shopping-cart";
    }
    if (name.contains("mail")) {
      return "mail";
    }
    if (event.type() == EventType.SCREEN || name.contains("app")) {
      return "mobile";
    }
    if (name.contains("view")) {
      return "eye";
    }
    return event.type() == EventType.PAGE ? "page" : "bolt";
  }

  private static String look(String icon) {
    return switch (icon) {
      case "shopping-cart" -> "money";
      case "eye", "page", "mobile" -> "look";
      case "identify" -> "who";
      default -> "";
    };
  }

  private String detail(Event event) {
    var shown = new ArrayList<String>();
    for (var property : event.properties().properties()) {
      if (shown.size() < PROPERTIES_SHOWN && property.getValue().isValueNode() && !property.getValue().isNull()
          && !property.getValue().asString("").equals(event.name())) {
        shown.add(Messages.label(property.getKey()) + " " + value(property.getValue()));
      }
    }
    return String.join(" · ", shown);
  }

  private String value(JsonNode value) {
    String told = value.isNumber() ? text.value(value.isIntegralNumber() ? value.asLong() : value.asDouble())
        : value.isBoolean() ? text.value(value.asBoolean()) : value.asString("");
    return told.length() > VALUE_LENGTH_MAX ? told.substring(0, VALUE_LENGTH_MAX) + "…" : told;
  }
}
