package portrait.stages.sources.readers;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import portrait.foundation.model.Problem;

/// Counts the rows of a file while it is read, tells how far it is, and hears when it is to stop.
final class Reporter {

  private static final int ROWS_BETWEEN_REPORTS = 16_384;

  private final Path file;
  private final ReadRequest request;
  private final CountingStream stream;
  private final long size;
  private long rows;

  Reporter(Path file, ReadRequest request, CountingStream stream) throws IOException {
    this.file = file;
    this.request = request;
    this.stream = stream;
    this.size = Math.max(1, Files.size(file));
  }

  long rows() {
    return rows;
  }

  void row() {
    if (++rows % ROWS_BETWEEN_REPORTS == 0) {
      request.progress().read(rows, stream.count() / (double) size);
      if (Thread.currentThread().isInterrupted()) {
        throw Problem.of(Problem.Code.CANCELLED, "cancelled while reading " + file.getFileName()).asException();
      }
    }
  }

  void end() {
    request.progress().read(rows, 1);
  }
}
