package portrait.doors.cli;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import portrait.foundation.model.Problem;

/// Looks at a file and suggests the definition of its table.
@Command(name = "discover", description = "Look at a file and print the Source definition that it suggests.", sortOptions = false)
final class DiscoverCommand implements Callable<Integer> {

  @Parameters(paramLabel = "FILE", description = "CSV, JSON Lines or Parquet.")
  private Path file = Path.of("");
  @Option(names = "--as", paramLabel = "SOURCE.TABLE", defaultValue = "files.rows", description = "What to call source and table; default: ${DEFAULT-VALUE}.")
  private String table = "";
  @Mixin
  private final Target target = new Target();
  private final Context context;

  DiscoverCommand(Context context) {
    this.context = context;
  }

  @Override
  public Integer call() throws Exception {
    if (!Files.isReadable(file) || Files.isDirectory(file)) {
      throw Problem.of(Problem.Code.INVALID_FILE, "there is no file '%s' that can be read".formatted(file))
          .asException();
    }
    int dot = table.indexOf('.');
    if (dot < 1 || dot == table.length() - 1) {
      throw Problem.of(Problem.Code.INVALID_PARAMETER,
          "--as was '%s' but must be a source and a table with a dot between them: shop.contacts".formatted(table))
          .asException();
    }
    return target.use(context, api -> {
      var found = api.upload("/api/v1/discover?source=%s&table=%s".formatted(Api.part(table.substring(0, dot)),
          Api.part(table.substring(dot + 1))), Upload.of(List.of(file)), _ -> {});
      return target.show(context, found, () -> {
        found.path("notes").forEach(note -> context.err().println("note: " + note.asString()));
        context.out().print(found.path("yaml").asString());
      });
    });
  }
}
