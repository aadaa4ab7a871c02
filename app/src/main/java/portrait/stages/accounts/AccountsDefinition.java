package portrait.stages.accounts;

import java.util.List;
import portrait.stages.unification.UnificationDefinition;

/// How tables of companies become accounts, and which rows of people belong to which.
public record AccountsDefinition(UnificationDefinition unification, List<ContactTable> contacts) {

  public AccountsDefinition {
    contacts = List.copyOf(contacts);
  }

  /// @param table of people: `shop.contacts`
  /// @param column that names the account
  /// @param account the table whose key the column holds
  public record ContactTable(String table, String column, String account) {}
}
