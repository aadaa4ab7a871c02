package portrait.doors.web;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import portrait.doors.web.JobPage.Span;
import portrait.foundation.jobs.Status;

/// When the tasks of a job ran, as its page shows it.
class JobPageTest {

  @Test
  void eachTaskThatRanHasItsPlaceInTheTimeOfTheJob() {
    var page = new JobPage(SamplePages.job(Status.DONE), SamplePages.NOW);
    var spans = page.job().tasks().stream().map(page::span).toList();
    assertEquals(List.of(span(0, 9_000, 0, 187), span(9_000, 22_000, 187, 458), span(31_000, 17_000, 645, 354),
        span(31_000, 20, 645, 4)), spans, "the shortest can still be seen");
  }

  @Test
  void whatDidNotBeginOrIsNotOverHasNone() {
    var page = new JobPage(SamplePages.job(Status.FAILED), SamplePages.NOW);
    assertEquals(List.of(true, false, false, false), page.job().tasks().stream().map(page::span)
        .map(Optional::isPresent).toList());
  }

  private static Optional<Span> span(long after, long took, long from, long wide) {
    return Optional.of(new Span(Duration.ofMillis(after), Duration.ofMillis(took), from, wide));
  }
}
