package portrait.stages.consent;

import java.util.EnumSet;
import java.util.Locale;
import java.util.stream.Collectors;
import portrait.foundation.definitions.Kind;
import portrait.foundation.model.Problem;
import portrait.foundation.security.Permission;
import portrait.stages.consent.Purpose.Place;
import tools.jackson.databind.JsonNode;

/// Definitions of kind `Purpose`.
final class PurposeKind implements Kind<Purpose> {

  @Override
  public String name() {
    return "Purpose";
  }

  /// What silence means decides who may be written to.
  @Override
  public Permission permission() {
    return Permission.ADMINISTER;
  }

  @Override
  public Purpose parse(String name, JsonNode spec) {
    if (!Consent.purpose(name).equals(name) || name.equals(Purpose.NONE)) {
      throw Problem.of(Problem.Code.INVALID_DEFINITION,
          "Purpose %s: the name must have small letters, digits, '-' and '_' only, at most %d, and not be '%s'"
              .formatted(name, Consent.NAME_MAX, Purpose.NONE))
          .asException();
    }
    return new Purpose(name, spec.path("title").asString(name), spec.path("description").asString(""),
        spec.path("unknown").asString("denied").equals("granted"),
        spec.path("default_for").valueStream().map(place -> Place.valueOf(place.asString().toUpperCase(Locale.ROOT)))
            .collect(Collectors.toCollection(() -> EnumSet.noneOf(Place.class))));
  }
}
