package portrait.app;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import portrait.TestPortrait;

/// A server whose stores are gone does not call itself ready.
class ReadinessTest {

  @TempDir
  Path home;

  @Test
  void aStoreThatCannotBeReadIsNamed() {
    try (var portrait = TestPortrait.in(home)) {
      assertEquals("ready", portrait.get("/health/ready").path("status").asString());
      portrait.parts().warehouse().close();
      var answer = portrait.exchange("GET", "/health/ready", "");
      assertEquals(503, answer.statusCode());
      assertTrue(answer.body().contains("the warehouse cannot be read"), answer.body());
      assertEquals(200, portrait.exchange("GET", "/health/live", "").statusCode());
    }
  }
}
