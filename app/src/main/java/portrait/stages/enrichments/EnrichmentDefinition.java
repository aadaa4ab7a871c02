package portrait.stages.enrichments;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.SequencedMap;
import java.util.TreeMap;
import portrait.foundation.expressions.Formula;
import portrait.foundation.model.ColumnType;
import portrait.foundation.model.Fingerprint;
import portrait.stages.policies.MergePolicy;
import tools.jackson.databind.JsonNode;

/// One enrichment: who is asked, about whom, with what, and what is kept of the answers.
///
/// @param about whom the questions are about
/// @param connection empty where the provider needs none, and while it is detached
/// @param segment whose members are asked about; empty for all customers
/// @param settings what the provider asks for, as written
/// @param inputs what is told, by the provider's name for it
/// @param attributes what is kept, by the name of the attribute
/// @param output the output table
/// @param isInProfile whether the attributes take part in the merge of profiles
/// @param againAfterDays after how many days somebody is asked about again although nothing changed
/// @param isActive whether it runs with every refresh
public record EnrichmentDefinition(String name, String title, String provider, About about,
    Optional<String> connection, Optional<String> segment, JsonNode settings, Map<String, Input> inputs,
    SequencedMap<String, Kept> attributes,
    String output, boolean isInProfile, OptionalInt againAfterDays, boolean isActive) {

  public EnrichmentDefinition {
    inputs = java.util.Collections.unmodifiableMap(new TreeMap<>(inputs));
    attributes = java.util.Collections.unmodifiableSequencedMap(new LinkedHashMap<>(attributes));
  }

  /// Whom an enrichment is about.
  public enum About {
    PEOPLE, ACCOUNTS;

    /// As it is written in definitions.
    public String text() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /// The column of the output table that says about whom a row is.
  public String idColumn() {
    return about == About.ACCOUNTS ? "AccountId" : "CustomerId";
  }

  /// What is told of a customer.
  ///
  /// @param text as it was written
  public record Input(String text, Formula formula) {}

  /// What is kept of an answer.
  ///
  /// @param text as it was written
  /// @param formula over the values of the answer
  /// @param type what it is turned into; empty for whatever it is
  public record Kept(String text, Formula formula, Optional<ColumnType> type) {}

  /// Under which name it stands in profiles, lineage and merge policies.
  public String source() {
    return MergePolicy.ADDED + name;
  }

  /// Changes when everybody is to be asked again.
  String question() {
    var kept = attributes.entrySet().stream()
        .map(each -> "%s=%s:%s".formatted(each.getKey(), each.getValue().text(), each.getValue().type())).toList();
    return Fingerprint.of(List.of(provider, connection.orElse(""), settings.toString(), kept.toString()));
  }
}
