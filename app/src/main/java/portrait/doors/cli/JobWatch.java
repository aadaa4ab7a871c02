package portrait.doors.cli;

import java.time.Duration;
import java.util.HashSet;
import java.util.Locale;
import tools.jackson.databind.JsonNode;

/// Follows a job of the server until it ends, and shows its tasks.
final class JobWatch {

  private static final Duration BETWEEN_LOOKS = Duration.ofMillis(150);

  private JobWatch() {}

  /// @return the job as it ended
  static JsonNode follow(Api api, String id, Progress progress) throws InterruptedException {
    var ended = new HashSet<String>();
    while (true) {
      var job = api.get("/api/v1/jobs/" + Api.part(id));
      for (var task : job.path("tasks")) {
        String title = task.path("title").asString();
        String status = status(task);
        if (status.equals("queued") || ended.contains(title)) {
          continue;
        }
        progress.show(title, task.path("rowsDone").asLong(), task.path("rowsExpected").asLong());
        if (!status.equals("running")) {
          String note = task.path("note").asString("");
          progress.ended(title, note.isEmpty() ? status : "%s (%s)".formatted(status, note));
          ended.add(title);
        }
      }
      if (!status(job).equals("running") && !status(job).equals("queued")) {
        return job;
      }
      Thread.sleep(BETWEEN_LOOKS);
    }
  }

  /// Follows a job that was just started, and prints how it ended and what went wrong.
  ///
  /// @return the exit code
  static int finish(Api api, JsonNode started, Context context, boolean isJson) throws InterruptedException {
    String id = started.path("id").asString();
    try (var progress = Progress.on(context.err(), "rows")) {
      var job = follow(api, id, progress);
      if (isJson) {
        context.out().println(job);
      } else {
        context.out().println("%s %s: %s".formatted(job.path("name").asString(), id, status(job)));
        for (var task : job.path("tasks")) {
          var problem = task.path("problem");
          if (problem.isObject()) {
            context.err().println("%s: %s".formatted(task.path("title").asString(),
                problem.path("message").asString(problem.path("detail").asString(""))));
          }
        }
      }
      return status(job).equals("done") ? 0 : 1;
    }
  }

  static String status(JsonNode jobOrTask) {
    return jobOrTask.path("status").asString().toLowerCase(Locale.ROOT);
  }
}
