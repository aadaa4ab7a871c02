package portrait.processes.live;

import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import portrait.foundation.expressions.EventProperties;
import portrait.foundation.expressions.Subject;
import portrait.stages.profiles.Profile;
import tools.jackson.databind.JsonNode;

/// A customer as the evaluator sees them: merged attributes, what happened, and measures once they are computed. The
/// history is read when somebody asks for it: most events reach no definition that looks at it.
final class CustomerSubject implements Subject {

  private final Profile profile;
  private final Supplier<List<? extends Subject.Occurrence>> history;
  private @Nullable List<? extends Subject.Occurrence> events;
  private Map<String, Object> measures = Map.of();

  CustomerSubject(Profile profile, Supplier<List<? extends Subject.Occurrence>> history) {
    this.profile = profile;
    this.history = history;
  }

  void measured(Map<String, Object> values) {
    measures = values;
  }

  /// The columns of the warehouse's customer table that are no attributes have the same names here.
  @Override
  public @Nullable Object attribute(String name) {
    Object value = profile.attributes().get(name);
    if (value != null) {
      return value instanceof JsonNode json ? EventProperties.scalar(json) : value;
    }
    return switch (name) {
      case "CustomerId" -> profile.customer().id().toString();
      case "Known" -> profile.known();
      case "FirstSeen" -> profile.firstSeen();
      case "LastSeen" -> profile.lastSeen();
      default -> null;
    };
  }

  @Override
  public @Nullable List<@Nullable Object> items(String attribute) {
    return profile.attributes().get(attribute) instanceof JsonNode json ? EventProperties.items(json)
        : Subject.super.items(attribute);
  }

  @Override
  public @Nullable Object measure(String name) {
    return measures.get(name);
  }

  /// Memberships are decided segment by segment, by the stage that owns them.
  @Override
  public boolean isMember(String segment) {
    return false;
  }

  @Override
  public List<? extends Subject.Occurrence> events() {
    var known = events;
    if (known == null) {
      known = history.get();
      events = known;
    }
    return known;
  }
}
