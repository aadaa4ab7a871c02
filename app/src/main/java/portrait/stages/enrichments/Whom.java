package portrait.stages.enrichments;

import java.util.List;
import java.util.Optional;
import portrait.foundation.database.Transaction;
import portrait.foundation.expressions.Subject;
import portrait.foundation.model.CustomerId;
import portrait.stages.enrichments.AnswerTable.Entry;

/// Whom enrichments can be about, and how what is added to them is published.
interface Whom {

  /// One of them.
  ///
  /// @param anchors what an answer can hang on, the first one preferred
  /// @param subject what is known about them
  record Somebody(CustomerId id, List<Long> anchors, Subject subject) {}

  /// Some of them.
  ///
  /// @param next where the others follow; empty after the last
  record Slice(List<Somebody> somebody, Optional<String> next) {}

  /// About how many there are.
  long size(Transaction tx, EnrichmentDefinition enrichment);

  /// Some of them, always in the same order; who must not come back is left out.
  ///
  /// @param place empty for the first
  Slice after(Transaction tx, EnrichmentDefinition enrichment, boolean withMeasures, String place, int limit);

  /// Whether an enrichment is about somebody; whoever became part of another is nobody.
  boolean isMeant(Transaction tx, EnrichmentDefinition enrichment, CustomerId id);

  /// Keeps answers and publishes what they add.
  void show(EnrichmentDefinition enrichment, List<Entry> entries);

  /// Takes answers out, and what they added.
  void drop(String enrichment, String source, List<Entry> entries);
}
