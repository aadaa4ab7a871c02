package portrait.foundation.expressions;

import java.math.BigDecimal;
import java.math.BigInteger;

/// A sum that does not depend on the order of its parts: each is rounded to nine digits after the point and added as a
/// whole number. The warehouse does the same with 128-bit integers, so both find the same last digit.
final class ExactSum {

  /// What is larger is left out: it is no amount, and would not fit 128 bits often enough.
  static final double MAX = 1e18;
  static final double SCALE = 1e9;

  private static final double LONG_SAFE = 0x1p62;

  private BigInteger large = BigInteger.ZERO;
  private long small;
  private long count;

  void add(double number) {
    if (Math.abs(number) < MAX) {
      count++;
      double scaled = FormulaCompiler.rounded(number * SCALE);
      if (Math.abs(scaled) >= LONG_SAFE) {
        large = large.add(new BigDecimal(scaled).toBigInteger());
        return;
      }
      long part = (long) scaled;
      long sum = small + part;
      if (((small ^ sum) & (part ^ sum)) < 0) {
        large = large.add(BigInteger.valueOf(small));
        sum = part;
      }
      small = sum;
    }
  }

  double sum() {
    if (count == 0) {
      return Double.NaN;
    }
    double total = large.signum() == 0 ? small : large.add(BigInteger.valueOf(small)).doubleValue();
    return total / SCALE;
  }

  double average() {
    return sum() / count;
  }
}
