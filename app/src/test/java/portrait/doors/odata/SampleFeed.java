package portrait.doors.odata;

import java.io.IOException;
import java.net.URLEncoder;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import portrait.TestPortrait;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// A small shop with everything the feed has: Ann and Bob with orders, Cid without, companies, measures and segments.
public final class SampleFeed implements AutoCloseable {

  static final String DEFINITIONS = """
      kind: Source
      name: shop
      spec:
        tables:
          - { name: contacts, path: contacts.csv, key: id, columns: [
              { name: id, type: string }, { name: name, type: string }, { name: city, type: string },
              { name: born, type: date }, { name: company, type: string },
              { name: email, type: string, identity: email }, { name: login, type: string, identity: user_id } ] }
          - { name: loyalty, path: loyalty.csv, key: card, columns: [
              { name: card, type: string }, { name: mail, type: string }, { name: points, type: integer } ] }
          - { name: companies, path: companies.csv, key: id, columns: [
              { name: id, type: string }, { name: name, type: string } ] }
          - { name: orders, path: orders.csv, key: order_id, columns: [
              { name: order_id, type: string }, { name: contact, type: string }, { name: at, type: timestamp },
              { name: total, type: number } ] }
      ---
      kind: Unification
      name: customers
      spec:
        tables:
          - { table: shop.contacts, attributes: { name: name, email: email, city: city, born: born } }
          - { table: shop.loyalty, attributes: { email: mail, points: points } }
        rules:
          - { name: twice, left: shop.contacts, right: shop.contacts,
              conditions: [ { left: email, right: email } ] }
          - { name: same mail, left: shop.loyalty, right: shop.contacts,
              conditions: [ { left: mail, right: email, normalise: [ lowercase, whitespace ] } ] }
      ---
      kind: Accounts
      name: companies
      spec:
        tables:
          - { table: shop.companies, attributes: { name: name } }
        contacts:
          - { table: shop.contacts, column: company, account: shop.companies }
      ---
      kind: Activity
      name: orders
      spec:
        title: Orders
        type: SalesOrder
        table: shop.orders
        customer: { column: contact, namespace: shop.contacts }
        timestamp: at
        event: Order Completed
        properties: { order_id: order_id, amount: total }
      ---
      kind: Measure
      name: revenue
      spec: { aggregate: sum, of: amount, event: Order Completed, default: 0 }
      ---
      kind: Measure
      name: views
      spec: { aggregate: count, event: Product Viewed }
      ---
      kind: Measure
      name: revenue_by_month
      spec:
        title: Revenue by month
        event: Order Completed
        dimensions: { month: { of: event.timestamp, bucket: month } }
        calculations: { revenue: { aggregate: sum, of: amount }, orders: { aggregate: count } }
      ---
      kind: Segment
      name: buyers
      spec: { title: Buyers, where: { measure: { revenue: { at_least: 10 } } } }
      ---
      kind: Segment
      name: lookers
      spec: { where: { event: Product Viewed, within: 30d, count: { at_least: 1 } } }
      """;

  private static final JsonMapper JSON = JsonMapper.builder().build();

  private final TestPortrait portrait;

  private SampleFeed(TestPortrait portrait) {
    this.portrait = portrait;
  }

  public static SampleFeed in(Path home) throws IOException {
    write(home, "contacts.csv", "id,name,city,born,company,email,login",
        "1,Ann,Lyon,1990-05-01,c1,ann@example.com,u1", "2,Bob,Paris,1985-01-31,c1,bob@example.com,",
        "3,Cid O'Neil,,,,,", "4,Ann,,,,ann@example.com,");
    write(home, "loyalty.csv", "card,mail,points", "A,ANN@example.com ,10", "B,new@example.com,5");
    write(home, "companies.csv", "id,name", "c1,Acme", "c2,Globex");
    write(home, "orders.csv", "order_id,contact,at,total", "o1,1,2026-11-01 10:00:00,12.5",
        "o2,1,2026-11-02 10:00:00,7.5", "o3,2,2026-11-03 10:00:00,3");
    var portrait = TestPortrait.in(home);
    portrait.apply(DEFINITIONS);
    portrait.refresh();
    return new SampleFeed(portrait);
  }

  private static void write(Path home, String file, String... lines) throws IOException {
    Files.writeString(home.resolve(file), String.join("\n", lines) + "\n");
  }

  public TestPortrait portrait() {
    return portrait;
  }

  /// The CustomerId of an identity.
  String id(String namespace, String value) {
    return portrait.get("/api/v1/profiles/%s/%s".formatted(namespace, value)).path("customerId").asString();
  }

  public String ann() {
    return id("user_id", "u1");
  }

  String bob() {
    return id("email", "bob@example.com");
  }

  /// Asks with the query as people write it: spaces and quotes are encoded here.
  HttpResponse<String> ask(String query) {
    return portrait.exchange("GET", "/odata/v4/" + encoded(query), "");
  }

  JsonNode get(String query) {
    var answer = ask(query);
    if (answer.statusCode() != 200) {
      throw new AssertionError("%s answered %d: %s".formatted(query, answer.statusCode(), answer.body()));
    }
    return JSON.readTree(answer.body());
  }

  /// One property of every row.
  List<String> values(String query, String property) {
    return get(query).path("value").valueStream().map(row -> row.path(property).asString("null")).toList();
  }

  List<String> names(String query) {
    return values(query, "name");
  }

  /// The error of a query that is refused.
  JsonNode refused(String query) {
    var answer = ask(query);
    if (answer.statusCode() != 400 && answer.statusCode() != 404) {
      throw new AssertionError("%s answered %d: %s".formatted(query, answer.statusCode(), answer.body()));
    }
    return JSON.readTree(answer.body()).path("error");
  }

  static String encoded(String query) {
    var out = new StringBuilder();
    query.codePoints().forEach(c -> out.append(
        c < 128 && (Character.isLetterOrDigit(c) || "/?&=$(),;:'*@-._~%+".indexOf(c) >= 0) ? Character.toString(c)
            : URLEncoder.encode(Character.toString(c), StandardCharsets.UTF_8).replace("+", "%20")));
    return out.toString();
  }

  @Override
  public void close() {
    portrait.close();
  }
}
