package portrait.processes.refresh;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import portrait.TestPortrait;
import portrait.foundation.model.ProblemException;
import portrait.foundation.warehouse.Sql;

/// Tables and events that applications send, on one timeline.
class ActivitiesTest {

  private static final String DEFINITIONS = """
      kind: Source
      name: shop
      spec:
        tables:
          - { name: contacts, path: contacts.csv, key: id, columns: [ { name: id, type: string } ] }
          - { name: orders, path: orders.csv, key: order_id, columns: [ { name: order_id, type: string },
              { name: contact, type: string }, { name: at, type: timestamp }, { name: total, type: number } ] }
          - { name: lines, path: lines.csv, key: line, columns: [ { name: line, type: string },
              { name: order, type: string }, { name: product, type: string }, { name: at, type: timestamp },
              { name: price, type: number } ] }
      ---
      kind: Unification
      name: customers
      spec: { tables: [ { table: shop.contacts } ] }
      ---
      kind: Activity
      name: orders
      spec:
        type: SalesOrder
        table: shop.orders
        customer: { column: contact, namespace: shop.contacts }
        timestamp: at
        properties: { order_id: order_id, amount: total }
        entry: { title: order_id, detail: amount }
      ---
      kind: Activity
      name: lines
      spec:
        type: SalesOrderLine
        table: shop.lines
        customer: { column: contact, namespace: shop.contacts, through: [ { from: order, table: shop.orders, to: order_id } ] }
        timestamp: at
        properties: { order_id: order, product_id: product, amount: price }
      ---
      kind: Activity
      name: mails
      spec: { event: Email Opened, show_in_timeline: false }
      ---
      kind: Segment
      name: bought-boots
      spec: { where: "count('Order Line' where product_id = 'boots') >= 1 and count('Email Opened') >= 1" }
      """;

  @TempDir
  Path home;
  private TestPortrait portrait;

  @BeforeEach
  void fill() throws IOException {
    write("contacts.csv", "id", "1", "2");
    write("orders.csv", "order_id,contact,at,total", "o1,1,2026-11-01 10:00:00,12.5", "o2,2,2026-11-02 10:00:00,7");
    write("lines.csv", "line,order,product,at,price", "l1,o1,boots,2026-11-01 10:00:00,10",
        "l2,o1,laces,2026-11-01 10:00:00,2.5", "l3,o2,hat,2026-11-02 10:00:00,7", "l4,o9,hat,2026-11-02 10:00:00,7");
    portrait = TestPortrait.in(home);
    portrait.apply(DEFINITIONS);
  }

  @AfterEach
  void close() {
    portrait.close();
  }

  @Test
  void linesOfOrdersFindTheirCustomerThroughTheOrder() throws IOException {
    portrait.refresh();

    assertEquals(List.of("SalesOrder Order Completed 1 o1", "SalesOrder Order Completed 2 o2",
        "SalesOrderLine Order Line 1 lines", "SalesOrderLine Order Line 1 lines", "SalesOrderLine Order Line 2 lines"),
        timeline());
    assertEquals(List.of("no customer l4"), rows("SELECT _reason, line FROM shop_lines_unassigned"));

    write("orders.csv", "order_id,contact,at,total", "o1,2,2026-11-01 10:00:00,12.5", "o2,2,2026-11-02 10:00:00,7");
    portrait.refresh();

    assertEquals(List.of("SalesOrder Order Completed 2 o1", "SalesOrder Order Completed 2 o2",
        "SalesOrderLine Order Line 2 lines", "SalesOrderLine Order Line 2 lines", "SalesOrderLine Order Line 2 lines"),
        timeline(), "the lines follow the order");
    assertEquals(2, portrait.get("/api/v1/profiles/shop.contacts/2/events").path("events").size());
  }

  @Test
  void whatIsOffTheTimelineIsNotAnsweredButCounts() {
    portrait.collect("/v1/batch", """
        {"batch": [
          {"type": "track", "messageId": "m1", "anonymousId": "a", "event": "Product Viewed"},
          {"type": "track", "messageId": "m2", "anonymousId": "a", "event": "Email Opened"}]}""");
    portrait.apply("""
        kind: Segment
        name: readers
        spec: { where: "count('Email Opened') >= 1" }
        """);
    portrait.refresh();

    var events = portrait.get("/api/v1/profiles/anonymous_id/a/events").path("events");

    assertEquals(List.of("Product Viewed"), events.valueStream().map(event -> event.path("name").asString()).toList());
    assertEquals(List.of("readers"), portrait.get("/api/v1/profiles/anonymous_id/a").path("segments").valueStream()
        .map(segment -> segment.asString()).toList());
    assertEquals(List.of("Order Completed"), portrait.get("/api/v1/profiles/shop.contacts/1/events").path("events")
        .valueStream().map(event -> event.path("name").asString()).toList(), "lines are too many for a timeline");
  }

  @Test
  void mistakesNameTheirPlace() {
    assertEquals("Activity orders: type Feedback needs the property 'text', which properties does not map",
        refusal("type: Feedback, properties: { amount: total }"));
    assertEquals("Activity orders: entry.title was 'order' but must be one of the properties",
        refusal("event: Ordered, properties: { amount: total }, entry: { title: order }"));
    assertEquals("Activity orders: event is missing but must say what happened",
        refusal("properties: { amount: total }"));
    assertEquals("Activity orders: customer.through[0].to was 'id', but shop.lines has no such column",
        assertThrows(ProblemException.class, () -> portrait.apply("""
            kind: Activity
            name: orders
            spec:
              table: shop.orders
              customer: { column: order, namespace: email, through: [ { from: order_id, table: shop.lines, to: id } ] }
              timestamp: at
              event: Ordered
            """)).problem().message());
    assertEquals(
        "Activity mails: customer, timestamp, properties and where belong to rows, but there is no table",
        assertThrows(ProblemException.class, () -> portrait.apply("""
            kind: Activity
            name: mails
            spec: { event: Email Opened, timestamp: at }
            """)).problem().message());
  }

  private String refusal(String more) {
    return assertThrows(ProblemException.class, () -> portrait.apply("""
        kind: Activity
        name: orders
        spec: { table: shop.orders, customer: { column: contact, namespace: shop.contacts }, timestamp: at, %s }
        """.formatted(more))).problem().message();
  }

  private List<String> timeline() {
    return rows("""
        SELECT "ActivityType", "ActivityName", shop_contacts_id, "Title" FROM "UnifiedActivity"
        JOIN "Customer" USING ("CustomerId") ORDER BY 1, 2, 3, 4""");
  }

  private List<String> rows(String sql) {
    return portrait.parts().warehouse().read(session -> session.query(Sql.of(sql), row -> IntStream
        .rangeClosed(1, row.columns()).mapToObj(column -> String.valueOf(row.value(column)))
        .collect(Collectors.joining(" "))));
  }

  private void write(String file, String... lines) throws IOException {
    Files.writeString(home.resolve(file), String.join("\n", lines) + "\n");
  }
}
