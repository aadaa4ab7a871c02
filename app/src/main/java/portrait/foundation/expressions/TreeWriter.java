package portrait.foundation.expressions;

import java.time.Instant;
import java.time.LocalDate;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Supplier;
import portrait.foundation.expressions.Condition.Relation;
import portrait.foundation.expressions.Formula.Literal;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/// Writes conditions as trees that [TreeParser] reads back as the same tree. What has no form as a tree is written as
/// text inside it, so every condition can be written.
final class TreeWriter {

  private static final JsonNodeFactory JSON = JsonNodeFactory.instance;

  private TreeWriter() {}

  static JsonNode write(Condition condition) {
    Supplier<JsonNode> asText = () -> JSON.stringNode(TextWriter.write(condition));
    return switch (condition) {
      case Condition.All(var parts) -> parts.isEmpty() ? asText.get() : list("all", parts);
      case Condition.Any(var parts) -> parts.isEmpty() ? asText.get() : list("any", parts);
      case Condition.Not(var part) -> object("not", write(part));
      case Condition.Member(var segment) -> object("segment", JSON.stringNode(segment));
      case Condition.Comparison(Formula.Aggregate aggregate, var relation, Literal right, var isIgnoringCase) ->
        operator(relation, right).map(operator -> happened(aggregate, operator, cased(right, isIgnoringCase)))
            .orElseGet(asText);
      case Condition.Comparison(var left, var relation, Literal right, var isIgnoringCase) ->
        operator(relation, right).flatMap(operator -> named(left, operator, value(right), isIgnoringCase))
            .orElseGet(asText);
      case Condition.Between(var of, Literal low, Literal high) when isPlain(low) && isPlain(high) ->
        named(of, "between", JSON.arrayNode().add(value(low)).add(value(high)), false).orElseGet(asText);
      case Condition.OneOf(var of, var values, var isIgnoringCase) when values.stream()
          .allMatch(TreeWriter::isPlain) -> {
        var array = JSON.arrayNode();
        values.forEach(value -> array.add(value(value)));
        yield named(of, "in", array, isIgnoringCase).orElseGet(asText);
      }
      case Condition.Matches(var of, var match, var pattern, var isIgnoringCase) ->
        pattern.isBlank() ? asText.get()
            : named(of, match.words().replace(' ', '_'), JSON.stringNode(pattern), isIgnoringCase).orElseGet(asText);
      case Condition.IsNull(var of) -> named(of, "is_null", JSON.booleanNode(true), false).orElseGet(asText);
      case Condition.InPeriod(var of, var period) ->
        named(of, "within", JSON.stringNode(period.toString()), false).orElseGet(asText);
      case Condition.Items items -> ofItems(items).orElseGet(asText);
      case Condition.Sequence sequence -> sequence(sequence);
      case Condition.Comparison _,Condition.Between _,Condition.OneOf _,Condition.Truth _ -> asText.get();
    };
  }

  /// `attribute: { interests: { any: { in: [golf, tennis] } } }`, where one comparison says what each item must be.
  private static Optional<JsonNode> ofItems(Condition.Items items) {
    return comparison(write(items.each()))
        .flatMap(comparison -> named(items.of(), items.isAll() ? "all" : "any", comparison, false));
  }

  private static Optional<JsonNode> comparison(JsonNode written) {
    return Optional.ofNullable(written.get("item"));
  }

  private static JsonNode list(String head, Collection<Condition> parts) {
    var array = JSON.arrayNode();
    parts.forEach(part -> array.add(write(part)));
    return object(head, array);
  }

  private static ObjectNode object(String name, JsonNode value) {
    var object = JSON.objectNode();
    object.set(name, value);
    return object;
  }

  private static Optional<JsonNode> named(Formula of, String operator, JsonNode value, boolean isIgnoringCase) {
    var comparison = object(operator, value);
    if (isIgnoringCase) {
      comparison.put("ignore_case", true);
    }
    return switch (of) {
      case Formula.Attribute(var name) -> Optional.of(object("attribute", object(name, comparison)));
      case Formula.Measure(var name) -> Optional.of(object("measure", object(name, comparison)));
      case Formula.Property(var path) when !path.startsWith("event.") ->
        Optional.of(object("property", object(path, comparison)));
      case Formula.Item _ -> Optional.of(object("item", comparison));
      case Formula.EventTime _ -> Optional.of(object("property", object("event.timestamp", comparison)));
      case Formula.EventName _ -> Optional.of(object("property", object("event.name", comparison)));
      case Formula.Call _,Formula.Arithmetic _,Formula.Negative _ -> {
        var whole = object("formula", JSON.stringNode(TextWriter.write(of)));
        whole.setAll(comparison);
        yield Optional.of(whole);
      }
      case Formula.Aggregate _,Formula.Literal _,Formula.Property _,Formula.Now _,Formula.Today _ ->
        Optional.empty();
    };
  }

  private static Optional<String> operator(Relation relation, Literal right) {
    if (right.value() instanceof LocalDate || right.value() instanceof Instant) {
      return switch (relation) {
        case EQUAL -> Optional.of("on");
        case LESS -> Optional.of("before");
        case MORE -> Optional.of("after");
        case NOT_EQUAL, AT_MOST, AT_LEAST -> Optional.empty();
      };
    }
    if (right.value() == null) {
      return Optional.empty();
    }
    return Optional.of(switch (relation) {
      case EQUAL -> "equals";
      case NOT_EQUAL -> "not_equals";
      case LESS -> "less_than";
      case AT_MOST -> "at_most";
      case MORE -> "more_than";
      case AT_LEAST -> "at_least";
    });
  }

  private static ObjectNode cased(Literal right, boolean isIgnoringCase) {
    var comparison = object("value", value(right));
    if (isIgnoringCase) {
      comparison.put("ignore_case", true);
    }
    return comparison;
  }

  private static JsonNode happened(Formula.Aggregate aggregate, String operator, ObjectNode comparison) {
    var tree = picked(aggregate.events().pick());
    window(tree, aggregate.events().window());
    var limit = comparison.get("value");
    boolean isOnce = aggregate.aggregation() == Aggregation.COUNT && operator.equals("at_least")
        && limit.isIntegralNumber() && limit.longValue() == 1;
    if (!isOnce) {
      var how = JSON.objectNode();
      aggregate.of().ifPresent(of -> how.put("of", TextWriter.write(of)));
      aggregate.by().ifPresent(by -> how.put("by", TextWriter.write(by)));
      // A count is compared with whole numbers only; what else was written stays text.
      boolean isCount = aggregate.aggregation() == Aggregation.COUNT
          || aggregate.aggregation() == Aggregation.COUNT_DISTINCT;
      if (isCount && !limit.isIntegralNumber()) {
        return JSON.stringNode("%s %s %s".formatted(TextWriter.write(aggregate), sign(operator), limit));
      }
      how.set(operator, limit);
      if (comparison.has("ignore_case")) {
        how.put("ignore_case", true);
      }
      tree.set(aggregate.aggregation().text(), how);
    }
    return tree;
  }

  private static String sign(String operator) {
    return switch (operator) {
      case "equals" -> "=";
      case "not_equals" -> "<>";
      case "less_than" -> "<";
      case "at_most" -> "<=";
      case "more_than" -> ">";
      default -> ">=";
    };
  }

  private static JsonNode sequence(Condition.Sequence sequence) {
    var steps = JSON.arrayNode();
    for (var step : sequence.steps()) {
      var tree = picked(step.pick());
      step.within().ifPresent(span -> tree.put("within", span.toString()));
      steps.add(tree);
    }
    var tree = object("sequence", steps);
    sequence.without().ifPresent(pick -> tree.set("without", picked(pick)));
    window(tree, sequence.window());
    return tree;
  }

  private static ObjectNode picked(Pick pick) {
    var tree = JSON.objectNode();
    if (pick.names().size() == 1) {
      tree.put("event", pick.names().getFirst());
    } else {
      var names = JSON.arrayNode();
      (pick.names().isEmpty() ? List.of("*") : pick.names()).forEach(names::add);
      tree.set("event", names);
    }
    if (!pick.where().equals(Condition.ALWAYS)) {
      tree.set("where", write(pick.where()));
    }
    return tree;
  }

  private static void window(ObjectNode tree, Window window) {
    window.within().ifPresent(span -> tree.put("within", span.toString()));
    window.calendar().ifPresent(period -> tree.put("within", period.toString()));
    window.from().ifPresent(from -> tree.put("from", Values.momentText(Span.micros(from))));
    window.to().ifPresent(to -> tree.put("to", Values.momentText(Span.micros(to))));
    window.since().ifPresent(pick -> tree.set("since", picked(pick)));
  }

  private static boolean isPlain(Literal literal) {
    return literal.value() != null && !(literal.value() instanceof LocalDate) && !(literal.value() instanceof Instant);
  }

  private static JsonNode value(Literal literal) {
    Object value = Objects.requireNonNull(literal.value(), "null has operators of its own");
    return switch (value) {
      case Long number -> JSON.numberNode(number);
      case Double number -> JSON.numberNode(number);
      case Boolean truth -> JSON.booleanNode(truth);
      case LocalDate day -> JSON.stringNode(day.toString());
      case Instant moment -> JSON.stringNode(Values.momentText(Span.micros(moment)));
      default -> JSON.stringNode(value.toString());
    };
  }
}
