package portrait.doors.odata;

import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// An expression as it is written: no name is looked up yet.
sealed interface Syntax {

  /// Where it begins, counted in characters from 0.
  int at();

  /// @param value String, Long, Double, Boolean, LocalDate, Instant, Duration or null
  record Literal(@Nullable Object value, int at) implements Syntax {}

  /// Names with slashes between them.
  record Path(List<String> names, int at) implements Syntax {
    public Path {
      names = List.copyOf(names);
    }
  }

  record Call(String name, List<Argument> arguments, int at) implements Syntax {
    public Call {
      arguments = List.copyOf(arguments);
    }
  }

  /// @param name as in `IsMemberOfSegment(SegmentName='fans')`
  record Argument(Optional<String> name, Syntax value) {}

  record Not(Syntax of, int at) implements Syntax {}

  record Negative(Syntax of, int at) implements Syntax {}

  /// `and`, `or`, comparisons and arithmetic, by the word of the language.
  record Binary(String operator, Syntax left, Syntax right, int at) implements Syntax {}

  record In(Syntax of, List<Literal> values, int at) implements Syntax {
    public In {
      values = List.copyOf(values);
    }
  }

  /// `UnifiedActivity/any(a: …)`.
  ///
  /// @param variable empty together with `where`
  record Lambda(Path over, boolean isAll, String variable, Optional<Syntax> where, int at) implements Syntax {}
}
