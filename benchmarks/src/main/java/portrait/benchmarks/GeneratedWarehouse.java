package portrait.benchmarks;

import portrait.foundation.warehouse.WarehouseSession;

/// Customers and what they did, as a refresh leaves them in the warehouse: events in the order of time, properties as
/// JSON. Amounts are quarters, whose sums are exact in whatever order they are made: a query by hand must not differ from
/// ours by rounding. The same numbers give the same rows.
final class GeneratedWarehouse {

  /** The measure, written by hand. */
  static final String REVENUE = """
      SELECT c.CustomerId, coalesce(revenue, 0) AS revenue
      FROM Customer c LEFT JOIN (SELECT CustomerId, sum(CAST(Properties->>'$.amount' AS DOUBLE)) AS revenue
        FROM UnifiedActivity WHERE ActivityName = 'Order Completed' GROUP BY CustomerId) e USING (CustomerId)""";

  private GeneratedWarehouse() {}

  static void lay(WarehouseSession session, int people, int events) {
    session.execute("""
        CREATE OR REPLACE TABLE Customer AS SELECT
          CAST(CAST(md5('customer ' || i) AS UUID) AS VARCHAR) AS CustomerId, 'city-' || hash(i) %% 50 AS city,
          CAST(hash(i, 1) %% 200 AS BIGINT) AS points,
          TIMESTAMP '2022-06-15' + to_hours(CAST(hash(i, 2) %% 17520 AS BIGINT)) AS signed_up,
          DATE '1950-01-01' + CAST(hash(i, 3) %% 20000 AS INTEGER) AS born, TRUE AS Known,
          TIMESTAMP '2022-06-15' AS FirstSeen, TIMESTAMP '2024-06-15' AS LastSeen
        FROM range(%d) r(i)""".formatted(people));
    session.execute("""
        CREATE OR REPLACE TABLE UnifiedActivity AS SELECT
          CAST(CAST(md5('customer ' || hash(i) %% %2$d) AS UUID) AS VARCHAR) AS CustomerId,
          CAST(CAST(md5('event ' || i) AS UUID) AS VARCHAR) AS ActivityId, 'track' AS ActivityType,
          ['Product Viewed', 'Product Viewed', 'Product Viewed', 'Product Viewed', 'Product Added', 'Cart Viewed',
            'Email Opened', 'Email Opened', 'Order Completed', 'Page Viewed'][CAST(1 + hash(i, 1) %% 10 AS BIGINT)] AS ActivityName,
          TIMESTAMP '2022-06-15 12:00:00' + to_microseconds(CAST(i * (63158400000000 / %1$d) AS BIGINT))
            AS ActivityTimestamp,
          'web' AS Source, 'title' AS Title,
          CAST('{"category":"category-' || hash(i, 2) %% 20 || '","amount":' || (hash(i, 3) %% 800) / 4.0
            || ',"sku":"' || hash(i, 4) %% 1000 || '","quantity":' || 1 + hash(i, 5) %% 3 || '}' AS JSON) AS Properties
        FROM range(%1$d) r(i)""".formatted(events, people));
    session.execute("CREATE OR REPLACE TABLE Customer_Measure AS " + REVENUE);
  }
}
