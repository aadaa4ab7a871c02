package portrait.foundation.model;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.StringReader;
import org.junit.jupiter.api.Test;

class YamlTest {

  @Test
  void aCharacterOfTwoPlacesMayLieAnywhere() {
    var yaml = Yaml.builder().build();
    for (int length = 1_000; length < 1_040; length++) {
      String text = "x".repeat(length) + "😀😀y" + "z".repeat(1_100) + "😀";
      assertEquals(text, yaml.readTree("a: " + text).path("a").asString(), "after " + length);
      assertEquals(text, yaml.readTree(new StringReader("a: " + text)).path("a").asString(), "after " + length);
    }
  }
}
