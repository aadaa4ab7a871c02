package portrait;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import portrait.app.Configuration;
import portrait.app.Wiring;
import portrait.doors.cli.CommandNames;
import portrait.foundation.model.Problem;
import tools.jackson.databind.json.JsonMapper;

/// What must not be forgotten, each with the file to change in its message.
class TidyTest {

  private static final Path HOUSE = Path.of("..").toAbsolutePath().normalize();
  private static final Path REFERENCE = HOUSE.resolve("docs/reference");
  private static final Pattern LINK = Pattern.compile("\\]\\(([^)\\s]+)\\)");
  private static final Pattern TO_DO = Pattern.compile("\\b(TODO|FIXME)\\b(?! #\\d)");
  private static final List<String> TEXTS = List.of(".java", ".md", ".yaml", ".sql", ".jte", ".js", ".css", ".xml");

  @Test
  void everyErrorCodeIsOnTheReferencePage() throws IOException {
    var listed = firstCells(REFERENCE.resolve("errors.md"));

    var codes = new TreeSet<>(Arrays.stream(Problem.Code.values()).map(Problem.Code::text).toList());
    assertEquals(codes, listed, "docs/reference/errors.md");
  }

  @Test
  void everySettingIsOnTheReferencePageWithItsDefaultAndMeaning() throws IOException {
    String page = Files.readString(REFERENCE.resolve("settings.md"));

    for (var setting : Configuration.SETTINGS) {
      String standard = setting.standard().isEmpty() ? "" : "`%s` ".formatted(setting.standard());
      String line = "| `%s` | `%s` | %s| %s |".formatted(setting.name(), setting.environmentName(), standard,
          setting.meaning());
      assertTrue(page.contains(line), "docs/reference/settings.md lacks the line\n" + line);
    }
  }

  @Test
  void everyCommandAndOptionIsOnTheReferencePage() throws IOException {
    String page = Files.readString(REFERENCE.resolve("cli.md"));
    String common = page.substring(0, page.indexOf("\n## "));

    CommandNames.all().forEach((command, options) -> {
      int start = page.indexOf("\n## " + command + "\n");
      assertTrue(start >= 0, "docs/reference/cli.md has no section '## %s'".formatted(command));
      int end = page.indexOf("\n## ", start + 1);
      String section = common + page.substring(start, end < 0 ? page.length() : end);
      for (String option : options) {
        assertTrue(section.contains("`" + option) || section.contains(", `" + option),
            "docs/reference/cli.md does not explain %s of %s".formatted(option, command));
      }
    });
  }

  @Test
  void everyKindOfDefinitionHasAPageAndASchema() {
    for (var kind : Wiring.KINDS) {
      var page = REFERENCE.resolve(kind.name().toLowerCase(Locale.ROOT) + ".md");
      assertTrue(Files.exists(page), "there is no page " + page);
      var schema = JsonMapper.builder().build().readTree(kind.schema());
      assertEquals("object", schema.path("type").asString(""), "the schema of " + kind.name());
    }
  }

  @Test
  void everyToDoHasAnIssueNumber() throws IOException {
    var wrong = new ArrayList<String>();
    for (var file : texts()) {
      if (!file.endsWith("TidyTest.java") && TO_DO.matcher(Files.readString(file)).find()) {
        wrong.add(HOUSE.relativize(file).toString());
      }
    }
    assertEquals(List.of(), wrong, "a to-do carries an issue number (TODO #12) or goes");
  }

  @Test
  void onlyTheCommandLinePrints() throws IOException {
    var wrong = new ArrayList<String>();
    for (var file : texts()) {
      String path = HOUSE.relativize(file).toString();
      boolean mayPrint = path.contains("/doors/cli/") || path.endsWith("/app/Main.java")
          || path.endsWith("TidyTest.java");
      if (path.startsWith("app/src/main") && !mayPrint && Files.readString(file).contains("System.out")) {
        wrong.add(path);
      }
    }
    assertEquals(List.of(), wrong, "everything else logs, or answers its caller");
  }

  @Test
  void everyPageIsOnTheIndexOfItsShelf() throws IOException {
    try (var shelves = Files.list(HOUSE.resolve("docs"))) {
      for (var shelf : shelves.filter(Files::isDirectory).toList()) {
        String index = Files.readString(shelf.resolve("README.md"));
        try (var pages = Files.list(shelf)) {
          for (var page : pages.map(path -> path.getFileName().toString()).toList()) {
            assertTrue(page.equals("README.md") || index.contains("](" + page + ")"),
                "%s/README.md does not name %s".formatted(HOUSE.relativize(shelf), page));
          }
        }
      }
    }
  }

  @Test
  void linksBetweenPagesResolve() throws IOException {
    var broken = new ArrayList<String>();
    for (var page : texts()) {
      if (!page.toString().endsWith(".md")) {
        continue;
      }
      LINK.matcher(Files.readString(page)).results().map(link -> link.group(1))
          .filter(link -> !link.matches("[a-z]+:.*|#.*|/.*")).map(link -> link.replaceFirst("#.*", ""))
          .filter(link -> !Files.exists(page.resolveSibling(link)))
          .forEach(link -> broken.add("%s links to %s".formatted(HOUSE.relativize(page), link)));
    }
    assertEquals(List.of(), broken);
  }

  private static List<Path> texts() throws IOException {
    var found = new ArrayList<Path>();
    for (String root : List.of("app/src", "benchmarks/src", "docs", "examples")) {
      try (var files = Files.walk(HOUSE.resolve(root))) {
        files.filter(Files::isRegularFile).filter(file -> TEXTS.stream().anyMatch(file.toString()::endsWith))
            .forEach(found::add);
      }
    }
    for (String page : List.of("README.md", "ARCHITECTURE.md", "CONTRIBUTING.md", "CHANGELOG.md")) {
      found.add(HOUSE.resolve(page));
    }
    return found;
  }

  private static TreeSet<String> firstCells(Path page) throws IOException {
    var cells = new TreeSet<String>();
    for (String line : Files.readAllLines(page)) {
      if (line.startsWith("| `")) {
        cells.add(line.substring(3, line.indexOf('`', 3)));
      }
    }
    return cells;
  }
}
