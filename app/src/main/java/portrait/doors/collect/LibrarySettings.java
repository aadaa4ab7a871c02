package portrait.doors.collect;

import java.util.function.BiConsumer;
import portrait.doors.http.Answer;
import portrait.doors.http.Door;
import portrait.doors.http.Request;
import portrait.doors.http.Routes;
import portrait.foundation.model.Problem;
import tools.jackson.databind.json.JsonMapper;

/// What browser libraries ask before they send anything: where to send it, and to which other systems. There are no
/// others: what Portrait passes on it passes on by itself.
final class LibrarySettings implements Door {

  private static final JsonMapper JSON = JsonMapper.builder().build();

  private final BiConsumer<Request, String> refuseUnlessItCollects;

  LibrarySettings(BiConsumer<Request, String> refuseUnlessItCollects) {
    this.refuseUnlessItCollects = refuseUnlessItCollects;
  }

  @Override
  public void routes(Routes routes) {
    routes.get("/v1/projects/{key}/settings", Collect.BY_WRITE_KEY, this::segment);
    routes.get("/sourceConfig", Collect.BY_WRITE_KEY, this::rudder);
  }

  private Answer segment(Request request) {
    String key = request.pathPart("key");
    refuseUnlessItCollects.accept(request, key);
    var settings = JSON.createObjectNode();
    var destination = settings.putObject("integrations").putObject("Segment.io");
    destination.put("apiKey", key);
    destination.put("apiHost", host(request) + "/v1");
    destination.put("protocol", request.isSecure() ? "https" : "http");
    // Otherwise the library tells its maker how it fares.
    settings.putObject("metrics").put("sampleRate", 0);
    settings.putObject("plan");
    return Answer.json(settings);
  }

  private Answer rudder(Request request) {
    String key = request.query("writeKey").or(request::basicUser)
        .orElseThrow(() -> Problem.of(Problem.Code.NOT_SIGNED_IN, "the call carries no write key").asException());
    refuseUnlessItCollects.accept(request, key);
    var answer = JSON.createObjectNode();
    var source = answer.putObject("source");
    source.put("id", "portrait").put("name", "Portrait").put("writeKey", key).put("enabled", true)
        .put("workspaceId", "portrait");
    var statistics = source.putObject("config").putObject("statsCollection");
    statistics.putObject("errors").put("enabled", false);
    statistics.putObject("metrics").put("enabled", false);
    source.putArray("destinations");
    source.putObject("connections");
    return Answer.json(answer);
  }

  private static String host(Request request) {
    return request.header("Host").orElse("localhost");
  }
}
