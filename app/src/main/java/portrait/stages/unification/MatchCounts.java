package portrait.stages.unification;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import portrait.foundation.warehouse.Sql;
import portrait.foundation.warehouse.WarehouseSession;
import portrait.stages.matching.Clusters;

/// Counts what the rules found, from the tables that [Matching] left.
final class MatchCounts {

  private final WarehouseSession session;
  private final int records;
  private final Clusters all;
  private final Clusters within;

  MatchCounts(WarehouseSession session, int records) {
    this.session = session;
    this.records = records;
    this.all = new Clusters(records);
    this.within = new Clusters(records);
    session.each(Sql.of("""
        SELECT pair.one, pair.other, one.tab = other.tab FROM %1$s AS pair JOIN %2$s AS one ON one.id = pair.one
        JOIN %2$s AS other ON other.id = pair.other""".formatted(Matching.PAIRS, Matching.RECORDS)), row -> {
      all.join((int) row.number(1), (int) row.number(2));
      if (row.isTrue(3)) {
        within.join((int) row.number(1), (int) row.number(2));
      }
    });
  }

  long unique() {
    return IntStream.rangeClosed(1, records).filter(record -> all.of(record) == record).count();
  }

  /// Groups of several records.
  long matched() {
    var sizes = sizes();
    return IntStream.rangeClosed(1, records).filter(record -> sizes[record] > 1).count();
  }

  private int[] sizes() {
    var sizes = new int[records + 1];
    for (int record = 1; record <= records; record++) {
      sizes[all.of(record)]++;
    }
    return sizes;
  }

  /// Records of a table, numbered from `first` to `last`, that are the same as an earlier one of it.
  long duplicates(int first, int last) {
    return IntStream.rangeClosed(first, last).filter(record -> within.of(record) != record).count();
  }

  /// Per table, how many of its records are joined to one of another table.
  Map<Integer, Long> matchedByTable() {
    var counts = new HashMap<Integer, Long>();
    session.each(Sql.of("""
        SELECT tab, count(*) FROM (
          SELECT one.tab, one.id FROM %1$s AS pair JOIN %2$s AS one ON one.id = pair.one
          JOIN %2$s AS other ON other.id = pair.other WHERE one.tab <> other.tab
          UNION
          SELECT other.tab, other.id FROM %1$s AS pair JOIN %2$s AS one ON one.id = pair.one
          JOIN %2$s AS other ON other.id = pair.other WHERE one.tab <> other.tab)
        GROUP BY tab ORDER BY tab""".formatted(Matching.PAIRS, Matching.RECORDS)),
        row -> counts.put((int) row.number(1), row.number(2)));
    return counts;
  }

  /// @param names of the tables, by their place
  List<MatchReport.BetweenResult> between(Map<Integer, String> names) {
    var found = new ArrayList<MatchReport.BetweenResult>();
    session.each(Sql.of("""
        SELECT one.tab, other.tab, count(*), count(DISTINCT other.id)
        FROM (SELECT DISTINCT one, other FROM %1$s) AS pair JOIN %2$s AS one ON one.id = pair.one
        JOIN %2$s AS other ON other.id = pair.other WHERE one.tab <> other.tab
        GROUP BY one.tab, other.tab ORDER BY one.tab, other.tab""".formatted(Matching.PAIRS, Matching.RECORDS)),
        row -> found.add(new MatchReport.BetweenResult(names.getOrDefault((int) row.number(1), ""),
            names.getOrDefault((int) row.number(2), ""), row.number(3), row.number(4))));
    return found;
  }
}
