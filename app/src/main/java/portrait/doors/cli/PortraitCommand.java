package portrait.doors.cli;

import java.io.PrintWriter;
import java.util.Map;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.HelpCommand;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParseResult;
import portrait.foundation.model.Problem;
import portrait.foundation.model.ProblemException;

/// The `portrait` command. Its subcommands speak the JSON API to a server: the one that runs on the home, the one at
/// `--url`, or one they start in their own process for as long as they take. So there is one way in, and what a command
/// can do a program can do as well.
@Command(name = "portrait", description = "Takes in customer records and events, and keeps one portrait of each customer.", sortOptions = false, synopsisSubcommandLabel = "COMMAND", footer = {
    "", "Exit codes: 0 done, 1 failed, 2 bad use.", "Start here: portrait demo"})
public final class PortraitCommand {

  @Option(names = {"-h", "--help"}, usageHelp = true, description = "Show this help.")
  private boolean help;

  @Option(names = {"-V", "--version"}, versionHelp = true, description = "Show the version.")
  private boolean version;

  private PortraitCommand() {}

  /// Runs one command line.
  ///
  /// @return the exit code
  public static int run(Product product, Map<String, String> environment, PrintWriter out, PrintWriter err,
      String... arguments) {
    return commandLine(new Context(product, environment, out, err)).execute(arguments);
  }

  /// Every command with its options, for the reference page.
  static CommandLine commandLine(Context context) {
    var keys = new CommandLine(new KeyCommand()).addSubcommand(new KeyCommand.Create(context))
        .addSubcommand(new KeyCommand.ListKeys(context)).addSubcommand(new KeyCommand.Rate(context))
        .addSubcommand(new KeyCommand.Rotate(context))
        .addSubcommand(new KeyCommand.Revoke(context));
    var users = new CommandLine(new UserCommand()).addSubcommand(new UserCommand.Add(context))
        .addSubcommand(new UserCommand.ListUsers(context)).addSubcommand(new UserCommand.GiveRole(context))
        .addSubcommand(new UserCommand.ResetPassword(context)).addSubcommand(new UserCommand.Remove(context));
    var unify = new CommandLine(new UnifyCommand()).addSubcommand(new UnifyCommand.Run(context))
        .addSubcommand(new UnifyCommand.Show(context)).addSubcommand(new UnifyCommand.Preview(context))
        .addSubcommand(new UnifyCommand.Diff(context)).addSubcommand(new UnifyCommand.Why(context));
    var policy = new CommandLine(new PolicyCommand()).addSubcommand(new PolicyCommand.ListPolicies(context))
        .addSubcommand(new PolicyCommand.Preview(context));
    var measure = new CommandLine(new MeasureCommand()).addSubcommand(new MeasureCommand.ListMeasures(context))
        .addSubcommand(new MeasureCommand.Values(context)).addSubcommand(new MeasureCommand.Templates(context));
    var segment = new CommandLine(new SegmentCommand()).addSubcommand(new SegmentCommand.Enlist(context))
        .addSubcommand(new SegmentCommand.Snapshot(context)).addSubcommand(new SegmentCommand.Compare(context))
        .addSubcommand(new SegmentCommand.Apart(context));
    var retention = new CommandLine(new RetentionCommand()).addSubcommand(new RetentionCommand.Run(context));
    var schedule = new CommandLine(new ScheduleCommand()).addSubcommand(new ScheduleCommand.ListSchedules(context))
        .addSubcommand(new ScheduleCommand.Run(context));
    var trigger = new CommandLine(new TriggerCommand()).addSubcommand(new TriggerCommand.ListTriggers(context))
        .addSubcommand(new TriggerCommand.Messages(context)).addSubcommand(new TriggerCommand.Try(context));
    var identity = new CommandLine(new IdentityCommand()).addSubcommand(new IdentityCommand.Simulate(context))
        .addSubcommand(new IdentityCommand.Settle(context)).addSubcommand(new IdentityCommand.Separate(context))
        .addSubcommand(new IdentityCommand.Join(context)).addSubcommand(new IdentityCommand.Unjoin(context))
        .addSubcommand(new IdentityCommand.Rejoin(context));
    var quarantine = new CommandLine(new QuarantineCommand()).addSubcommand(new QuarantineCommand.ListMessages(context))
        .addSubcommand(new QuarantineCommand.Show(context)).addSubcommand(new QuarantineCommand.Replay(context))
        .addSubcommand(new QuarantineCommand.Discard(context));
    var privacy = new CommandLine(new PrivacyCommand()).addSubcommand(new PrivacyCommand.Find(context))
        .addSubcommand(new PrivacyCommand.Export(context)).addSubcommand(new PrivacyCommand.Erase(context))
        .addSubcommand(new PrivacyCommand.ListCertificates(context))
        .addSubcommand(new PrivacyCommand.WriteList(context)).addSubcommand(new PrivacyCommand.Lift(context));
    var definition = new CommandLine(new DefinitionCommand())
        .addSubcommand(new DefinitionCommand.ListDefinitions(context))
        .addSubcommand(new DefinitionCommand.Export(context)).addSubcommand(new DefinitionCommand.History(context))
        .addSubcommand(new DefinitionCommand.Delete(context));
    var connection = new CommandLine(new ConnectionCommand())
        .addSubcommand(new ConnectionCommand.ListConnections(context))
        .addSubcommand(new ConnectionCommand.PutSecret(context)).addSubcommand(new ConnectionCommand.Agree(context))
        .addSubcommand(new ConnectionCommand.Verify(context)).addSubcommand(new ConnectionCommand.Remove(context))
        .addSubcommand(new ConnectionCommand.RotateKey(context));
    var line = new CommandLine(new PortraitCommand());
    line.addSubcommand(new DemoCommand(context)).addSubcommand(new ServeCommand(context))
        .addSubcommand(new ApplyCommand(context)).addSubcommand("definition", definition)
        .addSubcommand(new DiscoverCommand(context))
        .addSubcommand(new LoadCommand(context))
        .addSubcommand(new RefreshCommand(context)).addSubcommand(new RolloutCommand(context))
        .addSubcommand(new ProfileCommand(context)).addSubcommand(new ConsentCommand(context))
        .addSubcommand(new DashboardCommand(context)).addSubcommand(new NotificationsCommand(context))
        .addSubcommand(new ODataCommand(context))
        .addSubcommand(new McpCommand(context))
        .addSubcommand("measure", measure).addSubcommand(new SegmentsCommand(context))
        .addSubcommand(new AccountsCommand(context)).addSubcommand(new HouseholdsCommand(context))
        .addSubcommand("segment", segment).addSubcommand(new DependantsCommand(context)).addSubcommand("unify", unify)
        .addSubcommand("identity", identity)
        .addSubcommand("policy", policy)
        .addSubcommand("connection", connection).addSubcommand(new EnrichmentCommand(context))
        .addSubcommand(new ExportCommand(context))
        .addSubcommand("schedule", schedule).addSubcommand("trigger", trigger).addSubcommand("retention", retention)
        .addSubcommand("privacy", privacy)
        .addSubcommand("key", keys)
        .addSubcommand("user", users).addSubcommand(new UsageCommand(context)).addSubcommand(new AuditCommand(context))
        .addSubcommand("quarantine", quarantine)
        .addSubcommand(new RebuildCommand(context)).addSubcommand(new BackupCommand(context))
        .addSubcommand(new RestoreCommand(context)).addSubcommand(new DoctorCommand(context))
        .addSubcommand(new CompletionCommand()).addSubcommand(new HelpCommand()).addSubcommand(new BenchCommand())
        .addSubcommand(new RehearseCommand(context));
    line.setOut(context.out()).setErr(context.err()).setCaseInsensitiveEnumValuesAllowed(true)
        .setExecutionExceptionHandler((failure, _, result) -> report(context, failure, result));
    line.getCommandSpec().version("portrait " + Version.TEXT);
    return line;
  }

  private static int report(Context context, Exception failure, ParseResult result) throws Exception {
    if (!(failure instanceof ProblemException expected)) {
      throw failure;
    }
    var problem = expected.problem();
    context.err().println("portrait: " + problem.message());
    if (!problem.hint().isEmpty()) {
      context.err().println(problem.hint());
    }
    context.err().flush();
    return exitCode(problem.code());
  }

  /// A wrong option or setting is bad use; everything else was understood and failed.
  private static int exitCode(Problem.Code code) {
    return code == Problem.Code.INVALID_SETTING || code == Problem.Code.INVALID_PARAMETER ? 2 : 1;
  }
}
