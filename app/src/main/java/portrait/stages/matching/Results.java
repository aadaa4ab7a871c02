package portrait.stages.matching;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import portrait.foundation.model.ColumnType;
import portrait.foundation.model.Schema;
import portrait.foundation.model.Schema.Column;
import portrait.foundation.warehouse.Sql;
import portrait.foundation.warehouse.WarehouseSession;

/// Writes the tables that [MatchTask] names.
final class Results {

  /// From this probability a pair counts as related. Households are what hangs together, so several doubtful pairs in a
  /// row would make a household of a street.
  private static final double RELATED = 0.8;
  private static final int LARGE = 10;

  private final WarehouseSession session;
  private final MatchTask task;
  private final List<Comparison> comparisons;

  Results(WarehouseSession session, MatchTask task, List<Comparison> comparisons) {
    this.session = session;
    this.task = task;
    this.comparisons = comparisons;
  }

  void write(Grouping grouping, Model model, double threshold) {
    clusters(grouping);
    edges(threshold);
    refused(grouping);
    households();
    weights(model);
    session.execute(
        "DROP TABLE _match_cluster; DROP TABLE _match_scored; DROP TABLE _match_touched; DROP TABLE _match_record");
  }

  private void clusters(Grouping grouping) {
    session.createTemporary("_match_cluster",
        Schema.of(Column.of("id", ColumnType.INTEGER), Column.of("cluster", ColumnType.INTEGER)));
    int[] clusters = grouping.clusters();
    session.append("_match_cluster", IntStream.range(1, clusters.length)
        .mapToObj(record -> new @Nullable Object[]{(long) record, (long) clusters[record]}));
  }

  private void edges(double threshold) {
    session.execute(task.create() + """
        %1$s AS
        SELECT one, other, weight, 1 / (1 + pow(2, -weight)) AS probability,
          CASE WHEN weight >= %2$s AND l.cluster = r.cluster THEN 'match' ELSE 'related' END AS class,
          CASE WHEN weight >= %2$s AND l.cluster = r.cluster THEN l.cluster END AS cluster, chance_rarity, related_rarity%3$s
        FROM _match_scored LEFT JOIN _match_cluster AS l ON l.id = one LEFT JOIN _match_cluster AS r ON r.id = other
        WHERE weight >= %2$s AND l.cluster = r.cluster
          OR _match_scored.related >= %4$s AND (l.cluster IS NULL OR r.cluster IS NULL OR l.cluster <> r.cluster)
        ORDER BY one, other""".formatted(task.edges(), threshold, levels(), RELATED));
  }

  /// The level of each field, as columns to add.
  private String levels() {
    var levels = new StringBuilder();
    for (int field = 0; field < comparisons.size(); field++) {
      levels.append(", %s AS f%d".formatted(Patterns.decoded(field, comparisons), field));
    }
    return levels.toString();
  }

  private void refused(Grouping grouping) {
    session.createTemporary("_match_refusal", Schema.of(Column.of("one", ColumnType.INTEGER),
        Column.of("other", ColumnType.INTEGER), Column.of("reason", ColumnType.STRING)));
    var rows = new ArrayList<@Nullable Object[]>();
    grouping.forEachRefusal((one, other, reason) -> rows.add(new @Nullable Object[]{(long) one, (long) other,
        reason.text()}));
    session.append("_match_refusal", rows.stream());
    session.execute(task.create()
        + """
        %s AS
        SELECT one, other, weight, reason%s FROM _match_refusal JOIN _match_scored USING (one, other) ORDER BY one, other"""
            .formatted(task.refused(), levels()));
    session.execute("DROP TABLE _match_refusal");
  }

  /// Records whose clusters hang together by related pairs.
  private void households() {
    int records = session.first(Sql.of("SELECT coalesce(max(id), 0) FROM _match_record"), row -> (int) row.number(1))
        .orElseThrow();
    var kin = new Clusters(records);
    var related = new BitSet();
    session.each(Sql.of("""
        SELECT coalesce(l.cluster, one), coalesce(r.cluster, other) FROM %s AS edge
        LEFT JOIN _match_cluster AS l ON l.id = one LEFT JOIN _match_cluster AS r ON r.id = other
        WHERE class = 'related'""".formatted(task.edges())), row -> {
      related.set((int) row.number(1));
      related.set((int) row.number(2));
      kin.join((int) row.number(1), (int) row.number(2));
    });
    session.createTemporary("_match_kin",
        Schema.of(Column.of("cluster", ColumnType.INTEGER), Column.of("household", ColumnType.INTEGER)));
    session.append("_match_kin", related.stream()
        .mapToObj(cluster -> new @Nullable Object[]{(long) cluster, (long) kin.of(cluster)}));
    session.execute(task.create() + """
        %s AS
        SELECT record.id, household FROM _match_record AS record LEFT JOIN _match_cluster AS cluster USING (id)
        JOIN _match_kin AS kin ON kin.cluster = coalesce(cluster.cluster, record.id) ORDER BY household, record.id"""
        .formatted(task.households()));
    session.execute("DROP TABLE _match_kin");
  }

  private void weights(Model model) {
    var schema = Schema.of(Column.of("class", ColumnType.INTEGER),
        Column.of("kind", ColumnType.STRING), Column.of("share", ColumnType.NUMBER),
        Column.of("place", ColumnType.INTEGER), Column.of("field", ColumnType.STRING),
        Column.of("level", ColumnType.INTEGER), Column.of("label", ColumnType.STRING),
        Column.of("probability", ColumnType.NUMBER));
    if (task.isTrial()) {
      session.createTemporary(task.weights(), schema);
    } else {
      session.create(task.weights(), schema);
    }
    var rows = new ArrayList<@Nullable Object[]>();
    for (int ofClass = 0; ofClass < model.classes(); ofClass++) {
      for (int place = 0; place < comparisons.size(); place++) {
        for (int level = 0; level < comparisons.get(place).size(); level++) {
          String label = level == 0 ? "missing" : comparisons.get(place).levels().get(level - 1).label();
          rows.add(new @Nullable Object[]{(long) ofClass, kind(ofClass), model.shares()[ofClass], (long) place,
              comparisons.get(place).field().name(), (long) level, label, model.levels()[ofClass][place][level]});
        }
      }
    }
    session.append(task.weights(), rows.stream());
  }

  private static String kind(int ofClass) {
    return switch (ofClass) {
      case Model.MATCH -> "match";
      case Model.RELATED -> "related";
      default -> "coincidence";
    };
  }

  long count(String table, String condition) {
    return session.first(Sql.of("SELECT count(*) FROM %s WHERE %s".formatted(table, condition)), row -> row.number(1))
        .orElseThrow();
  }

  /// Large clusters, and those in which hardly more pairs match than are needed to hold them together.
  List<MatchSummary.Suspicion> suspicious(int max) {
    return session.query(Sql.of("""
        SELECT cluster, records, links FROM (
          SELECT cluster, count(DISTINCT id) AS records, count(*) // 2 AS links
          FROM (SELECT cluster, one AS id FROM %1$s WHERE class = 'match' UNION ALL
            SELECT cluster, other FROM %1$s WHERE class = 'match') GROUP BY cluster)
        WHERE records >= %2$d OR records >= 4 AND links < records * (records - 1) // 4
        ORDER BY records DESC, links, cluster LIMIT %3$d""".formatted(task.edges(), LARGE, max)),
        row -> new MatchSummary.Suspicion((int) row.number(1), (int) row.number(2), (int) row.number(3)));
  }
}
