package portrait.stages.enrichments.providers;

import java.util.Optional;
import portrait.stages.enrichments.providers.Asking.Reply.TryLater;

/// A piece of reading from Microsoft Graph that goes page by page, beside others.
interface GraphStep {

  /// Reads one page more.
  ///
  /// @return why it must be tried again, where it must
  Optional<TryLater> goOn() throws InterruptedException;

  /// Whether there is nothing more to read.
  boolean isDone();
}
