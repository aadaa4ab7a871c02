package portrait.doors.web;

import java.time.Instant;
import java.util.List;
import java.util.Optional;

/// The saved connections, and the kinds there are.
public record ConnectionsPage(List<Row> connections, List<Tile> tiles) {

  public ConnectionsPage {
    connections = List.copyOf(connections);
    tiles = List.copyOf(tiles);
  }

  /// @param type in words
  /// @param sharedWith who may use it beside administrators; empty for nobody, and where the reader may not know
  /// @param agreed whether somebody agreed; empty where the reader may not know
  public record Row(String name, String title, String type, Instant changedAt, List<String> sharedWith,
      Optional<Boolean> agreed, boolean isUsable) {}

  /// A kind of place.
  public record Tile(String type, String title, String help) {}
}
