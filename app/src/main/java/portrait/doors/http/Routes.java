package portrait.doors.http;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/// What the server answers to, in the order of asking: the first route that fits is taken.
///
/// Paths are written like `/api/v1/jobs/{id}`; `<value>` instead of `{value}` also takes slashes. Parts arrive decoded,
/// so `a%2Fb` fits `{value}`. Doubled and trailing slashes in a request do not matter.
public final class Routes {

  private final List<Route> routes = new ArrayList<>();
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

  /// How problems look to a person with a browser; without it they get the problem document.
  public void problemPage(ProblemPage page) {
    problemPage = Optional.of(page);
  }

  /// Every route there is, in order.
  public List<Route> all() {
    return List.copyOf(routes);
  }

  Optional<ProblemPage> problemPage() {
    return problemPage;
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
    boolean changes() {
      return this != GET && this != HEAD;
    }

    String text() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /// @param path as it was written by the door
  public record Route(Method method, String path, Access access, Handler handler) {}
}
