package portrait.stages.measures;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import portrait.foundation.model.Problem;
import portrait.foundation.model.Yaml;
import tools.jackson.databind.JsonNode;
import tools.jackson.dataformat.yaml.YAMLMapper;

/// Measures that most businesses want, ready to be applied once the names of events and properties are filled in.
public final class MeasureTemplates {

  /// What can be filled in, and what stands there otherwise: the names of Segment's e-commerce specification.
  public static final Map<String, String> WORDS = Map.of("order", "Order Completed", "amount", "amount", "points",
      "points", "earned", "Points Earned", "redeemed", "Points Redeemed", "joined", "Loyalty Joined");

  private static final Pattern PLAIN = Pattern.compile("[\\p{L}\\p{N} _.:/&+-]{1,100}");
  private static final YAMLMapper YAML = Yaml.builder().build();

  private MeasureTemplates() {}

  /// @param definition the whole definition as YAML
  public record Template(String name, String title, String description, String definition) {}

  /// All of them.
  ///
  /// @param given words by name, as in [#WORDS]; the others are as there
  /// @throws portrait.foundation.model.ProblemException `invalid_parameter` for a word that cannot stand in one
  public static List<Template> all(Map<String, String> given) {
    var words = new TreeMap<>(WORDS);
    given.forEach((name, word) -> {
      if (!PLAIN.matcher(word).matches() || words.put(name, word) == null) {
        throw Problem.of(Problem.Code.INVALID_PARAMETER,
            "%s was '%s' but must be the name of an event or a property: letters, digits, spaces and _ . : / & + -"
                .formatted(name, word))
            .asException();
      }
    });
    String text = text();
    for (var word : words.entrySet()) {
      text = text.replace("{" + word.getKey() + "}", word.getValue());
    }
    return Stream.of(text.split("\n---\n")).map(MeasureTemplates::template).toList();
  }

  private static Template template(String definition) {
    String yaml = definition.lines().filter(line -> !line.startsWith("#")).reduce("", (all, line) -> all + line + "\n");
    JsonNode tree = YAML.readTree(yaml);
    return new Template(tree.path("name").asString(), tree.path("spec").path("title").asString(),
        tree.path("spec").path("description").asString(""), yaml);
  }

  private static String text() {
    try (var stream = Objects.requireNonNull(MeasureTemplates.class.getResourceAsStream("templates.yaml"))) {
      return new String(stream.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException unreadable) {
      throw new UncheckedIOException("cannot read templates.yaml", unreadable);
    }
  }
}
