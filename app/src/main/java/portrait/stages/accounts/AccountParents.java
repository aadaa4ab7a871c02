package portrait.stages.accounts;

import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import portrait.foundation.model.Identity;

/// Which account each belongs to, as its rows say; of several that say so the first counts. Whatever would put an account
/// above itself is left out, in the order of the rows, so that the same tables always give the same.
final class AccountParents {

  private static final Logger LOG = LoggerFactory.getLogger(AccountParents.class);

  private final SortedMap<String, String> parents = new TreeMap<>();
  private long circles;

  private AccountParents() {}

  /// @param keys accounts by the keys of their rows
  /// @param column values of a column of a table, by the key of the row
  static SortedMap<String, String> of(AccountsDefinition definition, Map<Identity, AccountState.Key> keys,
      BiFunction<String, String, Map<String, String>> column) {
    var found = new AccountParents();
    definition.parents().forEach(parent -> new TreeMap<>(column.apply(parent.table(), parent.column()))
        .forEach((row, named) -> found.add(key(keys, parent.table(), row), key(keys, parent.account(), named))));
    if (found.circles > 0) {
      LOG.warn("{} accounts do not belong where their rows say: they would stand above themselves", found.circles);
    }
    return found.parents;
  }

  private static @Nullable String key(Map<Identity, AccountState.Key> keys, String table, String key) {
    var found = key.isEmpty() || key.length() > Identity.VALUE_LENGTH_MAX ? null : keys.get(new Identity(table, key));
    return found == null ? null : found.account();
  }

  private void add(@Nullable String account, @Nullable String parent) {
    if (account == null || parent == null || account.equals(parent) || parents.containsKey(account)) {
      return;
    }
    for (String above = parent; above != null; above = parents.get(above)) {
      if (above.equals(account)) {
        circles++;
        return;
      }
    }
    parents.put(account, parent);
  }
}
