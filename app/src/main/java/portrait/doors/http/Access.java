package portrait.doors.http;

import java.util.Optional;
import portrait.foundation.security.Permission;

/// Who may use a route.
///
/// @param permission empty when anybody may, or when the handler checks a key of its own
/// @param fromAnyOrigin whether scripts of other web sites may call it (with a key; cookies never travel)
/// @param withLimitedKey whether a look-up key that is limited may, because the handler shows it its part only; a new
///   route takes none unless it says so
/// @param isKeyPassword whether a key may come as the password of `Authorization: Basic`, as spreadsheets send it; a
///   browser keeps such a password and sends it unasked, so a route that changes something should not
/// @param isOpenEnded whether an answer may cost much: its time is limited, and it ends when the caller is gone
public record Access(Optional<Permission> permission, boolean fromAnyOrigin, boolean withLimitedKey,
    boolean isKeyPassword, boolean isOpenEnded) {

  /// Open to everybody: sign-in, static files, health, and doors that read their key themselves.
  public static final Access PUBLIC = new Access(Optional.empty(), false, false, false, false);

  /// Only for callers whose role allows this.
  public static Access needs(Permission permission) {
    return new Access(Optional.of(permission), false, false, false, false);
  }

  /// The same, and scripts of other web sites may call it: preflight requests are answered, and answers carry
  /// `Access-Control-Allow-Origin`.
  public Access withAnyOrigin() {
    return new Access(permission, true, withLimitedKey, isKeyPassword, isOpenEnded);
  }

  /// The same, and limited look-up keys may be used.
  public Access withLimitedKeys() {
    return new Access(permission, fromAnyOrigin, true, isKeyPassword, isOpenEnded);
  }

  /// The same, and a key may come as a password.
  public Access withKeyAsPassword() {
    return new Access(permission, fromAnyOrigin, withLimitedKey, true, isOpenEnded);
  }

  /// The same for a question whose answer may cost much.
  public Access withPatience() {
    return new Access(permission, fromAnyOrigin, withLimitedKey, isKeyPassword, true);
  }
}
