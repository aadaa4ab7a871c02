package portrait.stages.enrichments;

import org.jspecify.annotations.Nullable;
import portrait.stages.accounts.Account;

/// An account as the formulas of inputs see it.
record Company(Account account) implements PartialSubject {

  static @Nullable String attribute(Account account, String name) {
    if (name.equals("AccountId")) {
      return account.id();
    }
    var value = account.attributes().get(name);
    return value != null ? value.value() : name.equals("name") ? account.name() : null;
  }

  @Override
  public @Nullable Object attribute(String name) {
    return attribute(account, name);
  }
}
