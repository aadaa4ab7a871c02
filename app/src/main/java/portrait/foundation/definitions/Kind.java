package portrait.foundation.definitions;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import portrait.foundation.model.Problem;
import portrait.foundation.model.ProblemException;
import portrait.foundation.security.Permission;
import portrait.foundation.security.Role;
import tools.jackson.databind.JsonNode;

/// One kind of definition, supplied by the stage that acts on it.
///
/// @param <T> what a definition of this kind is once it is parsed: an immutable value
public interface Kind<T> {

  /// The kind as it is written in definitions: `Source`, `Segment`.
  String name();

  /// Turns a specification that already fits [#schema] into the value the stage works with. It must depend on nothing
  /// but its arguments.
  ///
  /// @throws ProblemException `invalid_definition`, with a message that names the path: `Segment leather:
  ///         where.all[0].count.at_least was 'x' but must be a whole number`
  T parse(String name, JsonNode spec);

  /// JSON Schema (draft 2020-12) of the specification: the resource file `<kind in lower case>.schema.json` beside the
  /// class that implements this.
  default String schema() {
    String file = name().toLowerCase(Locale.ROOT) + ".schema.json";
    try (var stream = getClass().getResourceAsStream(file)) {
      if (stream == null) {
        throw new IllegalStateException("kind %s has no %s beside %s".formatted(name(), file, getClass().getName()));
      }
      return new String(stream.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException unreadable) {
      throw new UncheckedIOException(unreadable);
    }
  }

  /// Problems with what the definition refers to.
  ///
  /// @param others every definition as it will be once the change is made; for reading only
  default List<Problem> check(T parsed, Definitions others) {
    return List.of();
  }

  /// What whoever creates, changes or deletes one of them must be allowed to do.
  default Permission permission() {
    return Permission.CONTRIBUTE;
  }

  /// What somebody of this role may see of a specification.
  default JsonNode shown(JsonNode spec, Role role) {
    return spec;
  }

  /// The definitions it depends on, written `Kind/name`: none of them can be deleted before it.
  default List<String> uses(T parsed) {
    return List.of();
  }
}
