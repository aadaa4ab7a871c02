package portrait;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/// The one rule of direction: a package may use only packages listed above it in ARCHITECTURE.md.
class ArchitectureTest {

  private static final Path PAGE = Path.of("..", "ARCHITECTURE.md");
  private static final Path SOURCES = Path.of("src/main/java/portrait");
  private static final Pattern LINE = Pattern.compile("^([a-z/]+) +(\\S.*)$");
  private static final JavaClasses CLASSES = new ClassFileImporter()
      .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS).importPackages("portrait");

  @Test
  void packagesUseOnlyPackagesListedAboveThem() throws IOException {
    var order = List.copyOf(listed().keySet());
    var wrong = new TreeSet<String>();
    for (var user : CLASSES) {
      int floor = order.indexOf(folder(user.getPackageName()));
      for (var dependency : user.getDirectDependenciesFromSelf()) {
        var used = dependency.getTargetClass();
        if (used.getPackageName().startsWith("portrait") && order.indexOf(folder(used.getPackageName())) > floor) {
          wrong.add("%s uses %s, which is listed below it: move the code, or move the package in ARCHITECTURE.md"
              .formatted(user.getName(), used.getName()));
        }
      }
    }
    assertTrue(wrong.isEmpty(), () -> String.join("\n", wrong));
  }

  @Test
  void thePageListsEveryPackageWithTheFirstSentenceOfItsDocumentation() throws IOException {
    var found = new LinkedHashMap<String, String>();
    try (var files = Files.walk(SOURCES)) {
      for (var file : files.filter(path -> path.endsWith("package-info.java")).toList()) {
        String text = Files.readString(file);
        String sentence = text.lines().takeWhile(line -> line.startsWith("///")).map(line -> line.substring(3).strip())
            .takeWhile(line -> !line.isEmpty()).reduce((one, other) -> one + " " + other).orElse("");
        int end = sentence.indexOf(". ");
        found.put(SOURCES.relativize(file.getParent()).toString(), end < 0 ? sentence : sentence.substring(0, end + 1));
        assertTrue(text.contains("@NullMarked"), file + " must be @NullMarked");
      }
    }
    assertEquals(new java.util.TreeMap<>(listed()), new java.util.TreeMap<>(found));
  }

  @Test
  void databaseDriversAreSeenOnlyWhereTheyBelong() {
    noClasses().that()
        .resideOutsideOfPackages("portrait.foundation.database..", "portrait.foundation.warehouse..",
            "portrait.foundation.records..")
        .should().dependOnClassesThat().resideInAnyPackage("java.sql..", "javax.sql..", "org.sqlite..", "org.duckdb..")
        .because("stages speak to the two stores through their facades").check(CLASSES);
  }

  @Test
  void theWebServerIsSeenOnlyInTheDoors() {
    noClasses().that().resideOutsideOfPackage("portrait.doors..").should().dependOnClassesThat()
        .resideInAnyPackage("io.javalin..", "org.eclipse.jetty..", "jakarta.servlet..")
        .because("stages and processes are called by doors, and know none").check(CLASSES);
  }

  @Test
  void doorsDoNotKnowEachOther() {
    var doors = List.of("collect", "rest", "odata", "web", "cli");
    for (String door : doors) {
      var others = doors.stream().filter(other -> !other.equals(door)).map(other -> "portrait.doors." + other + "..")
          .toArray(String[]::new);
      noClasses().that().resideInAPackage("portrait.doors." + door + "..").should().dependOnClassesThat()
          .resideInAnyPackage(others).allowEmptyShould(true)
          .because("what two doors share belongs to http, or to the stage they call").check(CLASSES);
    }
  }

  private static Map<String, String> listed() throws IOException {
    var lines = new ArrayList<>(Files.readAllLines(PAGE));
    var block = lines.subList(lines.indexOf("<!-- packages: begin -->"), lines.indexOf("<!-- packages: end -->"));
    var listed = new LinkedHashMap<String, String>();
    for (String line : block) {
      var match = LINE.matcher(line);
      if (match.matches()) {
        listed.put(match.group(1), match.group(2));
      }
    }
    return listed;
  }

  /// `portrait.doors.web.templates` is generated and belongs to `doors/web`.
  private static String folder(String packageName) {
    return packageName.replaceFirst("^portrait\\.?", "").replace(".templates", "").replace('.', '/')
        .replaceFirst("^doors/web/.*", "doors/web");
  }
}
