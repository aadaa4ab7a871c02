package portrait.stages.unification;

import java.util.List;
import portrait.stages.identity.MatchLink;

/// Records that are one.
///
/// @param records in the order of their tables and keys
/// @param links what joins them; the rule is empty for two that share an identity
public record RecordGroup(List<SourceRecord> records, List<MatchLink> links) {

  public RecordGroup {
    records = List.copyOf(records);
    links = List.copyOf(links);
  }
}
