package portrait.processes.refresh;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import portrait.TestPortrait;
import portrait.foundation.jobs.Job;
import portrait.foundation.model.Identity;
import portrait.foundation.warehouse.Sql;
import portrait.processes.live.Portrait;

class RefreshTest {

  private static final String DEFINITIONS = """
      kind: Source
      name: shop
      spec:
        tables:
          - { name: contacts, path: contacts.csv, key: id, columns: [
              { name: id, type: string }, { name: name, type: string },
              { name: email, type: string, identity: email }, { name: login, type: string, identity: user_id } ] }
          - { name: loyalty, path: loyalty.csv, key: card, columns: [
              { name: card, type: string }, { name: mail, type: string }, { name: points, type: integer } ] }
          - { name: orders, path: orders.csv, key: order_id, columns: [
              { name: order_id, type: string }, { name: contact, type: string }, { name: at, type: timestamp },
              { name: total, type: number } ] }
      ---
      kind: Unification
      name: customers
      spec:
        tables:
          - { table: shop.contacts, attributes: { name: name, email: email } }
          - { table: shop.loyalty, attributes: { email: mail, points: points } }
        rules:
          - { name: same mail, left: shop.loyalty, right: shop.contacts,
              conditions: [ { left: mail, right: email, normalise: [ lowercase, whitespace ] } ] }
      ---
      kind: Activity
      name: orders
      spec:
        title: Orders
        table: shop.orders
        customer: { column: contact, namespace: shop.contacts }
        timestamp: at
        event: Order Completed
        properties: { amount: total }
        where: total <> 0
      ---
      kind: Measure
      name: revenue
      spec: { aggregate: sum, of: amount, event: Order Completed, default: 0 }
      ---
      kind: Segment
      name: buyers
      spec: { where: { measure: { revenue: { at_least: 10 } } } }
      """;

  @TempDir
  Path home;
  private TestPortrait portrait;

  @BeforeEach
  void fill() throws IOException {
    write("contacts.csv", "id,name,email,login", "1,Ann,ann@example.com,u1", "2,Bob,bob@example.com,", "3,Cid,,");
    write("loyalty.csv", "card,mail,points", "A,ANN@example.com ,10", "B,new@example.com,5");
    write("orders.csv", "order_id,contact,at,total", "o1,1,2026-11-01 10:00:00,12.5", "o2,1,2026-11-02 10:00:00,-2.5",
        "o3,2,2026-11-03 10:00:00,3", "o4,,2026-11-04 10:00:00,99", "o5,2,2026-11-05 10:00:00,0");
    portrait = TestPortrait.in(home);
    portrait.apply(DEFINITIONS);
  }

  @AfterEach
  void close() {
    portrait.close();
  }

  @Test
  void threeTablesAndLiveEventsBecomeCustomers() {
    portrait.collect("/v1/batch", """
        {"batch": [
          {"type": "track", "messageId": "m1", "anonymousId": "phone", "event": "Product Viewed"},
          {"type": "identify", "messageId": "m2", "anonymousId": "phone", "userId": "u1", "traits": {"city": "Lyon"}},
          {"type": "track", "messageId": "m3", "anonymousId": "stranger", "event": "Product Viewed"}]}""");

    portrait.refresh();

    assertEquals(List.of("Ann ann@example.com 10 Lyon true 1 A", "Bob bob@example.com null null true 2 null",
        "Cid null null null true 3 null", "null new@example.com 5 null true null B",
        "null null null null false null null"),
        rows("""
            SELECT name, email, points, city, "Known", shop_contacts_id, shop_loyalty_card FROM "Customer"
            ORDER BY name NULLS LAST, email NULLS LAST"""));
    assertEquals(List.of("Order Completed 12.5 Ann", "Order Completed -2.5 Ann", "Order Completed 3.0 Bob"), rows("""
        SELECT "ActivityName", "Properties"->>'amount', name FROM "UnifiedActivity" JOIN "Customer" USING ("CustomerId")
        WHERE "ActivityType" = 'activity' ORDER BY "ActivityTimestamp" """));
    assertEquals(List.of("no customer o4 99.0"),
        rows("SELECT _reason, order_id, total FROM shop_orders_unassigned"));
    var ann = find("anonymous_id", "phone");
    assertEquals(ann, find("shop.loyalty", "A"));
    assertEquals("Lyon", ann.attributes().get("city"));
    assertEquals(10L, ann.attributes().get("points"));
    assertEquals(10.0, ann.measures().get("revenue"));
    assertEquals(List.of("buyers"), ann.segments());
    assertEquals(List.of("buyers Ann"),
        rows("SELECT \"Segment\", name FROM \"SegmentMembership\" JOIN \"Customer\" USING (\"CustomerId\")"));
  }

  @Test
  void aSecondRefreshWithoutChangesTouchesNobodyAndOneChangedRowTouchesItsCustomer() throws IOException {
    portrait.refresh();
    assertEquals(0, published(portrait.refresh()));

    write("contacts.csv", "id,name,email,login", "1,Ann,ann@example.com,u1", "2,Bobby,bob@example.com,", "3,Cid,,");
    var ids = ids();
    assertEquals(1, published(portrait.refresh()));

    assertEquals(ids, ids());
    assertEquals("Bobby", find("shop.contacts", "2").attributes().get("name"));
  }

  private static long published(Job job) {
    return job.tasks().stream().filter(task -> task.name().equals("publish")).findFirst().orElseThrow().rowsDone();
  }

  @Test
  void rowsThatAreGoneLeaveTheTableOfCustomers() throws IOException {
    portrait.refresh();

    write("loyalty.csv", "card,mail,points", "A,ANN@example.com ,10");
    write("orders.csv", "order_id,contact,at,total", "o1,1,2026-11-01 10:00:00,12.5");
    portrait.refresh();

    assertEquals(List.of("Ann", "Bob", "Cid"), rows("SELECT name FROM \"Customer\" ORDER BY name"));
    assertEquals(0.0, find("shop.contacts", "2").measures().get("revenue"));
    assertEquals(12.5, find("shop.contacts", "1").measures().get("revenue"));
  }

  @Test
  void aCustomerWhoseOnlyRowIsGoneIsNoCustomerAndHasItsIdAgainWhenTheRowComesBack() throws IOException {
    portrait.refresh();
    var stranger = find("shop.loyalty", "B");
    assertEquals(4, customers());

    write("loyalty.csv", "card,mail,points", "A,ANN@example.com ,10");
    portrait.refresh();
    assertEquals(404, portrait.exchange("GET", "/api/v1/profiles/shop.loyalty/B", "").statusCode());
    assertEquals(404, portrait.exchange("GET", "/api/v1/profiles/customer/" + stranger.customerId(), "").statusCode());
    assertEquals(3, customers());

    write("loyalty.csv", "card,mail,points", "A,ANN@example.com ,10", "B,new@example.com,5");
    portrait.refresh();
    assertEquals(stranger.customerId(), find("shop.loyalty", "B").customerId());
    assertEquals(4, customers());
  }

  private long customers() {
    return portrait.parts().database().read(tx -> tx.first("SELECT COUNT(*) FROM profile", row -> row.number(1)))
        .orElseThrow();
  }

  @Test
  void aRuleTakenAwaySplitsAndGivenBackMerges() {
    portrait.refresh();
    var together = find("shop.loyalty", "A");

    portrait.apply(DEFINITIONS.replace("{ name: same mail,", "{ name: same mail, active: false,"));
    portrait.refresh();
    assertNotEquals(find("shop.loyalty", "A").customerId(), find("shop.contacts", "1").customerId());
    assertTrue(List.of(find("shop.loyalty", "A").customerId(), find("shop.contacts", "1").customerId())
        .contains(together.customerId()));
    assertEquals(5, rows("SELECT \"CustomerId\" FROM \"Customer\"").size());

    portrait.apply(DEFINITIONS);
    portrait.refresh();
    assertEquals(together.customerId(), find("shop.loyalty", "A").customerId());
    assertEquals(4, rows("SELECT \"CustomerId\" FROM \"Customer\"").size());
  }

  @Test
  void theOrderOfRowsDoesNotChangeWhoIsTogether(@TempDir Path other) throws IOException {
    var random = new Random(7);
    var contacts = new ArrayList<String>();
    var loyalty = new ArrayList<String>();
    for (int number = 0; number < 200; number++) {
      contacts.add("c%d,Name%d,mail%d@example.com,u%d".formatted(number, number, random.nextInt(150),
          random.nextInt(150)));
      loyalty.add("l%d,MAIL%d@example.com,%d".formatted(number, random.nextInt(150), number));
    }
    fill(home, contacts, loyalty);
    portrait.refresh();
    Collections.shuffle(contacts, random);
    Collections.shuffle(loyalty, random);
    fill(other, contacts, loyalty);

    try (var second = TestPortrait.in(other)) {
      second.apply(DEFINITIONS);
      second.refresh();
      assertEquals(partition(portrait), partition(second));
    }
  }

  private static void fill(Path folder, List<String> contacts, List<String> loyalty) throws IOException {
    write(folder, "contacts.csv", "id,name,email,login\n" + String.join("\n", contacts));
    write(folder, "loyalty.csv", "card,mail,points\n" + String.join("\n", loyalty));
    write(folder, "orders.csv", "order_id,contact,at,total\no1,c1,2026-11-01 10:00:00,5");
  }

  private static List<String> partition(TestPortrait portrait) {
    return portrait.parts().warehouse().read(session -> session.query(Sql.of("""
        SELECT string_agg(namespace || ':' || value, ' ' ORDER BY namespace, value) FROM _identity_assignment
        GROUP BY customer ORDER BY 1"""), row -> row.text(1)));
  }

  private String ids() {
    return rows("SELECT \"CustomerId\" FROM \"Customer\" ORDER BY 1").stream().collect(Collectors.joining(" "));
  }

  private Portrait find(String namespace, String value) {
    return portrait.parts().live().find(new Identity(namespace, value)).orElseThrow();
  }

  private void write(String file, String... lines) throws IOException {
    write(home, file, String.join("\n", lines));
  }

  private static void write(Path folder, String file, String text) throws IOException {
    Files.writeString(folder.resolve(file), text + "\n");
  }

  private List<String> rows(String sql) {
    return portrait.parts().warehouse().read(session -> session.query(Sql.of(sql), row -> {
      var values = new ArrayList<String>();
      for (int column = 1; column <= row.columns(); column++) {
        values.add(String.valueOf(row.value(column)));
      }
      return String.join(" ", values);
    }));
  }
}
