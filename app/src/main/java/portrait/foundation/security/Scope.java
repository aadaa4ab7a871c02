package portrait.foundation.security;

import java.util.List;
import java.util.regex.Pattern;
import portrait.foundation.model.Problem;

/// One part of the product that a key is good for, written `segments`, or `segments:read` to look only. A key without
/// scopes is good for all that its role allows; one with scopes is good for these, as far as its role allows them.
///
/// @param area what stands behind `/api/v1/` in addresses; `odata`, `collect` or `pages` for the other doors
/// @param readOnly whether it only looks
public record Scope(String area, boolean readOnly) {

  private static final String READ = ":read";
  private static final Pattern AREA = Pattern.compile("[a-z][a-z0-9-]{0,39}");

  public Scope {
    if (!AREA.matcher(area).matches()) {
      throw Problem.of(Problem.Code.INVALID_PARAMETER,
          "a scope was '%s' but must be like segments or segments:read".formatted(area)).asException();
    }
  }

  /// Reads a scope as it is written.
  ///
  /// @throws portrait.foundation.model.ProblemException `invalid_parameter` for what cannot be one
  public static Scope of(String text) {
    return text.endsWith(READ) ? new Scope(text.substring(0, text.length() - READ.length()), true)
        : new Scope(text, false);
  }

  /// The scope as it is written.
  public String text() {
    return readOnly ? area + READ : area;
  }

  static boolean allow(List<Scope> scopes, String area, Permission needed) {
    boolean isReading = needed == Permission.LOOK_UP || needed == Permission.VIEW;
    return scopes.isEmpty()
        || scopes.stream().anyMatch(scope -> scope.area().equals(area) && (isReading || !scope.readOnly()));
  }
}
