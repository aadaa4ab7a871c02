package portrait.stages.enrichments;

import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import portrait.stages.accounts.Account;
import portrait.stages.identity.KnownIdentity;
import portrait.stages.profiles.Profile;
import tools.jackson.databind.JsonNode;

/// A customer as the formulas of inputs see them: attributes, `identity.NAMESPACE`, `account.ATTRIBUTE` of the account
/// they belong to, measures.
///
/// @param account looked for only when a formula asks
record Person(Profile profile, List<KnownIdentity> keyRing, Map<String, Object> measures,
    Supplier<Optional<Account>> account) implements PartialSubject {

  private static final String IDENTITY = "identity.";
  private static final String ACCOUNT = "account.";

  @Override
  public @Nullable Object attribute(String name) {
    Object value = profile.attributes().get(name);
    if (value != null) {
      return value instanceof JsonNode json ? json.toString() : value;
    }
    if (name.startsWith(IDENTITY)) {
      return newest(name.substring(IDENTITY.length()));
    }
    if (name.startsWith(ACCOUNT)) {
      return account.get().map(found -> Company.attribute(found, name.substring(ACCOUNT.length()))).orElse(null);
    }
    return name.equals("CustomerId") ? profile.customer().id().toString() : null;
  }

  /// Of several e-mail addresses, the one seen last.
  private @Nullable String newest(String namespace) {
    return keyRing.stream().filter(known -> known.identity().namespace().equals(namespace))
        .max(Comparator.comparing(KnownIdentity::lastSeen).thenComparing(known -> known.identity().value()))
        .map(known -> known.identity().value()).orElse(null);
  }

  @Override
  public @Nullable Object measure(String name) {
    return measures.get(name);
  }
}
