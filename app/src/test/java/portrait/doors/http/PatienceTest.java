package portrait.doors.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import portrait.foundation.model.Problem;
import portrait.foundation.model.ProblemException;

class PatienceTest {

  private static final Duration LONG = Duration.ofSeconds(30);

  private final CountDownLatch cancelled = new CountDownLatch(1);
  private volatile boolean isBegun;

  /// A query that ends only when it is cancelled.
  private Answer endless() {
    isBegun = true;
    try {
      new CountDownLatch(1).await();
      throw new AssertionError("nobody counts");
    } catch (InterruptedException _) {
      cancelled.countDown();
      throw Problem.of(Problem.Code.CANCELLED, "cancelled").asException();
    }
  }

  private static Answer told(Problem problem) {
    return Answer.text(problem.code().text());
  }

  @Test
  void aQueryIsCancelledWhenTheCallerIsGone() throws InterruptedException {
    var answer = new Patience(Duration.ZERO, LONG).answer(this::endless, Answer.json("begun"), PatienceTest::told);
    var body = (Answer.Body.Streamed) answer.body();

    assertThrows(IOException.class, () -> body.writer().write(new OutputStream() {
      @Override
      public void write(int b) throws IOException {
        throw new IOException("the caller is gone");
      }
    }));

    assertTrue(!isBegun || cancelled.await(30, TimeUnit.SECONDS), "the query goes on though nobody waits for it");
  }

  @Test
  void aQueryThatTakesTooLongIsCancelledAndSaidSo() throws InterruptedException {
    var late = assertThrows(ProblemException.class,
        () -> new Patience(LONG, Duration.ofMillis(1)).of(this::endless));

    assertEquals(Problem.Code.TOO_BUSY, late.problem().code());
    // So short a time may be over before it began at all.
    assertTrue(!isBegun || cancelled.await(30, TimeUnit.SECONDS), "the query goes on though nobody waits for it");
  }

  @Test
  void whatFailsAfterTheAnswerHasBegunLeavesItIncomplete() {
    var answer = new Patience(Duration.ZERO, Duration.ofMillis(1)).answer(this::endless, Answer.json("begun"),
        PatienceTest::told);
    var out = new ByteArrayOutputStream();

    assertThrows(IOException.class, () -> ((Answer.Body.Streamed) answer.body()).writer().write(out));
    assertTrue(out.toString().endsWith("too_busy"), out.toString());
  }

  @Test
  void aPersonSeesWhatFailedOnAPageThatHasBegun() throws IOException {
    var answer = new Patience(Duration.ZERO, Duration.ofMillis(1)).answer(this::endless, Answer.html(""),
        problem -> Answer.html("<p>" + problem.code().text()));
    var out = new ByteArrayOutputStream();

    ((Answer.Body.Streamed) answer.body()).writer().write(out);

    assertEquals("<p>too_busy", out.toString().strip());
  }

  @Test
  void aQuickAnswerIsWhole() {
    var answer = new Patience(LONG, LONG).answer(() -> Answer.json("found"), Answer.json("begun"), PatienceTest::told);

    assertEquals("\"found\"", new String(((Answer.Body.Whole) answer.body()).bytes()));
  }
}
