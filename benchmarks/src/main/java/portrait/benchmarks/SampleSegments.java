package portrait.benchmarks;

import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// Segments of ten kinds, each written three times: as our rule, as a query of its own, and as a condition over features
/// that one pass over the events of each name computes for all of them. The last two are what somebody who knows the engine well writes by hand.
final class SampleSegments {

  static final Instant NOW = Instant.parse("2024-06-15T12:00:00Z");
  static final String MEASURE = """
      kind: Measure
      name: revenue
      spec: { aggregate: sum, of: amount, event: Order Completed, default: 0 }
      """;

  /// @param rule in our language
  /// @param query of CustomerIds
  /// @param condition over the columns of Customer, Customer_Measure and the features; empty where only the query will do
  record Sample(String name, String rule, String query, String condition) {}

  private final List<Sample> samples = new ArrayList<>();
  private final Map<String, Map<String, String>> features = new LinkedHashMap<>();
  private int featureCount;

  SampleSegments(int count) {
    for (int i = 0; i < count; i++) {
      samples.add(sample("s%03d".formatted(i), i));
    }
  }

  List<Sample> all() {
    return samples;
  }

  /// Names of aggregates over events with the columns `category` and `amount`, by the name of the events.
  Map<String, Map<String, String>> features() {
    return features;
  }

  String yaml() {
    var yaml = new StringBuilder(MEASURE);
    samples.forEach(sample -> yaml.append("---\nkind: Segment\nname: %s\nspec: { where: \"%s\" }\n"
        .formatted(sample.name(), sample.rule())));
    return yaml.toString();
  }

  private Sample sample(String name, int i) {
    int round = i / 10;
    String category = "category-%d".formatted(i * 7 % 20);
    int amount = 20 * (1 + round % 9);
    return switch (i % 10) {
      case 0 -> new Sample(name, "count('Product Viewed' where category = '%s' within 30d) >= 2".formatted(category),
          counted("Product Viewed", 30, category(category), 2),
          feature("count(*)", "Product Viewed", 30, "category = '%s'".formatted(category)) + " >= 2");
      case 1 -> new Sample(name, "sum(amount of 'Order Completed' within 365d) > %d".formatted(amount * 10), """
          SELECT CustomerId FROM UnifiedActivity WHERE %s GROUP BY CustomerId
          HAVING sum(CAST(Properties->>'$.amount' AS DOUBLE)) > %d""".formatted(events("Order Completed", 365),
          amount * 10),
          feature("sum(amount)", "Order Completed", 365, "TRUE") + " > " + amount * 10);
      case 2 -> simple(name, "city = 'city-%d' and points > %d".formatted(i % 50, amount));
      case 3 -> new Sample(name,
          "count('Order Completed' within 90d) >= 1 and not count('Email Opened' within %dd) >= 1"
              .formatted(10 * (1 + round % 6)),
          "%s EXCEPT SELECT CustomerId FROM UnifiedActivity WHERE %s".formatted(
              counted("Order Completed", 90, "TRUE", 1),
              events("Email Opened", 10 * (1 + round % 6))),
          feature("count(*)", "Order Completed", 90, "TRUE") + " >= 1 AND coalesce("
              + feature("count(*)", "Email Opened", 10 * (1 + round % 6), "TRUE") + ", 0) = 0");
      case 4 -> new Sample(name, "last(category of 'Product Viewed') = '%s'".formatted(category), """
          SELECT CustomerId FROM UnifiedActivity WHERE %s GROUP BY CustomerId
          HAVING arg_max(Properties->>'$.category', (ActivityTimestamp, ActivityId)) = '%s'"""
          .formatted(events("Product Viewed", 36_500), category),
          feature("arg_max(category, (ActivityTimestamp, ActivityId))", "Product Viewed", 36_500, "TRUE") + " = '"
              + category + "'");
      case 5 -> new Sample(name, "member('%s') and points > 50".formatted(samples.get(i - 5).name()), """
          SELECT CustomerId FROM hand JOIN Customer USING (CustomerId) WHERE Segment = '%s' AND points > 50"""
          .formatted(samples.get(i - 5).name()), "");
      case 6 -> new Sample(name, """
          sequence('Product Viewed', 'Order Completed' within %dh without 'Email Opened' over within 60d)"""
          .formatted(2 + round), """
          SELECT DISTINCT CustomerId FROM (SELECT CustomerId, began, max(CASE WHEN ActivityName = 'Email Opened' THEN
              ActivityTimestamp END) OVER earlier AS refused FROM (
            SELECT CustomerId, ActivityName, ActivityTimestamp, CASE WHEN ActivityName = 'Order Completed' THEN
              max(CASE WHEN ActivityName = 'Product Viewed' THEN ActivityTimestamp END) OVER (PARTITION BY CustomerId
              ORDER BY ActivityTimestamp RANGE BETWEEN INTERVAL '%d hours' PRECEDING AND INTERVAL '1 microsecond' PRECEDING)
              END AS began FROM UnifiedActivity
            WHERE ActivityName IN ('Product Viewed', 'Order Completed', 'Email Opened') AND %s)
            WINDOW earlier AS (PARTITION BY CustomerId ORDER BY ActivityTimestamp
              RANGE BETWEEN UNBOUNDED PRECEDING AND INTERVAL '1 microsecond' PRECEDING))
          WHERE began IS NOT NULL AND (refused IS NULL OR refused <= began)""".formatted(2 + round, since(60)), "");
      case 7 -> new Sample(name, "measure.revenue > %d or points < %d".formatted(amount * 20, round % 10), """
          SELECT CustomerId FROM Customer JOIN hand_measure USING (CustomerId) WHERE revenue > %d OR points < %d"""
          .formatted(amount * 20, round % 10), "revenue > %d OR points < %d".formatted(amount * 20, round % 10));
      case 8 -> simple(name, "signed_up > timestamp '%s'".formatted(NOW.minus(30L + 10 * round, ChronoUnit.DAYS)));
      default -> new Sample(name,
          "count('Order Completed' where amount > %d within 180d) >= 2".formatted(amount),
          counted("Order Completed", 180, "CAST(Properties->>'$.amount' AS DOUBLE) > " + amount, 2),
          feature("count(*)", "Order Completed", 180, "amount > " + amount) + " >= 2");
    };
  }

  private static Sample simple(String name, String condition) {
    return new Sample(name, condition, "SELECT CustomerId FROM Customer WHERE " + condition, condition);
  }

  private String feature(String aggregate, String event, int days, String filter) {
    String written = "%s FILTER (WHERE %s AND %s)".formatted(aggregate, since(days), filter);
    return features.computeIfAbsent(event, _ -> new LinkedHashMap<>()).computeIfAbsent(written,
        _ -> "f" + featureCount++);
  }

  private static String counted(String event, int days, String filter, int least) {
    return "SELECT CustomerId FROM UnifiedActivity WHERE %s AND %s GROUP BY CustomerId HAVING count(*) >= %d"
        .formatted(events(event, days), filter, least);
  }

  private static String category(String category) {
    return "Properties->>'$.category' = '%s'".formatted(category);
  }

  private static String events(String event, int days) {
    return "ActivityName = '%s' AND %s".formatted(event, since(days));
  }

  private static String since(int days) {
    return "ActivityTimestamp > TIMESTAMP '%s' AND ActivityTimestamp <= TIMESTAMP '%s'".formatted(
        text(days > 3_650 ? Instant.EPOCH : NOW.minus(days, ChronoUnit.DAYS)), text(NOW));
  }

  private static String text(Instant moment) {
    return moment.toString().replace("T", " ").replace("Z", "");
  }
}
