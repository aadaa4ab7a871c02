package portrait.doors.odata;

import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import portrait.doors.odata.Query.Sort;
import portrait.foundation.expressions.Condition;
import portrait.foundation.expressions.Condition.Relation;
import portrait.foundation.expressions.Formula;
import portrait.foundation.model.ColumnType;
import portrait.foundation.model.ProblemException;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Where a page ended: the values of its last row that decide the order, or the place in a list of the profile store.
/// The next page begins after that, whatever came or went in between.
///
/// @param left how many rows `$top` still allows
/// @param skip how many rows are still to be passed over
/// @param cursor in a list of the profile store; empty when the values count
/// @param values of the last row, in the order of the sorts
record Token(Optional<Integer> left, int skip, Optional<String> cursor, List<@Nullable Object> values) {

  private static final JsonMapper JSON = JsonMapper.builder().build();

  Token {
    values = java.util.Collections.unmodifiableList(new ArrayList<>(values));
  }

  static Token after(Row row, List<Sort> order, Optional<Integer> left) {
    var values = new ArrayList<@Nullable Object>();
    order.forEach(sort -> values.add(row.value(sort.property())));
    return new Token(left, 0, Optional.empty(), values);
  }

  /// Rows that come after the last one. Null is less than everything.
  Condition condition(List<Sort> order) {
    if (order.size() != values.size()) {
      throw unreadable();
    }
    Condition after = new Condition.Any(List.of());
    for (int place = order.size() - 1; place >= 0; place--) {
      var column = new Formula.Attribute(order.get(place).property().column());
      var missing = new Condition.IsNull(column);
      var value = values.get(place);
      boolean isDescending = order.get(place).isDescending();
      var parts = new ArrayList<Condition>();
      if (value == null) {
        if (!isDescending) {
          parts.add(new Condition.Not(missing));
        }
        parts.add(new Condition.All(List.of(missing, after)));
      } else {
        var literal = new Formula.Literal(value);
        parts.add(new Condition.Comparison(column, isDescending ? Relation.LESS : Relation.MORE, literal, false));
        if (isDescending) {
          parts.add(missing);
        }
        parts.add(new Condition.All(List.of(new Condition.Comparison(column, Relation.EQUAL, literal, false), after)));
      }
      after = new Condition.Any(parts);
    }
    return after;
  }

  String text() {
    var array = JSON.createArrayNode().add(left.orElse(-1)).add(skip).add(cursor.orElse(null));
    values.forEach(value -> {
      switch (value) {
        case null -> array.addNull();
        case Long number -> array.add(number);
        case Double number -> array.add(number);
        case Boolean truth -> array.add(truth);
        default -> array.add(value.toString());
      }
    });
    return Base64.getUrlEncoder().withoutPadding().encodeToString(array.toString().getBytes(StandardCharsets.UTF_8));
  }

  static Token read(String text, List<Sort> order) {
    try {
      var array = JSON.readTree(Base64.getUrlDecoder().decode(text));
      if (!array.isArray() || array.size() < 3 || !array.get(0).isInt() || !array.get(1).isInt()) {
        throw unreadable();
      }
      var values = new ArrayList<@Nullable Object>();
      for (int place = 3; place < array.size(); place++) {
        values.add(value(array.get(place), order.get(place - 3).property().type()));
      }
      int left = array.get(0).intValue();
      return new Token(left < 0 ? Optional.empty() : Optional.of(left), Math.max(0, array.get(1).intValue()),
          array.get(2).isString() ? Optional.of(array.get(2).stringValue()) : Optional.empty(), values);
    } catch (IllegalArgumentException | JacksonException | DateTimeException | IndexOutOfBoundsException wrong) {
      throw unreadable();
    }
  }

  private static @Nullable Object value(JsonNode node, ColumnType type) {
    if (node.isNull()) {
      return null;
    }
    return switch (type) {
      case STRING, JSON -> node.asString();
      case INTEGER -> node.longValue();
      case NUMBER -> node.doubleValue();
      case BOOLEAN -> node.booleanValue();
      case DATE -> LocalDate.parse(node.asString());
      case TIMESTAMP -> Instant.parse(node.asString());
    };
  }

  static ProblemException unreadable() {
    return Mistake.in("$skiptoken", "it is not one that a page before gave",
        "Leave it out to begin at the first page.");
  }
}
