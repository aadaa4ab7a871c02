package portrait.doors.web;

import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import portrait.doors.http.Request;
import portrait.foundation.definitions.Definition;
import portrait.foundation.definitions.Definitions;
import portrait.foundation.expressions.Condition;
import portrait.foundation.expressions.Expressions;
import portrait.foundation.model.Problem;
import portrait.foundation.model.ProblemException;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.node.ObjectNode;
import tools.jackson.dataformat.yaml.YAMLMapper;

/// A segment as it is written on its page: a title, a rule as text or as a tree, a time zone.
///
/// @param name the definition's; empty until the segment is saved for the first time
/// @param tags words with commas between them
/// @param isDraft whether it is saved without coming into force
/// @param rule a condition as text, or a tree in YAML
record SegmentForm(String name, String title, String description, String rule, String timeZone, String tags,
    boolean isDraft) {

  private static final YAMLMapper YAML = new YAMLMapper();
  /// Text never begins like this, and a tree always does.
  private static final Pattern TREE = Pattern.compile(
      "(?s)\\s*(\\{|-|(all|any|not|attribute|measure|segment|event|sequence|formula)\\s*:).*");

  static SegmentForm of(Request request, String name) {
    return new SegmentForm(name, request.form("title").orElse("").strip(),
        request.form("description").orElse("").strip(),
        request.form("rule").orElse(""), request.form("time_zone").orElse("").strip(),
        request.form("tags").orElse("").strip(), false);
  }

  static SegmentForm of(Definition definition) {
    var spec = definition.spec();
    Condition where = Expressions.condition(spec.path("where"), "where");
    return new SegmentForm(definition.name(), spec.path("title").asString(definition.name()),
        spec.path("description").asString(""), Expressions.text(where), spec.path("time_zone").asString(""),
        String.join(", ", spec.path("tags").valueStream().map(tag -> tag.asString()).toList()), false);
  }

  /// The `spec`, with everything the page does not show kept as it was.
  ///
  /// @throws ProblemException when a tree is no YAML
  ObjectNode spec(Optional<Definition> before) {
    var spec = before.map(known -> (ObjectNode) known.spec().deepCopy()).orElseGet(YAML::createObjectNode);
    spec.put("title", title.isEmpty() ? name : title);
    for (var optional : Map.of("description", description, "time_zone", timeZone).entrySet()) {
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
    var spec = (ObjectNode) before.spec().deepCopy();
    spec.remove("active");
    if (!isActive) {
      spec.put("active", false);
    }
    var whole = YAML.createObjectNode().put("kind", "Segment").put("name", before.name());
    whole.set("spec", spec);
    return whole.toString();
  }

  SegmentForm asDraft(boolean isDraft) {
    return new SegmentForm(name, title, description, rule, timeZone, tags, isDraft);
  }

  /// The whole definition, ready to be applied.
  String definition(String as, Optional<Definition> before) {
    var whole = YAML.createObjectNode().put("kind", "Segment").put("name", as);
    whole.set("spec", spec(before));
    return whole.toString();
  }

  /// A name made of the title that no segment has: `Loves leather shoes` becomes `loves-leather-shoes`.
  String freeName(Definitions definitions) {
    String plain = java.text.Normalizer.normalize(title, java.text.Normalizer.Form.NFD).replaceAll("\\p{M}", "")
        .toLowerCase(java.util.Locale.ROOT).replaceAll("[^a-z0-9]+", "-").replaceAll("^[^a-z]+|-+$", "");
    String base = plain.isEmpty() ? "segment" : plain;
    String free = base;
    for (int number = 2; definitions.find("Segment", free).isPresent(); number++) {
      free = base + "-" + number;
    }
    return free;
  }
}
