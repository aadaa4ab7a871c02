package portrait.doors.web;

import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import portrait.doors.http.Request;
import portrait.foundation.definitions.Definition;
import portrait.foundation.expressions.Condition;
import portrait.foundation.expressions.Expressions;
import portrait.foundation.model.Problem;
import portrait.foundation.model.ProblemException;
import portrait.foundation.model.Yaml;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.node.ObjectNode;
import tools.jackson.dataformat.yaml.YAMLMapper;

/// A segment as it is written on its page: a title, a rule as text or as a tree, a time zone.
///
/// @param name the definition's; empty until the segment is saved for the first time
/// @param tags words with commas between them
/// @param purpose what members must agree to; empty for what counts by default
/// @param isDraft whether it is saved without coming into force
/// @param rule a condition as text, or a tree in YAML
record SegmentForm(String name, String title, String description, String rule, String timeZone, String tags,
    String purpose, boolean isDraft) {

  private static final YAMLMapper YAML = Yaml.builder().build();
  /// Text never begins like this, and a tree always does.
  private static final Pattern TREE = Pattern.compile(
      "(?s)\\s*(\\{|-|(all|any|not|attribute|measure|segment|event|sequence|formula)\\s*:).*");

  static SegmentForm of(Request request, String name) {
    return new SegmentForm(name, request.form("title").orElse("").strip(),
        request.form("description").orElse("").strip(),
        request.form("rule").orElse(""), request.form("time_zone").orElse("").strip(),
        request.form("tags").orElse("").strip(), request.form("purpose").orElse(""), false);
  }

  static SegmentForm of(Definition definition) {
    var spec = definition.spec();
    Condition where = Expressions.condition(spec.path("where"), "where");
    return new SegmentForm(definition.name(), spec.path("title").asString(definition.name()),
        spec.path("description").asString(""), Expressions.text(where), spec.path("time_zone").asString(""),
        String.join(", ", spec.path("tags").valueStream().map(tag -> tag.asString()).toList()),
        spec.path("purpose").asString(""), false);
  }

  /// The `spec`, with everything the page does not show kept as it was.
  ///
  /// @throws ProblemException when a tree is no YAML
  ObjectNode spec(Optional<Definition> before) {
    var spec = before.map(known -> (ObjectNode) known.spec().deepCopy()).orElseGet(YAML::createObjectNode);
    spec.put("title", title.isEmpty() ? name : title);
    for (var optional : Map.of("description", description, "time_zone", timeZone, "purpose", purpose).entrySet()) {
      if (optional.getValue().isEmpty()) {
        spec.remove(optional.getKey());
      } else {
        spec.put(optional.getKey(), optional.getValue());
      }
    }
    var words = Stream.of(tags.split(",")).map(String::strip).filter(tag -> !tag.isEmpty()).distinct().toList();
    spec.remove("tags");
    if (!words.isEmpty()) {
      spec.set("tags", YAML.valueToTree(words));
    }
    if (isDraft) {
      spec.put("active", false);
    }
    if (!TREE.matcher(rule).matches()) {
      return spec.put("where", rule.strip());
    }
    try {
      spec.set("where", YAML.readTree(rule));
      return spec;
    } catch (JacksonException broken) {
      throw new ProblemException(Problem.of(Problem.Code.INVALID_DEFINITION,
          "the rule is no YAML: " + String.valueOf(broken.getOriginalMessage()),
          "Write it as text, such as city = 'Lyon', or as a tree with the right indentation."), broken);
    }
  }

  /// The definition of a segment that is switched on or off, otherwise as it was.
  static String switched(Definition before, boolean isActive) {
    return before.edited(spec -> {
      spec.remove("active");
      if (!isActive) {
        spec.put("active", false);
      }
    });
  }

  SegmentForm asDraft(boolean isDraft) {
    return new SegmentForm(name, title, description, rule, timeZone, tags, purpose, isDraft);
  }

  /// The whole definition, ready to be applied.
  String definition(String as, Optional<Definition> before) {
    return Definition.document("Segment", as, spec(before));
  }
}
