package portrait.doors.web;

import java.util.List;
import java.util.Set;
import portrait.stages.exports.ExportDefinition.Occasion;

/// The form of one export.
///
/// @param name empty for a new one
/// @param connections that the reader may choose
/// @param segments to choose from
/// @param fields what can be sent of a customer
/// @param settings of the destination
/// @param chosen names of segments
/// @param columns what is sent, one a line: `there = from`
/// @param occasions when it runs by itself
/// @param purpose what they must agree to who are sent; empty for what counts by default
/// @param purposes to choose from
public record ExportFormPage(String name, String title, String connection, String typeTitle,
    List<ExportsPage.Choice> connections, List<Segment> segments, List<String> fields, SettingFields settings,
    Set<String> chosen, String columns, boolean isFull, Set<Occasion> occasions, String purpose,
    List<String> purposes, List<String> mistakes) {

  public ExportFormPage {
    connections = List.copyOf(connections);
    segments = List.copyOf(segments);
    fields = List.copyOf(fields);
    chosen = Set.copyOf(chosen);
    occasions = Set.copyOf(occasions);
    purposes = List.copyOf(purposes);
    mistakes = List.copyOf(mistakes);
  }

  public boolean isNew() {
    return name.isEmpty();
  }

  /// @param size how many members it has
  public record Segment(String name, String title, long size) {}
}
