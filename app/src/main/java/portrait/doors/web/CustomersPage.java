package portrait.doors.web;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import portrait.processes.dashboard.Group;

/// Customers found by text, kind, segment and values of their attributes.
///
/// @param facets by which values one can narrow further
/// @param total how many fit at the last refresh, where values were chosen
/// @param group people behind a number of the first page, in place of what was searched for
/// @param table how they are laid out as a table; empty for cards
/// @param more where the next cards are, empty at the end
public record CustomersPage(CustomerFilters filters, List<Choice> segments, List<Facet> facets,
    Optional<Long> total, Optional<Behind> group, Optional<Table> table, List<Card> cards, Optional<String> more,
    boolean isFirst) {

  /// @param columns attributes that are shown
  /// @param offered attributes that can be
  /// @param values what each customer has in these columns, by their id
  public record Table(List<String> columns, List<String> offered, Map<String, List<String>> values) {

    String query() {
      return "&view=table" + columns.stream().map(column -> "&column=" + encoded(column)).collect(Collectors.joining());
    }
  }

  /// @param text the group as it is written in addresses
  /// @param title what they have in common
  /// @param total how many there were at the last refresh
  public record Behind(String text, String title, long total) {}

  /// @param label of the attribute
  public record Facet(String label, List<FacetValue> values) {}

  /// @param url the list with it, or without it where it is chosen
  public record FacetValue(String label, long customers, boolean isChosen, String url) {}

  public record Choice(String name, String title) {}

  /// @param facts two or three lines that tell people apart: e-mail, city, identities
  public record Card(String id, Face face, boolean known, List<String> facts, List<String> segments,
      Optional<Instant> lastSeen) {}

  /// Where the people behind a number of the first page are.
  static String groupUrl(Group group) {
    return "/customers?group=" + encoded(group.text());
  }

  /// Where the same list begins.
  public String firstUrl() {
    return plainUrl() + table.map(Table::query).orElse("");
  }

  /// The same customers as cards, or as a table.
  public String otherUrl() {
    return table.isPresent() ? plainUrl() : plainUrl() + "&view=table";
  }

  private String plainUrl() {
    return group.isPresent() ? "/customers?group=" + encoded(group.get().text()) : filters.url();
  }

  public String moreUrl() {
    return firstUrl() + more.map(cursor -> "&cursor=" + encoded(cursor)).orElse("");
  }

  static String encoded(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8);
  }

  /// Whether anything narrows the list down.
  public boolean isFiltered() {
    return group.isPresent() || filters.isFiltered();
  }
}
