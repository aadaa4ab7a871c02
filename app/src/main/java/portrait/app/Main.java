package portrait.app;

import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import portrait.doors.cli.PortraitCommand;

/// The product's entry point.
public final class Main {

  private Main() {}

  public static void main(String[] arguments) {
    var environment = System.getenv();
    System.exit(PortraitCommand.run(new Installation(environment), environment,
        new PrintWriter(System.out, true, StandardCharsets.UTF_8),
        new PrintWriter(System.err, true, StandardCharsets.UTF_8), arguments));
  }
}
