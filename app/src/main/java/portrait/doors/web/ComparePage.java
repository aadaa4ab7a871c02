package portrait.doors.web;

import java.util.List;

/// Two customers side by side.
public record ComparePage(Person one, Person other, List<Part> parts) {

  public record Person(String id, Face face, boolean known) {}

  /// Rows of one kind; none when neither has any.
  public record Part(String title, List<Row> rows) {}

  /// @param one what the first has; empty for nothing
  public record Row(String label, String one, String other) {

    public boolean isSame() {
      return one.equals(other);
    }
  }
}
