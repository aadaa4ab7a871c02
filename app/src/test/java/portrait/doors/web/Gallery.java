package portrait.doors.web;

import static portrait.doors.http.Access.PUBLIC;

import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.nio.file.Files;
import java.util.List;
import java.util.Optional;
import portrait.doors.http.Answer;
import portrait.doors.http.Request;
import portrait.doors.http.Routes;
import portrait.doors.http.StaticFiles;
import portrait.doors.http.WebServer;
import portrait.doors.http.WebServerSettings;
import portrait.foundation.database.Database;
import portrait.foundation.database.DatabaseSettings;
import portrait.foundation.model.Problem;
import portrait.foundation.security.Security;

/// Shows every page, filled by hand, for looking at them: `http://localhost:PORT/gallery/customer?dark=1`.
final class Gallery {

  private static final StaticFiles FILES = Web.staticFiles();
  private static final Renderer RENDERER = new Renderer(FILES, SamplePages.CLOCK);

  private Gallery() {}

  public static void main(String[] arguments) throws Exception {
    int port = arguments.length == 0 ? 0 : Integer.parseInt(arguments[0]);
    var home = Files.createTempDirectory("gallery");
    var database = Database.open(new DatabaseSettings.Sqlite(home.resolve("portrait.db")),
        List.of(Security.migrations()));
    var server = WebServer.start(WebServerSettings.local(port), new Security(database, SamplePages.CLOCK),
        new PrometheusMeterRegistry(PrometheusConfig.DEFAULT), List::of,
        new portrait.doors.http.Usage(database, SamplePages.CLOCK), List.of(Gallery::routes));
    System.out.println("url: " + server.address() + "/gallery/home");
    Thread.currentThread().join();
  }

  private static void routes(Routes routes) {
    FILES.routes(routes);
    routes.get("/gallery/problem", PUBLIC, request -> RENDERER.problem(request,
        Problem.of(Problem.Code.UNKNOWN_PROFILE, "there is no customer " + SamplePages.NASTY,
            "Search for a name, an e-mail or any id.")));
    routes.get("/gallery/{page}", PUBLIC, Gallery::page);
  }

  private static Answer page(Request request) {
    var sample = java.util.Objects.requireNonNull(SamplePages.all().get(request.pathPart("page")));
    boolean isDark = request.query("dark").isPresent();
    String title = sample.area().isEmpty() ? "Sign in" : RENDERER.text(request).of("nav." + sample.area());
    var shell = new Shell(RENDERER.text(request), FILES, title, sample.area(),
        Optional.of(new Shell.Person("owner", "owner")),
        true,
        true, "token", "7", isDark ? "dark" : "light", 3, Optional.empty());
    return Answer.html(RENDERER.render(sample.template(), java.util.Map.of("shell", shell, "page", sample.page())));
  }
}
