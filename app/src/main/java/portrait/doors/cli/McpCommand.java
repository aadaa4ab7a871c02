package portrait.doors.cli;

import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import portrait.foundation.model.ProblemException;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// For assistants that start a program instead of calling an address: what they say on standard input goes to the
/// endpoint of the server, its answers to standard output, a line each.
@Command(name = "mcp", description = "Let an assistant on this machine ask, in the Model Context Protocol on standard input and output.", sortOptions = false)
final class McpCommand implements Callable<Integer> {

  private static final JsonMapper JSON = JsonMapper.builder().build();
  private static final int INVALID = -32_700;
  private static final int FAILED = -32_603;

  @Mixin
  private final Target target = new Target();
  private final Context context;

  McpCommand(Context context) {
    this.context = context;
  }

  @Override
  public Integer call() throws Exception {
    return target.use(context, api -> {
      var in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
      for (String line = in.readLine(); line != null; line = in.readLine()) {
        if (!line.isBlank()) {
          answer(api, line);
        }
      }
      return 0;
    });
  }

  private void answer(Api api, String line) {
    JsonNode asked;
    try {
      asked = JSON.readTree(line);
    } catch (JacksonException wrong) {
      say(error(JSON.nullNode(), INVALID, "that was no JSON"));
      return;
    }
    try {
      var answer = api.post("/mcp", asked);
      if (!answer.isEmpty()) {
        say(answer);
      }
    } catch (ProblemException refused) {
      if (asked.has("id")) {
        say(error(asked.get("id"), FAILED, refused.problem().message()));
      }
    }
  }

  private static JsonNode error(JsonNode id, int code, String message) {
    var answer = JSON.createObjectNode().put("jsonrpc", "2.0");
    answer.set("id", id);
    answer.putObject("error").put("code", code).put("message", message);
    return answer;
  }

  private void say(JsonNode answer) {
    context.out().println(answer);
    context.out().flush();
  }
}
