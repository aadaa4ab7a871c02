package portrait.doors.cli;

import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import portrait.foundation.model.Problem;
import tools.jackson.databind.JsonNode;

/// Definitions that are in force. `portrait apply` changes them.
@Command(name = "definition", description = "List, export and delete definitions, and show how they were.", sortOptions = false, synopsisSubcommandLabel = "COMMAND")
final class DefinitionCommand {

  private static final String ALL = "/api/v1/definitions";
  private static final String YAML = "application/yaml";

  @Option(names = {"-h", "--help"}, usageHelp = true, description = "Show this help.")
  private boolean help;

  private static String address(String kind, String name) {
    return "%s/%s/%s".formatted(ALL, Api.part(kind), Api.part(name));
  }

  /// Lists what there is.
  @Command(name = "list", description = "List the definitions: version, kind, name, who applied it and when.", sortOptions = false)
  static final class ListDefinitions implements Callable<Integer> {

    @Parameters(arity = "0..1", paramLabel = "KIND", description = "Only those of this kind: Segment, Measure, Source, …")
    private @Nullable String kind;
    @Mixin
    private final Target target = new Target();
    private final Context context;

    ListDefinitions(Context context) {
      this.context = context;
    }

    @Override
    public Integer call() throws Exception {
      return target.use(context, api -> {
        var answer = api.get(kind == null ? ALL : ALL + "/" + Api.part(kind));
        return target.show(context, answer, () -> answer.path("definitions").forEach(each -> print(context, each)));
      });
    }
  }

  private static void print(Context context, JsonNode each) {
    context.out().printf("%4d  %-14s %-32s %s, %s%s%n", each.path("version").asInt(), each.path("kind").asString(),
        each.path("name").asString(), each.path("appliedBy").asString(), each.path("appliedAt").asString(),
        each.path("spec").isNull() ? ", deleted" : "");
  }

  /// Prints what `portrait apply` takes back.
  @Command(name = "export", description = "Print definitions as YAML that portrait apply takes back: all, those of a kind, or one.", sortOptions = false)
  static final class Export implements Callable<Integer> {

    @Parameters(arity = "0..2", paramLabel = "KIND NAME", description = "Only this kind, or only this definition.")
    private List<String> chosen = List.of();
    @Mixin
    private final Target target = new Target();
    private final Context context;

    Export(Context context) {
      this.context = context;
    }

    @Override
    public Integer call() throws Exception {
      String path = switch (chosen.size()) {
        case 0 -> ALL;
        case 1 -> ALL + "/" + Api.part(chosen.getFirst());
        default -> address(chosen.getFirst(), chosen.getLast());
      };
      return target.use(context, api -> {
        context.out().println(target.isJson() ? api.get(path).toString() : api.text(path, YAML).stripTrailing());
        context.out().flush();
        return 0;
      });
    }
  }

  /// Every version of one.
  @Command(name = "history", description = "List every version of a definition, newest first.", sortOptions = false)
  static final class History implements Callable<Integer> {

    @Parameters(index = "0", paramLabel = "KIND", description = "Segment, Measure, Source, …")
    private String kind = "";
    @Parameters(index = "1", paramLabel = "NAME", description = "The definition.")
    private String name = "";
    @Mixin
    private final Target target = new Target();
    private final Context context;

    History(Context context) {
      this.context = context;
    }

    @Override
    public Integer call() throws Exception {
      return target.use(context, api -> {
        var answer = api.get(address(kind, name) + "/history");
        if (answer.path("definitions").isEmpty()) {
          throw Problem.of(Problem.Code.NOT_FOUND, "there never was a %s %s".formatted(kind, name)).asException();
        }
        return target.show(context, answer, () -> answer.path("definitions").forEach(each -> print(context, each)));
      });
    }
  }

  /// Deletes one.
  @Command(name = "delete", description = "Delete a definition that nothing uses. Its history stays.", sortOptions = false)
  static final class Delete implements Callable<Integer> {

    @Parameters(index = "0", paramLabel = "KIND", description = "Segment, Measure, Source, …")
    private String kind = "";
    @Parameters(index = "1", paramLabel = "NAME", description = "The definition.")
    private String name = "";
    @Option(names = "--revision", paramLabel = "N", description = "Only if its revision still is this one, as export --json shows it.")
    private @Nullable Long revision;
    @Mixin
    private final Target target = new Target();
    private final Context context;

    Delete(Context context) {
      this.context = context;
    }

    @Override
    public Integer call() throws Exception {
      return target.use(context, api -> {
        String path = address(kind, name);
        var answer = revision == null ? api.delete(path) : api.delete(path, revision);
        return target.show(context, answer, () -> context.out().printf("%s/%s deleted%n", kind, name));
      });
    }
  }
}
