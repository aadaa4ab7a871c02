package portrait.stages.matching;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;
import portrait.foundation.model.Problem;
import portrait.foundation.model.ProblemException;
import tools.jackson.databind.JsonNode;

/// A rule of `type: probabilistic`: which fields say whether two records are one person, and how far to trust them is
/// learned from the records themselves.
///
/// @param tables that take part; empty means all
/// @param fields what is compared; empty means every attribute whose name tells its type
/// @param blocks fields that a pair must agree on to be looked at, one list each; empty means that the engine chooses
/// @param threshold probability from which a pair is a match; empty means that the engine chooses
/// @param relatives whether the model knows a third class beside match and coincidence: people of one household or
///        company, who share fields and are not one person
public record ProbabilisticRule(List<String> tables, List<Field> fields, List<List<String>> blocks, Pairs pairs,
    Optional<Double> threshold, boolean relatives) {

  public ProbabilisticRule {
    tables = List.copyOf(tables);
    fields = List.copyOf(fields);
    blocks = blocks.stream().map(List::copyOf).toList();
  }

  /// What is compared as one thing. Several attributes are one field where one of them follows from another, as street,
  /// postcode and city do: taken apart, each would count as evidence of its own.
  ///
  /// @param shared whether relatives have it in common
  public record Field(String name, List<String> attributes, SemanticType type, boolean shared) {

    public Field {
      attributes = List.copyOf(attributes);
    }
  }

  /// Which pairs of records are looked at.
  public enum Pairs {
    /** Of different tables and of the same one. */
    ALL,
    /** Of different tables only, because no table has duplicates. */
    BETWEEN,
    /** Of the same table only. */
    WITHIN
  }

  /// Reads the rule. Its place in the definition is told in what is wrong with it.
  ///
  /// @throws ProblemException `invalid_definition`
  public static ProbabilisticRule parse(JsonNode rule, String path) {
    var fields = new ArrayList<Field>();
    for (int place = 0; place < rule.path("compare").size(); place++) {
      fields.add(field(rule.path("compare").get(place), "%s.compare[%d]".formatted(path, place)));
    }
    var names = fields.stream().map(Field::name).toList();
    if (names.stream().distinct().count() != names.size()) {
      throw wrong("%s.compare has the same field twice: %s".formatted(path, names),
          "Give each field a name of its own.");
    }
    var blocks = new ArrayList<List<String>>();
    for (var block : rule.path("blocks")) {
      blocks.add(texts(block));
    }
    var known = fields.stream().flatMap(field -> field.attributes().stream()).toList();
    for (var attribute : blocks.stream().flatMap(List::stream).toList()) {
      if (!known.contains(attribute)) {
        throw wrong(
            "%s.blocks has '%s' but must have attributes that are compared: %s".formatted(path, attribute, known),
            "Add it under compare, or correct its name.");
      }
    }
    Optional<Double> threshold = rule.path("threshold").isNumber()
        ? Optional.of(rule.path("threshold").asDouble())
        : Optional.empty();
    if (threshold.isPresent() && (threshold.get() <= 0 || threshold.get() >= 1)) {
      throw wrong("%s.threshold was %s but must be a probability between 0 and 1".formatted(path, threshold.get()),
          "Leave it out: the engine then weighs false matches against missed ones.");
    }
    return new ProbabilisticRule(texts(rule.path("tables")), fields, blocks,
        Pairs.valueOf(rule.path("pairs").asString("all").toUpperCase(Locale.ROOT)), threshold,
        rule.path("relatives").asBoolean(true));
  }

  private static Field field(JsonNode field, String path) {
    var attributes = new ArrayList<>(texts(field.path("attributes")));
    if (field.has("attribute")) {
      attributes.add(field.path("attribute").asString());
    }
    if (attributes.isEmpty()) {
      throw wrong("%s names no attribute".formatted(path),
          "Write `attribute: first_name`, or `attributes: [street, city]`.");
    }
    SemanticType type;
    if (field.has("type")) {
      String text = field.path("type").asString();
      type = SemanticType.of(text).orElseThrow(() -> wrong("%s.type was '%s'".formatted(path, text),
          "It must be one of %s.".formatted(typeNames())));
    } else {
      type = SemanticType.guess(attributes.getFirst()).orElseThrow(() -> wrong(
          "%s.type is missing, and the name '%s' does not tell it".formatted(path, attributes.getFirst()),
          "Add a type, one of %s.".formatted(typeNames())));
    }
    return new Field(field.path("name").asString(attributes.getFirst()), attributes, type,
        field.path("shared").asBoolean(type.isShared()));
  }

  /// The rule with fields: its own, or else one for each attribute whose name tells its type, with the parts of an
  /// address as one.
  ///
  /// @param attributes of the unified tables
  public ProbabilisticRule withFieldsFrom(Collection<String> attributes) {
    if (!fields.isEmpty()) {
      return this;
    }
    return new ProbabilisticRule(tables, suggested(attributes), blocks, pairs, threshold, relatives);
  }

  /// Fields for attributes whose names tell their types.
  public static List<Field> suggested(Collection<String> attributes) {
    var address = new ArrayList<String>();
    var found = new ArrayList<Field>();
    boolean hasStreet = attributes.stream().anyMatch(name -> isType(name, SemanticType.ADDRESS));
    for (var attribute : attributes) {
      var type = SemanticType.guess(attribute);
      if (type.isEmpty()) {
        continue;
      }
      switch (type.get()) {
        case ADDRESS, POSTCODE -> {
          if (hasStreet) {
            address.add(attribute);
          } else {
            found.add(new Field(attribute, List.of(attribute), type.get(), type.get().isShared()));
          }
        }
        case CITY -> {
          if (hasStreet && !attribute.toLowerCase(Locale.ROOT).contains("birth")) {
            address.add(attribute);
          } else {
            found.add(new Field(attribute, List.of(attribute), type.get(), type.get().isShared()));
          }
        }
        case SemanticType other -> found.add(new Field(attribute, List.of(attribute), other, other.isShared()));
      }
    }
    if (!address.isEmpty()) {
      found.add(new Field("address", address, SemanticType.ADDRESS, true));
    }
    return found;
  }

  private static boolean isType(String attribute, SemanticType type) {
    return SemanticType.guess(attribute).filter(type::equals).isPresent();
  }

  /// Every attribute that the records must have, in the order of the fields.
  public List<String> attributes() {
    return fields.stream().flatMap(field -> field.attributes().stream()).distinct().toList();
  }

  private static List<String> texts(JsonNode list) {
    var texts = new ArrayList<String>();
    list.forEach(text -> texts.add(text.asString()));
    return texts;
  }

  private static String typeNames() {
    return List.of(SemanticType.values()).stream().map(SemanticType::text).collect(Collectors.joining(", "));
  }

  private static ProblemException wrong(String what, String hint) {
    return Problem.of(Problem.Code.INVALID_DEFINITION, what, hint).asException();
  }
}
