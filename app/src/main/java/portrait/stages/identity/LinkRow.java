package portrait.stages.identity;

import java.time.Instant;

/// A link as it is stored, as far as it decides who belongs together.
record LinkRow(long one, long other, String source, double score, Instant lastSeen, boolean cut, boolean withdrawn) {

  LinkRow seenAt(Instant at) {
    return new LinkRow(one, other, source, score, at, cut, withdrawn);
  }

  boolean touches(long number) {
    return one == number || other == number;
  }

  long opposite(long number) {
    return one == number ? other : one;
  }
}
