package portrait.doors.web;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import portrait.doors.http.StaticFiles;

/// Every page renders, whatever the names in it; no page holds script or style of its own.
class PagesTest {

  private static final StaticFiles FILES = Web.staticFiles();
  private static final Renderer RENDERER = new Renderer(FILES, SamplePages.CLOCK);
  private static final Messages ENGLISH = new Messages(Locale.ENGLISH, SamplePages.CLOCK);
  private static final Messages FRENCH = new Messages(Locale.FRENCH, SamplePages.CLOCK);
  private static final Pattern INLINE_SCRIPT = Pattern.compile(
      "<script(?![^>]*\\ssrc=)|\\son[a-z]+\\s*=\\s*\"|javascript:",
      Pattern.CASE_INSENSITIVE);
  private static final Pattern INLINE_STYLE = Pattern.compile("<style|\\sstyle\\s*=\\s*\"", Pattern.CASE_INSENSITIVE);
  private static final Pattern FOREIGN = Pattern.compile("(?:src|href|action)=\"(?:https?:)?//");
  private static final Pattern KEY = Pattern.compile("(?:\\.of|\\.orElse|text)\\(\\s*\"([a-zA-Z.0-9]+)\"");

  @TestFactory
  List<DynamicTest> pagesAreFreeOfInjectedMarkup() {
    return SamplePages.all().entrySet().stream().map(sample -> DynamicTest.dynamicTest(sample.getKey(), () -> {
      String page = rendered(sample.getValue());
      // Attributes may hold the text of a handler as text; tags and quotes never survive.
      assertFalse(page.contains("<script>"), "a script got into " + sample.getKey());
      assertFalse(page.contains("<img src=x"), "an image got into " + sample.getKey());
      String outside = page.replace("&#34;", "");
      assertFalse(INLINE_SCRIPT.matcher(outside).find(), () -> found(INLINE_SCRIPT, outside));
      assertFalse(INLINE_STYLE.matcher(outside).find(), () -> found(INLINE_STYLE, outside));
      assertFalse(FOREIGN.matcher(outside).find(), () -> found(FOREIGN, outside));
      assertTrue(page.contains("<main"), "no main part");
      assertEquals(1, page.split("<h1", -1).length - 1, "one heading names the page");
    })).toList();
  }

  @Test
  void whatOneMayNotDoIsNotOffered() {
    var shell = new Shell(ENGLISH, FILES, "Table", "tables", Optional.of(new Shell.Person("eve", "viewer")),
        false, false, "token", "7", "auto", 3, Optional.empty());
    String page = RENDERER.render("table", Map.of("shell", shell, "page", SamplePages.table()));
    assertFalse(page.contains("/load"), "a viewer is offered to load");
    assertFalse(page.contains("href=\"/keys\""), "a viewer is offered the keys");
  }

  @Test
  void everyWordIsUsedAndEveryKeyHasWords() throws IOException {
    var known = new TreeSet<>(ENGLISH.keys());
    var source = new StringBuilder();
    try (var templates = Files.walk(Path.of("src/main/jte"));
        var code = Files.walk(Path.of("src/main/java/portrait/doors/web"))) {
      for (var file : java.util.stream.Stream.concat(templates, code).filter(Files::isRegularFile).toList()) {
        source.append(Files.readString(file)).append('\n');
      }
    }
    var missing = KEY.matcher(source).results().map(match -> match.group(1))
        .filter(key -> key.contains(".") && !key.endsWith(".") && !known.contains(key))
        .filter(key -> known.stream().anyMatch(other -> other.startsWith(key.substring(0, key.indexOf('.') + 1))))
        .collect(Collectors.toCollection(TreeSet::new));
    assertTrue(missing.isEmpty(), () -> "messages.properties lacks " + missing);
    var composed = List.of("nav.", "role.", "status.", "problem.", "kind.", "change.", "customers.kind.", "value.",
        "customer.", "namespace.", "policies.how.", "job.", "task.", "type.", "unify.action.", "unify.live.", "winner.",
        "custom.",
        "normalise.", "compare.", "level.", "likely.reason.", "likelyRule.pairs.", "likelyRule.type.",
        "keys.limit.",
        "keys.limitExample.", "measure.kind.", "measure.text.", "templates.word.", "day.", "schedules.outcome.",
        "triggers.when.", "triggers.says.", "triggers.status.",
        "feed.set.", "privacy.place.", "privacy.what.", "setting.", "connector.", "provider.", "export.status.",
        "export.change.");
    var unused = new ArrayList<String>();
    for (String key : known) {
      boolean isUsed = source.indexOf('"' + key + '"') >= 0
          || composed.stream().anyMatch(prefix -> key.startsWith(prefix) && source.indexOf('"' + prefix + '"') >= 0)
          || key.startsWith("value.") || key.startsWith("customer.");
      if (!isUsed) {
        unused.add(key);
      }
    }
    assertTrue(unused.isEmpty(), () -> "nobody uses " + unused);
  }

  @Test
  void bothLanguagesSayTheSame() {
    assertEquals(new TreeSet<>(ENGLISH.keys()), new TreeSet<>(FRENCH.keys()));
    for (String key : ENGLISH.keys()) {
      assertEquals(places(ENGLISH.pattern(key)), places(FRENCH.pattern(key)), "the values filled into " + key);
      assertFalse(FRENCH.pattern(key).contains("'"), "write ’ in " + key);
    }
  }

  @Test
  void numbersReadAsPeopleWriteThem() {
    assertEquals("under 1%", ENGLISH.share(1, 5000));
    assertEquals("0%", ENGLISH.share(0, 5000));
    assertEquals("moins de 1\u00a0%", FRENCH.share(1, 5000).replace('\u202f', '\u00a0'));
    assertEquals("317.80", ENGLISH.value(317.8));
    assertEquals("317,80", FRENCH.value(317.8));
    assertEquals("12", ENGLISH.value(12.0));
  }

  private static TreeSet<String> places(String pattern) {
    return Pattern.compile("\\{(\\d)").matcher(pattern).results().map(match -> match.group(1))
        .collect(Collectors.toCollection(TreeSet::new));
  }

  @Test
  void aFaceIsMadeOfWhatIsThere() {
    assertEquals(new Face("Amélie Rousseau", "AR", 0),
        hueless(Map.of("first_name", "Amélie", "last_name", "Rousseau")));
    assertEquals(new Face("Cher", "C", 0), hueless(Map.of("FirstName", "Cher")));
    assertEquals(new Face("a@b.example", "", 0), hueless(Map.of("email", "a@b.example")));
    assertEquals(new Face("Visitor", "", 0), hueless(Map.of()));
    assertEquals(new Face("<b> \"x", "", 0), hueless(Map.of("name", "<b> \"x")));
  }

  @Test
  void aSignInLeadsOnlyToOurOwnPages() {
    assertTrue(SignIn.isOurs("/customers?q=x"));
    assertFalse(SignIn.isOurs("//evil.example"));
    assertFalse(SignIn.isOurs("https://evil.example"));
    assertFalse(SignIn.isOurs("/\\evil.example"));
    assertFalse(SignIn.isOurs("/a\r\nSet-Cookie: x"));
  }

  private static Face hueless(Map<String, String> attributes) {
    var face = Face.of("id", attributes, "Visitor");
    return new Face(face.name(), face.initials(), 0);
  }

  private static String rendered(SamplePages.Sample sample) {
    var shell = new Shell(ENGLISH, FILES, SamplePages.NASTY, sample.area(),
        Optional.of(new Shell.Person(SamplePages.NASTY, "owner")), true, true, "token", "7", "auto", 3,
        Optional.of(new Shell.Notice(false, SamplePages.NASTY, SamplePages.NASTY)));
    return RENDERER.render(sample.template(), Map.of("shell", shell, "page", sample.page()));
  }

  private static String found(Pattern pattern, String page) {
    var match = pattern.matcher(page);
    return match.find() ? page.substring(Math.max(0, match.start() - 40), Math.min(page.length(), match.end() + 60))
        : "";
  }
}
