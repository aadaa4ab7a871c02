package portrait.doors.web;

import java.util.List;
import portrait.stages.consent.Purpose;

/// The columns of a source table as a form.
///
/// @param rows those of the definition, or those found in the file, then an empty one to fill in
/// @param types what a column can hold
/// @param meanings semantic types that are offered
/// @param namespaces that are offered
/// @param purposes to which a column may say yes or no
/// @param mistakes that are about no single column
public record ColumnsPage(String table, List<Row> rows, List<String> types, List<String> meanings,
    List<String> namespaces, List<Purpose> purposes, List<String> mistakes) {

  /// Whether a column is tied to a purpose that is not defined yet.
  public boolean isUnknown(String purpose) {
    return !purpose.isEmpty() && purposes.stream().noneMatch(each -> each.name().equals(purpose));
  }

  /// One column.
  ///
  /// @param was its name before; empty for a new one
  /// @param inFile its name in the file
  /// @param consent the purpose to which it says yes or no; empty for none
  /// @param suggested what it seems to mean, where nothing is said
  public record Row(String was, String inFile, String name, String type, String semantic, String identity,
      String consent, boolean isKey, boolean isIncluded, String suggested, List<String> mistakes) {

    boolean isEmpty() {
      return was.isEmpty() && name.isEmpty() && inFile.isEmpty();
    }

    Row withMistakes(List<String> found) {
      return new Row(was, inFile, name, type, semantic, identity, consent, isKey, isIncluded, suggested, found);
    }
  }
}
