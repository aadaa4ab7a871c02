package portrait.foundation.database;

import java.time.Instant;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;

/// From what a change takes whatever it cannot take from the store: chance and the time. The same origin gives the same
/// again, so that a change made anew from the journal makes the same ids.
///
/// @param seed from a source that nobody can foresee
/// @param millis since 1970 UTC
record Origin(long seed, long millis) {

  RandomGenerator random() {
    return new SplittableRandom(seed);
  }

  Instant at() {
    return Instant.ofEpochMilli(millis);
  }
}
