package portrait.stages.segments;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import portrait.foundation.expressions.Columns;
import portrait.foundation.model.ColumnType;
import portrait.foundation.model.Schema;
import portrait.foundation.warehouse.Sql;
import portrait.foundation.warehouse.WarehouseSession;

/// Finds what sets members apart from others, as of the last refresh: values of attributes, ranges of measures, events.
/// Shares are compared with a two-sided test of two proportions; the level is corrected for the number of comparisons
/// (Holm 1979), and lift comes with its interval (Katz and others 1978).
final class Differentiators {

  private static final double LEVEL = 0.05;
  private static final double Z_95 = 1.959964;
  private static final int VALUES_MAX = 30;
  private static final int EVENTS_MAX = 50;
  private static final int FOUND_MAX = 50;
  private static final int FEW = 30;

  private final WarehouseSession session;
  private long members;
  private long others;

  private Differentiators(WarehouseSession session) {
    this.session = session;
  }

  /// Share of one thing among members and others.
  private record Share(String kind, String name, @Nullable String value, long members, long others) {}

  private record Tested(Share share, double chance) {}

  /// @param against another segment; everybody else when empty
  static Differences find(WarehouseSession session, String segment, Optional<String> against) {
    return new Differentiators(session).find(segment, against);
  }

  private Differences find(String segment, Optional<String> against) {
    if (!session.exists("SegmentMembership") || !session.exists("Customer")) {
      return new Differences(0, 0, 0, List.of());
    }
    // Whoever is in both is on neither side.
    var other = against.map(name -> Sql.of("SELECT CustomerId FROM SegmentMembership WHERE Segment = ?", name))
        .orElse(Sql.of("SELECT CustomerId FROM Customer"));
    var one = Sql.of("SELECT CustomerId FROM SegmentMembership WHERE Segment = ?", segment);
    var both = against.isPresent() ? other : Sql.of("SELECT NULL WHERE FALSE");
    session.execute(Sql.format("""
        CREATE OR REPLACE TEMP TABLE _side AS
        SELECT CustomerId, TRUE AS is_member FROM ({}) WHERE CustomerId NOT IN ({})
        UNION ALL SELECT CustomerId, FALSE FROM ({}) WHERE CustomerId NOT IN ({})""", one, both, other, one));
    try {
      session.each(Sql.of("SELECT count(*) FILTER (WHERE is_member), count(*) FILTER (WHERE NOT is_member) FROM _side"),
          row -> {
            members = row.number(1);
            others = row.number(2);
          });
      var shares = shares();
      return new Differences(members, others, shares.size(), significant(shares));
    } finally {
      session.execute("DROP TABLE _side");
    }
  }

  private List<Share> shares() {
    var shares = new ArrayList<Share>();
    if (members == 0 || others == 0) {
      return shares;
    }
    var columns = Columns.of(session);
    columns.customer().columns().stream().filter(column -> !column.name().equals("CustomerId"))
        .forEach(column -> compare("attribute", "Customer", column, shares));
    columns.measures().columns().stream().filter(column -> !column.name().equals("CustomerId"))
        .forEach(column -> compare("measure", "Customer_Measure", column, shares));
    if (session.exists("UnifiedActivity")) {
      session.each(Sql.of("""
          SELECT ActivityName, count(*) FILTER (WHERE is_member), count(*) FILTER (WHERE NOT is_member) FROM (
            SELECT DISTINCT ActivityName, CustomerId FROM UnifiedActivity WHERE ActivityName IS NOT NULL)
          JOIN _side USING (CustomerId) GROUP BY ActivityName ORDER BY count(*) DESC, ActivityName LIMIT %d"""
          .formatted(EVENTS_MAX)),
          row -> shares.add(new Share("event", row.text(1), null, row.number(2), row.number(3))));
    }
    return shares;
  }

  /// Numbers in four ranges with as many customers each; other values by themselves where there are not too many: an
  /// e-mail address sets everybody apart and tells nothing.
  private void compare(String kind, String table, Schema.Column column, List<Share> shares) {
    String name = Sql.quoted(column.name());
    String value = switch (column.type()) {
      case STRING -> name;
      case BOOLEAN -> "CAST(%s AS VARCHAR)".formatted(name);
      case INTEGER, NUMBER -> ranges(table, column);
      case DATE, TIMESTAMP, JSON -> "";
    };
    if (value.isEmpty()) {
      return;
    }
    var found = new ArrayList<Share>();
    session.each(Sql.of("""
        SELECT value, count(*) FILTER (WHERE is_member), count(*) FILTER (WHERE NOT is_member) FROM (
          SELECT CustomerId, %s AS value FROM %s) JOIN _side USING (CustomerId) WHERE value IS NOT NULL
        GROUP BY value ORDER BY count(*) DESC, value LIMIT %d""".formatted(value, table, VALUES_MAX + 1)),
        row -> found.add(new Share(kind, column.name(), row.text(1), row.number(2), row.number(3))));
    if (found.size() <= VALUES_MAX) {
      shares.addAll(found);
    }
  }

  private String ranges(String table, Schema.Column column) {
    String name = Sql.quoted(column.name());
    var cuts = session.query(Sql.of("""
        SELECT DISTINCT unnest(quantile_disc(CAST(%s AS DOUBLE), [0.25, 0.5, 0.75])) AS cut FROM %s ORDER BY cut"""
        .formatted(name, table)), row -> Optional.ofNullable(row.value(1))).stream().flatMap(Optional::stream)
        .filter(Double.class::isInstance).map(Double.class::cast).toList();
    if (cuts.isEmpty()) {
      return "";
    }
    var cases = new StringBuilder("CASE WHEN %s IS NULL THEN NULL".formatted(name));
    String from = "";
    for (double cut : cuts) {
      String shown = column.type() == ColumnType.INTEGER ? String.valueOf((long) cut) : String.valueOf(cut);
      cases.append(" WHEN %s <= %s THEN '%s'".formatted(name, cut, from.isEmpty() ? "up to " + shown
          : "over %s, up to %s".formatted(from, shown)));
      from = shown;
    }
    return cases.append(" ELSE 'over %s' END".formatted(from)).toString();
  }

  private List<Difference> significant(List<Share> shares) {
    var tested = shares.stream().map(share -> new Tested(share, chance(share)))
        .sorted(Comparator.comparingDouble(Tested::chance)).toList();
    var found = new ArrayList<Difference>();
    for (int place = 0; place < tested.size(); place++) {
      if (tested.get(place).chance() > LEVEL / (tested.size() - place)) {
        break;
      }
      found.add(difference(tested.get(place).share()));
    }
    return found.stream().sorted(Comparator.comparingDouble(Difference::score).reversed()
        .thenComparing(Difference::kind).thenComparing(Difference::name)
        .thenComparing(difference -> String.valueOf(difference.value()))).limit(FOUND_MAX).toList();
  }

  /// How often chance alone makes shares differ so much. With few customers nothing can be said, so nothing is.
  private double chance(Share share) {
    if (members + others < FEW) {
      return 1;
    }
    double pooled = (double) (share.members() + share.others()) / (members + others);
    double deviation = Math.sqrt(pooled * (1 - pooled) * (1.0 / members + 1.0 / others));
    if (deviation == 0) {
      return 1;
    }
    double z = Math.abs((double) share.members() / members - (double) share.others() / others) / deviation;
    return twoSided(z);
  }

  /// The share of a normal distribution beyond z on both sides (Abramowitz and Stegun 26.2.17, error under 1e-7).
  static double twoSided(double z) {
    double t = 1 / (1 + 0.2316419 * z);
    double tail = Math.exp(-z * z / 2) / Math.sqrt(2 * Math.PI) * t
        * (0.319381530 + t * (-0.356563782 + t * (1.781477937 + t * (-1.821255978 + t * 1.330274429))));
    return 2 * tail;
  }

  private Difference difference(Share share) {
    double inside = (share.members() + 0.5) / (members + 1.0);
    double outside = (share.others() + 0.5) / (others + 1.0);
    double lift = inside / outside;
    double error = Math.sqrt(1 / (share.members() + 0.5) - 1 / (members + 1.0) + 1 / (share.others() + 0.5)
        - 1 / (others + 1.0));
    double score = Math.abs((double) share.members() / members - (double) share.others() / others);
    return new Difference(share.kind(), share.name(), share.value(), share.members(), share.others(), lift,
        lift * Math.exp(-Z_95 * error), lift * Math.exp(Z_95 * error), score);
  }
}
