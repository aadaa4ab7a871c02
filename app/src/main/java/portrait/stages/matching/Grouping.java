package portrait.stages.matching;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import portrait.foundation.warehouse.Sql;
import portrait.foundation.warehouse.WarehouseSession;

/// Makes clusters of pairs: strongest first, by union-find, refusing what does not fit.
///
/// A pair that would join two clusters must not break a constraint, and all that was seen between the two clusters must
/// speak for it on the whole: one false match between two people is outvoted by the pairs around it. This is
/// average-linkage clustering over the compared pairs; without it a single false pair makes one person of two, and of a
/// million records thousands are chained.
final class Grouping {

  /// What one pair counts at most in a vote, in bits: a pair that is certain beats no more than a few that are against.
  private static final float VOTE_MAX = 6;

  private final int[] one;
  private final int[] other;
  private final float[] weight;
  private final Reason[] refused;
  private final int[] parent;
  private final int[] size;
  /// The members of a cluster as a chain from its root.
  private final int[] next;
  private final int[] last;
  /// The pairs of each record: `pairs[from[record]]` to `pairs[from[record + 1]]`.
  private final int[] from;
  private final int[] pairs;
  private final List<int[]> unique;
  /// The sources of a cluster as bits, where each may stand in it once; otherwise empty.
  private final long[] sources;
  private final Map<Integer, List<Integer>> never;

  enum Reason {
    /** A person can have one value of this only. */
    UNIQUE,
    /** No table has duplicates, says the rule. */
    SAME_SOURCE,
    /** Somebody said so. */
    NEVER,
    /** The pairs around it say otherwise. */
    OUTVOTED;

    String text() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  private Grouping(int records, int[] one, int[] other, float[] weight, List<int[]> unique, long[] sources,
      Map<Integer, List<Integer>> never) {
    this.one = one;
    this.other = other;
    this.weight = weight;
    this.refused = new Reason[one.length];
    this.parent = new int[records + 1];
    this.size = new int[records + 1];
    this.next = new int[records + 1];
    this.last = new int[records + 1];
    this.unique = unique;
    this.sources = sources;
    this.never = never;
    Arrays.setAll(parent, record -> record);
    Arrays.fill(size, 1);
    Arrays.fill(next, -1);
    Arrays.setAll(last, record -> record);
    this.from = new int[records + 2];
    for (int pair = 0; pair < one.length; pair++) {
      from[one[pair] + 1]++;
      from[other[pair] + 1]++;
    }
    for (int record = 0; record <= records; record++) {
      from[record + 1] += from[record];
    }
    this.pairs = new int[2 * one.length];
    int[] at = from.clone();
    for (int pair = 0; pair < one.length; pair++) {
      pairs[at[one[pair]]++] = pair;
      pairs[at[other[pair]]++] = pair;
    }
  }

  /// Clusters the pairs of `_match_scored` whose weight is at least `threshold`.
  ///
  /// Pairs below it count as evidence where both records have a pair above it.
  ///
  /// @param onePerSource whether a cluster holds at most one record of each source
  static Grouping of(WarehouseSession session, MatchTask task, double threshold, boolean onePerSource) {
    session.execute("""
        CREATE OR REPLACE TEMP TABLE _match_touched AS
        SELECT DISTINCT id FROM (SELECT one AS id FROM _match_scored WHERE weight >= %1$s UNION ALL
          SELECT other FROM _match_scored WHERE weight >= %1$s)""".formatted(threshold));
    session.execute(
        """
        CREATE OR REPLACE TEMP TABLE _match_evidence AS
        SELECT one, other, weight FROM _match_scored SEMI JOIN _match_touched AS l ON l.id = one SEMI JOIN _match_touched AS r ON r.id = other""");
    int records = (int) number(session, "SELECT coalesce(max(id), 0) FROM _match_touched");
    int count = (int) number(session, "SELECT count(*) FROM _match_evidence");
    int[] one = new int[count];
    int[] other = new int[count];
    float[] weight = new float[count];
    int[] place = new int[1];
    session.each(Sql.of("SELECT one, other, weight FROM _match_evidence ORDER BY weight DESC, one, other"), row -> {
      one[place[0]] = (int) row.number(1);
      other[place[0]] = (int) row.number(2);
      weight[place[0]++] = (float) row.decimal(3);
    });
    var unique = new ArrayList<int[]>();
    for (int number = 0; number < task.unique().size(); number++) {
      unique.add(codes(session, "u" + number, records));
    }
    long[] sources = new long[onePerSource ? records + 1 : 0];
    if (onePerSource) {
      int[] codes = codes(session, "source", records);
      Arrays.setAll(sources, record -> codes[record] == 0 ? 0 : 1L << codes[record]);
    }
    var never = new HashMap<Integer, List<Integer>>();
    session.each(task.never(), row -> {
      never.computeIfAbsent((int) row.number(1), _ -> new ArrayList<>()).add((int) row.number(2));
      never.computeIfAbsent((int) row.number(2), _ -> new ArrayList<>()).add((int) row.number(1));
    });
    session.execute("DROP TABLE _match_evidence");
    var grouping = new Grouping(records, one, other, weight, unique, sources, never);
    grouping.run(threshold);
    return grouping;
  }

  /// A number for each value of a column, by record; 0 where it is empty.
  private static int[] codes(WarehouseSession session, String column, int records) {
    int[] codes = new int[records + 1];
    session.each(
        Sql.of("SELECT id, dense_rank() OVER (ORDER BY %1$s) FROM _match_record SEMI JOIN _match_touched USING (id) "
            .formatted(column) + "WHERE %s IS NOT NULL".formatted(column)),
        row -> codes[(int) row.number(1)] = (int) row.number(2));
    return codes;
  }

  private static long number(WarehouseSession session, String sql) {
    return session.first(Sql.of(sql), row -> row.number(1)).orElseThrow();
  }

  private void run(double threshold) {
    for (int pair = 0; pair < one.length && weight[pair] >= threshold; pair++) {
      int first = of(one[pair]);
      int second = of(other[pair]);
      if (first == second) {
        continue;
      }
      int small = size[first] < size[second] ? first : second;
      int large = small == first ? second : first;
      if (breaksUnique(large, small)) {
        refused[pair] = Reason.UNIQUE;
      } else if (sources.length > 0 && (sources[large] & sources[small]) != 0) {
        refused[pair] = Reason.SAME_SOURCE;
      } else if (!never.isEmpty() && breaksNever(large, small)) {
        refused[pair] = Reason.NEVER;
      } else if (size[large] > 1 && vote(large, small) < 0) {
        refused[pair] = Reason.OUTVOTED;
      } else {
        join(large, small);
      }
    }
  }

  private boolean breaksUnique(int large, int small) {
    for (int[] codes : unique) {
      if (codes[large] != 0 && codes[small] != 0 && codes[large] != codes[small]) {
        return true;
      }
    }
    return false;
  }

  private boolean breaksNever(int large, int small) {
    for (int member = small; member >= 0; member = next[member]) {
      for (int enemy : never.getOrDefault(member, List.of())) {
        if (enemy < parent.length && of(enemy) == large) {
          return true;
        }
      }
    }
    return false;
  }

  /// The sum of all pairs between two clusters. Pairs that were never compared say nothing.
  private float vote(int large, int small) {
    float sum = 0;
    for (int member = small; member >= 0; member = next[member]) {
      for (int at = from[member]; at < from[member + 1]; at++) {
        int pair = pairs[at];
        if (of(one[pair] == member ? other[pair] : one[pair]) == large) {
          sum += Math.clamp(weight[pair], -VOTE_MAX, VOTE_MAX);
        }
      }
    }
    return sum;
  }

  private void join(int large, int small) {
    parent[small] = large;
    size[large] += size[small];
    next[last[large]] = small;
    last[large] = last[small];
    if (sources.length > 0) {
      sources[large] |= sources[small];
    }
    for (int[] codes : unique) {
      codes[large] = codes[large] == 0 ? codes[small] : codes[large];
    }
  }

  private int of(int record) {
    int at = record;
    while (parent[at] != at) {
      parent[at] = parent[parent[at]];
      at = parent[at];
    }
    return at;
  }

  /// For each record up to the last one that matches anything, the least record of its cluster.
  int[] clusters() {
    int[] least = new int[parent.length];
    int[] clusters = new int[parent.length];
    for (int record = 1; record < parent.length; record++) {
      int root = of(record);
      least[root] = least[root] == 0 ? record : least[root];
      clusters[record] = least[root];
    }
    return clusters;
  }

  interface RefusalListener {
    void refused(int one, int other, Reason reason);
  }

  /// Hands on the pairs that were refused and did not come together by another way either.
  void forEachRefusal(RefusalListener listener) {
    for (int pair = 0; pair < one.length; pair++) {
      var reason = refused[pair];
      if (reason != null && of(one[pair]) != of(other[pair])) {
        listener.refused(one[pair], other[pair], reason);
      }
    }
  }
}
