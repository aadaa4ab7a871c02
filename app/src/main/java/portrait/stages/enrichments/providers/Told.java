package portrait.stages.enrichments.providers;

import java.time.Instant;
import org.jspecify.annotations.Nullable;
import portrait.stages.enrichments.providers.Asking.Said;

/// The answer of Leadspace to one record, with what is known about the answer itself. Programs of the third version call
/// two values otherwise than those of the fourth.
record Told(JsonSaid values, String status, String confidence, Instant at) implements Said {

  @Override
  public @Nullable Object at(String path) {
    return switch (path) {
      case "EnrichmentStatus" -> status.isEmpty() ? null : status;
      case "MatchConfidence" -> confidence.isEmpty() ? null : confidence;
      case "RequestedAt" -> at;
      case "person.persona" -> values.at("person.analytics.scores.0.profile_name");
      case String value -> {
        var found = values.at(value);
        yield found != null ? found
            : values.at(value.replace("company.employees", "company.size").replace("company.revenue_dollar",
                "company.revenue"));
      }
    };
  }
}
