package portrait.doors.cli;

import java.io.PrintWriter;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import picocli.CommandLine;
import picocli.CommandLine.Model.OptionSpec;

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
  }
}
