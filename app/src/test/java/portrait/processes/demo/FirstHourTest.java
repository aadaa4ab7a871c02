package portrait.processes.demo;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import portrait.TestPortrait;
import tools.jackson.databind.JsonNode;

/// What stands in the tutorial is what happens: its definitions and calls are read from the page and done in its order.
class FirstHourTest {

  private static final Pattern DEFINITION = Pattern.compile("(?s)```yaml\\n(.*?)```");
  private static final Pattern SENT = Pattern.compile("http://localhost:8080(/v1/[a-z]+) \\\\\\n\\s+-d '([^']*)'");

  @TempDir
  Path home;

  @Test
  void fromRawFilesToASegmentOfUnknownShoeLovers() throws IOException {
    String tutorial = Files.readString(Path.of("../docs/tutorial/first-hour.md"));
    var definitions = DEFINITION.matcher(tutorial).results().map(match -> match.group(1)).toList();
    var sent = SENT.matcher(tutorial).results().toList();
    assertEquals(2, definitions.size());
    assertEquals(1, sent.size());
    try (var portrait = TestPortrait.in(home)) {
      portrait.parts().demo().fill(home.resolve("demo"), new DemoSize(0, 0, 1), (_, _, _) -> {});

      var guest = portrait.get("/api/v1/profiles/anonymous_id/mobile_guest123");
      assertFalse(guest.path("known").asBoolean());
      assertTrue(tutorial.contains("the segments `leather-shoe-fans` and `organic`"));
      assertEquals(List.of("leather-shoe-fans", "organic"), segments(guest));
      assertTrue(portrait.get("/api/v1/segments/leather-shoe-fans/members").toString()
          .contains(guest.path("customerId").asString()), "somebody unknown who loves shoes");

      portrait.apply(definitions.getFirst());
      assertEquals(List.of("leather-shoe-fans", "organic"),
          segments(portrait.get("/api/v1/profiles/anonymous_id/mobile_guest123")), "the page shows the rule as it is");

      var answer = portrait.collect(sent.getFirst().group(1), sent.getFirst().group(2));
      assertTrue(tutorial.contains("\n" + answer.body() + "\n"), answer.body());
      var known = portrait.get("/api/v1/profiles/anonymous_id/mobile_guest123");
      assertTrue(known.path("known").asBoolean());
      assertEquals(known, portrait.get("/api/v1/profiles/user_id/sofia.rossi"));

      portrait.apply(definitions.getLast());
      portrait.refresh();
      assertFalse(portrait.get("/api/v1/segments/weekender-lookers/members").path("members").isEmpty(),
          "somebody looked at the Weekender");
    }
  }

  private static List<String> segments(JsonNode profile) {
    return profile.path("segments").valueStream().map(JsonNode::asString).sorted().toList();
  }
}
