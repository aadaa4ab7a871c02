package portrait.doors.cli;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import portrait.foundation.model.Problem;
import tools.jackson.databind.json.JsonMapper;

/// Takes a backup, also of a server that runs, and fetches it.
@Command(name = "backup", description = "Copy everything a home knows into one file, while it serves.", sortOptions = false)
final class BackupCommand implements Callable<Integer> {

  @Parameters(index = "0", paramLabel = "FILE|DIR", description = "The file to make, or a folder that gets one named by date and time.")
  private Path where = Path.of("");
  @Option(names = "--keep", description = "Leave the backup in the home as well.")
  private boolean keep;
  @Mixin
  private final Target target = new Target();
  private final Context context;

  BackupCommand(Context context) {
    this.context = context;
  }

  @Override
  public Integer call() throws Exception {
    if (Files.isRegularFile(where)) {
      throw Problem.of(Problem.Code.INVALID_PARAMETER, "there is a file %s already".formatted(where),
          "Choose another name, or a folder.").asException();
    }
    return target.use(context, api -> {
      var started = api.post("/api/v1/backups", JsonMapper.shared().createObjectNode());
      String name = started.path("backup").asString();
      try (var progress = Progress.on(context.err(), "rows")) {
        var job = JobWatch.follow(api, started.at("/job/id").asString(), progress);
        if (!JobWatch.status(job).equals("done")) {
          String why = job.at("/tasks/0/problem/message").asString("");
          context.err().println("backup: %s%s".formatted(JobWatch.status(job), why.isEmpty() ? "" : ", " + why));
          return 1;
        }
      }
      var file = Files.isDirectory(where) ? where.resolve(name) : where.toAbsolutePath();
      String path = "/api/v1/backups/" + Api.part(name);
      try (var progress = Progress.on(context.err(), "bytes")) {
        api.download(path, file, received -> progress.show("receiving", received, 0));
        progress.finished();
      }
      if (!keep) {
        api.delete(path);
      }
      var answer = JsonMapper.shared().createObjectNode().put("file", file.toString()).put("bytes", Files.size(file));
      return target.show(context, answer,
          () -> context.out().printf("%s, %,d bytes%n", file, answer.path("bytes").asLong()));
    });
  }
}
