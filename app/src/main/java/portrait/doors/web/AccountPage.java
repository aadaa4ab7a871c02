package portrait.doors.web;

import java.util.List;
import java.util.Optional;
import portrait.stages.enrichments.Enrichments;

/// One account: what is known of it, the rows it is made of and why, the people who belong to it and what they did.
///
/// @param contacts how many there are; `people` are the first of them
/// @param timeline what these people did, the newest first
/// @param engagement mail and meetings with it, where an enrichment counts them
public record AccountPage(String id, String name, List<CustomerPage.Attribute> attributes, List<Record> records,
    List<Reason> reasons, List<String> previousIds, List<CustomersPage.Card> people, long contacts,
    List<Happened> timeline, Optional<Enrichments.Engaged> engagement) {

  /// What one of its people did.
  public record Happened(String customerId, String who, CustomerPage.Entry entry) {}

  public record Record(String source, String key) {}

  /// @param how by which rule
  public record Reason(Record one, Record other, String how) {}
}
