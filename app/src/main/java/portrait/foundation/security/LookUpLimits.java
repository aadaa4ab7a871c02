package portrait.foundation.security;

import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import portrait.foundation.model.Problem;
import portrait.foundation.model.ProblemException;

/// What a look-up key is limited to, so that it may stand in a public web page: whoever reads it there learns nothing
/// but this. What is not named is not shown.
///
/// @param namespaces by which it may look up: only such whose values nobody can guess
/// @param attributes names of the attributes it shows
/// @param measures names of the measures it shows
/// @param segments names of the segments it shows
/// @param origins web sites whose scripts may use it, as browsers write them: `https://shop.example.com`; none for all
public record LookUpLimits(List<String> namespaces, List<String> attributes, List<String> measures,
    List<String> segments, List<String> origins) {

  /** The namespace of visitors, whose values are random. */
  public static final String VISITORS = "anonymous_id";

  private static final Pattern ORIGIN = Pattern.compile("https?://[A-Za-z0-9.-]{1,253}(:\\d{1,5})?");
  private static final int NAMES_MAX = 100;
  private static final int NAME_LENGTH_MAX = 200;

  /// @throws ProblemException `invalid_parameter` for names or origins that cannot be
  public LookUpLimits {
    namespaces = namespaces.isEmpty() ? List.of(VISITORS) : checked("namespaces", namespaces);
    attributes = checked("attributes", attributes);
    measures = checked("measures", measures);
    segments = checked("segments", segments);
    origins = checked("origins", origins);
    for (String origin : origins) {
      if (!ORIGIN.matcher(origin).matches()) {
        throw Problem.of(Problem.Code.INVALID_PARAMETER,
            "an origin was '%s' but must be like https://shop.example.com".formatted(origin),
            "An origin has no path and no slash at its end.").asException();
      }
    }
  }

  /// Whether a script of this web site may use the key. What is no script has no origin, and can claim any.
  public boolean allowsOrigin(Optional<String> origin) {
    return origins.isEmpty() || origin.isEmpty() || origins.contains(origin.get());
  }

  private static List<String> checked(String what, List<String> names) {
    if (names.size() > NAMES_MAX
        || names.stream().anyMatch(name -> name.isBlank() || name.length() > NAME_LENGTH_MAX)) {
      throw Problem.of(Problem.Code.INVALID_PARAMETER,
          "%s must be at most %d names of 1 to %d characters".formatted(what, NAMES_MAX, NAME_LENGTH_MAX))
          .asException();
    }
    return names.stream().map(String::strip).distinct().toList();
  }
}
