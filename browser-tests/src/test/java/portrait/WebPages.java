package portrait;

import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import portrait.doors.http.Routes;

/// The addresses of every page there is: each route without parameters, and from there on whatever pages link to, as far
/// as it is another page or has other parameters. So a new page is found by itself, and one to which nothing leads is
/// reported.
final class WebPages {

  private static final Pattern LINK = Pattern.compile("(?:href|hx-get)=\"(/[^\"#]*)");
  private static final Pattern WHOLE = Pattern.compile("\\s*<(?:html|!doctype html)", Pattern.CASE_INSENSITIVE);
  private static final int ADDRESSES_OF_A_SHAPE_MAX = 2;
  /** Somebody else's sign-in and the way back, what programs ask for, and what a page asks for while a job runs. */
  private static final Set<String> NO_PAGES = Set.of("/sign-on", "/sign-on/done", "/sourceConfig",
      "/jobs/{id}/progress");
  /** The next part of a list looks like the first. */
  private static final Set<String> PLACES_IN_LISTS = Set.of("cursor", "offset", "before");

  private final TestPortrait portrait;
  private final List<Routes.Route> routes;
  private final Map<String, Integer> taken = new LinkedHashMap<>();
  private final ArrayDeque<String> waiting = new ArrayDeque<>();
  private final Set<String> reached = new TreeSet<>();
  private final Map<String, String> pages = new LinkedHashMap<>();
  private final Map<String, String> plainest = new LinkedHashMap<>();

  /// @param more addresses that forms lead to, as no link does
  WebPages(TestPortrait portrait, List<String> more) {
    this.portrait = portrait;
    this.routes = portrait.parts().routes().stream().filter(route -> route.method() == Routes.Method.GET)
        .filter(route -> route.area().equals("pages") && !NO_PAGES.contains(route.path()))
        .sorted(Comparator.comparing(route -> route.path().contains("{"))).toList();
    routes.stream().map(Routes.Route::path).filter(path -> !path.contains("{")).forEach(this::take);
    more.forEach(this::take);
    while (!waiting.isEmpty()) {
      look(waiting.removeFirst());
    }
  }

  /// One address of each page, and one for each further set of parameters it is linked with.
  List<String> addresses() {
    return List.copyOf(pages.values());
  }

  /// One address of each page.
  List<String> oneOfEach() {
    return List.copyOf(plainest.values());
  }

  /// Routes that no page leads to: whoever adds a page links to it, or the sample data lack what it shows.
  List<String> unreached() {
    return routes.stream().map(Routes.Route::path).filter(path -> !reached.contains(path)).toList();
  }

  private void take(String address) {
    if (taken.merge(shape(address), 1, Integer::sum) <= ADDRESSES_OF_A_SHAPE_MAX) {
      waiting.add(address);
    }
  }

  private void look(String address) {
    var answer = portrait.exchange("GET", address, "");
    if (answer.statusCode() >= 400) {
      return;
    }
    reached.add(pattern(address));
    answer.headers().firstValue("Location").filter(location -> location.startsWith("/")).ifPresent(this::take);
    String body = answer.body();
    if (WHOLE.matcher(body).lookingAt()) {
      pages.putIfAbsent(shape(address), address);
      plainest.putIfAbsent(pattern(address), address);
    }
    if (answer.headers().firstValue("Content-Type").orElse("").startsWith("text/html")) {
      LINK.matcher(body).results().map(link -> link.group(1).replace("&amp;", "&").replace("&#34;", "\""))
          .distinct().forEach(this::take);
    }
  }

  /// The route it leads to, with the names of its parameters: what has the same looks the same.
  private String shape(String address) {
    int query = address.indexOf('?');
    return pattern(address) + (query < 0 ? ""
        : Arrays.stream(address.substring(query + 1).split("&"))
            .filter(parameter -> !parameter.endsWith("=") && !PLACES_IN_LISTS.contains(parameter.replaceAll("=.*", "")))
            .map(WebPages::kind).distinct().sorted().toList().toString());
  }

  /// What kind of thing a form is for makes another form of it.
  private static String kind(String parameter) {
    String name = parameter.replaceAll("=.*", "");
    return name.equals("type") || name.equals("provider") ? parameter : name;
  }

  private String pattern(String address) {
    String path = address.replaceAll("\\?.*", "");
    return routes.stream().map(Routes.Route::path)
        .filter(route -> Pattern.matches(
            Arrays.stream(route.split("(?=\\{)|(?<=\\})")).map(part -> part.startsWith("{") ? "[^/]+"
                : Pattern.quote(part)).collect(java.util.stream.Collectors.joining()),
            path))
        .findFirst().orElse(path);
  }
}
