package portrait.doors.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import portrait.foundation.model.Problem;
import portrait.foundation.model.ProblemException;

class LookUpThrottleTest {

  private final AtomicLong nanos = new AtomicLong();

  @Test
  void twoSecondsWorthMayComeAtOnceThenTheRateHolds() {
    var throttle = new LookUpThrottle(5, nanos::get);
    take(throttle, "a", 10);
    assertEquals(Problem.Code.TOO_MANY_REQUESTS,
        assertThrows(ProblemException.class, () -> throttle.take("a")).problem().code());
    take(throttle, "b", 10);

    nanos.addAndGet(1_000_000_000);

    take(throttle, "a", 5);
    assertThrows(ProblemException.class, () -> throttle.take("a"));
  }

  @Test
  void withoutABoundAllAreTaken() {
    take(new LookUpThrottle(0, nanos::get), "a", 10_000);
  }

  private static void take(LookUpThrottle throttle, String who, int times) {
    for (int i = 0; i < times; i++) {
      throttle.take(who);
    }
  }
}
