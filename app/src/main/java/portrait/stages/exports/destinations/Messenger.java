package portrait.stages.exports.destinations;

import tools.jackson.databind.node.ObjectNode;

/// A place that takes messages of other kinds, too: that a run failed, for example.
///
/// @param <A> what a connection needs
public interface Messenger<A extends Record> extends Partner<A> {

  /// Sends one message, once.
  ///
  /// @param message has an `id` that is the same however often it is sent, a `type` and a `title`
  /// @return whether it was taken, or may be tried again
  /// @throws portrait.foundation.model.ProblemException when trying again makes no sense
  Sent tell(A account, ObjectNode message) throws InterruptedException;
}
