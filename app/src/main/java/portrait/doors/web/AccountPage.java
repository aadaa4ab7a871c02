package portrait.doors.web;

import java.util.List;

/// One account: what is known of it, the rows it is made of and why, and the people who belong to it.
///
/// @param contacts how many there are; `people` are the first of them
public record AccountPage(String id, String name, List<CustomerPage.Attribute> attributes, List<Record> records,
    List<Reason> reasons, List<String> previousIds, List<CustomersPage.Card> people, long contacts) {

  public record Record(String source, String key) {}

  /// @param how by which rule
  public record Reason(Record one, Record other, String how) {}
}
