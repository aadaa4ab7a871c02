package portrait.stages.measures;

import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import portrait.foundation.expressions.Aggregation;
import portrait.foundation.expressions.Condition;
import portrait.foundation.expressions.Events;
import portrait.foundation.expressions.Expressions;
import portrait.foundation.expressions.Formula;
import portrait.foundation.expressions.LiveFormula;
import portrait.foundation.expressions.Pick;
import portrait.foundation.expressions.Subject;
import portrait.foundation.expressions.Window;
import portrait.foundation.model.ColumnType;

/// Works out one customer's rows of a measure that is a table. The events are divided by dimension, and each part is
/// evaluated as if somebody had done nothing else.
final class LiveTable {

  private static final Events EVERYTHING = new Events(new Pick(List.of(), Condition.ALWAYS), Window.ALL);
  /// Of two columns that are compared in order to sort rows, what is missing comes last.
  private static final Comparator<@Nullable Object> ORDER = Comparator
      .nullsLast(Comparator.comparing(LiveTable::comparable));

  private final MeasureTable table;
  private final LiveFormula isCounted;
  private final List<LiveFormula> dimensions;
  private final List<LiveFormula> calculations;

  LiveTable(MeasureTable table) {
    this.table = table;
    var counted = Expressions.aggregate("count", "", "", table.events().orElse(EVERYTHING));
    this.isCounted = Expressions.live(new Expressions.Output(counted, ColumnType.INTEGER, table.zone()));
    this.dimensions = table.dimensions().stream().map(dimension -> Expressions.live(new Expressions.Output(
        new Formula.Aggregate(Aggregation.LAST, Optional.of(dimension.of()), Optional.empty(), EVERYTHING),
        dimension.type(), table.zone()))).toList();
    this.calculations = table.outputs(Map.of()).values().stream().map(Expressions::live).toList();
  }

  /// Rows with a value for each dimension and calculation, in the order of the dimensions.
  List<List<@Nullable Object>> rows(Subject subject, Instant now) {
    var rows = new ArrayList<List<@Nullable Object>>();
    if (table.dimensions().isEmpty()) {
      rows.add(row(List.of(), subject, now));
      return rows;
    }
    var parts = new LinkedHashMap<List<@Nullable Object>, List<Subject.Occurrence>>();
    for (var event : subject.events()) {
      var alone = subject.doing(List.of(event));
      if (Long.valueOf(1).equals(isCounted.answer(alone, now).value())) {
        parts.computeIfAbsent(key(alone, now), _ -> new ArrayList<>()).add(event);
      }
    }
    for (var part : parts.entrySet()) {
      rows.add(row(part.getKey(), subject.doing(part.getValue()), now));
    }
    rows.sort((one, other) -> {
      int comparison = 0;
      for (int i = 0; comparison == 0 && i < dimensions.size(); i++) {
        comparison = ORDER.compare(one.get(i), other.get(i));
      }
      return comparison;
    });
    return rows;
  }

  private List<@Nullable Object> key(Subject alone, Instant now) {
    var key = new @Nullable Object[dimensions.size()];
    for (int i = 0; i < key.length; i++) {
      Object value = dimensions.get(i).answer(alone, now).value();
      key[i] = switch (value) {
        case LocalDate day -> table.dimensions().get(i).bucket().start(day);
        // The warehouse takes 0 and -0 for one value.
        case Double number -> number + 0.0;
        case null -> null;
        default -> value;
      };
    }
    return Arrays.asList(key);
  }

  private List<@Nullable Object> row(List<@Nullable Object> key, Subject subject, Instant now) {
    var row = new ArrayList<@Nullable Object>(key);
    calculations.forEach(calculation -> row.add(calculation.answer(subject, now).value()));
    return row;
  }

  @SuppressWarnings("unchecked") // A column has values of one type, each comparable with its like.
  private static Comparable<Object> comparable(@Nullable Object value) {
    return (Comparable<Object>) java.util.Objects.requireNonNull(value);
  }
}
