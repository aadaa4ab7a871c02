package portrait.stages.accounts;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import portrait.foundation.database.Transaction;
import portrait.foundation.model.Identity;

/// All accounts at one moment.
///
/// @param accounts by id
/// @param previous ids that were given up, and the account each leads to
/// @param contacts account by the key of a row of people
/// @param parents the account that each belongs to
record AccountState(Map<String, Account> accounts, Map<Identity, Key> keys, Map<String, String> previous,
    Map<Identity, String> contacts, Map<String, String> parents) {

  /// @param isRecord whether it is the key of a row, not another identity
  record Key(String account, boolean isRecord) {}

  /// What turns another state into this one.
  List<Consumer<Transaction>> changes(AccountState from) {
    var changes = new ArrayList<Consumer<Transaction>>();
    from.accounts.keySet().stream().filter(id -> !accounts.containsKey(id))
        .forEach(id -> changes.add(tx -> AccountTables.remove(tx, id)));
    accounts.forEach((id, account) -> {
      if (!account.equals(from.accounts.get(id))) {
        changes.add(tx -> AccountTables.put(tx, account));
      }
    });
    from.keys.keySet().stream().filter(key -> !keys.containsKey(key))
        .forEach(key -> changes.add(tx -> AccountTables.removeKey(tx, key)));
    keys.forEach((identity, key) -> {
      if (!key.equals(from.keys.get(identity))) {
        changes.add(tx -> AccountTables.putKey(tx, identity, key));
      }
    });
    from.previous.keySet().stream().filter(id -> !previous.containsKey(id))
        .forEach(id -> changes.add(tx -> AccountTables.removePrevious(tx, id)));
    previous.forEach((id, account) -> {
      if (!account.equals(from.previous.get(id))) {
        changes.add(tx -> AccountTables.putPrevious(tx, id, account));
      }
    });
    from.contacts.keySet().stream().filter(row -> !contacts.containsKey(row))
        .forEach(row -> changes.add(tx -> AccountTables.removeContact(tx, row)));
    contacts.forEach((row, account) -> {
      if (!account.equals(from.contacts.get(row))) {
        changes.add(tx -> AccountTables.putContact(tx, row, account));
      }
    });
    from.parents.keySet().stream().filter(id -> !parents.containsKey(id))
        .forEach(id -> changes.add(tx -> AccountTables.removeParent(tx, id)));
    parents.forEach((id, parent) -> {
      if (!parent.equals(from.parents.get(id))) {
        changes.add(tx -> AccountTables.putParent(tx, id, parent));
      }
    });
    return changes;
  }
}
