package portrait.stages.enrichments.providers;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// A provider during one run.
public interface Asking extends AutoCloseable {

  /// How many questions it takes at once.
  int questionsMax();

  /// Asks about several customers.
  ///
  /// @throws portrait.foundation.model.ProblemException when asking on is of no use: a wrong key, credits used up
  Reply ask(List<Question> questions) throws InterruptedException;

  /// Asks for the answers to questions that were [taken][Reply.Taken] before, perhaps by a run that was cut short.
  ///
  /// @param questions how many they were
  default Reply collect(String ticket, int questions) throws InterruptedException {
    throw new IllegalStateException("nothing was taken under a ticket");
  }

  /// How many calls were made outside.
  default long calls() {
    return 0;
  }

  @Override
  void close();

  /// What is told about somebody: whoever has the same values has the same answer.
  ///
  /// @param values by the name of the input; those that are not known are left out
  record Question(Map<String, String> values) {

    public Question {
      values = Map.copyOf(values);
    }
  }

  /// What came of one call.
  sealed interface Reply {

    /// One answer for each question, in their order.
    record Answered(List<Answer> answers) implements Reply {

      public Answered {
        answers = List.copyOf(answers);
      }
    }

    /// It works on them. The ticket is kept before anything else is done: it was paid for.
    record Taken(String ticket) implements Reply {}

    /// It still works on what it took.
    record Working(Duration after) implements Reply {}

    /// Nobody knows whether it took them: the connection broke after they were sent. They are not asked again by
    /// themselves, because that could be paid twice.
    record Unknown(String why) implements Reply {}

    /// It could not be asked now, and took nothing.
    ///
    /// @param after when it may be asked again, where the place says so
    /// @param isThrottled whether it only asked for patience
    record TryLater(Optional<Duration> after, boolean isThrottled, String why) implements Reply {}
  }

  /// What is known about one customer.
  sealed interface Answer {

    /// @param isCertain whether it is about the one who was meant: what is not goes to the output table only
    record Found(Said said, boolean isCertain) implements Answer {

      public Found(Said said) {
        this(said, true);
      }
    }

    /// Nothing is known about them.
    record Nothing() implements Answer {}

    /// The question cannot be answered.
    ///
    /// @param isFinal whether the same question would be refused again
    record Refused(String reason, boolean isFinal) implements Answer {}
  }

  /// The values of an answer.
  @FunctionalInterface
  interface Said {

    /// @param path names with dots between them
    /// @return text, Long, Double, Boolean, LocalDate, Instant; null for what is not there
    @Nullable
    Object at(String path);
  }
}
