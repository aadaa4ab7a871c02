package portrait.foundation.security;

import java.util.Arrays;
import java.util.EnumSet;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;
import portrait.foundation.model.Problem;
import portrait.foundation.model.ProblemException;

/// What a person or a key may do. Collect and look-up are for keys that leave the house, the others for people and for
/// programs that act like them.
public enum Role {
  COLLECT('c', EnumSet.of(Permission.COLLECT)),

  LOOKUP('l', EnumSet.of(Permission.LOOK_UP)),

  VIEWER('v', EnumSet.of(Permission.LOOK_UP, Permission.VIEW)),

  CONTRIBUTOR('w', EnumSet.of(Permission.COLLECT, Permission.LOOK_UP, Permission.VIEW, Permission.CONTRIBUTE)),

  ADMIN('a', EnumSet.complementOf(EnumSet.of(Permission.OWN))),

  OWNER('o', EnumSet.allOf(Permission.class));

  private final char letter;
  private final Set<Permission> permissions;

  Role(char letter, Set<Permission> permissions) {
    this.letter = letter;
    this.permissions = permissions;
  }

  public boolean allows(Permission permission) {
    return permissions.contains(permission);
  }

  /// Shown inside a key, so that people can tell their keys apart: `pk_c_…`.
  char letter() {
    return letter;
  }

  /// The role as it is written in commands and answers: `contributor`.
  public String text() {
    return name().toLowerCase(Locale.ROOT);
  }

  /// Reads a role as it is written in commands.
  ///
  /// @throws ProblemException `invalid_parameter` that lists the roles there are
  public static Role of(String text) {
    for (var role : values()) {
      if (role.text().equals(text)) {
        return role;
      }
    }
    String known = Arrays.stream(values()).map(Role::text).collect(Collectors.joining(", "));
    throw Problem.of(Problem.Code.INVALID_PARAMETER, "role was '%s' but must be one of %s".formatted(text, known))
        .asException();
  }
}
