package portrait.stages.unification;

/// Similarity of short names (Jaro, 1989), raised by up to four common characters at the beginning (Winkler, 1990).
final class JaroWinkler {

  private static final int PREFIX_MAX = 4;
  private static final double PREFIX_WEIGHT = 0.1;
  /// Below it a common beginning is chance, and raises nothing.
  private static final double RAISED_FROM = 0.7;

  private JaroWinkler() {}

  static double of(int[] one, int[] other) {
    double jaro = jaro(one, other);
    if (jaro <= RAISED_FROM) {
      return jaro;
    }
    int prefix = 0;
    int prefixMax = Math.min(PREFIX_MAX, Math.min(one.length, other.length));
    while (prefix < prefixMax && one[prefix] == other[prefix]) {
      prefix++;
    }
    return jaro + prefix * PREFIX_WEIGHT * (1 - jaro);
  }

  private static double jaro(int[] one, int[] other) {
    if (one.length == 0 || other.length == 0) {
      return one.length == other.length ? 1 : 0;
    }
    int window = Math.max(0, Math.max(one.length, other.length) / 2 - 1);
    var isTaken = new boolean[other.length];
    var matched = new int[one.length];
    int matches = 0;
    for (int place = 0; place < one.length; place++) {
      int to = Math.min(other.length - 1, place + window);
      for (int at = Math.max(0, place - window); at <= to; at++) {
        if (!isTaken[at] && one[place] == other[at]) {
          isTaken[at] = true;
          matched[matches++] = one[place];
          break;
        }
      }
    }
    if (matches == 0) {
      return 0;
    }
    int swapped = 0;
    int place = 0;
    for (int at = 0; at < other.length; at++) {
      if (isTaken[at] && matched[place++] != other[at]) {
        swapped++;
      }
    }
    double share = matches;
    return (share / one.length + share / other.length + (share - swapped / 2) / share) / 3;
  }
}
