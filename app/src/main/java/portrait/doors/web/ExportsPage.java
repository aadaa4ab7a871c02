package portrait.doors.web;

import java.util.List;
import java.util.Optional;
import portrait.stages.exports.RunReport;

/// Every export with how its last run ended.
///
/// @param choices connections that the reader may export to
public record ExportsPage(List<Row> exports, List<Choice> choices) {

  public ExportsPage {
    exports = List.copyOf(exports);
    choices = List.copyOf(choices);
  }

  /// @param connection its title; empty while detached
  /// @param type of the place, in words
  /// @param sent how many people are there
  public record Row(String name, String title, Optional<String> connection, String type, boolean isActive,
      Optional<RunReport> last, long sent, boolean isManageable) {}

  /// A connection to choose.
  public record Choice(String name, String title, String type) {}
}
