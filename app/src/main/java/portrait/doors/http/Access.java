package portrait.doors.http;

import java.util.Optional;
import portrait.foundation.security.Permission;

/// Who may use a route.
///
/// @param permission empty when anybody may, or when the handler checks a key of its own
/// @param fromAnyOrigin whether scripts of other web sites may call it (with a key; cookies never travel)
public record Access(Optional<Permission> permission, boolean fromAnyOrigin) {

  /// Open to everybody: sign-in, static files, health, and doors that read their key themselves.
  public static final Access PUBLIC = new Access(Optional.empty(), false);

  /// Only for callers whose role allows this.
  public static Access needs(Permission permission) {
    return new Access(Optional.of(permission), false);
  }

  /// The same, and scripts of other web sites may call it: preflight requests are answered, and answers carry
  /// `Access-Control-Allow-Origin: *`.
  public Access withAnyOrigin() {
    return new Access(permission, true);
  }
}
