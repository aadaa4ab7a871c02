package portrait.doors.web;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import portrait.doors.http.Uploads;
import portrait.stages.sources.Discovery;

/// Files that were looked at and wait for their columns to be confirmed. Few wait at a time: the one that came first
/// gives way.
final class WaitingFiles {

  private static final int WAITING_MAX = 8;

  private final Map<String, Waiting> waiting = new LinkedHashMap<>();

  /// A file between the look at it and the load.
  ///
  /// @param by who sent it; nobody else may load it
  record Waiting(Uploads.Kept file, Discovery found, String source, String table, String by) {}

  /// @return the name to find it by
  synchronized String add(Waiting file) {
    if (waiting.size() >= WAITING_MAX) {
      var first = waiting.values().iterator();
      first.next().file().close();
      first.remove();
    }
    String token = UUID.randomUUID().toString();
    waiting.put(token, file);
    return token;
  }

  synchronized Optional<Waiting> find(String token, String by) {
    return Optional.ofNullable(waiting.get(token)).filter(file -> file.by().equals(by));
  }

  synchronized void done(String token) {
    var file = waiting.remove(token);
    if (file != null) {
      file.file().close();
    }
  }
}
