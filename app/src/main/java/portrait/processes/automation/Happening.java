package portrait.processes.automation;

import java.time.Instant;
import java.util.Optional;
import tools.jackson.databind.node.ObjectNode;

/// What there is to be told, as it is recorded now. It is held against what was looked at before.
///
/// @param about what it happened to, where a trigger looks at several: a table
/// @param mark how far it is: later marks mean that it happened again
/// @param facts for the message
sealed interface Happening {

  String about();

  ObjectNode facts();

  /// How it is remembered.
  String mark();

  /// Whether it is other than what was looked at before.
  boolean isLater(Optional<String> before);

  /// Whether it is to be told, being later.
  ///
  /// @param before the mark that was remembered; empty when the trigger looks for the first time
  /// @param since when the trigger came in force
  boolean isNews(Optional<String> before, Instant since);

  /// Something that happened at a moment.
  record Event(String about, Instant at, ObjectNode facts) implements Happening {

    @Override
    public String mark() {
      return at.toString();
    }

    @Override
    public boolean isLater(Optional<String> before) {
      return before.isEmpty() || at.isAfter(Instant.parse(before.get()));
    }

    @Override
    public boolean isNews(Optional<String> before, Instant since) {
      return before.isPresent() || at.isAfter(since);
    }
  }

  /// A value on one side of a bound: only passing it is told.
  record Level(boolean isPassed, ObjectNode facts) implements Happening {

    @Override
    public String about() {
      return "";
    }

    @Override
    public String mark() {
      return isPassed ? "passed" : "not passed";
    }

    @Override
    public boolean isLater(Optional<String> before) {
      return !before.equals(Optional.of(mark()));
    }

    @Override
    public boolean isNews(Optional<String> before, Instant since) {
      return isPassed && before.isPresent();
    }
  }
}
