package portrait.stages.consent;

import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import portrait.foundation.definitions.Definitions;
import portrait.foundation.definitions.Kind;
import portrait.foundation.expressions.Condition;
import portrait.foundation.expressions.Formula;
import portrait.foundation.model.Problem;
import portrait.foundation.security.Caller;
import portrait.foundation.security.Permission;

/// What data about people may be used for, if they agree.
///
/// @param isOptOut whether those who said nothing are taken to agree
/// @param defaults what respects it without naming it: every segment, every export
public record Purpose(String name, String title, String description, boolean isOptOut, Set<Place> defaults) {

  public static final Kind<Purpose> KIND = new PurposeKind();
  /// What a segment or export names that is meant to respect no purpose, not even those that others respect by default.
  public static final String NONE = "none";

  public Purpose {
    defaults = Set.copyOf(defaults);
  }

  /// Where a purpose counts unless something else is said.
  public enum Place {
    SEGMENTS, EXPORTS
  }

  /// Whether somebody with this value of [Consent#attribute] agrees.
  public boolean allows(@Nullable Object said) {
    var status = said == null ? Status.UNKNOWN : Status.of(said);
    return status == Status.GRANTED || status == Status.UNKNOWN && isOptOut;
  }

  /// The same as a condition on customers.
  public Condition condition() {
    var said = new Formula.Attribute(Consent.attribute(name));
    return isOptOut ? new Condition.Any(List.of(new Condition.IsNull(said),
        new Condition.Comparison(said, Condition.Relation.NOT_EQUAL, new Formula.Literal(Status.DENIED.text()), false)))
        : new Condition.Comparison(said, Condition.Relation.EQUAL, new Formula.Literal(Status.GRANTED.text()), false);
  }

  /// What is wrong with a definition that names this purpose.
  public static Optional<Problem> missing(Definitions others, String named) {
    return named.equals(NONE) || others.one(KIND, named).isPresent() ? Optional.empty()
        : Optional.of(Problem.of(Problem.Code.INVALID_DEFINITION,
            "purpose was '%s' but must be %s or a purpose that is defined".formatted(named, NONE),
            others.all(KIND).isEmpty() ? "There is no Purpose yet."
                : "There are: " + String.join(", ", others.all(KIND).stream().map(Purpose::name).sorted().toList())));
  }

  /// What a definition that names this purpose depends on.
  public static List<String> uses(Optional<String> named) {
    return named.filter(name -> !name.equals(NONE)).map(name -> KIND.name() + "/" + name).stream().toList();
  }

  /// The purposes that something in this place respects: the one it names, and those that count by default.
  ///
  /// @param named [#NONE] respects none at all
  public static List<Purpose> respected(Definitions definitions, Optional<String> named, Place place) {
    if (named.filter(NONE::equals).isPresent()) {
      return List.of();
    }
    return definitions.all(KIND).stream().filter(
        purpose -> named.filter(purpose.name()::equals).isPresent() || purpose.defaults().contains(place)).toList();
  }

  /// Only administrators take something out of what counts by default.
  public static List<Problem> notAllowed(Definitions others, Optional<String> named, Place place) {
    boolean isMeant = named.filter(NONE::equals).isPresent()
        && others.all(KIND).stream().anyMatch(purpose -> purpose.defaults().contains(place));
    return !isMeant || !Caller.CURRENT.isBound() || Caller.CURRENT.get().role().allows(Permission.ADMINISTER)
        ? List.of()
        : List.of(Problem.of(Problem.Code.NOT_ALLOWED, "purpose was none, but some purpose counts for all %s"
            .formatted(place.name().toLowerCase(Locale.ROOT)), "Only administrators may take one out of it."));
  }
}
