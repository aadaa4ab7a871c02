package portrait.processes.live;

import java.util.Map;
import java.util.TreeMap;
import portrait.foundation.model.Problem;

/// What became of the messages of one request. All of it is durable.
///
/// @param accepted taken in, and visible to the next look-up
/// @param repeated taken in before, by their message id
/// @param refused put into the quarantine
/// @param objections why messages were refused that seemed right when they were read, by their place in the request
public record Receipt(int accepted, int repeated, int refused, Map<Integer, Problem> objections) {

  public Receipt {
    objections = new TreeMap<>(objections);
  }

  /// Without objections.
  public Receipt(int accepted, int repeated, int refused) {
    this(accepted, repeated, refused, Map.of());
  }
}
