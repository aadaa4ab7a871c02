package portrait.stages.enrichments;

import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import portrait.foundation.expressions.Expressions;
import portrait.foundation.expressions.Formula;
import portrait.foundation.expressions.LiveFormula;
import portrait.foundation.expressions.Subject;
import portrait.foundation.expressions.ValueType;
import portrait.foundation.model.ColumnType;
import portrait.stages.enrichments.EnrichmentDefinition.Kept;
import portrait.stages.enrichments.providers.Asking.Said;
import tools.jackson.databind.json.JsonMapper;

/// What is kept of an answer. A formula sees the answer as an event that happened now and has the values as properties.
final class Mapping {

  private static final String ANSWER = "answer";
  private static final String ONLY = "{\"event\": \"answer\"}";

  private final Map<String, Taking> takings = new TreeMap<>();

  /// How one attribute is taken.
  private sealed interface Taking {

    /// As it is there.
    record AsItIs(String path) implements Taking {}

    record Computed(LiveFormula formula) implements Taking {}
  }

  Mapping(EnrichmentDefinition enrichment) {
    enrichment.attributes().forEach((name, kept) -> takings.put(name, taking(kept)));
  }

  private static Taking taking(Kept kept) {
    if (kept.formula() instanceof Formula.Property(String path) && kept.type().isEmpty()) {
      return new Taking.AsItIs(path);
    }
    var column = kept.type().orElseGet(() -> switch (Expressions.type(kept.formula())) {
      case TEXT, ANY -> ColumnType.STRING;
      case NUMBER -> ColumnType.NUMBER;
      case BOOLEAN -> ColumnType.BOOLEAN;
      case DATE -> ColumnType.DATE;
      case TIMESTAMP -> ColumnType.TIMESTAMP;
    });
    var events = Expressions.events(JsonMapper.shared().readTree(ONLY), ANSWER);
    var last = Expressions.aggregate("last", kept.text(), "", events);
    return new Taking.Computed(Expressions.live(new Expressions.Output(Expressions.converted(last, type(column)),
        column, ZoneOffset.UTC)));
  }

  private static ValueType type(ColumnType column) {
    return switch (column) {
      case STRING, JSON -> ValueType.TEXT;
      case INTEGER, NUMBER -> ValueType.NUMBER;
      case BOOLEAN -> ValueType.BOOLEAN;
      case DATE -> ValueType.DATE;
      case TIMESTAMP -> ValueType.TIMESTAMP;
    };
  }

  /// The attributes that an answer gives; those it says nothing about are left out.
  Map<String, Object> of(Said said, Instant now) {
    var attributes = new TreeMap<String, Object>();
    var subject = new Answered(new Answer(said, now));
    takings.forEach((name, taking) -> {
      Object value = switch (taking) {
        case Taking.AsItIs(String path) -> said.at(path);
        case Taking.Computed(var formula) -> formula.answer(subject, now).value();
      };
      if (value != null && !(value instanceof String text && text.isBlank())) {
        attributes.put(name, value);
      }
    });
    return attributes;
  }

  private record Answer(Said said, Instant at) implements Subject.Occurrence {

    @Override
    public String id() {
      return ANSWER;
    }

    @Override
    public String name() {
      return ANSWER;
    }

    @Override
    public String type() {
      return "track";
    }

    @Override
    public @Nullable Object property(String path) {
      return said.at(path);
    }

    @Override
    public @Nullable List<@Nullable Object> items(String path) {
      Object value = said.at(path);
      return value == null ? null : List.of(value);
    }
  }

  private record Answered(Answer answer) implements PartialSubject {

    @Override
    public List<? extends Occurrence> events() {
      return List.of(answer);
    }
  }
}
