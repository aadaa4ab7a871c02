package portrait.doors.web;

import java.util.List;
import java.util.Optional;

/// The identity graph: how large it is, what each namespace means, and what other settings would make of it.
///
/// @param isSettled whether every customer is decided under the settings in force
/// @param separated how many pairs people keep apart
public record IdentitiesPage(long identities, long links, long cutLinks, long separated, boolean isSettled,
    List<Row> rows, Optional<Trial> trial) {

  /// What a namespace means, as it stands in the form.
  ///
  /// @param junk values that name nobody, as one text
  public record Row(String namespace, String title, int priority, String type, boolean unique, int valuesMax,
      String junk, long identities) {}

  /// What came of trying other settings.
  public record Trial(boolean isChanged, long examined, boolean isComplete, long merged, long split, long becomeKnown,
      long becomeUnknown, List<Sample> samples) {}

  /// Customers that hang together, before and after.
  public record Sample(List<Person> before, List<Person> after) {}

  /// @param id empty for a customer that does not exist yet
  public record Person(String id, List<CustomerPage.Called> identities) {}
}
