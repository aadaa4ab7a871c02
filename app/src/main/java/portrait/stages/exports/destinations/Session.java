package portrait.stages.exports.destinations;

import java.time.Instant;
import java.util.List;
import java.util.UUID;

/// A destination during one run, used by one thread.
public interface Session extends AutoCloseable {

  /// How many rows it takes at once.
  int rowsMax();

  /// Whether nothing counts before [#finish]: a reader sees all of the run or none of it.
  default boolean isAtomic() {
    return false;
  }

  /// Whether it wants to hear of customers who left. Where not, they are only struck off the list of whom was sent.
  boolean hearsOfLeaving();

  /// Sends some rows. Whoever sends again what was not answered must do no harm.
  ///
  /// @throws portrait.foundation.model.ProblemException when sending on makes no sense: the run ends here
  Sent send(List<OutRow> rows) throws InterruptedException;

  /// Everything was sent. An atomic session makes it visible now.
  ///
  /// @return what to tell people, for example which files there are; may be empty
  default String finish() {
    return "";
  }

  /// Whether an earlier run of the same export was made visible, of which that is not known: whoever made it was stopped
  /// while it was published. Only atomic sessions are asked.
  default boolean hasPublished(UUID earlier, Instant startedAt) {
    return false;
  }

  /// How many calls were made to the place.
  default long calls() {
    return 0;
  }

  /// Lets go. What was sent to an atomic session and not finished is as if it had never been.
  @Override
  default void close() {}
}
