package portrait.doors.web;

import java.util.List;
import java.util.Optional;
import portrait.stages.enrichments.Enrichments;

/// One account: what is known of it, the rows it is made of and why, the people who belong to it and what they did.
///
/// @param contacts how many there are; `people` are the first of them
/// @param timeline what these people did, the newest first
/// @param engagement mail and meetings with it, where an enrichment counts them
/// @param above the accounts it belongs to, the topmost first
/// @param below those right below it
/// @param group how many there are with everything below; the people who belong to any of them
public record AccountPage(String id, String name, List<CustomerPage.Attribute> attributes, List<Record> records,
    List<Reason> reasons, List<String> previousIds, List<CustomersPage.Card> people, long contacts,
    List<Happened> timeline, Optional<Enrichments.Engaged> engagement, List<Named> above, List<Named> below,
    Group group) {

  /// Another account.
  public record Named(String id, String name, long contacts) {}

  public record Group(long accounts, long contacts) {}

  /// What one of its people did.
  public record Happened(String customerId, String who, CustomerPage.Entry entry) {}

  public record Record(String source, String key) {}

  /// @param how by which rule
  public record Reason(Record one, Record other, String how) {}
}
