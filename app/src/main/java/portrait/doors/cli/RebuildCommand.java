package portrait.doors.cli;

import java.util.concurrent.Callable;
import java.util.stream.StreamSupport;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Compares everything derived with the facts, waits for the end, and tells what it found.
@Command(name = "rebuild", description = "Derive links, customers, profiles, measures and memberships anew from the facts, and mend what differs.", sortOptions = false)
final class RebuildCommand implements Callable<Integer> {

  @Option(names = "--check", description = "Only compare and report; ends with 1 when there are differences.")
  private boolean check;
  @Mixin
  private final Target target = new Target();
  private final Context context;

  RebuildCommand(Context context) {
    this.context = context;
  }

  @Override
  public Integer call() throws Exception {
    return target.use(context, api -> {
      var request = JsonMapper.builder().build().createObjectNode().put("check", check);
      String id = api.post("/api/v1/rebuild", request).path("id").asString();
      try (var progress = Progress.on(context.err(), "rows")) {
        var job = JobWatch.follow(api, id, progress);
        if (!JobWatch.status(job).equals("done")) {
          context.err().println("rebuild %s: %s".formatted(id, JobWatch.status(job)));
          return 1;
        }
      }
      var report = api.get("/api/v1/rebuild/" + Api.part(id));
      context.out().println(target.isJson() ? report : told(report));
      return check && report.path("differences").asLong() > 0 ? 1 : 0;
    });
  }

  private String told(JsonNode report) {
    var text = new StringBuilder("%,d identities and %,d customers compared with the facts: ".formatted(
        report.path("identities").asLong(), report.path("customers").asLong()));
    long differences = report.path("differences").asLong();
    text.append(differences == 0
        ? "no differences"
        : "%,d %s".formatted(differences, check ? "differences, left as they are" : "differences, mended"));
    for (var finding : report.path("findings")) {
      text.append(System.lineSeparator()).append("%,8d %s: %s".formatted(finding.path("count").asLong(),
          finding.path("kind").asString(), String.join(", ",
              StreamSupport.stream(finding.path("samples").spliterator(), false).map(JsonNode::asString).toList())));
    }
    return text.toString();
  }
}
