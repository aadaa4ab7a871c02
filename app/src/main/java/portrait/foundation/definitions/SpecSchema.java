package portrait.foundation.definitions;

import com.networknt.schema.Error;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import com.networknt.schema.path.NodePath;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SequencedSet;
import java.util.TreeMap;
import java.util.stream.Collectors;
import tools.jackson.core.JsonPointer;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// The JSON Schema of one kind. It says what is wrong with a specification in the words of its author: the path, what
/// was found, what would be right.
final class SpecSchema {

  private static final SchemaRegistry REGISTRY = SchemaRegistry
      .withDefaultDialect(SpecificationVersion.DRAFT_2020_12);
  private static final int SHOWN_LENGTH_MAX = 60;

  private final JsonNode tree;
  private final Schema schema;

  SpecSchema(String text) {
    this.tree = JsonMapper.shared().readTree(text);
    this.schema = REGISTRY.getSchema(tree);
    schema.initializeValidators();
  }

  /// One line for each thing that is wrong; none when the specification fits.
  List<String> problems(JsonNode spec) {
    return nearestForm(schema.validate(spec), 0).stream().map(this::text).distinct().toList();
  }

  /// Where a value may take one of several forms, the validator reports why it is none of them, for each form. People
  /// meant one: the form with the fewest mistakes at its own level, then the fewest in all. Where the value is of the
  /// wrong type for every form, all types are named in one line.
  private List<Mistake> nearestForm(List<Error> errors, int from) {
    var mistakes = new ArrayList<Mistake>();
    var choices = new LinkedHashMap<String, Map<Integer, List<Error>>>();
    var choiceAt = new LinkedHashMap<String, Integer>();
    for (var error : errors) {
      int choice = choice(error.getEvaluationPath(), from);
      if (choice < 0) {
        mistakes.add(new Mistake(error, allowedTypes(error)));
      } else {
        String path = prefix(error.getEvaluationPath(), choice);
        choiceAt.put(path, choice);
        choices.computeIfAbsent(path, _ -> new TreeMap<>())
            .computeIfAbsent((Integer) error.getEvaluationPath().getElement(choice + 1), _ -> new ArrayList<>())
            .add(error);
      }
    }
    mistakes.removeIf(mistake -> choices.containsKey(mistake.error().getEvaluationPath().toString()));
    choices.forEach((path, forms) -> {
      int choice = Objects.requireNonNull(choiceAt.get(path));
      mistakes.addAll(nearest(forms.values().stream().map(form -> nearestForm(form, choice + 2)).toList()));
    });
    return mistakes;
  }

  private static List<Mistake> nearest(List<List<Mistake>> forms) {
    var types = new LinkedHashSet<String>();
    for (var form : forms) {
      if (form.size() != 1 || form.getFirst().types().isEmpty()) {
        int top = forms.stream().flatMap(List::stream).mapToInt(Mistake::depth).min().orElse(0);
        return forms.stream()
            .min(Comparator.<List<Mistake>>comparingInt(one -> one.stream().mapToInt(m -> m.weight(top)).sum())
                .thenComparing(Comparator.comparingInt(List::size)))
            .orElseThrow();
      }
      types.addAll(form.getFirst().types());
    }
    return List.of(new Mistake(forms.getFirst().getFirst().error(), types));
  }

  /// @param types what the value may be, where its type is what is wrong; else empty
  private record Mistake(Error error, SequencedSet<String> types) {

    int depth() {
      return error.getInstanceLocation().getNameCount();
    }

    /// A mistake deeper inside counts for nothing here: whoever got that far meant this form. A wrong type counts
    /// most: an object was never meant as a text.
    int weight(int top) {
      return depth() > top ? 0 : types.isEmpty() ? 1 : 100;
    }
  }

  private static SequencedSet<String> allowedTypes(Error error) {
    var types = new LinkedHashSet<String>();
    if (error.getKeyword().equals("type")) {
      JsonNode allowed = error.getSchemaNode();
      if (allowed.isArray()) {
        allowed.forEach(type -> types.add(typeInWords(type.asString())));
      } else {
        types.add(typeInWords(allowed.asString()));
      }
    }
    return types;
  }

  /// The place of `anyOf` or `oneOf` in the path at or after `from`, when a form of it follows; else -1.
  private static int choice(NodePath path, int from) {
    for (int i = from; i + 1 < path.getNameCount(); i++) {
      String name = path.getName(i);
      if ((name.equals("anyOf") || name.equals("oneOf")) && path.getElement(i + 1) instanceof Integer) {
        return i;
      }
    }
    return -1;
  }

  private static String prefix(NodePath path, int last) {
    NodePath prefix = path;
    while (prefix.getNameCount() > last + 1) {
      prefix = prefix.getParent();
    }
    return prefix.toString();
  }

  private String text(Mistake mistake) {
    Error error = mistake.error();
    String path = path(error.getInstanceLocation());
    String found = found(error.getInstanceNode());
    String limit = error.getSchemaNode() == null ? "" : error.getSchemaNode().toString();
    return switch (error.getKeyword()) {
      case "type" -> "%s was %s but must be %s".formatted(path, found, String.join(" or ", mistake.types()));
      case "enum" -> enumText(path, error);
      case "const" -> "%s was %s but must be %s".formatted(path, found, found(error.getSchemaNode()));
      case "required" -> "%s is missing".formatted(member(error));
      case "additionalProperties", "unevaluatedProperties" -> unknownText(error);
      case "minimum" -> "%s was %s but must be at least %s".formatted(path, found, limit);
      case "exclusiveMinimum" -> "%s was %s but must be greater than %s".formatted(path, found, limit);
      case "maximum" -> "%s was %s but must be at most %s".formatted(path, found, limit);
      case "exclusiveMaximum" -> "%s was %s but must be less than %s".formatted(path, found, limit);
      case "minLength" -> "%s was %s but must have at least %s characters".formatted(path, found, limit);
      case "maxLength" -> "%s was %s but must have at most %s characters".formatted(path, found, limit);
      case "minItems", "minProperties" -> "%s has %d entries but must have at least %s".formatted(path,
          error.getInstanceNode().size(), limit);
      case "maxItems", "maxProperties" -> "%s has %d entries but must have at most %s".formatted(path,
          error.getInstanceNode().size(), limit);
      case "uniqueItems" -> "%s has the same entry twice".formatted(path);
      case "pattern" -> "%s was %s but must match %s%s".formatted(path, found, limit, described(error));
      case "anyOf", "oneOf" -> "%s was %s but must have exactly one of the allowed forms".formatted(path, found);
      default -> "%s %s".formatted(path, error.getMessage());
    };
  }

  private static String enumText(String path, Error error) {
    var allowed = new ArrayList<String>();
    error.getSchemaNode().forEach(value -> allowed.add(value.isString() ? value.asString() : value.toString()));
    String meant = error.getInstanceNode().isString() ? didYouMean(error.getInstanceNode().asString(), allowed) : "";
    return "%s was %s but must be one of %s%s".formatted(path, found(error.getInstanceNode()),
        String.join(", ", allowed), meant);
  }

  private String unknownText(Error error) {
    JsonNode owner = tree.at(schemaPath(error)).path("properties");
    List<String> known = List.copyOf(owner.propertyNames());
    String names = known.isEmpty() ? "" : "; known are " + String.join(", ", known);
    return "%s is unknown%s%s".formatted(member(error), didYouMean(error.getProperty(), known), names);
  }

  private String described(Error error) {
    String description = tree.at(schemaPath(error)).path("description").asString("");
    return description.isEmpty() ? "" : " (%s)".formatted(description);
  }

  /// Where in the schema the rule stands that was broken, without the rule itself.
  private static JsonPointer schemaPath(Error error) {
    NodePath rule = error.getSchemaLocation().getFragment();
    JsonPointer owner = JsonPointer.empty();
    for (int i = 0; i < rule.getNameCount() - 1; i++) {
      owner = rule.getElement(i) instanceof Integer index
          ? owner.appendIndex(index)
          : owner.appendProperty(rule.getName(i));
    }
    return owner;
  }

  static String didYouMean(String written, Collection<String> known) {
    return NearestName.of(written, known).map(": did you mean '%s'?"::formatted).orElse("");
  }

  private static String member(Error error) {
    String name = Objects.requireNonNull(error.getProperty());
    return error.getInstanceLocation().getNameCount() == 0 ? name : path(error.getInstanceLocation()) + "." + name;
  }

  /// `where.all[0].count`, as people would say it.
  private static String path(NodePath location) {
    var text = new StringBuilder();
    for (int i = 0; i < location.getNameCount(); i++) {
      switch (location.getElement(i)) {
        case Integer index -> text.append('[').append(index).append(']');
        case Object name -> text.append(text.isEmpty() ? "" : ".").append(name);
      }
    }
    return text.isEmpty() ? "spec" : text.toString();
  }

  private static String found(JsonNode node) {
    if (node.isObject()) {
      return node.isEmpty()
          ? "an empty object"
          : "an object with " + node.propertyNames().stream().limit(5).collect(Collectors.joining(", "));
    }
    if (node.isArray()) {
      return "a list of " + node.size();
    }
    String text = node.isString() ? node.asString() : node.toString();
    String shown = text.length() <= SHOWN_LENGTH_MAX ? text : text.substring(0, SHOWN_LENGTH_MAX) + "…";
    return node.isString() ? "'" + shown + "'" : shown;
  }

  private static String typeInWords(String type) {
    return switch (type) {
      case "string" -> "text";
      case "integer" -> "a whole number";
      case "number" -> "a number";
      case "boolean" -> "true or false";
      case "array" -> "a list";
      case "object" -> "an object";
      default -> type;
    };
  }
}
