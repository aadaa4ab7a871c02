package portrait.doors.web;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import portrait.doors.http.Request;
import portrait.foundation.model.Schema;
import portrait.stages.segments.Facets;

/// What the list of customers is narrowed down by.
///
/// @param query what was searched for
/// @param kind `all`, `known` or `unknown`
/// @param segment a segment's name, or empty
/// @param facets values that were chosen, by their attribute
public record CustomerFilters(String query, String kind, String segment, Map<String, List<String>> facets) {

  static final CustomerFilters NONE = new CustomerFilters("", "all", "", Map.of());
  private static final Set<String> KINDS = Set.of("all", "known", "unknown");
  private static final Set<String> SEARCHED = Set.of("name", "firstname", "lastname", "email", "mail", "city");

  public CustomerFilters {
    facets = new LinkedHashMap<>(facets);
  }

  static CustomerFilters of(Request request) {
    var facets = new LinkedHashMap<String, List<String>>();
    for (String facet : request.queryAll("facet")) {
      int colon = facet.indexOf(':');
      if (colon > 0) {
        facets.computeIfAbsent(facet.substring(0, colon), _ -> new ArrayList<>()).add(facet.substring(colon + 1));
      }
    }
    return new CustomerFilters(request.query("q").orElse("").strip(),
        request.query("kind").filter(KINDS::contains).orElse("all"), request.query("segment").orElse(""), facets);
  }

  /// The same for all customers at once. A word that was searched is looked for in names and addresses, as far as
  /// customers have them.
  Facets.Narrowed narrowed(Schema customer) {
    var parts = new ArrayList<String>();
    if (!kind.equals("all")) {
      parts.add("Known = " + kind.equals("known"));
    }
    if (!segment.isEmpty()) {
      parts.add("member(" + QuickRule.quoted(segment) + ")");
    }
    var searched = customer.columns().stream().map(Schema.Column::name)
        .filter(name -> SEARCHED.contains(name.toLowerCase(Locale.ROOT).replace("_", ""))).toList();
    for (String word : query.isEmpty() ? new String[0] : query.split("\\s+")) {
      if (!searched.isEmpty()) {
        parts.add(searched.stream().map(name -> QuickRule.of(name, "contains", word))
            .collect(Collectors.joining(" or ", "(", ")")));
      }
    }
    return new Facets.Narrowed(parts, facets);
  }

  /// Whether anything narrows the list down.
  boolean isFiltered() {
    return !equals(NONE);
  }

  boolean has(String attribute, String value) {
    return facets.getOrDefault(attribute, List.of()).contains(value);
  }

  /// The same with a value that was not chosen, or without one that was.
  CustomerFilters toggled(String attribute, String value) {
    var changed = new LinkedHashMap<>(facets);
    var values = new ArrayList<>(changed.getOrDefault(attribute, List.of()));
    if (!values.remove(value)) {
      values.add(value);
    }
    changed.put(attribute, values);
    changed.values().removeIf(List::isEmpty);
    return new CustomerFilters(query, kind, segment, changed);
  }

  /// As the form sends the values that were chosen.
  public List<String> written() {
    return facets.entrySet().stream().flatMap(entry -> entry.getValue().stream()
        .map(value -> entry.getKey() + ":" + value)).toList();
  }

  String url() {
    return "/customers?q=%s&kind=%s&segment=%s".formatted(CustomersPage.encoded(query), CustomersPage.encoded(kind),
        CustomersPage.encoded(segment))
        + written().stream().map(facet -> "&facet=" + CustomersPage.encoded(facet))
            .collect(Collectors.joining());
  }
}
