package portrait.doors.http;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiFunction;
import portrait.foundation.model.Problem;

/// What the server answers to, in the order of asking: the first route that fits is taken.
///
/// Paths are written like `/api/v1/jobs/{id}`; `<value>` instead of `{value}` also takes slashes. Parts arrive decoded,
/// so `a%2Fb` fits `{value}`. Doubled and trailing slashes in a request do not matter.
public final class Routes {

  static final String PAGES = "pages";

  private final List<Route> routes = new ArrayList<>();
  private final Map<String, BiFunction<Problem, String, Answer>> problemsUnder = new LinkedHashMap<>();
  private Optional<ProblemPage> problemPage = Optional.empty();

  public void get(String path, Access access, Handler handler) {
    add(Method.GET, path, access, handler);
  }

  public void head(String path, Access access, Handler handler) {
    add(Method.HEAD, path, access, handler);
  }

  public void post(String path, Access access, Handler handler) {
    add(Method.POST, path, access, handler);
  }

  public void put(String path, Access access, Handler handler) {
    add(Method.PUT, path, access, handler);
  }

  public void patch(String path, Access access, Handler handler) {
    add(Method.PATCH, path, access, handler);
  }

  public void delete(String path, Access access, Handler handler) {
    add(Method.DELETE, path, access, handler);
  }

  /// Takes a route of others, most often one that was given another handler around its own.
  public void add(Route route) {
    routes.add(route);
  }

  /// How problems look to a person with a browser; without it they get the problem document.
  public void problemPage(ProblemPage page) {
    problemPage = Optional.of(page);
  }

  /// How problems look under a path, for doors whose protocol has a shape of its own.
  ///
  /// @param shape makes the answer of a problem and the id of the request
  public void problems(String under, BiFunction<Problem, String, Answer> shape) {
    problemsUnder.put(under, shape);
  }

  /// Every route there is, in order.
  public List<Route> all() {
    return List.copyOf(routes);
  }

  Optional<ProblemPage> problemPage() {
    return problemPage;
  }

  Optional<BiFunction<Problem, String, Answer>> problemsUnder(String path) {
    return problemsUnder.entrySet().stream()
        .filter(under -> path.equals(under.getKey()) || path.startsWith(under.getKey() + "/"))
        .map(Map.Entry::getValue).findFirst();
  }

  private void add(Method method, String path, Access access, Handler handler) {
    if (!path.startsWith("/")) {
      throw new IllegalArgumentException("path was '%s' but must start with a slash".formatted(path));
    }
    routes.add(new Route(method, path, access, handler));
  }

  /// The methods a route can have.
  public enum Method {
    GET, HEAD, POST, PUT, PATCH, DELETE;

    /// Whether a request with it may change something.
    public boolean changes() {
      return this != GET && this != HEAD;
    }

    String text() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /// @param path as it was written by the door
  public record Route(Method method, String path, Access access, Handler handler) {

    /// The part of the product it belongs to, as keys are scoped by it.
    public String area() {
      var parts = path.split("/", -1);
      return switch (parts[1]) {
        case "api" -> parts[3];
        case "v1", "pixel", "beacon" -> "collect";
        case "odata", "mcp" -> parts[1];
        default -> PAGES;
      };
    }

    /// Whether it answers with a file for other programs.
    boolean isFile() {
      return path.endsWith(".csv");
    }

    /// The same with another handler.
    public Route with(Handler other) {
      return new Route(method, path, access, other);
    }
  }
}
