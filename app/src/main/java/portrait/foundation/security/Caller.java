package portrait.foundation.security;

/// Who asks, bound by a door or a task around everything it does for them; the audit trail and the log read it.
///
/// @param name the user, or the name of the key
/// @param requestId ties log lines, audit entries and the answer together; empty outside a request
public record Caller(String name, Role role, String requestId) {

  /// The caller of the code that runs; absent where Portrait acts on its own.
  public static final ScopedValue<Caller> CURRENT = ScopedValue.newInstance();

  /// The same caller in this request.
  public Caller in(String requestId) {
    return new Caller(name, role, requestId);
  }
}
