package portrait.doors.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import portrait.foundation.model.Problem;
import portrait.foundation.model.ProblemException;

class ThrottleTest {

  private final AtomicLong nanos = new AtomicLong();

  @Test
  void twoSecondsWorthMayComeAtOnceThenTheRateHolds() {
    var throttle = new Throttle(5, "this key", nanos::get);
    take(throttle, "a", 10);
    assertEquals(Problem.Code.TOO_MANY_REQUESTS,
        assertThrows(ProblemException.class, () -> throttle.take("a")).problem().code());
    take(throttle, "b", 10);

    nanos.addAndGet(1_000_000_000);

    take(throttle, "a", 5);
    assertThrows(ProblemException.class, () -> throttle.take("a"));
  }

  @Test
  void itSaysHowManyMoreMayCome() {
    var throttle = new Throttle(2, "this key", nanos::get);
    assertEquals(3, throttle.take("a"));
    assertEquals(2, throttle.take("a"));
    nanos.addAndGet(500_000_000);
    assertEquals(2, throttle.take("a"));
  }

  @Test
  void manyAtOnceTakeNoMoreThanThereIs() {
    var throttle = new Throttle(100, "this key", nanos::get);
    var taken = new AtomicLong();
    IntStream.range(0, 2_000).parallel().forEach(_ -> {
      try {
        throttle.take("a");
        taken.incrementAndGet();
      } catch (ProblemException refused) {
        assertEquals(Problem.Code.TOO_MANY_REQUESTS, refused.problem().code());
      }
    });
    assertEquals(200, taken.get());
  }

  @Test
  void withoutABoundAllAreTaken() {
    take(new Throttle(0, "this key", nanos::get), "a", 10_000);
  }

  private static void take(Throttle throttle, String who, int times) {
    for (int i = 0; i < times; i++) {
      throttle.take(who);
    }
  }
}
