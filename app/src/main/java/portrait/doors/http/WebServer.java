package portrait.doors.http;

import io.javalin.Javalin;
import io.javalin.compression.CompressionStrategy;
import io.javalin.config.JavalinConfig;
import io.javalin.config.SizeUnit;
import io.javalin.http.HandlerType;
import io.javalin.http.HttpResponseException;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.net.BindException;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.eclipse.jetty.http.UriCompliance;
import org.eclipse.jetty.server.AbstractConnector;
import org.eclipse.jetty.server.NetworkConnectionLimit;
import org.eclipse.jetty.server.handler.GracefulHandler;
import org.eclipse.jetty.server.handler.MinimumDataRateHandler;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import portrait.foundation.database.Migrations;
import portrait.foundation.model.Problem;
import portrait.foundation.model.ProblemException;
import portrait.foundation.security.Security;

/// Serves the doors on one address, on virtual threads.
public final class WebServer implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(WebServer.class);
  private static final Duration STOP_PATIENCE = Duration.ofSeconds(5);
  /** Kept connections on which nothing is under way hold up a stop this long. */
  private static final Duration SHUTDOWN_IDLE = Duration.ofMillis(100);
  private static final int FORM_BYTES_MAX = 4 << 20;
  private static final int UPLOAD_BYTES_IN_MEMORY = 1 << 20;

  private final Javalin javalin;
  private final WebServerSettings settings;
  private final Routes routes;

  /// Of requests that may be sent again, and of the count of usage.
  public static Migrations migrations() {
    return Migrations.beside(WebServer.class);
  }

  /// Listens from here on.
  ///
  /// @param metrics shown at `/metrics`; other packages may add their own to it
  /// @param readiness what keeps the server from answering well; empty when it is ready
  /// @param usage told who asks
  /// @param doors asked in this order
  /// @throws ProblemException `port_in_use`
  public static WebServer start(WebServerSettings settings, Security security, PrometheusMeterRegistry metrics,
      Supplier<List<Problem>> readiness, Usage usage, List<Door> doors) {
    var routes = new Routes();
    new Operations(metrics, readiness).routes(routes);
    doors.forEach(door -> door.routes(routes));
    security.offerScopes(routes.all().stream().map(Routes.Route::area).collect(Collectors.toSet()));
    return new WebServer(settings, routes, new Gate(routes, settings, security, metrics, usage));
  }

  private WebServer(WebServerSettings settings, Routes routes, Gate gate) {
    this.settings = settings;
    this.routes = routes;
    this.javalin = Javalin.create(config -> configure(config, gate));
    try {
      javalin.start(settings.host(), settings.port());
    } catch (RuntimeException failure) {
      javalin.stop();
      throw isPortTaken(failure) ? portInUse(failure) : failure;
    }
    for (var connector : javalin.jettyServer().server().getConnectors()) {
      var listening = (AbstractConnector) connector;
      listening.setShutdownIdleTimeout(SHUTDOWN_IDLE.toMillis());
      listening.setIdleTimeout(settings.connections().idle().toMillis());
    }
    LOG.debug("listening on {}", address());
  }

  /// The address that people open.
  public URI address() {
    String host = settings.host().equals("0.0.0.0") || settings.host().equals("127.0.0.1") ? "localhost"
        : settings.host();
    return URI.create("http://%s:%d".formatted(host.contains(":") ? "[" + host + "]" : host, port()));
  }

  /// The port that was taken, also when any free one was asked for.
  public int port() {
    return javalin.port();
  }

  /// Every route there is: tests compare them with the published description.
  public List<Routes.Route> routes() {
    return routes.all();
  }

  /// Lets requests under way finish, for a few seconds at most.
  @Override
  public void close() {
    javalin.stop();
  }

  private void configure(JavalinConfig config, Gate gate) {
    config.startup.showJavalinBanner = false;
    config.startup.showOldJavalinVersionWarning = false;
    config.startup.startupWatcherEnabled = false;
    config.concurrency.useVirtualThreads = true;
    config.router.ignoreTrailingSlashes = true;
    config.router.treatMultipleSlashesAsSingleSlash = true;
    config.http.prefer405over404 = true;
    config.http.maxRequestSize = FORM_BYTES_MAX;
    config.http.compressionStrategy = CompressionStrategy.GZIP;
    config.jetty.multipartConfig.maxFileSize(settings.uploadBytesMax(), SizeUnit.BYTES);
    config.jetty.multipartConfig.maxTotalRequestSize(settings.uploadBytesMax(), SizeUnit.BYTES);
    config.jetty.multipartConfig.maxInMemoryFileSize(UPLOAD_BYTES_IN_MEMORY, SizeUnit.BYTES);
    config.jetty.modifyHttpConfiguration(http -> {
      http.setSendServerVersion(false);
      // Identity values hold slashes (%2F), and some collecting libraries send //v1/batch. Nothing here maps a path to
      // a file, so an ambiguous path cannot reach anything it should not.
      http.setUriCompliance(UriCompliance.UNSAFE);
    });
    config.jetty.modifyServletContextHandler(handler -> handler.getServletHandler().setDecodeAmbiguousURIs(true));
    config.jetty.modifyServer(server -> {
      server.setStopTimeout(STOP_PATIENCE.toMillis());
      server.insertHandler(new GracefulHandler());
      server.insertHandler(new MinimumDataRateHandler(settings.connections().bytesPerSecondMin(), 0));
      server.addBean(new NetworkConnectionLimit(settings.connections().connections(), server));
    });
    for (var route : routes.all()) {
      config.routes.addHttpHandler(type(route.method()), route.path(), context -> gate.handle(route, context));
      if (route.method() == Routes.Method.GET) {
        // The same answer; the server leaves the body out.
        config.routes.addHttpHandler(HandlerType.HEAD, route.path(), context -> gate.handle(route, context));
      }
    }
    routes.all().stream().filter(route -> route.access().fromAnyOrigin()).map(Routes.Route::path).distinct()
        .forEach(path -> config.routes.options(path, Gate::preflight));
    config.routes.exception(HttpResponseException.class, gate::refuse);
    config.routes.exception(Exception.class, gate::fail);
  }

  private static HandlerType type(Routes.Method method) {
    return switch (method) {
      case GET -> HandlerType.GET;
      case HEAD -> HandlerType.HEAD;
      case POST -> HandlerType.POST;
      case PUT -> HandlerType.PUT;
      case PATCH -> HandlerType.PATCH;
      case DELETE -> HandlerType.DELETE;
    };
  }

  private static boolean isPortTaken(Throwable failure) {
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      if (cause instanceof BindException) {
        return true;
      }
    }
    return false;
  }

  private ProblemException portInUse(Throwable cause) {
    return new ProblemException(Problem.of(Problem.Code.PORT_IN_USE,
        "port %d of %s is already in use by another program".formatted(settings.port(), settings.host()),
        "Stop that program, or choose another port with --port; --port 0 takes any free one.")
        .with("port", settings.port()), cause);
  }
}
