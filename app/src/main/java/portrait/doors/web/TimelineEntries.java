package portrait.doors.web;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import portrait.foundation.definitions.Definitions;
import portrait.stages.events.Event;
import portrait.stages.events.EventType;
import tools.jackson.databind.JsonNode;

/// How events look on a timeline: an icon, a title, the properties that say most.
final class TimelineEntries {

  private static final Set<String> ICONS = Set.of("shopping-cart", "eye", "identify", "mobile", "page", "bolt", "mail",
      "phone", "return", "tag", "user", "users", "pin", "clock", "key", "home");
  private static final int PROPERTIES_SHOWN = 4;
  private static final int VALUE_LENGTH_MAX = 60;

  private final Map<String, String> defined = new HashMap<>();
  private final Messages text;

  /// @param definitions activities may name the icon of their event
  TimelineEntries(Definitions definitions, Messages text) {
    this.text = text;
    for (var activity : definitions.list("Activity")) {
      String icon = activity.spec().path("icon").asString("");
      if (ICONS.contains(icon)) {
        defined.put(activity.spec().path("event").asString(activity.name()), icon);
      }
    }
  }

  CustomerPage.Entry of(Event event) {
    String icon = defined.getOrDefault(event.name(), icon(event));
    return new CustomerPage.Entry(icon, look(icon), event.name(), detail(event), event.timestamp(), event.source());
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
