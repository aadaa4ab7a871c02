package portrait.doors.cli;

import java.io.PrintWriter;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.LongConsumer;
import picocli.CommandLine;
import picocli.CommandLine.Model.OptionSpec;
import portrait.processes.backup.Contents;

/// Every command with its options, as the reference page must have them.
public final class CommandNames {

  private CommandNames() {}

  /// The longest name of each option by command: `portrait key create` to `--role`, `--name`, …
  public static Map<String, List<String>> all() {
    var nothing = new PrintWriter(PrintWriter.nullWriter());
    var found = new TreeMap<String, List<String>>();
    collect(PortraitCommand.commandLine(new Context(new NoProduct(), Map.of(), nothing, nothing)), found);
    return found;
  }

  /// Commands that take nothing they cannot do without: they run as they are.
  public static List<String> complete() {
    var nothing = new PrintWriter(PrintWriter.nullWriter());
    var found = new ArrayList<String>();
    complete(PortraitCommand.commandLine(new Context(new NoProduct(), Map.of(), nothing, nothing)), found);
    return found;
  }

  private static void complete(CommandLine line, List<String> found) {
    var spec = line.getCommandSpec();
    if (line.getSubcommands().isEmpty() && spec.options().stream().noneMatch(OptionSpec::required)
        && spec.positionalParameters().stream().allMatch(each -> each.arity().min() == 0)) {
      found.add(spec.qualifiedName());
    }
    line.getSubcommands().values().stream().filter(command -> !command.getCommandSpec().usageMessage().hidden())
        .forEach(command -> complete(command, found));
  }

  private static void collect(CommandLine line, Map<String, List<String>> found) {
    if (line.getSubcommands().isEmpty()) {
      found.put(line.getCommandSpec().qualifiedName(),
          line.getCommandSpec().options().stream().map(OptionSpec::longestName).toList());
    }
    line.getSubcommands().values().stream().filter(command -> !command.getCommandSpec().usageMessage().hidden())
        .forEach(command -> collect(command, found));
  }

  /// Commands are only listed here, never run.
  private static final class NoProduct implements Product {

    @Override
    public Running start(Home home, Map<String, String> given) {
      throw new AssertionError("not to be started");
    }

    @Override
    public InetSocketAddress address(Home home, Map<String, String> given) {
      throw new AssertionError("not to be started");
    }

    @Override
    public Contents restore(Home home, Path backup, Optional<Path> suppressed, LongConsumer progress) {
      throw new AssertionError("not to be started");
    }

    @Override
    public Contents check(Path backup) {
      throw new AssertionError("not to be started");
    }
  }
}
