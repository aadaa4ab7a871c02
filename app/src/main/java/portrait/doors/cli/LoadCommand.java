package portrait.doors.cli;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.function.LongConsumer;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import portrait.foundation.model.Problem;
import tools.jackson.databind.JsonNode;

/// Loads files into a source table.
@Command(name = "load", description = "Load CSV, JSON Lines or Parquet files into a source table.", sortOptions = false)
final class LoadCommand implements Callable<Integer> {

  @Parameters(index = "0", paramLabel = "SOURCE.TABLE", description = "The table, for example shop.contacts.")
  private String table = "";
  @Parameters(index = "1..*", arity = "1..*", paramLabel = "FILE", description = "Files; together they are one load.")
  private List<Path> files = List.of();
  @Option(names = "--replace", description = "The files are the whole table; default: what the definition says.")
  private boolean replace;
  @Option(names = "--upsert", description = "Add the rows, or replace those with the same key.")
  private boolean upsert;
  @Option(names = "--delete", description = "Remove the rows whose keys are in the files.")
  private boolean delete;
  @Mixin
  private final Target target = new Target();
  private final Context context;

  LoadCommand(Context context) {
    this.context = context;
  }

  @Override
  public Integer call() throws Exception {
    for (var file : files) {
      if (!Files.isReadable(file) || Files.isDirectory(file)) {
        throw Problem.of(Problem.Code.INVALID_FILE, "there is no file '%s' that can be read".formatted(file))
            .asException();
      }
    }
    var upload = Upload.of(files);
    return target.use(context, api -> {
      long bytes = upload.bytes();
      try (var progress = Progress.on(context.err(), "bytes")) {
        LongConsumer sent = count -> progress.show("sending to " + table, Math.min(count, bytes), bytes);
        String path = "/api/v1/tables/%s/load%s".formatted(Api.part(table), mode());
        var result = bytes < PiecewiseUpload.BYTES_MIN ? api.upload(path, upload, sent)
            : api.post("%s%supload=%s".formatted(path, path.contains("?") ? "&" : "?",
                String.join(",", new PiecewiseUpload(api, files).send(sent))), "application/json", "");
        progress.finished();
        return target.show(context, result, () -> print(result));
      }
    });
  }

  private String mode() {
    return replace ? "?mode=replace" : upsert ? "?mode=upsert" : delete ? "?mode=delete" : "";
  }

  private void print(JsonNode result) {
    if (result.path("skippedAsSeen").asBoolean()) {
      context.out().printf("%s: nothing to do, these files were loaded before%n", table);
    } else {
      context.out().printf("%s: %,d rows read, %,d refused, %,d changed, %,d unchanged, %,d deleted%n", table,
          result.path("rowsRead").asLong(), result.path("rowsRefused").asLong(), result.path("changed").asLong(),
          result.path("unchanged").asLong(), result.path("deleted").asLong());
    }
  }
}
