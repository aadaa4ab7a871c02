package portrait.doors.web;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import portrait.foundation.expressions.Explanation;
import portrait.processes.consents.Standing;

/// One customer: who they are, what they did, which segments they are in, and why these records are one person.
///
/// @param facts lines of the head, each with an icon
/// @param crowded those of them that have too many links
/// @param previousIds CustomerIds given up in merges
/// @param apart what people keep apart from this customer
/// @param consents where they stand with each purpose
/// @param picture how the identities are tied together
/// @param erasure what an erasure would delete, for somebody who may erase and asked
public record CustomerPage(String id, Face face, boolean known, List<Fact> facts, Optional<Instant> firstSeen,
    Optional<Instant> lastSeen, List<Attribute> attributes, List<Figure> measures, List<Membership> segments,
    List<Name> identities, List<Crowded> crowded, List<String> previousIds, List<Reason> reasons, List<Apart> apart,
    Timeline timeline, Optional<Company> company, Optional<Household> household, List<Standing> consents,
    IdentityPicture picture, Optional<Holdings> erasure) {

  /// Those the customer is related to.
  ///
  /// @param customers how many, the customer included
  public record Household(String id, int customers) {}

  /// The account that the customer belongs to.
  public record Company(String id, String name) {}

  public record Fact(String icon, String text) {}

  /// @param source who said so; empty when not known
  /// @param others what lost against it
  public record Attribute(String label, String value, String source, List<Said> others) {}

  /// @param value empty where the source says that there is none
  public record Said(String source, String value) {}

  public record Figure(String title, String value) {}

  /// @param until when time alone will end it
  /// @param why the rule with what was found, for the one segment that was asked about
  public record Membership(String name, String title, Instant since, Optional<Instant> until,
      Optional<Explanation> why) {}

  /// @param kind the title of its namespace
  public record Name(String kind, String value, Instant firstSeen, Instant lastSeen) {}

  /// An identity to which further ones were not linked.
  ///
  /// @param times how many facts named one more
  public record Crowded(Called identity, long times, Called last, Instant lastAt) {}

  /// @param kind the title of its namespace
  public record Called(String kind, String namespace, String value) {}

  /// Two identities that a person keeps apart.
  public record Apart(Called one, Called other, String by, Instant at) {}

  /// Two identities seen together, or matched by a rule.
  ///
  /// @param isCut whether the link was given up because stronger ones contradict it
  /// @param isByHand whether a person said so
  /// @param scoreUrl the page that takes the score apart, where a probabilistic rule gave one
  public record Reason(Called one, Called other, String how, Instant lastSeen, boolean isCut, boolean isByHand,
      Optional<String> scoreUrl) {}

  /// @param types how often each kind of event occurs among those shown
  /// @param more the cursor of older events
  /// @param isFirst whether these are the newest events; then the page watches for more
  /// @param seen another text as soon as there is another event
  public record Timeline(String customerId, String event, List<Count> types, List<Month> months,
      Optional<String> more, boolean isFirst, String seen) {

    /// The same timeline, if there is anything that was not seen.
    public String newsUrl() {
      return "/customers/%s/timeline?event=%s&seen=%s".formatted(customerId, CustomersPage.encoded(event), seen);
    }

    /// Only the events of this name.
    public String url(String name) {
      return "/customers/%s?event=%s#timeline-title".formatted(customerId, CustomersPage.encoded(name));
    }

    public String moreUrl() {
      return "/customers/%s?event=%s&cursor=%s#timeline-title".formatted(customerId, CustomersPage.encoded(event),
          more.map(CustomersPage::encoded).orElse(""));
    }
  }

  public record Count(String name, int count) {}

  public record Month(String title, List<Entry> entries) {}

  /// @param look `money`, `look`, `who` or empty: the colour of the spot
  /// @param url where a click on the title leads
  public record Entry(String icon, String look, String title, String detail, Instant at, String source,
      Optional<String> url) {

    public Entry(String icon, String look, String title, String detail, Instant at, String source) {
      this(icon, look, title, detail, at, source, Optional.empty());
    }
  }
}
