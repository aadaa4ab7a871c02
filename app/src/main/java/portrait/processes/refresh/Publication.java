package portrait.processes.refresh;

import java.util.List;
import java.util.stream.Collectors;
import portrait.foundation.model.CustomerId;
import portrait.foundation.warehouse.Sql;
import portrait.foundation.warehouse.Warehouse;
import portrait.foundation.warehouse.WarehouseSession;
import portrait.stages.identity.CustomerKey;

/// Which customers the warehouse sees differently than when they were published last.
///
/// A fingerprint per customer covers the key ring, the merged attributes, the mapped activities, the measures and the
/// memberships. The engine's own hash is good enough: should another version of it hash differently, everybody is
/// evaluated once more, and nothing else happens.
final class Publication {

  private static final String PUBLISHED = "_published";
  private static final String NEXT = "_published_next";
  /** There from when facts begin to change until everybody they concern is published. */
  private static final String OPEN = "_publication_open";

  private final Warehouse warehouse;

  Publication(Warehouse warehouse) {
    this.warehouse = warehouse;
  }

  /// Facts are about to change.
  ///
  /// @return whether an earlier run stopped before it had published: nobody knows whom it should have
  boolean begin() {
    return warehouse.write(session -> {
      boolean isUnfinished = session.exists(OPEN);
      session.execute("CREATE TABLE IF NOT EXISTS " + OPEN + " (begun BOOLEAN)");
      return isUnfinished;
    });
  }

  /// Takes the fingerprints of now and compares them with the last ones.
  ///
  /// @param isEverybody whether fingerprints cannot be trusted: then everybody counts as changed
  /// @param assignments a query of all identities (`number`, `customer`, `customer_number`)
  /// @param activities a query of the fingerprint of each customer's activities (`customer`, `fingerprint`)
  /// @return customers that are new, differ, or are no more
  List<CustomerKey> prepare(Sql assignments, Sql activities, boolean isEverybody) {
    return warehouse.write(session -> {
      session.execute("CREATE TABLE IF NOT EXISTS " + PUBLISHED
          + " (number BIGINT, customer VARCHAR, fingerprint UBIGINT)");
      session.execute(Sql.format("""
          CREATE OR REPLACE TABLE %s AS
          WITH ring AS (
            SELECT customer_number AS number, customer, bit_xor(hash(number)) AS fingerprint FROM ({})
            GROUP BY customer_number, customer),
          member AS (
            SELECT "CustomerId" AS customer, bit_xor(hash("Segment")) AS fingerprint FROM "SegmentMembership"
            GROUP BY "CustomerId"),
          attributes AS (SELECT "CustomerId" AS customer, {} AS fingerprint FROM "Customer"),
          measures AS (SELECT "CustomerId" AS customer, {} AS fingerprint FROM "Customer_Measure"),
          activities AS ({})
          SELECT ring.number, ring.customer, hash(ring.fingerprint, member.fingerprint, attributes.fingerprint,
            measures.fingerprint, activities.fingerprint) AS fingerprint
          FROM ring LEFT JOIN member USING (customer) LEFT JOIN attributes USING (customer)
          LEFT JOIN measures USING (customer) LEFT JOIN activities USING (customer)""".formatted(NEXT), assignments,
          columns(session, "Customer"), columns(session, "Customer_Measure"), activities));
      return session.query(Sql.of("""
          SELECT coalesce(next.number, known.number), coalesce(next.customer, known.customer)
          FROM %s AS next FULL JOIN %s AS known ON next.number = known.number AND next.customer = known.customer
          WHERE next.fingerprint IS DISTINCT FROM known.fingerprint OR %s ORDER BY 1""".formatted(NEXT, PUBLISHED,
          isEverybody)),
          row -> new CustomerKey(row.number(1), CustomerId.of(row.text(2))));
    });
  }

  /// Remembers that all of them were published.
  void done() {
    warehouse.write(session -> {
      session.execute("CREATE OR REPLACE TABLE " + PUBLISHED + " AS FROM " + NEXT);
      return session.execute("DROP TABLE IF EXISTS " + OPEN);
    });
  }

  /// When customers were first and last seen changes with every event and is known to the live path anyway.
  private static Sql columns(WarehouseSession session, String table) {
    String columns = session.schema(table).orElseThrow().columns().stream().map(column -> column.name())
        .filter(column -> !column.equals("FirstSeen") && !column.equals("LastSeen")).map(Sql::quoted)
        .collect(Collectors.joining(", "));
    return Sql.of("hash(" + columns + ")");
  }
}
