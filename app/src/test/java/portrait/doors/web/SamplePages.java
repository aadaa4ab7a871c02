package portrait.doors.web;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import portrait.foundation.expressions.Explanation;
import portrait.foundation.jobs.Job;
import portrait.foundation.jobs.JobId;
import portrait.foundation.jobs.Status;
import portrait.foundation.jobs.TaskState;
import portrait.foundation.model.Identity;
import portrait.foundation.model.Problem;
import portrait.foundation.security.KeyInfo;
import portrait.foundation.security.LookUpLimits;
import portrait.foundation.security.Role;
import portrait.stages.events.QuarantineLimits;
import portrait.stages.events.QuarantineStock;
import portrait.stages.unification.CustomerChanges;
import portrait.stages.unification.Difference;
import portrait.stages.unification.LikelyReport;
import portrait.stages.unification.LiveRule;
import portrait.stages.unification.MatchReport;
import portrait.stages.unification.PairExplanation;
import portrait.stages.unification.RulePreview;

/// Every page, filled by hand: what tests render, and [Gallery] shows.
final class SamplePages {

  static final Instant NOW = Instant.parse("2026-11-22T10:00:00Z");
  static final Clock CLOCK = Clock.fixed(NOW, ZoneOffset.UTC);
  static final String NASTY = "<script>alert('x')</script>\"'&amp; مرحبا 李";

  private SamplePages() {}

  /// @param template the file in `src/main/jte`
  record Sample(String template, String area, Object page) {}

  static Map<String, Sample> all() {
    var samples = new LinkedHashMap<String, Sample>();
    samples.put("home", new Sample("home", "home", home()));
    samples.put("home-empty", new Sample("home", "home",
        new HomePage(0, 0, 0, false, false, Optional.empty(), List.of(), List.of())));
    samples.put("customers", new Sample("customers", "customers", customers(false)));
    samples.put("customers-empty", new Sample("customers", "customers",
        new CustomersPage("", "all", "", List.of(), List.of(), Optional.empty(), true)));
    samples.put("customer", new Sample("customer", "customers", customer()));
    samples.put("accounts", new Sample("accounts", "accounts", new AccountsPage(true, NASTY, List.of(
        new AccountsPage.Row("a1", "Acme SA", "acme.example · Lyon", 3, 1_204),
        new AccountsPage.Row("a2", NASTY, NASTY, 1, 0)), Optional.of("next&page"))));
    samples.put("accounts-empty", new Sample("accounts", "accounts",
        new AccountsPage(false, "", List.of(), Optional.empty())));
    samples.put("account", new Sample("account", "accounts", new AccountPage("a1", "Acme SA",
        List.of(new CustomerPage.Attribute("City", "Lyon", "billing.customers", List.of())),
        List.of(new AccountPage.Record("crm.companies", "c1"), new AccountPage.Record("billing.customers", NASTY)),
        List.of(new AccountPage.Reason(new AccountPage.Record("crm.companies", "c1"),
            new AccountPage.Record("billing.customers", NASTY), "matched by “same name”")),
        List.of("a9"), customers(false).cards().subList(0, 2), 1_204)));
    samples.put("tables", new Sample("tables", "tables", tables()));
    samples.put("tables-empty", new Sample("tables", "tables", new TablesPage(List.of())));
    samples.put("new-table", new Sample("newTable", "tables",
        new NewTablePage(List.of("shop"), "", "", Optional.empty(), List.of(NASTY))));
    samples.put("new-table-looked", new Sample("newTable", "tables", newTable()));
    samples.put("activities", new Sample("activities", "activities", new ActivitiesPage(List.of(
        new ActivitiesPage.Activity("orders", "Orders", "SalesOrder", "shop.orders", "Order Completed", "bolt", true),
        new ActivitiesPage.Activity("mails", NASTY, "", "", NASTY, "", false)))));
    samples.put("activities-empty", new Sample("activities", "activities", new ActivitiesPage(List.of())));
    samples.put("activity", new Sample("activity", "activities", activity()));
    samples.put("activity-new", new Sample("activity", "activities",
        new ActivityPage(ActivityForm.fresh(""), true, List.of("shop.orders"), List.of("SalesOrder"), List.of(),
            List.of(), List.of(), List.of(), List.of(), List.of(), Map.of("name", List.of(NASTY)))));
    samples.put("table", new Sample("table", "tables", table()));
    samples.put("unify", new Sample("unify", "unify", unify()));
    samples.put("unify-empty", new Sample("unify", "unify",
        new UnifyPage("", Optional.empty(), Optional.empty(), List.of(), List.of(), List.of(), List.of())));
    samples.put("likely-pair", new Sample("likelyPair", "unify", LikelyPairPage.of(likelyPair())));
    samples.put("difference", new Sample("difference", "unify", new Difference(unify().matching().orElseThrow(), 12, 3,
        9,
        2, false, List.of(
            new Difference.Sample(new Identity("shop.contacts", "C-00318"), new Identity("shop.loyalty", "L-77"),
                "alike in one city", 0.83, true),
            new Difference.Sample(new Identity("shop.contacts", NASTY), new Identity("shop.loyalty", "L-78"), NASTY, 1,
                false)))));
    samples.put("rule", new Sample("rule", "unify", rule()));
    samples.put("quarantine", new Sample("quarantine", "quarantine", new QuarantinePage(List.of(
        new QuarantinePage.Entry(12, "event is missing but a track message must name one", "track",
            NOW.minusSeconds(400), 3),
        new QuarantinePage.Entry(9, NASTY, NASTY, NOW.minusSeconds(90_000), 1)),
        new QuarantineStock(new QuarantineStock.Amount(2, 400), new QuarantineStock.Amount(18_204, 90_000_000),
            new QuarantineStock.Amount(1, 60), QuarantineLimits.STANDARD),
        Optional.of("9"), false)));
    samples.put("quarantine-empty",
        new Sample("quarantine", "quarantine", new QuarantinePage(List.of(),
            new QuarantineStock(new QuarantineStock.Amount(0, 0), new QuarantineStock.Amount(0, 0),
                new QuarantineStock.Amount(0, 0), QuarantineLimits.STANDARD),
            Optional.empty(), true)));
    samples.put("quarantined", new Sample("quarantined", "quarantine", new QuarantinedPage(12,
        "event is missing but a track message must name one", "track", "live", NOW.minusSeconds(400), 3,
        "{\n  \"userId\" : \"u-20418\"\n}", "{\"userId\": \"u-20418\", \"note\": \"%s\"}".formatted(NASTY), true,
        "{\"sentAt\":\"2026-11-22T09:00:00Z\"}")));
    samples.put("columns", new Sample("columns", "tables", new ColumnsPage("shop.contacts", List.of(
        new ColumnsPage.Row("id", "Kundennummer", "id", "integer", "", "", true, true, "", List.of()),
        new ColumnsPage.Row("mail", "mail", "mail", "string", "", "email", false, true, "Identity.Service.Email",
            List.of()),
        new ColumnsPage.Row("city", "city", "1 city", "string", "Location.City", "", false, true, "",
            List.of("Source shop: tables[0].columns[2].name was '1 city' but must be " + NASTY)),
        new ColumnsPage.Row(NASTY, NASTY, NASTY, "date", NASTY, NASTY, false, false, NASTY, List.of()),
        new ColumnsPage.Row("", "", "", "string", "", "", false, true, "", List.of())),
        List.of("string", "integer", "number", "boolean", "date", "timestamp", "json"),
        List.of("Identity.Service.Email", "Location.City"), List.of("user_id", "email"), List.of(NASTY))));
    samples.put("unifiedTables", new Sample("unifiedTables", "unify", new UnifiedTablesPage(List.of(
        new UnifiedTablesPage.Row("shop.contacts", true, 1, true, "", List.of()),
        new UnifiedTablesPage.Row("shop.loyalty", true, 2, false, "Country = 'FR' and",
            List.of("Unification: where of shop.loyalty: the condition ends too soon " + NASTY)),
        new UnifiedTablesPage.Row("web.newsletter", false, 3, true, "", List.of())), List.of())));
    samples.put("segments", new Sample("segments", "segments", segments()));
    samples.put("segments-empty", new Sample("segments", "segments", new SegmentsPage(List.of(), 0)));
    samples.put("segment", new Sample("segment", "segments", new SegmentPage("leather-shoe-fans",
        "Interested in leather shoes", NASTY, false, true, List.of("spring", NASTY), 214, 4981, RULE,
        new java.util.TreeMap<>(Map.of(java.time.LocalDate.of(2026, 11, 21), 210L, java.time.LocalDate.of(2026, 11, 22),
            214L)),
        List.of("Segment/vip"),
        List.of(new SegmentPage.Coming(UUID.nameUUIDFromBytes(new byte[]{1}).toString(), true, NOW.minusSeconds(60), 2,
            "Product Viewed"),
            new SegmentPage.Coming(UUID.nameUUIDFromBytes(new byte[]{2}).toString(), false, NOW.minusSeconds(6000), 2,
                NASTY)),
        List.of(new CustomersPage.Choice("vip", NASTY)), List.of("vip"),
        List.of(new SegmentPage.Shared(List.of("Interested in leather shoes", NASTY), 12),
            new SegmentPage.Shared(List.of(NASTY), 68)),
        Optional.of(new portrait.stages.segments.Differences(214, 4767, 60, List.of(
            new portrait.stages.segments.Difference("attribute", "city", NASTY, 100, 400, 5.5, 4.6, 6.7, 0.4),
            new portrait.stages.segments.Difference("event", "Visit", null, 10, 4000, 0.06, 0.03, 0.1, 0.8)))),
        customers(false).cards(), Optional.of("24"))));
    samples.put("segment-quick",
        new Sample("quickSegment", "segments", new QuickSegmentPage(builder().offered(), "city", false,
            Optional.of(new portrait.stages.segments.FieldValues("city", portrait.foundation.model.ColumnType.STRING,
                List.of(new portrait.stages.segments.FieldValues.Frequent(NASTY, 812)),
                List.of(new portrait.stages.segments.FieldValues.Percentile(50, 12.5)))))));
    samples.put("segment-quick-event", new Sample("quickSegment", "segments",
        new QuickSegmentPage(builder().offered(), "event:Visit", true, Optional.empty())));
    samples.put("segment-builder", new Sample("segmentBuilder", "segments", builder()));
    samples.put("measures", new Sample("measures", "measures", new MeasuresPage(List.of(
        new MeasuresPage.Measure("lifetime_revenue", "Lifetime revenue", "", "customer"),
        new MeasuresPage.Measure("revenue_by_month", NASTY, NASTY, "customerTable"),
        new MeasuresPage.Measure("visits_30d", "Visits, last 30 days", "", "business")))));
    samples.put("measures-empty", new Sample("measures", "measures", new MeasuresPage(List.of())));
    samples.put("measure", new Sample("measure", "measures", new MeasurePage("revenue_by_month", NASTY, NASTY,
        "customerTable", MEASURE, List.of("Segment/vip"),
        List.of(new MeasurePage.Bar("1 Nov 2026", 1200.5, "1,200.50"), new MeasurePage.Bar(NASTY, 80, "80")),
        Optional.empty(), List.of("CustomerId", "month", NASTY), List.of(List.of("7d2f", "1 Nov 2026", NASTY)), 812,
        Optional.of(NOW.minusSeconds(600)), Optional.of(50))));
    samples.put("measure-number", new Sample("measure", "measures", new MeasurePage("revenue", "Revenue", "",
        "business", MEASURE, List.of(), List.of(), Optional.of("1,200.50"), List.of("value"),
        List.of(List.of("1,200.50")), 1, Optional.of(NOW), Optional.empty())));
    samples.put("measure-templates", new Sample("measureTemplates", "measures", new MeasureTemplatesPage(
        portrait.stages.measures.MeasureTemplates.all(Map.of()),
        new java.util.TreeMap<>(portrait.stages.measures.MeasureTemplates.WORDS), List.of("Order Completed", NASTY),
        NASTY)));
    samples.put("jobs", new Sample("jobs", "jobs", new JobsPage(
        List.of(job(Status.RUNNING), job(Status.DONE), job(Status.FAILED)), false)));
    samples.put("job", new Sample("job", "jobs", new JobPage(job(Status.RUNNING), NOW)));
    samples.put("job-failed", new Sample("job", "jobs", new JobPage(job(Status.FAILED), NOW)));
    samples.put("policies", new Sample("policies", "policies", policies()));
    samples.put("retention", new Sample("retention", "retention", retention()));
    samples.put("identities", new Sample("identities", "identities", identities()));
    samples.put("definitions", new Sample("definitions", "definitions", definitions()));
    samples.put("definition", new Sample("definition", "definitions", new DefinitionPage("Segment",
        "leather-shoe-fans", "kind: Segment\nname: leather-shoe-fans\nspec:\n  " + RULE.replace("\n", "\n  "),
        definitions().kinds().getFirst().entries())));
    samples.put("keys", new Sample("keys", "keys", keys()));
    samples.put("sign-in", new Sample("signIn", "", new SignInPage("/customers", "owner", NASTY)));
    return samples;
  }

  private static final String RULE = """
      title: Interested in leather shoes
      where:
        all:
          - event: Product Viewed
            with: { category: leather-shoes }
            within: 30d
            count: { at_least: 3 }
          - not: { event: Order Completed, within: 30d }""";
  private static final String MEASURE = """
      aggregate: sum
      of: amount
      event: Order Completed
      within: 365d
      default: 0""";

  static HomePage home() {
    var random = new Random(7);
    var days = new ArrayList<HomePage.Day>();
    for (int day = 29; day >= 0; day--) {
      var date = LocalDate.of(2026, 11, 21).minusDays(day);
      int weekend = date.getDayOfWeek().getValue() > 5 ? 700 : 0;
      days.add(new HomePage.Day(date, 1400 + random.nextInt(600) + weekend));
    }
    return new HomePage(4_981, 1_207, 4, true, true,
        Optional.of(new HomePage.Run(UUID.randomUUID().toString(), "done", NOW.minusSeconds(11 * 60), false)),
        List.of(new HomePage.Size("stale-accounts", "Bought before, silent for 60 days", 1_322),
            new HomePage.Size("leather-shoe-fans", "Interested in leather shoes", 214),
            new HomePage.Size("big-spenders", "Spent more than 500 in a year", 187),
            new HomePage.Size("newcomers", "First seen this week", 96), new HomePage.Size("nasty", NASTY, 1)),
        days);
  }

  static PoliciesPage policies() {
    var value = Optional.of(new portrait.stages.profiles.Document.Value(NASTY, "shop.contacts", NOW));
    return new PoliciesPage(
        List.of(new PoliciesPage.Policy("unification", NASTY, true, "The most important source: shop.contacts"),
            new PoliciesPage.Policy("newest", "The newest wins", false, "The most recent value")),
        "newest", NASTY, NASTY,
        Optional.of(new portrait.processes.live.Comparison(100, 1, Map.of("city", 1),
            List.of(new portrait.processes.live.Comparison.Customer(
                portrait.foundation.model.CustomerId.of(UUID.nameUUIDFromBytes(new byte[]{7}).toString()),
                List.of(new portrait.processes.live.Comparison.Row("city", List.of(value, Optional.empty()))))))));
  }

  static RetentionPage retention() {
    return new RetentionPage(List.of(new RetentionPage.Rule("visitors", NASTY, List.of("Visitors", NASTY),
        List.of("Segment fans (90d)", NASTY), true)), Optional.empty(),
        Optional.of(new RetentionPage.Run(UUID.randomUUID().toString(), "done", NOW.minusSeconds(9000))));
  }

  static IdentitiesPage identities() {
    var ann = new CustomerPage.Called("E-mail", "email", "ann@example.com");
    var cookie = new CustomerPage.Called("Visitor", "anonymous_id", NASTY);
    return new IdentitiesPage(10_984, 9_870, 12, 1, false,
        List.of(new IdentitiesPage.Row("user_id", "User id", 100, "person", true, 1, "", 4_981),
            new IdentitiesPage.Row("anonymous_id", NASTY, 10, "cookie", false, 200, NASTY, 6_003)),
        Optional.of(new IdentitiesPage.Trial(true, 212, false, 1, 2, 0, 3,
            List.of(new IdentitiesPage.Sample(
                List.of(new IdentitiesPage.Person(UUID.randomUUID().toString(), List.of(ann, cookie))),
                List.of(new IdentitiesPage.Person("", List.of(ann)),
                    new IdentitiesPage.Person("", List.of(cookie))))))));
  }

  static CustomersPage customers(boolean filtered) {
    String[][] people = {{"Amélie", "Rousseau", "amelie.rousseau@example.com", "Lyon"},
        {"Jonas", "Weber", "j.weber@example.org", "Hamburg"}, {"", "", "", ""},
        {"李", "娜", "li.na@example.com", "上海"}, {"مريم", "الحداد", "mariam@example.net", "بيروت"},
        {"Bartholomew-Maximilian", "von und zu Hohenstein-Oberlangenau", "a.very.long.address@department.example.com",
            "Llanfairpwllgwyngyll"},
        {"<script>alert(1)</script>", "\"><img src=x onerror=alert(1)>", "x@example.com", "'; DROP TABLE--"},
        {"", "", "", ""}, {"Inès", "Moreau", "ines.moreau@example.com", "Nantes"}};
    var cards = new ArrayList<CustomersPage.Card>();
    for (int number = 0; number < people.length; number++) {
      var person = people[number];
      boolean known = !person[0].isEmpty();
      String id = UUID.nameUUIDFromBytes(new byte[]{(byte) number}).toString();
      var face = Face.of(id, known ? Map.of("first_name", person[0], "last_name", person[1]) : Map.of(),
          "Visitor " + id.substring(0, 6));
      cards.add(new CustomersPage.Card(id, face, known, known ? List.of(person[2], person[3]) : List.of(),
          number % 3 == 0 ? List.of("Interested in leather shoes") : List.of(),
          Optional.of(NOW.minus(Duration.ofMinutes(37L * number * number + 3)))));
    }
    return new CustomersPage(filtered ? NASTY : "", filtered ? "known" : "all", "",
        List.of(new CustomersPage.Choice("leather-shoe-fans", "Interested in leather shoes"),
            new CustomersPage.Choice("nasty", NASTY)),
        cards, Optional.of("next&page"), true);
  }

  static CustomerPage customer() {
    String id = UUID.nameUUIDFromBytes(new byte[]{42}).toString();
    var face = Face.of(id, Map.of("first_name", "Amélie", "last_name", "Rousseau"), "");
    var november = List.of(
        new CustomerPage.Entry("identify", "who", "Identify", "Email amelie.rousseau@example.com",
            NOW.minusSeconds(4000), "live"),
        new CustomerPage.Entry("eye", "look", "Product Viewed",
            "Category leather-shoes · Product Oxford, cognac · Price 189", NOW.minusSeconds(9000), "live"),
        new CustomerPage.Entry("eye", "look", "Product Viewed",
            "Category leather-shoes · Product Derby, black · Price 165", NOW.minusSeconds(9300), "live"),
        new CustomerPage.Entry("mobile", "look", "App Opened", "", NOW.minusSeconds(9400), "live"),
        new CustomerPage.Entry("bolt", "", NASTY, NASTY, NOW.minusSeconds(100_000), NASTY));
    var october = List.of(
        new CustomerPage.Entry("shopping-cart", "money", "Order Completed", "Order 10482 · Amount 214.50",
            NOW.minusSeconds(2_900_000), "shop.orders"),
        new CustomerPage.Entry("page", "look", "Page Viewed", "Path /sale", NOW.minusSeconds(2_950_000), "live"),
        new CustomerPage.Entry("return", "", "Order Returned", "Order 10311 · Amount -49.90",
            NOW.minusSeconds(3_000_000), "shop.orders"));
    return new CustomerPage(id, face, true,
        List.of(new CustomerPage.Fact("mail", "amelie.rousseau@example.com"),
            new CustomerPage.Fact("phone", "+33 6 12 34 56 78"), new CustomerPage.Fact("pin", "Lyon")),
        Optional.of(NOW.minusSeconds(90_000_000)), Optional.of(NOW.minusSeconds(4000)),
        List.of(new CustomerPage.Attribute("First name", "Amélie", "shop.contacts", List.of()),
            new CustomerPage.Attribute("Last name", "Rousseau", "shop.contacts", List.of()),
            new CustomerPage.Attribute("Birth date", "14 Mar 1988", "shop.contacts", List.of()),
            new CustomerPage.Attribute("City", "Lyon", "live", List.of(new CustomerPage.Said("shop.contacts", "Paris"),
                new CustomerPage.Said("shop.loyalty", NASTY))),
            new CustomerPage.Attribute("Points", "1,240", "shop.loyalty", List.of()),
            new CustomerPage.Attribute("Note", NASTY, "shop.contacts", List.of())),
        List.of(new CustomerPage.Figure("Lifetime revenue", "1,482.30"), new CustomerPage.Figure("Orders", "9"),
            new CustomerPage.Figure("Visits, last 30 days", "14")),
        List.of(
            new CustomerPage.Membership("leather-shoe-fans", "Interested in leather shoes", NOW.minusSeconds(9000),
                Optional.of(NOW.plusSeconds(2_000_000)),
                Optional.of(new Explanation("count('Product Viewed' within 30d) >= 3 and " + NASTY, Optional.of(true),
                    List.of(), List.of(), Optional.of(NOW.plusSeconds(2_000_000)),
                    List.of(new Explanation("count('Product Viewed' within 30d) >= 3", Optional.of(true),
                        List.of("Product Viewed: 4 events", NASTY), List.of("e1"), Optional.empty(), List.of()),
                        new Explanation(NASTY, Optional.empty(), List.of(), List.of(), Optional.empty(),
                            List.of()))))),
            new CustomerPage.Membership("big-spenders", "Spent more than 500 in a year", NOW.minusSeconds(9_000_000),
                Optional.empty(), Optional.empty())),
        List.of(new CustomerPage.Name("user_id", "u-20418", NOW.minusSeconds(90_000_000), NOW.minusSeconds(4000)),
            new CustomerPage.Name("email", "amelie.rousseau@example.com", NOW.minusSeconds(90_000_000),
                NOW.minusSeconds(4000)),
            new CustomerPage.Name("shop.contacts", "C-00318", NOW.minusSeconds(90_000_000), NOW.minusSeconds(400_000)),
            new CustomerPage.Name("anonymous_id", "mobile_guest123", NOW.minusSeconds(9400), NOW.minusSeconds(4000))),
        List.of(new CustomerPage.Crowded(new CustomerPage.Called("Visitor", "anonymous_id", "mobile_guest123"), 99_502,
            new CustomerPage.Called("User", "user_id", NASTY), NOW.minusSeconds(4000))),
        List.of(UUID.nameUUIDFromBytes(new byte[]{43}).toString()),
        List.of(
            new CustomerPage.Reason(new CustomerPage.Called("Visitor", "anonymous_id", "mobile_guest123"),
                new CustomerPage.Called("User", "user_id", "u-20418"), "seen together in live",
                NOW.minusSeconds(4000), false, false, Optional.empty()),
            new CustomerPage.Reason(new CustomerPage.Called("Contacts", "shop.contacts", "C-00318"),
                new CustomerPage.Called("Loyalty", "shop.loyalty", "L-77"), "matched by “same e-mail”",
                NOW.minusSeconds(400_000), false, false, Optional.of("/unify/pair")),
            new CustomerPage.Reason(new CustomerPage.Called("E-mail", "email", "info@example.com"),
                new CustomerPage.Called("User", "user_id", "u-3"), "seen together in live",
                NOW.minusSeconds(800_000), true, false, Optional.empty())),
        List.of(new CustomerPage.Apart(new CustomerPage.Called("User", "user_id", "u-20418"),
            new CustomerPage.Called("E-mail", "email", NASTY), NASTY, NOW)),
        new CustomerPage.Timeline(id, "",
            List.of(new CustomerPage.Count("Product Viewed", 18), new CustomerPage.Count("Page Viewed", 11),
                new CustomerPage.Count("Order Completed", 9), new CustomerPage.Count(NASTY, 1)),
            List.of(new CustomerPage.Month("November 2026", november), new CustomerPage.Month("October 2026", october)),
            Optional.of("c")),
        Optional.of(new CustomerPage.Company(id, NASTY)));
  }

  static TablesPage tables() {
    return new TablesPage(List.of(new TablesPage.Source("shop", "Shop CRM",
        List.of(new TablesPage.Table("shop.contacts", "CRM contacts", 5_034, 12, Optional.of(NOW.minusSeconds(700))),
            new TablesPage.Table("shop.loyalty", "Loyalty members", 2_210, 0, Optional.of(NOW.minusSeconds(690))),
            new TablesPage.Table("shop.orders", "Orders", 18_822, 3, Optional.of(NOW.minusSeconds(680))))),
        new TablesPage.Source("retail", NASTY,
            List.of(new TablesPage.Table("retail.lines", NASTY, 0, 0, Optional.empty())))));
  }

  static TablePage table() {
    var rows = new ArrayList<List<String>>();
    for (int row = 0; row < 12; row++) {
      rows.add(List.of("C-00" + (300 + row), "Amélie", row == 3 ? NASTY : "Rousseau", "amelie" + row + "@example.com",
          "Lyon", "1988-03-14", "2026-11-0" + (row % 9 + 1) + "T09:12:00Z",
          "a rather long remark that does not fit into one cell of the table"));
    }
    return new TablePage("shop.contacts", "CRM contacts", 5_034, 2, Optional.of(NOW.minusSeconds(700)),
        List.of("ContactId", "FirstName", "LastName", "Email", "City", "BirthDate", "UpdatedAt", "Remark"), rows,
        Optional.of(50),
        List.of("line", "column", "reason", "row"),
        List.of(List.of("18", "BirthDate", "was '31/02/1990' but must be a date dd/MM/yyyy", "C-00317;…"),
            List.of("401", "", "has 4 fields but the header has 7", NASTY)));
  }

  static UnifyPage unify() {
    var report = new MatchReport(NOW.minusSeconds(700), 10_000, 5_412, 4_588, 4_611,
        List.of(new MatchReport.TableResult("shop.contacts", 5_034, 2, 120, 4_466),
            new MatchReport.TableResult("shop.loyalty", 4_964, 0, 0, 4_466)),
        List.of(new MatchReport.BetweenResult("shop.contacts", "shop.loyalty", 4_491, 4_466)),
        List.of(new MatchReport.RuleResult("same e-mail", 4_102, 4_102, 4_088, 0, 0),
            new MatchReport.RuleResult(NASTY, 18_240, 389, 378, 2, 612)));
    return new UnifyPage("customers", Optional.of(report),
        Optional.of(new CustomerChanges(NOW.minusSeconds(700), 5_388, 12, 3, 1, 0)),
        List.of(new UnifyPage.Table("shop.contacts", true, 2, Optional.of(report.tables().getFirst())),
            new UnifyPage.Table("shop.loyalty", false, 2, Optional.of(report.tables().getLast())),
            new UnifyPage.Table("web.newsletter", true, 0, Optional.empty())),
        List.of(
            new UnifyPage.Rule(0, "same e-mail", "shop.loyalty", "shop.contacts", true, List.of("Mail = Email"), 4_964,
                Optional.of(report.rules().getFirst()), live(LiveRule.Standing.LIVE)),
            new UnifyPage.Rule(1, NASTY, "shop.loyalty", "shop.contacts", true,
                List.of("Name ≈ FullName · high", "City", "≠ FirstName"), 4_964,
                Optional.of(report.rules().getLast()), live(LiveRule.Standing.NO_EXACT_CONDITION)),
            new UnifyPage.Rule(2, "twice in the CRM", "shop.contacts", "shop.contacts", false, List.of("Email"), 5_034,
                Optional.empty(), Optional.empty())),
        List.of("shop.contacts", "shop.loyalty", "web.newsletter"), List.of(new LikelyReport.Rule(
            new MatchReport.RuleResult("likely the same person", 339_303, 4_393, 2_776, 0, 0), 11_997, 3_222, 28, 0.5,
            List.of(new LikelyReport.Block("birth_date", 566, 0)),
            List.of(new LikelyReport.Refusal(new Identity("shop.contacts", NASTY), new Identity("shop.loyalty", "L-77"),
                0.996, "outvoted")),
            List.of(new LikelyReport.Cluster(new Identity("shop.contacts", "C-00318"), 14, 16)))));
  }

  private static PairExplanation likelyPair() {
    return new PairExplanation("likely the same person", new Identity("shop.contacts", "C-00318"),
        new Identity("shop.loyalty", NASTY), 8, 0.996, Optional.of("outvoted"), false, List.of(
            new PairExplanation.Step("", "any pair that was looked at", -6.2, "", ""),
            new PairExplanation.Step("last_name", "different", -3.4, "Squires", NASTY),
            new PairExplanation.Step("phone", "same", 17.6, "+33 6 84 53 33 753", "00336845333753")));
  }

  private static Optional<LiveRule> live(LiveRule.Standing standing) {
    return Optional.of(new LiveRule("", standing, 12));
  }

  static RulePage rule() {
    var histogram = new ArrayList<Long>();
    for (long step = 0; step < 20; step++) {
      histogram.add(step < 9 ? step * 11 : step * step * 3 % 417);
    }
    var compared = List.of(
        new RulePreview.Compared("Name", "FullName", Optional.of("amelie rousseau"), Optional.of("amelie rouseau"),
            Optional.of(14 / 15.0), false, true),
        new RulePreview.Compared("City", "City", Optional.of(NASTY), Optional.empty(), Optional.empty(), true, false));
    return new RulePage(1, "alike in one city", "shop.loyalty", "shop.contacts", true, List.of("Name", "City", NASTY),
        List.of("FullName", "FirstName", "City"),
        List.of(
            new RulePage.Condition("c0", "Name", "FullName", Set.of("lowercase", "ascii"), "edits", "high",
                false),
            new RulePage.Condition("c1", "", "", Set.of(), "edits", "exact", false)),
        List.of(new RulePage.Condition("e0", "", "", Set.of(), "edits", "exact", true)),
        List.of("numerals", "ascii", "phone", "lowercase", "name", "address", "organization", "symbols", "whitespace",
            "alias", "bypass"),
        List.of("edits", "jaro_winkler", "words", "sorted_words"),
        Optional.of(new RulePreview("alike in one city", 4_964, 378, 18_240, 389, 2, 612, histogram,
            List.of(new RulePreview.Sample("C-00318", "L-77", 14 / 15.0, true, compared),
                new RulePreview.Sample(NASTY, "L-78", 0.74, false, compared)))));
  }

  static SegmentsPage segments() {
    return new SegmentsPage(home().segments().stream()
        .map(size -> new SegmentsPage.Segment(size.name(), size.title(), size.members(), false, List.of(NASTY)))
        .toList(), 6_188);
  }

  static Job job(Status status) {
    var started = NOW.minusSeconds(48);
    var failed = Problem.of(Problem.Code.TOO_MANY_BAD_ROWS,
        "shop.orders: 1,204 of 18,822 rows (6.4 %) cannot be read, and the limit is 5 %",
        "Look at the refused rows, then mend the file or raise corrupt_limit.");
    boolean isFailed = status == Status.FAILED;
    boolean isDone = status == Status.DONE;
    var tasks = List.of(
        new TaskState("sources", "Read sources", isFailed ? Status.FAILED : Status.DONE, 26_066, 26_066, started,
            started.plusSeconds(9), isFailed ? "" : "3 files are unchanged", isFailed ? failed : null),
        new TaskState("unification", "Unify customers",
            isFailed ? Status.SKIPPED : isDone ? Status.DONE : Status.RUNNING, isDone ? 7_244 : 4_120, 7_244,
            started.plusSeconds(9), null, "rule same e-mail", null),
        new TaskState("profiles", "Merge profiles", isFailed ? Status.SKIPPED : isDone ? Status.DONE : Status.QUEUED, 0,
            0, null, null, "", null),
        new TaskState("segments", "Segments", isFailed ? Status.SKIPPED : isDone ? Status.DONE : Status.QUEUED, 0, 0,
            null, null, "", null));
    return new Job(new JobId(UUID.nameUUIDFromBytes(new byte[]{(byte) status.ordinal()})), "refresh",
        "Refresh everything", status, started, status.isEnd() ? NOW : null, "owner", tasks);
  }

  static ActivityPage activity() {
    var form = new ActivityForm("orders", "Orders", "SalesOrder", "shop.orders", "ContactId", "shop.contacts",
        "OrderedAt",
        "Order Completed", "Total <> 0", Map.of("title", "OrderId", "detail", "Total"), "shopping-cart", true,
        Map.of("OrderId", "order_id", "Total", "amount"));
    var columns = List.of(new ActivityPage.Column("OrderId", "string", "order_id"),
        new ActivityPage.Column("ContactId", "string", ""), new ActivityPage.Column("OrderedAt", "timestamp", ""),
        new ActivityPage.Column("Total", "number", "amount"), new ActivityPage.Column("Note", "string", ""));
    return new ActivityPage(form, false, List.of("shop.orders"), List.of("SalesOrder", "Feedback"), columns,
        List.of("email", "shop.contacts"), List.of("Order Completed"), List.of("bolt", "shopping-cart"),
        List.of(List.of("10482", "C-00318", "2026-07-14 09:30", "214.50", NASTY)),
        List.of(new ActivityPage.Line("2026-07-14 09:30", "Order Completed · 10482", "214.50")),
        Map.of("customer.column", List.of("customer.column was 'ContactId', but shop.orders has no such column"), "",
            List.of(NASTY)));
  }

  static NewTablePage newTable() {
    var columns = List.of(new NewTablePage.Column("ContactId", "Contact Id", "string", true),
        new NewTablePage.Column("BirthDate", "BirthDate", "date", false),
        new NewTablePage.Column("Nasty", NASTY, "string", false));
    return new NewTablePage(List.of("shop"), "shop", "contacts", Optional.of(new NewTablePage.Look("t", "contacts.csv",
        1000, columns, List.of("string", "integer", "date"), List.of(List.of("C-1", "1984-03-02", NASTY)),
        List.of("2 of the first 1000 rows cannot be read and would be refused.", NASTY))), List.of());
  }

  static SegmentBuilderPage builder() {
    var estimate = new portrait.stages.segments.Estimate(NASTY, 264, 5045, List.of(),
        List.of(new portrait.stages.segments.Estimate.Part("city = 'Lyon'", 310),
            new portrait.stages.segments.Estimate.Part(NASTY, 264)),
        List.of("no customer has the attribute 'citty'; did you mean 'city'?", NASTY), true);
    return new SegmentBuilderPage("leather", NASTY, NASTY, NASTY, "Europe/Paris", "spring, " + NASTY,
        new SegmentBuilderPage.Guess(Optional.of(estimate), List.of(), customers(false).cards()),
        List.of(new SegmentBuilderPage.Offer("builder.attributes",
            List.of(new SegmentBuilderPage.Word(NASTY, NASTY)))));
  }

  static DefinitionsPage definitions() {
    return new DefinitionsPage(List.of(
        new DefinitionsPage.Kind("Source",
            List.of(new DefinitionsPage.Entry("shop", "Shop CRM", 3, NOW.minusSeconds(8000), "owner"),
                new DefinitionsPage.Entry("retail", NASTY, 1, NOW.minusSeconds(800_000), "owner"))),
        new DefinitionsPage.Kind("Segment",
            List.of(new DefinitionsPage.Entry("leather-shoe-fans", "Interested in leather shoes", 2,
                NOW.minusSeconds(600), "owner")))),
        "kind: Segment\nname: x", List.of(NASTY, "Segment x: where is missing"), "/definitions");
  }

  static KeysPage keys() {
    return new KeysPage(
        List.of(
            new KeyInfo("k1", Role.COLLECT, "web shop", NOW.minusSeconds(80_000), "owner",
                Optional.of(NOW.minusSeconds(30)), Optional.empty(), Optional.empty()),
            new KeyInfo("k3", Role.LOOKUP, "shop window", NOW.minusSeconds(80_000), "owner", Optional.empty(),
                Optional.empty(), Optional.of(new LookUpLimits(List.of(), List.of("first_name"), List.of("last_shoe"),
                    List.of("leather-shoe-fans", NASTY), List.of("https://shop.example.com")))),
            new KeyInfo("k2", Role.LOOKUP, NASTY, NOW.minusSeconds(8_000_000), "owner", Optional.empty(),
                Optional.of(NOW), Optional.empty())),
        List.of("collect", "lookup", "viewer", "contributor", "admin"), Optional.of("pk_c_example"));
  }
}
