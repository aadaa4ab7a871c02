package portrait.stages.unification;

/// Edit distance: the fewest insertions, deletions and changes of one character that turn one text into the other
/// (Levenshtein, 1966), computed in a band around the diagonal (Ukkonen, 1985) because nobody asks how far apart texts are
/// that are too far apart.
final class Edits {

  private Edits() {}

  /// @param max what is more is given as `max + 1`
  static int between(int[] one, int[] other, int max) {
    int[] a = one.length <= other.length ? one : other;
    int[] b = a == one ? other : one;
    int start = 0;
    while (start < a.length && a[start] == b[start]) {
      start++;
    }
    int endA = a.length;
    int endB = b.length;
    while (endA > start && a[endA - 1] == b[endB - 1]) {
      endA--;
      endB--;
    }
    int width = endA - start;
    int height = endB - start;
    if (height - width > max) {
      return max + 1;
    }
    if (width == 0) {
      return height;
    }
    return banded(a, b, start, width, height, Math.min(max, height));
  }

  private static int banded(int[] a, int[] b, int start, int width, int height, int max) {
    int tooMany = max + 1;
    int[] row = new int[width + 1];
    for (int column = 0; column <= width; column++) {
      // What lies right of the band is never written again.
      row[column] = column <= max ? column : tooMany;
    }
    for (int line = 1; line <= height; line++) {
      int from = Math.max(1, line - max);
      int to = Math.min(width, line + max);
      int diagonal = row[from - 1];
      row[from - 1] = from == 1 && line <= max ? line : tooMany;
      int least = row[from - 1];
      int letter = b[start + line - 1];
      for (int column = from; column <= to; column++) {
        int edits = letter == a[start + column - 1] ? diagonal
            : 1 + Math.min(diagonal, Math.min(row[column], row[column - 1]));
        diagonal = row[column];
        row[column] = Math.min(edits, tooMany);
        least = Math.min(least, row[column]);
      }
      if (least > max) {
        return tooMany;
      }
    }
    return row[width];
  }
}
