package portrait.foundation.security;

import java.util.Optional;

/// Who asks, bound by a door or a task around everything it does for them; the audit trail and the log read it.
///
/// @param name the user, or the name of the key
/// @param requestId ties log lines, audit entries and the answer together; empty outside a request
/// @param limits of a look-up key that may see a part only
public record Caller(String name, Role role, String requestId, Optional<LookUpLimits> limits) {

  /// The caller of the code that runs; absent where Portrait acts on its own.
  public static final ScopedValue<Caller> CURRENT = ScopedValue.newInstance();

  /// A caller who is limited by the role alone.
  public Caller(String name, Role role, String requestId) {
    this(name, role, requestId, Optional.empty());
  }

  /// The same caller in this request.
  public Caller in(String requestId) {
    return new Caller(name, role, requestId, limits);
  }
}
