package portrait.foundation.definitions;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import portrait.foundation.model.Problem;
import portrait.foundation.model.ProblemException;
import portrait.foundation.model.Yaml;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.core.TokenStreamLocation;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectMapper;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.dataformat.yaml.YAMLMapper;
import tools.jackson.dataformat.yaml.YAMLParser;
import tools.jackson.dataformat.yaml.YAMLWriteFeature;

/// One document of a text that is applied, not yet checked.
///
/// @param number its place in the text, counted from 1
/// @param line where it starts, counted from 1
record Document(int number, int line, JsonNode tree) {

  /// Deeper than any sensible condition, shallow enough for every recursive reader.
  private static final StreamReadConstraints LIMITS = StreamReadConstraints.builder().maxNestingDepth(100).build();
  private static final JsonMapper JSON = JsonMapper
      .builder(JsonFactory.builder().streamReadConstraints(LIMITS).build())
      .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION).disable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
      .build();
  private static final YAMLMapper YAML = Yaml.builder(LIMITS)
      .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION).disable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
      .disable(YAMLWriteFeature.WRITE_DOC_START_MARKER).disable(YAMLWriteFeature.SPLIT_LINES)
      .enable(YAMLWriteFeature.INDENT_ARRAYS_WITH_INDICATOR).build();
  private static final YAMLMapper PLAIN_YAML = YAML.rebuild().enable(YAMLWriteFeature.MINIMIZE_QUOTES)
      .enable(YAMLWriteFeature.ALWAYS_QUOTE_NUMBERS_AS_STRINGS).build();

  /// An object or a list of objects with quoted names. Other braces are YAML's, which needs no quotes.
  private static final Pattern LOOKS_LIKE_JSON = Pattern.compile("\\A\\s*(\\[\\s*)?\\{\\s*[\"}].*", Pattern.DOTALL);

  /// The documents of a text: YAML documents separated by `---`, JSON objects one after the other, or a list of objects.
  /// Empty documents are left out.
  ///
  /// @throws ProblemException `invalid_definition` that says line and column when the text cannot be read
  static List<Document> read(String text) {
    String clean = text.startsWith("\uFEFF") ? text.substring(1) : text;
    ObjectMapper mapper = LOOKS_LIKE_JSON.matcher(clean).matches() ? JSON : YAML;
    try {
      refuseAliases(mapper, clean);
      var documents = new ArrayList<Document>();
      try (var parser = mapper.createParser(clean)) {
        while (parser.nextToken() != null) {
          int line = parser.currentTokenLocation().getLineNr();
          JsonNode tree = mapper.readTree(parser);
          if (tree.isArray()) {
            tree.forEach(element -> documents.add(new Document(documents.size() + 1, line, element)));
          } else if (!tree.isNull()) {
            documents.add(new Document(documents.size() + 1, line, tree));
          }
        }
      }
      return documents;
    } catch (JacksonException unreadable) {
      throw new ProblemException(syntaxProblem(unreadable), unreadable);
    }
  }

  /// The parser hands out an alias as the name of its anchor: silently not what its author meant.
  private static void refuseAliases(ObjectMapper mapper, String text) {
    try (JsonParser parser = mapper.createParser(text)) {
      while (parser.nextToken() != null) {
        if (parser instanceof YAMLParser yaml && yaml.isCurrentAlias()) {
          var at = parser.currentTokenLocation();
          throw Problem.of(Problem.Code.INVALID_DEFINITION,
              "the definitions cannot be read at line %d, column %d: aliases (*name) are not supported"
                  .formatted(at.getLineNr(), at.getColumnNr()),
              "Write the value out.").asException();
        }
      }
    }
  }

  private static Problem syntaxProblem(JacksonException failure) {
    String hint = "They must be YAML or JSON. In YAML, indent with blanks, and quote texts that hold ': '.";
    String what = failure.getOriginalMessage();
    @Nullable
    TokenStreamLocation location = failure.getLocation();
    if (location == null) {
      return Problem.of(Problem.Code.INVALID_DEFINITION, "the definitions cannot be read: " + what, hint);
    }
    int line = location.getLineNr();
    int column = location.getColumnNr();
    if (failure.getCause() instanceof MarkedYamlEngineException marked) {
      what = Optional.ofNullable(marked.getContext()).map(context -> context + ": ").orElse("")
          + marked.getProblem().replaceFirst(", but got :?$", "");
      if (marked.getProblemMark().isPresent()) {
        line = marked.getProblemMark().get().getLine() + 1;
        column = marked.getProblemMark().get().getColumn() + 1;
      }
    }
    return Problem.of(Problem.Code.INVALID_DEFINITION,
        "the definitions cannot be read at line %d, column %d: %s".formatted(line, column, what.strip()), hint)
        .with("line", line).with("column", column);
  }

  /// A document as YAML text that reads back as the same tree.
  static String write(JsonNode tree) {
    String plain = PLAIN_YAML.writeValueAsString(tree);
    return readsAs(plain, tree) ? plain : YAML.writeValueAsString(tree);
  }

  /// The writer leaves quotes off a few texts that need them: odd line separators, mostly.
  private static boolean readsAs(String text, JsonNode tree) {
    try {
      return YAML.readTree(text).equals(tree);
    } catch (JacksonException _) {
      return false;
    }
  }
}
