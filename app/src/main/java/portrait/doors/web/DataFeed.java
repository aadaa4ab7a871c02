package portrait.doors.web;

import static portrait.doors.http.Access.needs;

import java.util.Map;
import java.util.function.Supplier;
import portrait.doors.http.Answer;
import portrait.doors.http.Door;
import portrait.doors.http.Request;
import portrait.doors.http.Routes;
import portrait.foundation.security.Permission;

/// Where the OData feed is, what is in it and how to open it.
final class DataFeed implements Door {

  private final Renderer renderer;
  private final Supplier<Map<String, String>> sets;

  /// @param sets what the rows of each set are, by its name
  DataFeed(Renderer renderer, Supplier<Map<String, String>> sets) {
    this.renderer = renderer;
    this.sets = sets;
  }

  @Override
  public void routes(Routes routes) {
    routes.get("/feed", needs(Permission.VIEW), this::page);
  }

  private Answer page(Request request) {
    var text = renderer.text(request);
    String server = "%s://%s".formatted(request.isSecure() ? "https" : "http",
        request.header("Host").orElse("localhost"));
    return renderer.page(request, "feed", text.of("nav.feed"), "feed",
        new FeedPage(server + "/odata/v4/", server + "/mcp", sets.get().entrySet()
            .stream()
            .map(set -> new FeedPage.EntitySet(set.getKey(), text.orElse("feed.set." + set.getKey(), set.getValue())))
            .toList()));
  }
}
