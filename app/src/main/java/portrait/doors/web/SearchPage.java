package portrait.doors.web;

import java.util.List;

/// What a search from the menu found.
///
/// @param hasMoreCustomers whether the page Customers shows more of them
/// @param hasMoreDefinitions whether the page Definitions shows more of them
public record SearchPage(String query, List<CustomersPage.Card> customers, boolean hasMoreCustomers,
    List<Named> definitions, boolean hasMoreDefinitions) {

  /// A definition.
  public record Named(String kind, String title, String url) {}

  public String customersUrl() {
    return "/customers?q=" + CustomersPage.encoded(query);
  }

  public boolean isEmpty() {
    return customers.isEmpty() && definitions.isEmpty();
  }
}
