package portrait.stages.enrichments.providers;

import java.util.List;

/// Answers after everything was counted, which was when it was opened.
record Counted(EngagementCount count, String output) implements Asking {

  @Override
  public int questionsMax() {
    return EngagementCount.QUESTIONS_MAX;
  }

  @Override
  public Reply ask(List<Question> questions) {
    return count.answers(output, questions);
  }

  @Override
  public void close() {}
}
