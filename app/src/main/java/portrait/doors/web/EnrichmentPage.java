package portrait.doors.web;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import portrait.foundation.model.CustomerId;
import portrait.stages.engagement.Coverage;
import portrait.stages.enrichments.EnrichmentDefinition;
import portrait.stages.enrichments.EnrichmentReport;
import portrait.stages.enrichments.EnrichmentStart;
import portrait.stages.enrichments.Enrichments.Enriched;
import portrait.stages.enrichments.Enrichments.Unanswered;

/// One enrichment: what it does, what came of it, and its runs.
///
/// @param provider in words
/// @param connection its title
/// @param byField how many customers have each attribute
/// @param runs the newest first
/// @param tried what a run would ask, where that was asked for
/// @param start whether those who must allow it did, as far as is known
/// @param coverage what the last count of mail and meetings rests on
public record EnrichmentPage(EnrichmentDefinition enrichment, String provider, Optional<String> connection,
    long enriched, long customers, Map<String, Long> byField, List<Enriched> preview, List<Unanswered> refusals,
    List<EnrichmentReport> runs, Optional<EnrichmentReport.Counts> tried, boolean isManageable,
    Optional<Coverage> coverage, Optional<EnrichmentStart> start, boolean isAllowedByOthers) {

  public EnrichmentPage {
    byField = java.util.Collections.unmodifiableMap(new java.util.LinkedHashMap<>(byField));
    preview = List.copyOf(preview);
    refusals = List.copyOf(refusals);
    runs = List.copyOf(runs);
  }

  /// Ended runs, the oldest first, for the chart.
  public List<EnrichmentReport> overTime() {
    return runs.reversed().stream().filter(run -> run.endedAt().isPresent()).toList();
  }

  /// How many answers of the last run may be about somebody else.
  public long doubtful() {
    return runs.isEmpty() ? 0 : runs.getFirst().counts().doubtful();
  }

  /// Where the page of one of those it is about lies.
  public String url(CustomerId id) {
    return (enrichment.about() == EnrichmentDefinition.About.ACCOUNTS ? "/accounts/" : "/customers/") + id;
  }

  /// The colour of a status.
  public static String tone(EnrichmentReport.Status status) {
    return switch (status) {
      case RUNNING -> "running";
      case DONE -> "done";
      case PARTLY -> "unknown";
      case FAILED -> "failed";
      case CANCELLED, INTERRUPTED -> "unknown";
    };
  }
}
