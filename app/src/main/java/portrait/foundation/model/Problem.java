package portrait.foundation.model;

import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;

/// What went wrong, in the one shape every door renders: RFC 9457 over HTTP, a line on a terminal, a note on a page.
///
/// @param code names the problem; the code knows whose fault it is
/// @param message says what, where, what was found and what would be right; never a secret, never personal data
/// @param hint the next step for the person who reads it; may be empty
/// @param details machine-readable extras, sorted by name
public record Problem(Code code, String message, String hint, Map<String, String> details) {

  public Problem {
    details = Collections.unmodifiableSortedMap(new TreeMap<>(details));
  }

  public static Problem of(Code code, String message) {
    return new Problem(code, message, "", Map.of());
  }

  public static Problem of(Code code, String message, String hint) {
    return new Problem(code, message, hint, Map.of());
  }

  /// The same problem with one more detail.
  public Problem with(String name, Object value) {
    var more = new TreeMap<>(details);
    more.put(name, String.valueOf(value));
    return new Problem(code, message, hint, more);
  }

  /// The problem as an exception, for callers that cannot go on.
  public ProblemException asException() {
    return new ProblemException(this);
  }

  /// Whose fault a problem is. HTTP status, exit code, retry and page colour follow from it.
  public enum Fault {
    /** The caller sent something that cannot be accepted; sending it again will not help. */
    CALLER,
    /** The caller is not who they must be, or may not do this. */
    PERMISSION,
    /** What was asked for is not there. */
    ABSENT,
    /** It clashes with the present state: try again after looking. */
    CONFLICT,
    /** A limit was reached; trying again later will help. */
    LIMIT,
    /** A system outside Portrait failed. */
    REMOTE,
    /** A defect of Portrait or of the machine it runs on. */
    US
  }

  /// Every code of Portrait, listed in docs/reference/errors.md (a test compares them).
  public enum Code {
    INVALID_BODY(Fault.CALLER), INVALID_CUSTOMER_ID(Fault.CALLER), INVALID_PARAMETER(Fault.CALLER), INVALID_DEFINITION(
        Fault.CALLER), INVALID_EXPRESSION(Fault.CALLER), INVALID_EVENT(Fault.CALLER), INVALID_FILE(
            Fault.CALLER), INVALID_SETTING(Fault.CALLER), TOO_LARGE(Fault.CALLER), TOO_MANY_BAD_ROWS(
                Fault.CALLER), NOT_SIGNED_IN(Fault.PERMISSION), NOT_ALLOWED(Fault.PERMISSION), UNKNOWN_PROFILE(
                    Fault.ABSENT), NOT_FOUND(Fault.ABSENT), CONFLICT(Fault.CONFLICT), CHANGED_MEANWHILE(
                        Fault.CONFLICT), REUSED_KEY(Fault.CALLER), ALREADY_RUNNING(
                            Fault.CONFLICT), HOME_LOCKED(Fault.CONFLICT), PORT_IN_USE(Fault.CONFLICT), CANCELLED(
                                Fault.CONFLICT), TOO_BUSY(Fault.LIMIT), TOO_MANY_REQUESTS(
                                    Fault.LIMIT), SERVER_UNREACHABLE(
                                        Fault.REMOTE), STORAGE_UNREACHABLE(Fault.REMOTE), STORAGE_REFUSED(
                                            Fault.REMOTE), STORE_FAILED(
                                                Fault.US), WAREHOUSE_FAILED(Fault.US), INTERNAL(Fault.US);

    private final Fault fault;

    Code(Fault fault) {
      this.fault = fault;
    }

    public Fault fault() {
      return fault;
    }

    /// Reads a code as it is written in answers; `INTERNAL` for one of another version.
    public static Code of(String text) {
      for (var code : values()) {
        if (code.text().equals(text)) {
          return code;
        }
      }
      return INTERNAL;
    }

    /// The code as it is written in answers: `invalid_body`.
    public String text() {
      return name().toLowerCase(java.util.Locale.ROOT);
    }
  }
}
