package portrait.stages.sources;

import java.time.ZoneId;
import java.util.Optional;
import portrait.foundation.model.ColumnType;

/// One column of a source table.
///
/// @param name a letter, then letters, digits and underscores; unique in its table ignoring case
/// @param type what it holds
/// @param from the column's name in the file, when that is another one; a JSON path (`$.address.city`) in JSON Lines
/// @param semantic what it means, such as `Person.FirstName`; drives suggestions
/// @param identity the namespace whose value this column holds, such as `email`
/// @param format how dates and times are written, such as `dd/MM/yyyy`; ISO 8601 when absent
/// @param zone the time zone of times that are written without one; UTC when absent
/// @param consent the purpose to which this column says that somebody agrees or not
public record ColumnDefinition(String name, ColumnType type, Optional<String> from, Optional<String> semantic,
    Optional<String> identity, Optional<String> format, Optional<ZoneId> zone, Optional<String> consent) {

  /// A column that says nothing about consent.
  public ColumnDefinition(String name, ColumnType type, Optional<String> from, Optional<String> semantic,
      Optional<String> identity, Optional<String> format, Optional<ZoneId> zone) {
    this(name, type, from, semantic, identity, format, zone, Optional.empty());
  }

  public static ColumnDefinition of(String name, ColumnType type) {
    return new ColumnDefinition(name, type, Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty(),
        Optional.empty());
  }

  /// The column's name in the file.
  public String inFile() {
    return from.orElse(name);
  }
}
