package portrait;

import com.microsoft.playwright.Browser.NewContextOptions;
import com.microsoft.playwright.BrowserContext;
import com.microsoft.playwright.BrowserType.LaunchOptions;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.Playwright;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;

/// The system's Chromium, without a window. Whatever a page complains about is kept, and fails the test at the end.
final class Browser implements AutoCloseable {

  private static final List<String> QUIET = List.of("--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
      "--disable-background-networking", "--disable-component-update", "--disable-sync");
  private static final String ELSEWHERE = "asked somebody else: ";

  private final Playwright playwright = Playwright.create();
  private final com.microsoft.playwright.Browser chromium;
  private final BrowserContext context;
  private final Page page;
  private final URI server;
  private final List<String> complaints = new ArrayList<>();

  /// @param isScripted whether pages may run JavaScript
  Browser(URI server, int width, boolean isScripted) {
    this.server = server;
    chromium = playwright.chromium().launch(new LaunchOptions().setHeadless(true).setArgs(QUIET)
        .setExecutablePath(executable().orElseThrow()));
    context = chromium.newContext(new NewContextOptions().setBaseURL(server.toString()).setJavaScriptEnabled(isScripted)
        .setViewportSize(width, 900));
    page = context.newPage();
    page.onPageError(complaints::add);
    page.onConsoleMessage(message -> {
      if (message.type().equals("error")) {
        complaints.add(message.text());
      }
    });
    page.onRequest(request -> {
      if (!request.url().startsWith(server.toString()) && !request.url().startsWith("data:")) {
        complaints.add(ELSEWHERE + request.url());
      }
    });
  }

  /// Where Chromium lies, if it is installed.
  static Optional<Path> executable() {
    return Stream.of(Objects.requireNonNullElse(System.getenv("CHROMIUM"), "/usr/bin/chromium"),
        "/usr/bin/chromium-browser", "/usr/bin/google-chrome").map(Path::of).filter(Files::isExecutable).findFirst();
  }

  Page page() {
    return page;
  }

  void signIn(String user, String password) {
    page.navigate("/sign-in");
    page.getByLabel("User").fill(user);
    page.getByLabel("Password").fill(password);
    page.locator("form button.btn-primary").click();
    page.waitForURL(server.resolve("/").toString());
  }

  /// Requests to other hosts: nothing that a page needs may come from outside.
  List<String> askedElsewhere() {
    return complaints.stream().filter(complaint -> complaint.startsWith(ELSEWHERE)).toList();
  }

  /// Errors of scripts, refusals of the content security policy, requests to other hosts.
  List<String> complaints() {
    return List.copyOf(complaints);
  }

  /// Whether something sticks out to the right, so that one has to scroll sideways.
  boolean isTooWide() {
    return (Boolean) page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth");
  }

  /// What sticks out to the right, so that one has to scroll sideways; nothing that scrolls by itself.
  List<String> stickingOut() {
    return isTooWide() ? ((List<?>) page.evaluate("""
        [...document.querySelectorAll('body *')]
          .filter((e) => e.getBoundingClientRect().right > document.documentElement.clientWidth + 1 && !e.closest('.table-responsive'))
          .map((e) => e.outerHTML.slice(0, 160)).slice(0, 5)""")).stream().map(String::valueOf).toList() : List.of();
  }

  @Override
  public void close() {
    context.close();
    chromium.close();
    playwright.close();
  }
}
