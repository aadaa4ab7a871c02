package portrait.stages.accounts;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;
import portrait.TestPortrait;
import portrait.foundation.database.TestDatabases;
import portrait.foundation.jobs.Status;
import portrait.foundation.model.Identity;
import portrait.foundation.model.ProblemException;
import portrait.foundation.warehouse.Sql;
import tools.jackson.databind.JsonNode;

/// Companies beside people: the same rules, stable ids, contacts.
@ParameterizedClass
@EnumSource(TestDatabases.Product.class)
class AccountsTest {

  private static final String SOURCES = """
      kind: Source
      name: shop
      spec:
        tables:
          - { name: contacts, path: contacts.csv, key: id, columns: [ { name: id }, { name: name }, { name: company } ] }
          - { name: companies, path: companies.csv, key: id, columns: [ { name: id }, { name: name }, { name: domain } ] }
          - { name: invoices, path: invoices.csv, key: id, columns: [ { name: id }, { name: firm }, { name: city } ] }
      ---
      kind: Unification
      name: customers
      spec: { tables: [ { table: shop.contacts } ] }
      """;
  private static final String ACCOUNTS = """
      ---
      kind: Accounts
      name: companies
      spec:
        tables:
          - { table: shop.companies, attributes: { name: name, domain: domain } }
          - { table: shop.invoices, attributes: { name: firm, city: city } }
        rules:
          - { name: same name, left: shop.invoices, right: shop.companies,
              conditions: [ { left: firm, right: name, normalise: [organization, lowercase, symbols] } ] }
        contacts:
          - { table: shop.contacts, column: company, account: shop.companies }
      """;

  @TempDir
  Path home;
  private final TestDatabases.Product product;
  private TestPortrait portrait;

  AccountsTest(TestDatabases.Product product) {
    this.product = product;
  }

  @BeforeEach
  void fill() throws IOException {
    write("contacts.csv", "id,name,company", "p1,Marie Dupont,c1", "p2,Paul Durand,c1", "p3,Eve Martin,c2",
        "p4,Zoe Petit,c9", "p5,Nobody,");
    write("companies.csv", "id,name,domain", "c1,Acme SA,acme.example", "c2,Globex GmbH,globex.example");
    write("invoices.csv", "id,firm,city", "i1,ACME,Lyon", "i2,Initech Ltd,Paris");
    portrait = TestPortrait.in(home, product.settings(home));
    portrait.apply(SOURCES + ACCOUNTS);
    portrait.refresh();
  }

  @AfterEach
  void close() {
    portrait.close();
  }

  @Test
  void companiesUnifyAndPeopleBelongToThem() {
    var all = portrait.get("/api/v1/accounts").path("accounts");
    assertEquals(List.of("Acme SA", "Globex GmbH", "Initech Ltd"), names(all));

    var acme = account("shop.invoices", "i1");
    assertEquals("{\"city\":\"Lyon\",\"domain\":\"acme.example\",\"name\":\"Acme SA\"}",
        acme.path("attributes").toString());
    assertEquals("shop.invoices", acme.path("sources").path("city").asString());
    assertEquals(2, acme.path("records").size());
    assertEquals("same name", acme.path("links").get(0).path("rule").asString());
    assertEquals(2, acme.path("contacts").asLong());
    assertEquals("p1", acme.path("people").get(0).path("value").asString());
    var marie = portrait.get("/api/v1/profiles/shop.contacts/p1");
    assertEquals(marie.path("customerId"), acme.path("people").get(0).path("customerId"));

    assertEquals(List.of("Acme SA"), names(portrait.get("/api/v1/accounts?query=LYON").path("accounts")));
    assertEquals(404, portrait.exchange("GET", "/api/v1/accounts/shop.companies/c9", "").statusCode());
    assertEquals(5L, portrait.parts().warehouse().read(session -> session.first(
        Sql.of("SELECT (SELECT count(*) FROM \"Account\") + (SELECT count(*) FROM \"AccountContact\") - 1"),
        row -> row.number(1))).orElseThrow());
  }

  @Test
  void whatPeopleDecidedBeatsTheRules() throws IOException {
    write("companies.csv", "id,name,domain", "c1,Acme SA,acme.example", "c2,Globex GmbH,globex.example",
        "c3,Acme GmbH,acme.example");
    write("invoices.csv", "id,firm,city", "i1,ACME,Lyon", "i2,Initech Ltd,Paris");
    write("always.csv", "n,Table1,Table1Key,Table2,Table2Key", "1,shop.companies,c2,shop.invoices,i2");
    write("never.csv", "n,Table1,Table1Key,Table2,Table2Key", "1,shop.companies,c3,shop.companies,c1");
    portrait.apply("""
        kind: Source
        name: decided
        spec: { tables: [ { name: always, path: always.csv, key: n }, { name: never, path: never.csv, key: n } ] }
        ---""" + ACCOUNTS.substring(3) + """
          custom: [ { type: always, table: decided.always }, { type: never, table: decided.never } ]
        """);
    portrait.refresh();

    assertEquals(id("shop.companies", "c2"), id("shop.invoices", "i2"));
    assertEquals("always match", account("shop.companies", "c2").path("links").get(0).path("rule").asString());
    assertNotEquals(id("shop.companies", "c1"), id("shop.companies", "c3"), "not even by way of the invoice of both");
    assertTrue(List.of(id("shop.companies", "c1"), id("shop.companies", "c3")).contains(id("shop.invoices", "i1")));
    assertEquals(3, portrait.get("/api/v1/accounts").path("accounts").size());
  }

  @Test
  void whoSaysAGroupBelongsToItAtOnceAndAfterARefresh() {
    portrait.apply(SOURCES + ACCOUNTS + "    - { attribute: group_id, account: shop.companies }\n");
    portrait.refresh();
    var before = account("shop.companies", "c2");
    assertEquals(1, before.path("contacts").asLong());

    join("ada", "c2", "2026-11-02T10:00:00Z");
    assertEquals(List.of("p3", "ada"), people("shop.companies", "c2"));
    join("ada", "c1", "2026-11-01T10:00:00Z");
    assertEquals(List.of("p3", "ada"), people("shop.companies", "c2"), "what was said earlier and came late");
    join("bea", "c2", "2026-11-02T10:00:00Z");
    join("bea", "i2", "2026-11-03T10:00:00Z");
    assertEquals(List.of("p3", "ada"), people("shop.companies", "c2"), "a key of another table names no company");
    join("cid", "c2", "2026-11-02T10:00:00Z");
    join("cid", "c1", "2026-11-03T10:00:00Z");
    assertEquals(List.of("p1", "p2", "cid"), people("shop.companies", "c1"));
    assertTrue(portrait.exchange("GET", "/customers/" + portrait.get("/api/v1/profiles/user_id/cid").path("customerId")
        .asString(), "").body().contains("Acme SA"));

    var live = List.of(account("shop.companies", "c1"), account("shop.companies", "c2"));
    portrait.refresh();
    assertEquals(live, List.of(account("shop.companies", "c1"), account("shop.companies", "c2")));
    assertEquals(List.of("ada", "cid"), portrait.parts().warehouse().read(session -> session.query(
        Sql.of("SELECT \"Key\" FROM \"AccountContact\" WHERE \"Table\" = 'user_id' ORDER BY 1"), row -> row.text(1))));

    var erased = portrait.parts().privacy().erase(List.of(new Identity("user_id", "cid")), "asked", "test");
    assertEquals(Status.DONE, portrait.parts().jobs().await(erased.job()).status());
    assertEquals(List.of("p1", "p2"), people("shop.companies", "c1"));
  }

  private void join(String user, String company, String at) {
    assertEquals(200, portrait.collect("/v1/group", """
        {"messageId": "%1$s %2$s", "userId": "%1$s", "groupId": "%2$s", "timestamp": "%3$s"}"""
        .formatted(user, company, at)).statusCode());
  }

  private List<String> people(String namespace, String value) {
    var found = account(namespace, value);
    var people = found.path("people").valueStream().map(person -> person.path("value").asString()).toList();
    assertEquals(people.size(), found.path("contacts").asLong());
    return people;
  }

  @Test
  void theTimelineOfAnAccountIsThatOfItsPeople() throws IOException {
    write("orders.csv", "id,contact,at", "o1,p1,2026-11-01 10:00:00", "o2,p2,2026-11-03 10:00:00",
        "o3,p3,2026-11-02 10:00:00");
    portrait.apply("""
        kind: Source
        name: sales
        spec: { tables: [ { name: orders, path: orders.csv, key: id, columns: [ { name: id }, { name: contact },
          { name: at, type: timestamp } ] } ] }
        ---
        kind: Activity
        name: orders
        spec: { title: Orders, table: sales.orders, customer: { column: contact, namespace: shop.contacts },
          timestamp: at, event: Order Completed }
        """);
    portrait.refresh();

    String page = portrait.exchange("GET", "/accounts/" + id("shop.companies", "c1"), "").body();
    String timeline = page.substring(page.indexOf("id=\"timeline-title\""));
    assertTrue(
        timeline.indexOf("Paul Durand") > 0 && timeline.indexOf("Paul Durand") < timeline.indexOf("Marie Dupont"),
        timeline);
    assertFalse(timeline.contains("Eve Martin"), timeline);
  }

  @Test
  void theContactsCardNamesItsAccount() {
    String id = portrait.get("/api/v1/profiles/shop.contacts/p1").path("customerId").asString();
    String account = account("shop.companies", "c1").path("accountId").asString();

    var card = portrait.exchange("GET", "/customers/" + id, "").body();
    assertTrue(card.contains("/accounts/" + account) && card.contains("Acme SA"));
    assertTrue(portrait.exchange("GET", "/accounts/" + account, "").body().contains("Marie Dupont"));
    assertTrue(portrait.exchange("GET", "/accounts?q=glob", "").body().contains("Globex GmbH"));
  }

  @Test
  void idsOutliveMergesAndSplits() throws IOException {
    String acme = id("shop.companies", "c1");
    String initech = id("shop.invoices", "i2");

    write("invoices.csv", "id,firm,city", "i1,ACME,Lyon", "i2,Acme Inc,Paris");
    portrait.refresh();
    assertEquals(acme, id("shop.invoices", "i2"), "merged");
    assertEquals(acme, portrait.get("/api/v1/accounts/account/" + initech).path("accountId").asString());
    assertEquals("[\"" + initech + "\"]", account("account", acme).path("previousAccountIds").toString());

    write("invoices.csv", "id,firm,city", "i2,Initech Ltd,Paris", "i1,ACME,Lyon");
    write("companies.csv", "id,name,domain", "c3,Umbrella,umbrella.example", "c2,Globex GmbH,globex.example",
        "c1,Acme SA,acme.example");
    portrait.refresh();
    assertEquals(acme, id("shop.companies", "c1"), "the larger part keeps the id");
    assertEquals(acme, id("shop.invoices", "i1"));
    assertNotEquals(acme, id("shop.invoices", "i2"), "split");
    assertEquals(4, portrait.get("/api/v1/accounts").path("accounts").size());
  }

  @Test
  void withoutTheDefinitionThereAreNone() {
    portrait.parts().definitions().delete("Accounts", "companies", "test");
    portrait.refresh();
    assertEquals(0, portrait.get("/api/v1/accounts").path("accounts").size());
  }

  private JsonNode account(String namespace, String value) {
    return portrait.get("/api/v1/accounts/%s/%s".formatted(namespace, value));
  }

  private String id(String namespace, String value) {
    return account(namespace, value).path("accountId").asString();
  }

  private static List<String> names(JsonNode accounts) {
    return accounts.valueStream().map(account -> account.path("name").asString()).toList();
  }

  private void write(String file, String... lines) throws IOException {
    Files.writeString(home.resolve(file), String.join("\n", lines) + "\n");
  }

  @Test
  void accountsBelongToOthersButNeverToThemselves() throws IOException {
    write("companies.csv", "id,name,domain,mother", "c1,Acme SA,acme.example,c1", "c2,Globex GmbH,,c99",
        "c3,Acme Nord,,c1", "c4,Acme Nord Services,,c3", "c5,Egg,,c6", "c6,Hen,,c5");
    write("contacts.csv", "id,name,company", "p1,Marie Dupont,c1", "p2,Paul Durand,c1", "p3,Eve Martin,c4");
    String withMother = SOURCES.replace("{ name: domain } ]", "{ name: domain }, { name: mother } ]");
    var refused = assertThrows(ProblemException.class, () -> portrait.apply(withMother + ACCOUNTS
        + "  parents: [ { table: shop.companies, column: father } ]\n")).problem().toString();
    assertTrue(refused.contains("parents has column 'father', but shop.companies has no such column"), refused);
    portrait.apply(withMother + ACCOUNTS + "  parents: [ { table: shop.companies, column: mother } ]\n");
    portrait.refresh();

    assertEquals("above [] below [Acme Nord] 3 accounts 3 contacts", family("c1"));
    assertEquals("above [Acme SA] below [Acme Nord Services] 2 accounts 1 contacts", family("c3"));
    assertEquals("above [Acme SA, Acme Nord] below [] 1 accounts 1 contacts", family("c4"));
    assertEquals("above [] below [] 1 accounts 0 contacts", family("c2"));
    // The row of the first puts it below the other; the other cannot be below it as well.
    assertEquals("above [Hen] below [] 1 accounts 0 contacts", family("c5"));
    assertEquals("above [] below [Egg] 2 accounts 0 contacts", family("c6"));
    String card = portrait.exchange("GET", "/accounts/" + account("shop.companies", "c3").path("accountId").asString(),
        "").body();
    assertTrue(card.contains(">Acme SA</a>") && card.contains(">Acme Nord Services</a>")
        && card.contains("2 accounts, 1 contact<"), card);
    assertEquals(account("shop.companies", "c3").path("accountId").asString(),
        portrait.parts().warehouse().read(session -> session.first(
            Sql.of("SELECT \"ParentAccountId\" FROM \"Account\" WHERE \"name\" = 'Acme Nord Services'"),
            row -> row.text(1))).orElseThrow());

    write("companies.csv", "id,name,domain,mother", "c1,Acme SA,acme.example,", "c3,Acme Nord,,",
        "c4,Acme Nord Services,,c1");
    portrait.refresh();
    assertEquals("above [] below [Acme Nord Services] 2 accounts 3 contacts", family("c1"));
    assertEquals("above [] below [] 1 accounts 0 contacts", family("c3"));
  }

  private String family(String key) {
    var account = account("shop.companies", key);
    return "above %s below %s %d accounts %d contacts".formatted(names(account.path("parents")),
        names(account.path("children")), account.path("group").path("accounts").asLong(),
        account.path("group").path("contacts").asLong());
  }
}
