package portrait.stages.segments;

import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.IntConsumer;
import portrait.foundation.expressions.Columns;
import portrait.foundation.expressions.Expressions;
import portrait.foundation.model.CustomerId;
import portrait.foundation.warehouse.Sql;
import portrait.foundation.warehouse.WarehouseSession;

/// The table of all memberships, computed for all segments together: segments that do not build on each other are one
/// query, whose events are read once. Those that build on them come after, reading the memberships found so far.
final class MembershipTable {

  static final String NAME = "SegmentMembership";

  private static final String HOLDS = "_segment_holds";
  /** More in one query take more memory than they save time. */
  private static final int TOGETHER_MAX = 200;

  private MembershipTable() {}

  /// @param rules each after those it depends on
  /// @param lists members of static segments, whose rules nobody fits
  /// @param done hears how many segments have been written
  static void write(WarehouseSession session, List<SegmentRules.Rule> rules, Map<String, List<CustomerId>> lists,
      Instant now, IntConsumer done) {
    session.execute("CREATE OR REPLACE TABLE \"" + NAME + "\" (\"CustomerId\" VARCHAR, \"Segment\" VARCHAR)");
    // First of all, because rules build on them.
    lists.forEach((segment, customers) -> session.append(NAME,
        customers.stream().map(customer -> new Object[]{customer.toString(), segment})));
    var columns = Columns.of(session);
    for (var level : levels(rules)) {
      for (int from = 0; from < level.size(); from += TOGETHER_MAX) {
        write(session, level.subList(from, Math.min(level.size(), from + TOGETHER_MAX)), now, columns, done);
      }
    }
  }

  /// Segments that depend on none of the others in the same list, but only on those in earlier ones.
  private static Iterable<List<SegmentRules.Rule>> levels(List<SegmentRules.Rule> rules) {
    var depths = new HashMap<String, Integer>();
    Map<Integer, List<SegmentRules.Rule>> levels = new TreeMap<>();
    for (var rule : rules) {
      int depth = 1 + rule.uses().segments().stream().mapToInt(used -> depths.getOrDefault(used, 0)).max().orElse(0);
      depths.put(rule.name(), depth);
      levels.computeIfAbsent(depth, _ -> new ArrayList<>()).add(rule);
    }
    return levels.values();
  }

  private static void write(WarehouseSession session, List<SegmentRules.Rule> rules, Instant now, Columns columns,
      IntConsumer done) {
    session.execute(Sql.format("CREATE OR REPLACE TEMP TABLE %s AS {}".formatted(HOLDS),
        Expressions.holds(rules.stream()
            .map(rule -> new Expressions.Rule(rule.definition().where(), rule.definition().zone())).toList(), now,
            columns)));
    for (int place = 0; place < rules.size(); place++) {
      session.execute(Sql.of("INSERT INTO \"%s\" SELECT CustomerId, CAST(? AS VARCHAR) FROM %s WHERE h%d"
          .formatted(NAME, HOLDS, place), rules.get(place).name()));
    }
    session.execute("DROP TABLE " + HOLDS);
    done.accept(rules.size());
  }
}
