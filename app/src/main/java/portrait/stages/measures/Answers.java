package portrait.stages.measures;

import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.stream.Stream;
import portrait.foundation.expressions.LiveFormula;

/// What every measure answered about one customer.
///
/// @param of the measures
/// @param each in their order
/// @param values the same, by name
record Answers(CompiledMeasures of, List<LiveFormula.Answer> each, MeasureValues values) {

  Answers(CompiledMeasures of, List<LiveFormula.Answer> each) {
    this(of, List.copyOf(each), values(of, each));
  }

  private static MeasureValues values(CompiledMeasures of, List<LiveFormula.Answer> each) {
    var values = new HashMap<String, Object>();
    for (int i = 0; i < each.size(); i++) {
      var value = each.get(i).value();
      if (value != null) {
        values.put(of.ordered().get(i).definition().name(), value);
      }
    }
    return new MeasureValues(values, each.stream().map(LiveFormula.Answer::changesAt)
        .<Instant>mapMulti((at, use) -> Stream.ofNullable(at).forEach(use)).min(Instant::compareTo));
  }

  long weight() {
    return 1 + each.size();
  }
}
