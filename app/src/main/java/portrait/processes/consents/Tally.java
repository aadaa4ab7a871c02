package portrait.processes.consents;

import java.util.List;

/// How many customers of the last refresh said what about one purpose.
///
/// @param isDefined whether there is a Purpose of that name
/// @param isOptOut whether those who said nothing are taken to agree
/// @param defaults where it counts without being named: `segments`, `exports`
/// @param unknown how many said nothing
public record Tally(String purpose, String title, String description, boolean isDefined, boolean isOptOut,
    List<String> defaults, long granted, long denied, long unknown) {

  public Tally {
    defaults = List.copyOf(defaults);
  }

  /// Who may be addressed.
  public long allowed() {
    return isOptOut ? granted + unknown : granted;
  }
}
