package portrait.foundation.security;

import java.util.List;
import java.util.Optional;
import portrait.foundation.model.Problem;

/// Who asks, bound by a door or a task around everything it does for them; the audit trail and the log read it.
///
/// @param name the user, or the name of the key
/// @param requestId ties log lines, audit entries and the answer together; empty outside a request
/// @param limits of a look-up key that may see a part only
/// @param scopes of a key that is good for parts of the product only; none for all
/// @param key the id of the key that calls; empty for a person
/// @param requestsPerSecond of a key that has a rate of its own
public record Caller(String name, Role role, String requestId, Optional<LookUpLimits> limits, List<Scope> scopes,
    Optional<String> key, Optional<Integer> requestsPerSecond) {

  /// The caller of the code that runs; absent where Portrait acts on its own.
  public static final ScopedValue<Caller> CURRENT = ScopedValue.newInstance();

  /// A caller who is limited by the role alone.
  public Caller(String name, Role role, String requestId) {
    this(name, role, requestId, Optional.empty(), List.of(), Optional.empty(), Optional.empty());
  }

  /// Whether the scopes, if there are any, take in this part of the product for what is needed there.
  public boolean reaches(String area, Permission needed) {
    return Scope.allow(scopes, area, needed);
  }

  /// Nobody gives, takes or manages more than they have themselves.
  ///
  /// @throws portrait.foundation.model.ProblemException `not_allowed` for a role above this caller's
  void refuseBeyond(Role other) {
    if (other.ordinal() > role.ordinal()) {
      throw Problem.of(Problem.Code.NOT_ALLOWED,
          "%s has the role %s, which may not give or manage the role %s".formatted(name, role.text(), other.text()),
          "Ask somebody with that role.").asException();
    }
  }

  /// The same caller in this request.
  public Caller in(String requestId) {
    return new Caller(name, role, requestId, limits, scopes, key, requestsPerSecond);
  }
}
