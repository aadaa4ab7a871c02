package portrait.stages.unification;

import java.time.Instant;
import java.util.HashMap;
import portrait.foundation.warehouse.Sql;
import portrait.foundation.warehouse.WarehouseSession;

/// Tells how the customers of this run differ from those of the run before: the table `CustomerChange`, and the counts.
final class ChangeLog {

  static final String TABLE = "CustomerChange";

  private static final String BEFORE = "_unification_customer";

  private final WarehouseSession session;

  ChangeLog(WarehouseSession session) {
    this.session = session;
  }

  /// Compares the customers of `Customer` with those remembered, then remembers them with their identities.
  ///
  /// A new customer whose identity was somebody else's came out of a split; one that is no more, and whose id leads to
  /// another customer, was merged.
  CustomerChanges compare(long customers, Instant now) {
    session.execute("CREATE TABLE IF NOT EXISTS " + BEFORE + " (customer VARCHAR, number BIGINT)");
    session.execute("""
        CREATE OR REPLACE TEMP TABLE _customer_now AS
        SELECT assignment.customer, assignment.number FROM %s AS assignment
        JOIN "Customer" AS customer ON customer."CustomerId" = assignment.customer"""
        .formatted(Identities.ASSIGNMENTS));
    session.execute(Sql.of("""
        CREATE OR REPLACE TABLE "%s" AS
        WITH was AS (SELECT DISTINCT customer FROM %s),
          is_now AS (SELECT DISTINCT customer FROM _customer_now),
          moved AS (SELECT present.customer, min(past.customer) AS origin FROM _customer_now AS present
            JOIN %s AS past ON past.number = present.number AND past.customer <> present.customer GROUP BY present.customer)
        SELECT CASE WHEN moved.origin IS NULL THEN 'new' ELSE 'split' END AS "Change", is_now.customer AS "CustomerId",
          moved.origin AS "OtherCustomerId", CAST(? AS TIMESTAMP) AS "ModifiedOn"
        FROM is_now ANTI JOIN was USING (customer) LEFT JOIN moved USING (customer)
        UNION ALL
        SELECT CASE WHEN previous.customer IS NULL THEN 'gone' ELSE 'merged' END, was.customer, previous.customer,
          CAST(? AS TIMESTAMP)
        FROM was ANTI JOIN is_now USING (customer) LEFT JOIN %s AS previous ON previous.previous = was.customer
        ORDER BY 1, 2""".formatted(TABLE, BEFORE, BEFORE, Identities.PREVIOUS), now, now));
    session.execute("CREATE OR REPLACE TABLE " + BEFORE + " AS FROM _customer_now");
    var counts = new HashMap<String, Long>();
    session.each(Sql.of("SELECT \"Change\", count(*) FROM \"%s\" GROUP BY 1".formatted(TABLE)),
        row -> counts.put(row.text(1), row.number(2)));
    return new CustomerChanges(now, customers, counts.getOrDefault("new", 0L), counts.getOrDefault("merged", 0L),
        counts.getOrDefault("split", 0L), counts.getOrDefault("gone", 0L));
  }
}
