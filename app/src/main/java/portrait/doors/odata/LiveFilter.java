package portrait.doors.odata;

import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.function.Predicate;
import portrait.foundation.expressions.Expressions;
import portrait.foundation.model.Identity;

/// A [Filter], compiled for one row at a time.
final class LiveFilter {

  private final Related related;
  private final Instant now;

  LiveFilter(Related related, Instant now) {
    this.related = related;
    this.now = now;
  }

  /// What is beyond the row.
  interface Related {

    boolean has(EntitySet set, Filter.Has has, Row row);

    boolean isMember(EntitySet set, Row row, String segment);
  }

  Predicate<Row> of(EntitySet set, Filter filter) {
    return switch (filter) {
      case Filter.All(var parts) -> all(set, parts);
      case Filter.Any(var parts) -> any(set, parts);
      case Filter.Holds(var condition) -> {
        var live = Expressions.live(condition, ZoneOffset.UTC);
        yield row -> live.answer(row, now).holds();
      }
      case Filter.Items(var condition, var isNot) -> {
        var live = Expressions.live(condition, ZoneOffset.UTC);
        yield not(isNot, row -> live.truth(row, now).orElse(condition.isAll()));
      }
      case Filter.Is is -> not(is.isNot(), row -> isOne(is, row));
      case Filter.Member(var segment, var isNot) -> not(isNot, row -> related.isMember(set, row, segment));
      case Filter.Has has -> not(has.isNot(), row -> related.has(set, has, row));
    };
  }

  private Predicate<Row> all(EntitySet set, List<Filter> parts) {
    var compiled = parts.stream().map(part -> of(set, part)).toList();
    return row -> compiled.stream().allMatch(part -> part.test(row));
  }

  private Predicate<Row> any(EntitySet set, List<Filter> parts) {
    var compiled = parts.stream().map(part -> of(set, part)).toList();
    return row -> compiled.stream().anyMatch(part -> part.test(row));
  }

  private static Predicate<Row> not(boolean isNot, Predicate<Row> condition) {
    return isNot ? condition.negate() : condition;
  }

  private static boolean isOne(Filter.Is is, Row row) {
    return is.identities().stream().anyMatch(row.identities()::contains)
        || row.value(is.property()) instanceof String value
            && is.identities().contains(new Identity(is.name().namespace(), value));
  }
}
