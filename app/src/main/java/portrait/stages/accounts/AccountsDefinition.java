package portrait.stages.accounts;

import java.util.List;
import portrait.stages.unification.UnificationDefinition;

/// How tables of companies become accounts, and who belongs to which.
///
/// @param contacts rows of people that name an account
/// @param said what applications say about people that names an account
/// @param parents rows of accounts that name the account they belong to
public record AccountsDefinition(UnificationDefinition unification, List<ContactTable> contacts,
    List<SaidContact> said, List<Parent> parents) {

  public AccountsDefinition {
    contacts = List.copyOf(contacts);
    said = List.copyOf(said);
    parents = List.copyOf(parents);
  }

  /// @param table of people: `shop.contacts`
  /// @param column that names the account
  /// @param account the table whose key the column holds
  public record ContactTable(String table, String column, String account) {}

  /// @param attribute of people, as applications send it: `group_id` is what a `group` message says
  /// @param account the table whose key the attribute holds
  public record SaidContact(String attribute, String account) {}

  /// @param table of accounts: `crm.companies`
  /// @param column that names the account above
  /// @param account the table whose key the column holds
  public record Parent(String table, String column, String account) {}
}
