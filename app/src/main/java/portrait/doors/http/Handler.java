package portrait.doors.http;

import java.io.IOException;

/// Answers one request, on a virtual thread: blocking is fine.
@FunctionalInterface
public interface Handler {

  /// @throws portrait.foundation.model.ProblemException rendered as a problem document, or a page for a browser
  Answer handle(Request request) throws IOException;
}
