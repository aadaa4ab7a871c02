package portrait.foundation.warehouse;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// A piece of SQL with the values of its `?` places, in their order. Values never enter the text.
///
/// @param text with one `?` per parameter
/// @param parameters text, numbers, booleans, `Instant`, `LocalDate` or null
public record Sql(String text, List<@Nullable Object> parameters) {

  public Sql {
    parameters = java.util.Collections.unmodifiableList(new ArrayList<>(parameters));
  }

  public static Sql of(String text, @Nullable Object... parameters) {
    return new Sql(text, Arrays.asList(parameters));
  }

  /// A template whose `{}` places take other pieces, in order: text and parameters stay together.
  public static Sql format(String template, Sql... pieces) {
    var text = new StringBuilder();
    var parameters = new ArrayList<@Nullable Object>();
    int from = 0;
    for (var piece : pieces) {
      int at = template.indexOf("{}", from);
      if (at < 0) {
        throw new IllegalArgumentException("more pieces than {} in: " + template);
      }
      text.append(template, from, at).append(piece.text);
      parameters.addAll(piece.parameters);
      from = at + 2;
    }
    if (template.indexOf("{}", from) >= 0) {
      throw new IllegalArgumentException("fewer pieces than {} in: " + template);
    }
    return new Sql(text.append(template.substring(from)).toString(), parameters);
  }

  /// Pieces with a separator between them.
  public static Sql join(String separator, Collection<Sql> pieces) {
    var parameters = new ArrayList<@Nullable Object>();
    pieces.forEach(piece -> parameters.addAll(piece.parameters));
    return new Sql(pieces.stream().map(Sql::text).collect(Collectors.joining(separator)), parameters);
  }

  /// A table's or column's name, quoted. The one place that quotes identifiers.
  public static Sql name(String identifier) {
    return Sql.of(quoted(identifier));
  }

  /// A name as it may stand in SQL text.
  public static String quoted(String identifier) {
    return '"' + identifier.replace("\"", "\"\"") + '"';
  }
}
