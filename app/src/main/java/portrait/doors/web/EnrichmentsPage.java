package portrait.doors.web;

import java.util.List;
import java.util.Optional;
import portrait.stages.enrichments.EnrichmentReport;

/// Every enrichment, and who can be asked.
///
/// @param tiles empty for those who may not change anything
public record EnrichmentsPage(List<Row> enrichments, List<Tile> tiles) {

  public EnrichmentsPage {
    enrichments = List.copyOf(enrichments);
    tiles = List.copyOf(tiles);
  }

  /// @param provider in words
  /// @param customers whom it is about, more or less
  public record Row(String name, String title, String provider, boolean isActive, Optional<EnrichmentReport> last,
      long enriched, long customers) {}

  /// A provider to choose.
  ///
  /// @param category in words
  /// @param used by how many enrichments
  /// @param connect where an administrator sets a connection up
  /// @param isReady whether there is a connection that the reader may use, where one is needed
  public record Tile(String type, String title, String help, String category, long used, boolean isReady,
      String connect) {}
}
