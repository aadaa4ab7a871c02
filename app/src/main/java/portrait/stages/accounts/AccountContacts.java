package portrait.stages.accounts;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import portrait.foundation.database.Transaction;
import portrait.foundation.definitions.Definitions;
import portrait.foundation.model.Identity;
import portrait.stages.accounts.AccountsDefinition.SaidContact;

/// Who belongs to an account by what applications say about them, from the moment they say it: a `group` message names
/// the company of its sender. The next refresh finds the same.
public final class AccountContacts {

  private final Definitions definitions;

  public AccountContacts(Definitions definitions) {
    this.definitions = definitions;
  }

  /// Whether one of these attributes may name an account. Cheap enough for every event.
  public boolean reads(Set<String> attributes) {
    return said().stream().anyMatch(contact -> attributes.contains(contact.attribute()));
  }

  /// Takes in what is said about an identity now. A value that names no account takes the identity out of the one it
  /// belonged to.
  ///
  /// @param attributes everything that applications say about the identity
  public void said(Transaction tx, Identity identity, Map<String, @Nullable Object> attributes) {
    var before = AccountTables.contact(tx, identity);
    var after = said().stream().flatMap(contact -> named(contact, attributes).stream())
        .flatMap(key -> AccountTables.accountOf(tx, key).stream()).findFirst();
    if (before.equals(after)) {
      return;
    }
    before.ifPresent(account -> {
      AccountTables.removeContact(tx, identity);
      AccountTables.addContacts(tx, account, -1);
    });
    after.ifPresent(account -> {
      AccountTables.putContact(tx, identity, account);
      AccountTables.addContacts(tx, account, 1);
    });
  }

  private static Optional<Identity> named(SaidContact contact, Map<String, @Nullable Object> attributes) {
    return Optional.ofNullable(attributes.get(contact.attribute())).flatMap(value -> key(contact, value.toString()));
  }

  /// The key of an account that a value names, if it can be one.
  static Optional<Identity> key(SaidContact contact, String value) {
    String key = value.strip();
    return key.isEmpty() || key.length() > Identity.VALUE_LENGTH_MAX ? Optional.empty()
        : Optional.of(new Identity(contact.account(), key));
  }

  private List<SaidContact> said() {
    return definitions.all(Accounts.KIND).stream().findFirst().map(AccountsDefinition::said).orElse(List.of());
  }
}
