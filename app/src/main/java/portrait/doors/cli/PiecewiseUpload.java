package portrait.doors.cli;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongConsumer;
import portrait.foundation.model.Problem;
import portrait.foundation.model.ProblemException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Large files on their way to the server in pieces. When the connection breaks, it asks how much is there and goes on.
final class PiecewiseUpload {

  /** Below that, sending a file again costs less than asking how far it came. */
  static final long BYTES_MIN = 16L << 20;

  private static final int PIECE_BYTES = 8 << 20;
  private static final int TRIES = 6;

  private final Api api;
  private final List<Path> files;

  PiecewiseUpload(Api api, List<Path> files) {
    this.api = api;
    this.files = files;
  }

  /// Sends all of them.
  ///
  /// @param sent hears how many bytes are there
  /// @return the ids by which they can be loaded
  List<String> send(LongConsumer sent) throws IOException, InterruptedException {
    var ids = new ArrayList<String>();
    long before = 0;
    for (var file : files) {
      long bytes = Files.size(file);
      String id = api.post("/api/v1/uploads", JsonMapper.builder().build().createObjectNode()
          .put("file", String.valueOf(file.getFileName())).put("bytes", bytes)).path("id").asString();
      ids.add(id);
      long earlier = before;
      send(file, "/api/v1/uploads/" + id, bytes, there -> sent.accept(earlier + there));
      before += bytes;
    }
    return ids;
  }

  private void send(Path file, String address, long bytes, LongConsumer sent) throws IOException, InterruptedException {
    long there = 0;
    int failures = 0;
    try (var in = new RandomAccessFile(file.toFile(), "r")) {
      while (there < bytes) {
        var piece = new byte[(int) Math.min(PIECE_BYTES, bytes - there)];
        in.seek(there);
        in.readFully(piece);
        try {
          there = received(api.putPiece(address, piece, there, bytes));
          failures = 0;
        } catch (ProblemException failure) {
          if (++failures >= TRIES || !isPassing(failure.problem())) {
            throw failure;
          }
          Thread.sleep(Duration.ofMillis(250L << failures));
          there = received(api.get(address));
        }
        sent.accept(there);
      }
    }
  }

  private static long received(JsonNode answer) {
    return answer.path("received").asLong();
  }

  private static boolean isPassing(Problem problem) {
    return switch (problem.code().fault()) {
      case REMOTE, LIMIT, CONFLICT -> true;
      case CALLER, PERMISSION, ABSENT, US -> false;
    };
  }
}
