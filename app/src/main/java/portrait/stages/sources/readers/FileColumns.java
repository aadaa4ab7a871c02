package portrait.stages.sources.readers;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/// The columns of a file, in its order.
///
/// @param names unique ignoring case
record FileColumns(List<String> names) {

  FileColumns {
    names = List.copyOf(names);
  }

  /// Gives a name to columns that have none, by their place, and another one to those that share theirs.
  static List<String> unique(List<String> written) {
    var used = new HashSet<String>();
    var names = new ArrayList<String>();
    for (String each : written) {
      String wish = each.isBlank() ? "column" + (names.size() + 1) : each.strip();
      String name = wish;
      for (int copy = 2; !used.add(name.toLowerCase(Locale.ROOT)); copy++) {
        name = wish + "_" + copy;
      }
      names.add(name);
    }
    return names;
  }

  /// The column of that name: the very name first, then ignoring case.
  Optional<String> find(String name) {
    return names.contains(name)
        ? Optional.of(name)
        : names.stream().filter(each -> each.equalsIgnoreCase(name)).findFirst();
  }
}
