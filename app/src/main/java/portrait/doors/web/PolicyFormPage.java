package portrait.doors.web;

import java.util.List;

/// A merge policy as a form.
///
/// @param isNew whether no policy of this name is saved yet
/// @param isDefault whether profiles are merged under it
/// @param order sources with commas between, the most important first
/// @param isListedOnly whether other sources are left out
/// @param sources that can be named
public record PolicyFormPage(boolean isNew, String name, String title, boolean isDefault, String rule, String order,
    boolean isListedOnly, List<Row> rows, List<String> sources, List<String> mistakes) {

  /// One attribute.
  ///
  /// @param rule of its own; empty for that of the policy
  /// @param group attributes with the same number are taken from one record together; empty for none
  /// @param order of its own; empty for that of the policy
  public record Row(int place, String attribute, String rule, String group, String order) {}
}
