package portrait.doors.cli;

import java.util.concurrent.Callable;
import picocli.AutoComplete;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import portrait.foundation.model.Problem;

/// Words that the shell completes: commands, options, files.
@Command(name = "completion", description = "Print what lets a shell complete commands and options: source <(portrait completion bash)", sortOptions = false)
final class CompletionCommand implements Callable<Integer> {

  @Parameters(index = "0", arity = "0..1", paramLabel = "SHELL", description = "bash or zsh; default: bash.")
  private String shell = "bash";
  @Option(names = {"-h", "--help"}, usageHelp = true, description = "Show this help.")
  private boolean help;
  @Spec
  private CommandSpec spec = CommandSpec.create();

  @Override
  public Integer call() {
    // One script serves both: under zsh it switches on zsh's own emulation of bash completion.
    if (!shell.equals("bash") && !shell.equals("zsh")) {
      throw Problem.of(Problem.Code.INVALID_PARAMETER, "the shell was '%s' but must be bash or zsh".formatted(shell))
          .asException();
    }
    var root = spec.root().commandLine();
    root.getOut().println(AutoComplete.bash("portrait", root));
    root.getOut().flush();
    return 0;
  }
}
