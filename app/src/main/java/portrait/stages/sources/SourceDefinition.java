package portrait.stages.sources;

import java.util.List;

/// A place that records come from, as its `Source` definition says: a shop's CRM, a loyalty programme.
///
/// @param name part of every table name; it cannot change later
/// @param title for people
public record SourceDefinition(String name, String title, List<TableDefinition> tables) {

  public SourceDefinition {
    tables = List.copyOf(tables);
  }
}
