package portrait.app;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import portrait.TestPortrait;
import portrait.doors.cli.CommandNames;
import portrait.doors.cli.PortraitCommand;
import tools.jackson.databind.json.JsonMapper;

/// The command line as scripts use it.
class ScriptsTest {

  private static final JsonMapper JSON = JsonMapper.builder().build();
  /** Print something else by nature. */
  private static final Set<String> NO_JSON = Set.of("portrait bench", "portrait rehearse", "portrait completion",
      "portrait help");
  /** Go on until stopped, or replace a home. */
  private static final Set<String> ENDLESS = Set.of("portrait demo", "portrait serve", "portrait mcp");

  @TempDir
  Path home;

  private record Outcome(int exitCode, String out, String err) {}

  @Test
  void everyCommandTakesJson() {
    CommandNames.all().forEach((command, options) -> assertEquals(!NO_JSON.contains(command),
        options.contains("--json"), command));
  }

  @Test
  void everyCommandThatRunsAsItIsPrintsOneJsonValue() {
    try (var portrait = TestPortrait.in(home)) {
      portrait.collect("/v1/track", "{\"anonymousId\": \"a\", \"event\": \"Seen\"}");
      portrait.refresh();
      int run = 0;
      for (String command : CommandNames.complete()) {
        if (NO_JSON.contains(command) || ENDLESS.contains(command)) {
          continue;
        }
        var outcome = portrait(portrait, command + " --json");
        if (outcome.exitCode() == 0) {
          var answer = assertDoesNotThrow(() -> JSON.readTree(outcome.out()), command + ": " + outcome.out());
          assertTrue(answer.isObject() || answer.isArray(), command + ": " + outcome.out());
          assertEquals(1, outcome.out().strip().lines().count(), command);
        } else {
          assertTrue(outcome.out().isEmpty() || outcome.out().startsWith("{"), command + ": " + outcome.out());
          assertFalse(outcome.err().isBlank() && outcome.out().isBlank(), command + " fails without a word");
        }
        run++;
      }
      assertTrue(run > 15, "only %d were run".formatted(run));
    }
  }

  @Test
  void shellsCompleteCommands() throws IOException, InterruptedException {
    var script = Files.writeString(home.resolve("completion"), run(Map.of(), "completion", "bash").out());
    assertEquals(run(Map.of(), "completion", "zsh").out(), Files.readString(script));
    assertEquals(2, run(Map.of(), "completion", "fish").exitCode());
    var shell = new ProcessBuilder("bash", "-c", """
        source "$0"
        COMP_WORDS=(portrait key r); COMP_CWORD=2; COMP_LINE="portrait key r"
        _complete_portrait
        echo "${COMPREPLY[@]}"
        """, script.toString()).redirectErrorStream(true).start();
    String said = new String(shell.getInputStream().readAllBytes()).strip();
    assertEquals(0, shell.waitFor(), said);
    assertEquals("rate revoke rotate", String.join(" ", Arrays.stream(said.split("\\s+")).sorted().toList()));
  }

  private static Outcome portrait(TestPortrait portrait, String command) {
    var words = Stream.concat(Arrays.stream(command.split(" ")).skip(1),
        Stream.of("--url", portrait.parts().server().url().toString())).toArray(String[]::new);
    return run(Map.of("PORTRAIT_KEY", portrait.parts().server().key().reveal()), words);
  }

  private static Outcome run(Map<String, String> environment, String... words) {
    var out = new StringWriter();
    var err = new StringWriter();
    int exitCode = PortraitCommand.run(new Installation(environment), environment, new PrintWriter(out),
        new PrintWriter(err), words);
    return new Outcome(exitCode, out.toString(), err.toString());
  }
}
