package portrait.stages.exports.destinations;

import java.nio.file.Path;
import java.time.Clock;
import java.util.List;

/// What the operator of this installation lets connections reach.
///
/// @param folder under which files are put
/// @param furtherHosts addresses that may be called beside those a connector knows, such as `http://127.0.0.1:8123`
public record Surroundings(Path folder, List<String> furtherHosts, Clock clock) {

  public Surroundings {
    furtherHosts = List.copyOf(furtherHosts);
  }
}
