package portrait.stages.matching;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import portrait.foundation.warehouse.Sql;
import portrait.foundation.warehouse.WarehouseSession;

/// Takes a pair's score apart, from the tables of the last run alone.
///
/// A mixture has no weight per field that could simply be added. But what one more field adds, given those before it, is
/// well defined, and these differences add up exactly.
final class Explanations {

  private Explanations() {}

  static Optional<Explanation> of(WarehouseSession session, MatchTask task, int one, int other) {
    if (!session.exists(task.weights())) {
      return Optional.empty();
    }
    var model = new TreeMap<Integer, Double>();
    var fields = new ArrayList<String>();
    var labels = new ArrayList<List<String>>();
    session.each(Sql.of("SELECT DISTINCT class, share FROM " + task.weights() + " ORDER BY class"),
        row -> model.put((int) row.number(1), row.decimal(2)));
    session.each(Sql.of("SELECT place, level, field, label FROM " + task.weights()
        + " WHERE class = 0 ORDER BY place, level"), row -> {
          if (row.number(1) == fields.size()) {
            fields.add(row.text(3));
            labels.add(new ArrayList<>());
          }
          labels.getLast().add(row.text(4));
        });
    var levels = new double[model.size()][fields.size()][];
    for (var ofClass : levels) {
      for (int field = 0; field < fields.size(); field++) {
        ofClass[field] = new double[labels.get(field).size()];
      }
    }
    session.each(Sql.of("SELECT class, place, level, probability FROM " + task.weights()),
        row -> levels[(int) row.number(1)][(int) row.number(2)][(int) row.number(3)] = row.decimal(4));
    var learned = new Model(model.values().stream().mapToDouble(share -> share).toArray(), levels);
    String columns = IntStream.range(0, fields.size()).mapToObj(field -> "f" + field)
        .collect(Collectors.joining(", ", "", ", weight"));
    return session.first(Sql.of("""
        SELECT %1$s FROM (SELECT one, other, %1$s FROM %2$s UNION ALL SELECT one, other, %1$s FROM %3$s)
        WHERE one = ? AND other = ?""".formatted(columns, task.edges(), task.refused()), Math.min(one, other),
        Math.max(one, other)), row -> {
          int[] pattern = new int[fields.size()];
          for (int field = 0; field < pattern.length; field++) {
            pattern[field] = (int) row.number(field + 1);
          }
          return explained(learned, fields, labels, pattern, row.decimal(fields.size() + 1));
        });
  }

  private static Explanation explained(Model model, List<String> fields, List<List<String>> labels, int[] pattern,
      double weight) {
    var steps = new ArrayList<Explanation.Step>();
    int[] sofar = new int[pattern.length];
    double before = bits(model, sofar);
    steps.add(new Explanation.Step("", "any pair that was looked at", before));
    for (int field = 0; field < pattern.length; field++) {
      sofar[field] = pattern[field];
      double after = bits(model, sofar);
      steps.add(new Explanation.Step(fields.get(field), labels.get(field).get(pattern[field]), after - before));
      before = after;
    }
    steps.add(new Explanation.Step("", "how rare the values are", weight - before));
    return new Explanation(weight, 1 / (1 + Math.pow(2, -weight)), steps);
  }

  private static double bits(Model model, int[] pattern) {
    return MatchEngine.bits(model.match(pattern))
        - MatchEngine.bits(model.related(pattern) + model.coincidence(pattern));
  }
}
