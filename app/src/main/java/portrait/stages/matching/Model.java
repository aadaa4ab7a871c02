package portrait.stages.matching;

/// What was learned: how often each class shows each level of each field.
///
/// Class 0 is match, class 1 related; all later ones are coincidences, one for each way in which strangers come into
/// view.
///
/// @param shares of all candidate pairs
/// @param levels by class, field and level; level 0, missing, says nothing about the class and stands at 1
record Model(double[] shares, double[][][] levels) {

  static final int MATCH = 0;
  static final int RELATED = 1;
  static final int COINCIDENCE = 2;

  int classes() {
    return shares.length;
  }

  /// Share of all candidate pairs that are of this class and have this pattern.
  double weight(int ofClass, int[] pattern) {
    double product = shares[ofClass];
    for (int field = 0; field < pattern.length; field++) {
      product *= levels[ofClass][field][pattern[field]];
    }
    return product;
  }

  double match(int[] pattern) {
    return weight(MATCH, pattern);
  }

  double related(int[] pattern) {
    return weight(RELATED, pattern);
  }

  double coincidence(int[] pattern) {
    double sum = 0;
    for (int ofClass = COINCIDENCE; ofClass < classes(); ofClass++) {
      sum += weight(ofClass, pattern);
    }
    return sum;
  }
}
