package portrait.doors.web;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/// Customers found by text, kind and segment.
///
/// @param query what was searched for
/// @param kind `all`, `known` or `unknown`
/// @param segment a segment's name, or empty
/// @param more where the next cards are, empty at the end
public record CustomersPage(String query, String kind, String segment, List<Choice> segments, List<Card> cards,
    Optional<String> more, boolean isFirst) {

  public record Choice(String name, String title) {}

  /// @param facts two or three lines that tell people apart: e-mail, city, identities
  public record Card(String id, Face face, boolean known, List<String> facts, List<String> segments,
      Optional<Instant> lastSeen) {}

  /// Where the same list begins.
  public String firstUrl() {
    return "/customers?q=%s&kind=%s&segment=%s".formatted(encoded(query), encoded(kind), encoded(segment));
  }

  public String moreUrl() {
    return firstUrl() + more.map(cursor -> "&cursor=" + encoded(cursor)).orElse("");
  }

  static String encoded(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8);
  }

  /// Whether anything narrows the list down.
  public boolean isFiltered() {
    return !query.isEmpty() || !kind.equals("all") || !segment.isEmpty();
  }
}
