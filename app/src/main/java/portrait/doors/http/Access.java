package portrait.doors.http;

import java.util.Optional;
import portrait.foundation.security.Permission;

/// Who may use a route.
///
/// @param permission empty when anybody may, or when the handler checks a key of its own
/// @param fromAnyOrigin whether scripts of other web sites may call it (with a key; cookies never travel)
/// @param withLimitedKey whether a look-up key that is limited may, because the handler shows it its part only; a new
///   route takes none unless it says so
public record Access(Optional<Permission> permission, boolean fromAnyOrigin, boolean withLimitedKey) {

  /// Open to everybody: sign-in, static files, health, and doors that read their key themselves.
  public static final Access PUBLIC = new Access(Optional.empty(), false, false);

  /// Only for callers whose role allows this.
  public static Access needs(Permission permission) {
    return new Access(Optional.of(permission), false, false);
  }

  /// The same, and scripts of other web sites may call it: preflight requests are answered, and answers carry
  /// `Access-Control-Allow-Origin`.
  public Access withAnyOrigin() {
    return new Access(permission, true, withLimitedKey);
  }

  /// The same, and limited look-up keys may be used.
  public Access withLimitedKeys() {
    return new Access(permission, fromAnyOrigin, true);
  }
}
