package portrait.doors.web;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import portrait.processes.dashboard.Group;

/// Customers found by text, kind and segment.
///
/// @param query what was searched for
/// @param kind `all`, `known` or `unknown`
/// @param segment a segment's name, or empty
/// @param group people behind a number of the first page, in place of what was searched for
/// @param table how they are laid out as a table; empty for cards
/// @param more where the next cards are, empty at the end
public record CustomersPage(String query, String kind, String segment, List<Choice> segments,
    Optional<Behind> group, Optional<Table> table, List<Card> cards, Optional<String> more, boolean isFirst) {

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
    return filters() + table.map(Table::query).orElse("");
  }

  /// The same customers as cards, or as a table.
  public String otherUrl() {
    return table.isPresent() ? filters() : filters() + "&view=table";
  }

  private String filters() {
    return group.isPresent() ? "/customers?group=" + encoded(group.get().text())
        : "/customers?q=%s&kind=%s&segment=%s".formatted(encoded(query), encoded(kind), encoded(segment));
  }

  public String moreUrl() {
    return firstUrl() + more.map(cursor -> "&cursor=" + encoded(cursor)).orElse("");
  }

  static String encoded(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8);
  }

  /// Whether anything narrows the list down.
  public boolean isFiltered() {
    return group.isPresent() || !query.isEmpty() || !kind.equals("all") || !segment.isEmpty();
  }
}
