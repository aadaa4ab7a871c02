package portrait.foundation.definitions;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import portrait.foundation.model.Problem;
import portrait.foundation.model.ProblemException;

/// A definition with what its kind made of it.
///
/// @param parsed absent when the specification does not fit
/// @param uses what it depends on, written `Kind/name`
/// @param problems why it does not fit
record Entry<T>(Kind<T> kind, Definition definition, @Nullable T parsed, List<String> uses, List<Problem> problems) {

  /// A kind with its schema made ready.
  record Reader<T>(Kind<T> kind, SpecSchema schema) {

    static <T> Reader<T> of(Kind<T> kind) {
      return new Reader<>(kind, new SpecSchema(kind.schema()));
    }

    Entry<T> read(Definition definition) {
      var problems = new ArrayList<Problem>();
      for (String problem : schema.problems(definition.spec())) {
        problems.add(Problem.of(Problem.Code.INVALID_DEFINITION, about(definition, problem)));
      }
      if (problems.isEmpty()) {
        try {
          T parsed = kind.parse(definition.name(), definition.spec());
          return new Entry<>(kind, definition, parsed, List.copyOf(kind.uses(parsed)), List.of());
        } catch (ProblemException wrong) {
          problems.add(about(definition, wrong.problem()));
        }
      }
      return new Entry<>(kind, definition, null, List.of(), List.copyOf(problems));
    }
  }

  static String key(String kind, String name) {
    return kind + "/" + name;
  }

  String key() {
    return key(definition.kind(), definition.name());
  }

  /// Problems with what it refers to.
  List<Problem> check(Definitions others) {
    return parsed == null
        ? List.of()
        : kind.check(parsed, others).stream().map(problem -> about(definition, problem)).toList();
  }

  static Problem about(Definition definition, Problem problem) {
    return new Problem(problem.code(), about(definition, problem.message()), problem.hint(), problem.details());
  }

  private static String about(Definition definition, String message) {
    String title = definition.kind() + " " + definition.name();
    return message.startsWith(title) ? message : title + ": " + message;
  }
}
