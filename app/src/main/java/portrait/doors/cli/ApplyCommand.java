package portrait.doors.cli;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import portrait.foundation.model.Problem;
import portrait.foundation.model.ProblemException;
import portrait.foundation.model.Yaml;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;
import tools.jackson.dataformat.yaml.YAMLMapper;

/// Applies definitions: all of a call, or none.
@Command(name = "apply", description = "Create or change definitions: all of them, or none when one is wrong.", sortOptions = false)
final class ApplyCommand implements Callable<Integer> {

  private static final YAMLMapper YAML = Yaml.builder().build();

  @Option(names = {"-f",
      "--file"}, paramLabel = "PATH", required = true, description = "A YAML or JSON file, or a folder of them; - reads standard input.")
  private List<String> files = List.of();
  @Option(names = "--dry-run", description = "Only say what would change.")
  private boolean dryRun;
  @Option(names = "--simulate", description = "Only say what would change, and which customers would merge or split.")
  private boolean simulate;
  @Option(names = "--revision", paramLabel = "N", description = "Only if nobody changed any definition since this revision, as definition export --json shows it.")
  private @Nullable Long revision;
  @Mixin
  private final Target target = new Target();
  private final Context context;

  ApplyCommand(Context context) {
    this.context = context;
  }

  @Override
  public Integer call() throws Exception {
    var documents = new ArrayList<String>();
    for (String file : files) {
      documents.addAll(read(file));
    }
    return target.use(context, api -> {
      String path = "/api/v1/definitions" + (simulate ? "?simulate=true" : dryRun ? "?dryRun=true" : "");
      String text = String.join("---\n", documents);
      var changes = revision == null ? api.post(path, "application/yaml", text)
          : api.post(path, "application/yaml", text, revision);
      return target.show(context, changes, () -> print(changes));
    });
  }

  private void print(JsonNode answer) {
    for (var change : answer.path("changes")) {
      context.out().printf("%s/%s %s, version %d%n", change.path("kind").asString(), change.path("name").asString(),
          change.path("action").asString(), change.path("version").asInt());
    }
    for (var segment : answer.path("segments")) {
      context.out().printf("Segment/%s %s%n", segment.path("name").asString(), SegmentsCommand.forecast(segment));
    }
    if (simulate) {
      IdentityCommand.print(answer.path("identities"), context.out());
    }
  }

  /// The documents of a file, of the files of a folder, or of standard input.
  static List<String> read(String file) throws IOException {
    if (file.equals("-")) {
      return documents(new String(System.in.readAllBytes(), StandardCharsets.UTF_8), Path.of(""), "standard input");
    }
    var path = Path.of(file);
    if (!Files.exists(path)) {
      throw Problem.of(Problem.Code.INVALID_FILE, "there is no file or folder '%s'".formatted(file)).asException();
    }
    var documents = new ArrayList<String>();
    for (var each : filesIn(path)) {
      documents.addAll(documents(Files.readString(each), each.toAbsolutePath().getParent(), each.toString()));
    }
    return documents;
  }

  private static List<Path> filesIn(Path path) throws IOException {
    if (!Files.isDirectory(path)) {
      return List.of(path);
    }
    try (var inside = Files.list(path)) {
      return inside.filter(file -> file.toString().matches(".*\\.(yaml|yml|json)")).sorted().toList();
    }
  }

  /// The server does not know where the file lies, so the paths in it become absolute here. What a connection leads to is
  /// called what it is called there.
  private static List<String> documents(String text, @Nullable Path folder, String where) {
    var documents = new ArrayList<String>();
    try (var parsed = YAML.readerFor(JsonNode.class).<JsonNode>readValues(text)) {
      while (parsed.hasNext()) {
        var document = parsed.next();
        for (var table : document.path("spec").path("tables")) {
          if (folder != null && table instanceof ObjectNode fields && fields.path("path").isString()
              && !fields.has("connection")) {
            fields.put("path", folder.resolve(fields.path("path").asString()).normalize().toString());
          }
        }
        documents.add(YAML.writeValueAsString(document).replaceFirst("^---\\s*", ""));
      }
      return documents;
    } catch (JacksonException unreadable) {
      throw new ProblemException(Problem.of(Problem.Code.INVALID_DEFINITION,
          "%s is not YAML: %s".formatted(where, unreadable.getOriginalMessage()),
          "Look at line %d.".formatted(unreadable.getLocation().getLineNr())), unreadable);
    }
  }
}
