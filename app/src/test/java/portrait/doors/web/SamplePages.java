package portrait.doors.web;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.time.YearMonth;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import portrait.processes.dashboard.Figures;
import portrait.processes.consents.Standing;
import portrait.processes.consents.Tally;
import portrait.foundation.expressions.Explanation;
import portrait.processes.backup.Backup;
import portrait.processes.privacy.Certificate;
import portrait.processes.privacy.Holding;
import org.jspecify.annotations.Nullable;
import portrait.foundation.connections.Consent;
import portrait.foundation.connections.Form;
import portrait.foundation.model.CustomerId;
import portrait.stages.engagement.Coverage;
import portrait.stages.engagement.History;
import portrait.stages.enrichments.EnrichmentReport;
import portrait.stages.enrichments.EnrichmentStart;
import portrait.stages.enrichments.Enrichments;
import portrait.stages.enrichments.providers.OwnTable;
import portrait.stages.exports.DryRun;
import portrait.stages.exports.ExportDefinition;
import portrait.stages.exports.Refusal;
import portrait.stages.exports.RunReport;
import portrait.stages.exports.destinations.Braze;
import portrait.stages.exports.destinations.OutRow;
import portrait.stages.exports.destinations.Surroundings;
import portrait.foundation.jobs.Job;
import portrait.foundation.jobs.JobId;
import portrait.foundation.jobs.Status;
import portrait.foundation.jobs.TaskState;
import portrait.foundation.model.Identity;
import portrait.foundation.model.Problem;
import portrait.foundation.model.Secret;
import portrait.foundation.security.AuditEntry;
import portrait.foundation.security.KeyInfo;
import portrait.foundation.security.KeyTerms;
import portrait.foundation.security.LookUpLimits;
import portrait.foundation.security.NewKey;
import portrait.foundation.security.OneTimePassword;
import portrait.foundation.security.Role;
import portrait.foundation.security.Scope;
import portrait.foundation.security.User;
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

  private static final Braze BRAZE = new Braze(
      new Surroundings(java.nio.file.Path.of("exports"), List.of(), CLOCK));

  private static RunReport exportRun(RunReport.Status status) {
    return new RunReport(java.util.UUID.fromString("7d2f0c9e-0000-4000-8000-000000000000"), "lyon-to-braze",
        NOW.minusSeconds(3_600), Optional.of(NOW.minusSeconds(3_400)), status, status == RunReport.Status.DONE, "owner",
        new RunReport.Counts(12_408, 120, 3, 40_211, status == RunReport.Status.PARTLY ? 2 : 0, 252, 3, 61_000, 17), "",
        status == RunReport.Status.FAILED
            ? Optional.of(Problem.of(Problem.Code.SERVER_UNREACHABLE,
                "Braze at rest.fra-01.braze.eu does not know the API key (401)", NASTY))
            : Optional.empty());
  }

  private static ExportPage exportPage(Optional<String> connection) {
    var ann = CustomerId.of("0a0b0c0d-0000-4000-8000-000000000001");
    var values = new LinkedHashMap<String, @Nullable Object>();
    values.put("first_name", NASTY);
    values.put("town", "Lyon");
    values.put("email", "ann@example.com");
    return new ExportPage(
        new ExportDefinition("lyon-to-braze", "Customers in Lyon", connection.map(_ -> "braze-eu"), List.of("lyon"),
            List.of(new ExportDefinition.Column("first_name", "first_name"),
                new ExportDefinition.Column("town", "city"), new ExportDefinition.Column(NASTY, NASTY)),
            tools.jackson.databind.json.JsonMapper.shared().createObjectNode(), false,
            Set.of(ExportDefinition.Cause.values()), connection.isPresent()
                ? Set.of(ExportDefinition.Occasion.values())
                : Set.of(),
            Optional.empty(),
            Optional.of("newsletter")),
        connection, connection.isPresent() ? "Braze" : "", 12_408,
        List.of(exportRun(RunReport.Status.PARTLY), exportRun(RunReport.Status.FAILED),
            exportRun(RunReport.Status.DONE)),
        List.of(new Refusal(ann, "'external_id' must be fewer than 988 bytes"), new Refusal(ann, NASTY)),
        connection.map(_ -> new DryRun(new RunReport.Counts(12, 3, 1, 12_000, 1, 0, 0, 0, 4),
            List.of("first_name", "town", "email"),
            List.of(new OutRow(OutRow.Change.ENTERED, "x:1", ann, values, Set.of(), List.of("lyon")),
                new OutRow(OutRow.Change.LEFT, "x:2", ann, new LinkedHashMap<>(), Set.of(), List.of())),
            List.of(new Refusal(ann, NASTY)))),
        true, List.of(new ExportsPage.Choice("braze-eu", "Braze, campaigns in Europe", "Braze")));
  }

  private static EnrichmentReport enrichmentRun(EnrichmentReport.Status status, long enriched) {
    return new EnrichmentReport(new java.util.UUID(0, enriched), "company-facts", NOW.minusSeconds(86_400),
        Optional.of(NOW.minusSeconds(86_000)), status, "owner",
        new EnrichmentReport.Counts(12_410, enriched, 9_000, 300,
            2_110, 800, 4, 196, 5, 1, 2_000, 17, 2_110),
        status == EnrichmentReport.Status.FAILED
            ? Optional.of(Problem.of(Problem.Code.SERVER_UNREACHABLE, NASTY, NASTY))
            : Optional.empty());
  }

  private static EnrichmentPage enrichmentPage() {
    var ann = CustomerId.of("4f9d2c1e-0000-4000-8000-000000000001");
    var spec = tools.jackson.databind.json.JsonMapper.shared().readTree("""
        {"title": "Company facts", "provider": "table", "segment": "lyon", "settings": {},
         "inputs": {"key": "lower(domain)"}, "attributes": {"industry": "industry", "size": "employees"}}""");
    return new EnrichmentPage(Enrichments.KIND.parse("company-facts", spec), "Table of your own", Optional.of(NASTY),
        8_120, 12_410, Map.of("industry", 8_000L, "size", 7_500L),
        List.of(new Enrichments.Enriched(ann, Map.of("industry", NASTY, "size", 40L), NOW.minusSeconds(3_600), true),
            new Enrichments.Enriched(ann, Map.of("industry", "Tools"), NOW.minusSeconds(3_600), false)),
        List.of(new Enrichments.Unanswered(ann, NASTY, NOW)),
        List.of(enrichmentRun(EnrichmentReport.Status.PARTLY, 8_120),
            enrichmentRun(EnrichmentReport.Status.FAILED, 6_000), enrichmentRun(EnrichmentReport.Status.DONE, 5_900)),
        Optional.of(enrichmentRun(EnrichmentReport.Status.DONE, 9_000).counts()), true,
        Optional.of(new Coverage(41, 38, 120_400, 3_120, 365, 38, 3, 7)),
        Optional.of(new EnrichmentStart(NOW, Optional.empty(), Optional.empty(), Optional.empty(), Optional.of(NOW),
            OptionalLong.empty(), List.of("Mail.ReadBasic.All", NASTY),
            "login.example/shop.example/adminconsent?client_id=1111")),
        true);
  }

  /// @param template the file in `src/main/jte`
  record Sample(String template, String area, Object page) {}

  static Map<String, Sample> all() {
    var samples = new LinkedHashMap<String, Sample>();
    samples.put("home", new Sample("home", "home", home()));
    samples.put("home-empty", new Sample("home", "home",
        new HomePage(
            new Figures(NOW, 0, 0, 0, List.of(), new Figures.Tables(0, 0, 0, 0, List.of(), List.of(), List.of(),
                List.of(), List.of())),
            List.of(), 0, false, List.of(), List.of(), List.of(), List.of(), List.of(),
            List.of())));
    samples.put("search", new Sample("search", "home", new SearchPage(NASTY, customers(false).cards().subList(0, 2),
        true, List.of(new SearchPage.Named("Segment", NASTY, "/segments/fans"),
            new SearchPage.Named("Connection", "Braze", "/definitions/Connection/braze")),
        true)));
    samples.put("search-empty", new Sample("search", "home", new SearchPage("", List.of(), false, List.of(), false)));
    samples.put("notifications", new Sample("notifications", "", new NotificationsPage(List.of(
        new NotificationsPage.Told("7b1", NASTY, "failed", NOW.minusSeconds(70), NASTY, NASTY, true),
        new NotificationsPage.Told("7b2", "Refresh", "done", NOW.minusSeconds(7_000), "ann", "", false)))));
    samples.put("notifications-none", new Sample("notifications", "", new NotificationsPage(List.of())));
    samples.put("preferences", new Sample("preferences", "",
        new PreferencesPage("fr", "", "auto", new TreeMap<>(Map.of("en", "1,234,567.89", "de", "1.234.567,89")))));
    samples.put("customers", new Sample("customers", "customers", customers(false)));
    samples.put("customers-empty", new Sample("customers", "customers",
        new CustomersPage(CustomerFilters.NONE, List.of(), List.of(), Optional.empty(), Optional.empty(),
            Optional.empty(), List.of(), Optional.empty(),
            true)));
    samples.put("customers-group",
        new Sample("customers", "customers", new CustomersPage(CustomerFilters.NONE, List.of(),
            List.of(), Optional.empty(),
            Optional.of(new CustomersPage.Behind("unsegmented", NASTY, 2_304)), Optional.empty(),
            customers(false).cards(),
            Optional.of("24"), true)));
    var listed = customers(false);
    samples.put("customers-table", new Sample("customers", "customers", new CustomersPage(
        new CustomerFilters(NASTY, "all", "", Map.of("city", List.of(NASTY))), List.of(), facets(), Optional.of(2L),
        Optional.empty(), Optional.of(new CustomersPage.Table(List.of("email", NASTY), List.of("city", "email", NASTY),
            listed.cards().stream().collect(java.util.stream.Collectors.toMap(CustomersPage.Card::id,
                card -> List.of(card.face().name() + "@example.com", NASTY), (one, _) -> one)))),
        listed.cards(), Optional.of("next"), true)));
    samples.put("compare", new Sample("compare", "customers", new ComparePage(
        new ComparePage.Person("7b1", listed.cards().getFirst().face(), true),
        new ComparePage.Person("7b2", listed.cards().getLast().face(), false),
        List.of(new ComparePage.Part("Attributes", List.of(new ComparePage.Row("City", "Lyon", "Lyon"),
            new ComparePage.Row(NASTY, NASTY, ""))), new ComparePage.Part("Measures", List.of())))));
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
        List.of("a9"), customers(false).cards().subList(0, 2), 1_204, List.of(new AccountPage.Happened("c1", NASTY,
            new CustomerPage.Entry("shopping-cart", "money", "Order Completed", NASTY, NOW, "shop.orders"))),
        Optional.of(new Enrichments.Engaged("engagement", new History(OptionalLong.of(81), 1_204, 37, 365,
            java.util.stream.IntStream.rangeClosed(0, 12).mapToObj(month -> new History.Month(
                YearMonth.of(2025, 7).plusMonths(month), 60 + 13L * (month % 4), month % 5)).toList()))),
        List.of(new AccountPage.Named("a0", "Acme Holding NV", 12)),
        List.of(new AccountPage.Named("a2", "Acme Nord", 1), new AccountPage.Named("a3", NASTY, 0)),
        new AccountPage.Group(3, 1_205))));
    samples.put("tables", new Sample("tables", "tables", tables()));
    samples.put("tables-empty", new Sample("tables", "tables", new TablesPage(List.of())));
    samples.put("new-table", new Sample("newTable", "tables",
        new NewTablePage(List.of("shop"), List.of("erp", NASTY), "", "",
            new NewTablePage.Reading(NASTY, NASTY, NASTY, NASTY), Optional.empty(), List.of(NASTY))));
    samples.put("new-table-looked", new Sample("newTable", "tables", newTable()));
    samples.put("activities", new Sample("activities", "activities", new ActivitiesPage(List.of(
        new ActivitiesPage.Activity("orders", "Orders", "SalesOrder", "shop.orders", "Order Completed", "bolt", true),
        new ActivitiesPage.Activity("mails", NASTY, "", "", NASTY, "", false)))));
    samples.put("activities-empty", new Sample("activities", "activities", new ActivitiesPage(List.of())));
    samples.put("activity", new Sample("activity", "activities", activity()));
    samples.put("activity-new", new Sample("activity", "activities",
        new ActivityPage(ActivityForm.fresh(""), true, List.of("shop.orders"), List.of("SalesOrder"), List.of(),
            List.of(), List.of(), List.of(), List.of(), List.of(), List.of(), Map.of("name", List.of(NASTY)))));
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
    samples.put("likely-rule", new Sample("likelyRule", "unify", likelyRule()));
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
        new ColumnsPage.Row("id", "Kundennummer", "id", "integer", "", "", "", true, true, "", List.of()),
        new ColumnsPage.Row("mail", "mail", "mail", "string", "", "email", "newsletter", false, true,
            "Identity.Service.Email",
            List.of()),
        new ColumnsPage.Row("city", "city", "1 city", "string", "Location.City", "", "", false, true, "",
            List.of("Source shop: tables[0].columns[2].name was '1 city' but must be " + NASTY)),
        new ColumnsPage.Row(NASTY, NASTY, NASTY, "date", NASTY, NASTY, NASTY, false, false, NASTY, List.of()),
        new ColumnsPage.Row("", "", "", "string", "", "", "", false, true, "", List.of())),
        List.of("string", "integer", "number", "boolean", "date", "timestamp", "json"),
        List.of("Identity.Service.Email", "Location.City"), List.of("user_id", "email"),
        List.of(new portrait.stages.consent.Purpose("newsletter", NASTY, "", false, Set.of())), List.of(NASTY))));
    samples.put("unifiedTables", new Sample("unifiedTables", "unify", new UnifiedTablesPage(List.of(
        new UnifiedTablesPage.Row("shop.contacts", true, 1, true, "", "id", List.of("id", NASTY), List.of()),
        new UnifiedTablesPage.Row("shop.loyalty", true, 2, false, "Country = 'FR' and", "", List.of("card"),
            List.of("Unification: where of shop.loyalty: the condition ends too soon " + NASTY)),
        new UnifiedTablesPage.Row("web.newsletter", false, 3, true, "", "", List.of(), List.of())), NASTY,
        List.of(new UnifiedTablesPage.Custom(0, "never", "shop.never"), new UnifiedTablesPage.Custom(1, "always", "")),
        List.of("shop.contacts", "shop.never", NASTY), List.of())));
    samples.put("unifiedAttributes", new Sample("unifiedAttributes", "unify", new UnifiedAttributesPage(List.of(
        new UnifiedAttributesPage.Table("shop.contacts", "most_recent", "updated", List.of(
            new UnifiedAttributesPage.Column(0, "mail", "email", "most_recent", false),
            new UnifiedAttributesPage.Column(1, "mail2", "email", "", true),
            new UnifiedAttributesPage.Column(2, "updated", "", "", false),
            new UnifiedAttributesPage.Column(3, NASTY, NASTY, NASTY, false))),
        new UnifiedAttributesPage.Table("shop.loyalty", "most_filled", "", List.of())), List.of(NASTY))));
    samples.put("policyForm",
        new Sample("policyForm", "policies", new PolicyFormPage(false, "newest", "Newest first", true,
            "most_recent", "live, shop.contacts", true,
            List.of(new PolicyFormPage.Row(0, "street", "importance", "1", NASTY),
                new PolicyFormPage.Row(1, "town", "", "1", ""), new PolicyFormPage.Row(2, NASTY, NASTY, NASTY, NASTY)),
            List.of("live", "shop.contacts", NASTY), List.of())));
    samples.put("policyForm-new", new Sample("policyForm", "policies", new PolicyFormPage(true, NASTY, NASTY, false,
        "importance", "", false, List.of(), List.of("live"), List.of(NASTY))));
    samples.put("households", new Sample("households", "households", new HouseholdsPage(List.of(
        new HouseholdsPage.Row(UUID.nameUUIDFromBytes(new byte[]{42}).toString(), List.of("Amélie Rousseau", NASTY,
            "Léo Rousseau", "Max Rousseau"), 6, 2),
        new HouseholdsPage.Row(UUID.nameUUIDFromBytes(new byte[]{43}).toString(), List.of("Ann Lee", "Bo Lee"), 2, 0)),
        812, Optional.of("2|x"))));
    samples.put("households-empty", new Sample("households", "households", new HouseholdsPage(List.of(), 0,
        Optional.empty())));
    samples.put("household", new Sample("household", "households", new HouseholdPage("Household of Amélie Rousseau",
        customers(false).cards(), List.of(new portrait.stages.unification.Household.Tie(
            new portrait.foundation.model.Identity("shop.contacts", "C-1"),
            portrait.foundation.model.CustomerId.of(UUID.nameUUIDFromBytes(new byte[]{42}).toString()),
            new portrait.foundation.model.Identity("shop.loyalty", NASTY),
            portrait.foundation.model.CustomerId.of(UUID.nameUUIDFromBytes(new byte[]{43}).toString()), NASTY,
            0.02)))));
    samples.put("segments", new Sample("segments", "segments", segments()));
    samples.put("segments-empty", new Sample("segments", "segments", new SegmentsPage("", List.of(), 0, 0, true,
        Optional.empty())));
    samples.put("segments-none-found", new Sample("segments", "segments", new SegmentsPage(NASTY, List.of(), 0, 0, true,
        Optional.empty())));
    samples.put("segment", new Sample("segment", "segments", new SegmentPage("leather-shoe-fans",
        "Interested in leather shoes", NASTY, false, new RollingOut(true, Optional.empty()), true,
        List.of("spring", NASTY), 214, 4981, RULE,
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
        "customerTable", RollingOut.DONE, MEASURE, List.of("Segment/vip"),
        List.of(new MeasurePage.Bar("1 Nov 2026", 1200.5, "1,200.50"), new MeasurePage.Bar(NASTY, 80, "80")),
        Optional.empty(), List.of("CustomerId", "month", NASTY), List.of(List.of("7d2f", "1 Nov 2026", NASTY)), 812,
        Optional.of(NOW.minusSeconds(600)), Optional.of(50))));
    samples.put("measure-number", new Sample("measure", "measures", new MeasurePage("revenue", "Revenue", "",
        "business", RollingOut.DONE, MEASURE, List.of(), List.of(), Optional.of("1,200.50"), List.of("value"),
        List.of(List.of("1,200.50")), 1, Optional.of(NOW), Optional.empty())));
    samples.put("measure-templates", new Sample("measureTemplates", "measures", new MeasureTemplatesPage(
        portrait.stages.measures.MeasureTemplates.all(Map.of()),
        new java.util.TreeMap<>(portrait.stages.measures.MeasureTemplates.WORDS), List.of("Order Completed", NASTY),
        NASTY)));
    samples.put("jobs", new Sample("jobs", "jobs", new JobsPage(
        List.of(job(Status.RUNNING), job(Status.DONE), job(Status.FAILED)), false)));
    samples.put("job", new Sample("job", "jobs", new JobPage(job(Status.RUNNING), NOW)));
    samples.put("job-done", new Sample("job", "jobs", new JobPage(job(Status.DONE), NOW)));
    samples.put("job-failed", new Sample("job", "jobs", new JobPage(job(Status.FAILED), NOW)));
    samples.put("policies", new Sample("policies", "policies", policies()));
    samples.put("connections", new Sample("connections", "connections", new ConnectionsPage(
        List.of(new ConnectionsPage.Row("braze-eu", "Braze, campaigns in Europe", "Braze", NOW.minusSeconds(86_400),
            List.of("contributor"), Optional.of(true), true),
            new ConnectionsPage.Row("crm", NASTY, "Local disk", NOW.minusSeconds(300), List.of("ann", "ben"),
                Optional.of(false), true)),
        List.of(new ConnectionsPage.Tile("braze", "Braze", "Segments for campaigns and Canvases in Braze."),
            new ConnectionsPage.Tile("disk", "Local disk", "Files in a folder of this machine: CSV or JSON Lines.")))));
    samples.put("connections-empty", new Sample("connections", "connections",
        new ConnectionsPage(List.of(),
            List.of(new ConnectionsPage.Tile("braze", "Braze", "Segments for campaigns.")))));
    samples.put("connection-new", new Sample("connection", "connections", new ConnectionPage("", "", "Braze",
        new SettingFields("braze", BRAZE.connector().form().fields(), Map.of(), List.of()), "nobody", "",
        Optional.empty(), List.of(), List.of(), List.of("Nothing leaves before somebody agrees: tick “I agree”."))));
    samples.put("connection", new Sample("connection", "connections", new ConnectionPage("braze-eu",
        "Braze, campaigns in Europe", "Braze",
        new SettingFields("braze", BRAZE.connector().form().fields(), Map.of("endpoint", "rest.fra-01.braze.eu"),
            List.of("api_key")),
        "some", NASTY, Optional.of(new Consent("braze-eu", NOW.minusSeconds(7_200), "owner", NASTY)),
        List.of("lyon-to-braze", "vip"), List.of("companies"), List.of())));
    samples.put("exports", new Sample("exports", "exports", new ExportsPage(
        List.of(new ExportsPage.Row("lyon-to-braze", "Customers in Lyon", Optional.of("Braze, campaigns in Europe"),
            "Braze", true, Optional.of(exportRun(RunReport.Status.PARTLY)), 12_408, true),
            new ExportsPage.Row("vip", NASTY, Optional.empty(), "", false, Optional.empty(), 0, true)),
        List.of(new ExportsPage.Choice("braze-eu", "Braze, campaigns in Europe", "Braze"),
            new ExportsPage.Choice("crm", NASTY, "Local disk")))));
    samples.put("exports-empty", new Sample("exports", "exports", new ExportsPage(List.of(), List.of())));
    samples.put("export", new Sample("export", "exports", exportPage(Optional.of("Braze, campaigns in Europe"))));
    samples.put("export-detached", new Sample("export", "exports", exportPage(Optional.empty())));
    samples.put("export-new", new Sample("exportForm", "exports", new ExportFormPage("", "", "braze-eu", "Braze",
        List.of(new ExportsPage.Choice("braze-eu", "Braze, campaigns in Europe", "Braze")),
        List.of(new ExportFormPage.Segment("lyon", "Customers in Lyon", 12_410),
            new ExportFormPage.Segment("vip", NASTY, 311)),
        List.of("city", "email", "first_name", "measure.lifetime_value", "identity.user_id", "segments", NASTY),
        new SettingFields("braze", BRAZE.target().fields(), Map.of(), List.of()), Set.of("lyon"),
        "first_name\ntown = city", false, Set.of(ExportDefinition.Occasion.values()), "newsletter",
        List.of("newsletter", NASTY), List.of())));
    samples.put("triggers", new Sample("triggers", "triggers", new TriggersPage(
        List.of(new TriggersPage.Trigger("many", NASTY, true, NASTY, NASTY, true,
            List.of(new TriggersPage.Message(NOW.minusSeconds(60), "triggers.status.waiting", "127.0.0.1 answered 503"),
                new TriggersPage.Message(NOW.minusSeconds(600), "triggers.status.failed", NASTY),
                new TriggersPage.Message(NOW.minusSeconds(6000), "triggers.status.delivered", ""))),
            new TriggersPage.Trigger("off", "Off", false, "Any source could not be loaded", "Ops", false, List.of())),
        List.of(new TriggersPage.Choice("hook", NASTY)), List.of(new TriggersPage.Choice("shop", NASTY)),
        List.of(new TriggersPage.Choice("vip", NASTY)), List.of(new TriggersPage.Choice("revenue", NASTY)),
        new TriggersPage.Form(NASTY, "segment_size", Map.of("segment", "vip"), false, NASTY, "hook"),
        List.of(NASTY))));
    samples.put("enrichments", new Sample("enrichments", "enrichments", new EnrichmentsPage(
        List.of(new EnrichmentsPage.Row("company-facts", "Company facts", "Table of your own", true,
            Optional.of(enrichmentRun(EnrichmentReport.Status.PARTLY, 8_120)), 8_120, 12_410),
            new EnrichmentsPage.Row("vip", NASTY, NASTY, false, Optional.empty(), 0, 0)),
        List.of(new EnrichmentsPage.Tile("table", "Table of your own", NASTY, "Data of your own", 2, true, ""),
            new EnrichmentsPage.Tile("other", NASTY, "Somebody else.", "Company data", 0, false,
                "/connections/new?type=other")))));
    samples.put("enrichments-empty", new Sample("enrichments", "enrichments",
        new EnrichmentsPage(List.of(), List.of())));
    samples.put("enrichment", new Sample("enrichment", "enrichments", enrichmentPage()));
    samples.put("enrichment-new", new Sample("enrichmentForm", "enrichments", new EnrichmentFormPage("", "", "table",
        "Table of your own", "Adds columns of a loaded table.", true, "crm",
        List.of(new ExportsPage.Choice("crm", NASTY, "CRM")),
        new SettingFields("table", Form.of(OwnTable.Where.class).fields(), Map.of("table", NASTY), List.of()),
        List.of(new EnrichmentFormPage.Input("key", "Key", "What is looked for in the column.", true)),
        Map.of("key", "lower(domain)"), true, NASTY, "industry\nsize = employees", "people", true,
        Optional.of(new EnrichmentFormPage.Contacts(NASTY, NASTY, "ContactFacts", true,
            List.of(new EnrichmentFormPage.Mapped("First name", "first_name", true),
                new EnrichmentFormPage.Mapped(NASTY, "", true), new EnrichmentFormPage.Mapped("Phone", "", false)))),
        "lyon",
        List.of(new ExportFormPage.Segment("lyon", "Customers in Lyon", 12_410)), "CompanyFacts", true, true,
        List.of("city", "domain", NASTY), List.of("inputs.key is missing"))));
    samples.put("schedules", new Sample("schedules", "schedules", new SchedulesPage(
        List.of(new SchedulesPage.Schedule("nightly", NASTY, true, NASTY, List.of("Segment/vip", NASTY),
            Optional.of(NOW), List.of(
                new SchedulesPage.Run(NOW.minusSeconds(86_400), "schedules.outcome.started", "j1", "done"),
                new SchedulesPage.Run(NOW.minusSeconds(172_800), "schedules.outcome.missed", "", ""))),
            new SchedulesPage.Schedule("off", "Off", false, "Every day at 06:00 (UTC)", List.of("A refresh"),
                Optional.empty(), List.of())),
        List.of(new SchedulesPage.Item("Segment/vip", NASTY)), List.of("UTC", "Europe/Paris"),
        new SchedulesPage.Form(NASTY, List.of("Segment/vip"), "06:00, 18:00", List.of("monday"), "Europe/Paris", false),
        List.of(NASTY))));
    samples.put("feed",
        new Sample("feed", "feed", new FeedPage("http://localhost:8080/odata/v4/", "http://localhost:8080/mcp",
            List.of(new FeedPage.EntitySet("Customer", "Everybody, one row each"),
                new FeedPage.EntitySet("Measure_x", NASTY)))));
    samples.put("consent", new Sample("consent", "consent", new ConsentPage(List.of(
        new Tally("newsletter", "Newsletter", NASTY, true, false, List.of("exports"), 3210, 411, 1424),
        new Tally("advertising", NASTY, "", false, true, List.of(), 12, 3, 5030)), NASTY, "granted", List.of(NASTY))));
    samples.put("retention", new Sample("retention", "retention", retention()));
    samples.put("backups", new Sample("backups", "backups",
        new BackupsPage(List.of(new Backup("portrait-20261122T030000Z.zip", 812_345_678, NOW.minusSeconds(30_000))),
            Optional.of(job(Status.DONE)))));
    samples.put("privacy", new Sample("privacy", "privacy", new PrivacyPage(List.of("email", NASTY), "email", NASTY,
        Optional.of(HOLDINGS),
        List.of(new Certificate(new java.util.UUID(7, 7), NOW, "owner", NASTY, List.of("7f3a"),
            List.of(new Holding("profile store", "events", 812, false)), 0, List.of(), "")),
        12, 3)));
    samples.put("privacy-empty", new Sample("privacy", "privacy",
        new PrivacyPage(List.of("email"), "email", "", Optional.empty(), List.of(), 0, 0)));
    samples.put("backups-empty", new Sample("backups", "backups", new BackupsPage(List.of(), Optional.empty())));
    samples.put("identities", new Sample("identities", "identities", identities()));
    samples.put("definitions", new Sample("definitions", "definitions", definitions()));
    samples.put("definition", new Sample("definition", "definitions", new DefinitionPage("Segment",
        "leather-shoe-fans", "kind: Segment\nname: leather-shoe-fans\nspec:\n  " + RULE.replace("\n", "\n  "),
        definitions().kinds().getFirst().entries())));
    samples.put("keys", new Sample("keys", "keys", keys()));
    samples.put("people", new Sample("people", "people", people()));
    samples.put("usage", new Sample("usage", "usage", new UsagePage(30,
        List.of(new UsagePage.Caller("web shop", 1_204_311, 1_190_020, 12, 100),
            new UsagePage.Caller(NASTY, 20_400, 0, 0, 2)),
        List.of(new UsagePage.Day("2026-11-22", "web shop", 40_112, 39_871, 12),
            new UsagePage.Day("2026-11-22", NASTY, 700, 0, 0)))));
    samples.put("audit", new Sample("audit", "audit", new AuditPage(
        List.of(new AuditEntry(2, NOW, "owner", "r2", "key created", "Key/k1", "web shop, role collect", "ab12"),
            new AuditEntry(1, NOW.minusSeconds(80_000), NASTY, "r1", "definitions applied", "Segment/" + NASTY, "",
                "cd34")),
        "", NASTY, Optional.of("/audit?before=1"),
        Optional
            .of(Problem.of(Problem.Code.STORE_FAILED, "the audit trail does not continue at entry 1", "Compare.")))));
    samples.put("password", new Sample("password", "", "owner"));
    samples.put("sign-in", new Sample("signIn", "", new SignInPage("/customers", "owner", NASTY,
        Optional.of("login.example.com"))));
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
    var happened = new ArrayList<Figures.Happened>();
    var standings = new ArrayList<Figures.Standing>();
    for (int day = 89; day >= 0; day--) {
      var date = LocalDate.of(2026, 11, 21).minusDays(day);
      standings.add(new Figures.Standing(date, 4_981 - 31L * day, 1_207 - 11L * day));
      int weekend = date.getDayOfWeek().getValue() > 5 ? 700 : 0;
      if (day < 30) {
        happened.add(new Figures.Happened(date, 1400 + random.nextInt(600) + weekend));
      }
    }
    var sizes = List.of(new Figures.Size("stale-accounts", "Bought before, silent for 60 days", 1_322, -41),
        new Figures.Size("leather-shoe-fans", "Interested in leather shoes", 214, 12),
        new Figures.Size("big-spenders", "Spent more than 500 in a year", 187, 0),
        new Figures.Size("newcomers", "First seen this week", 96, 96), new Figures.Size("nasty", NASTY, 1, 1));
    return new HomePage(
        new Figures(NOW.minusSeconds(10 * 60), 4_981, 1_207, 5, sizes,
            new Figures.Tables(6_150, 1_260, 2_304, 311, List.of(), List.of(), List.of(), standings, happened)),
        standings, 4, true,
        List.of(new HomePage.Run("7b1", "done", NOW.minusSeconds(11 * 60), Optional.of(Duration.ofSeconds(48))),
            new HomePage.Run("7b2", "failed", NOW.minusSeconds(90 * 60), Optional.of(Duration.ofMillis(2_100)))),
        List.of(new HomePage.Row("Contacts", "/customers?group=source", 4_300, 240),
            new HomePage.Row(NASTY, "/customers?group=source", 2_204, 0)),
        List.of(new HomePage.Row("E-mail", "/customers?group=identities", 4_812, 5_011),
            new HomePage.Row(NASTY, "/customers?group=identities", 1_907, 2_730)),
        List.of(new HomePage.Row("E-mail + Phone", "/customers?group=identities", 1_790, 0),
            new HomePage.Row(NASTY, "/customers?group=identities", 7, 0)),
        List.of(new HomePage.Failure(true, NASTY, "/tables/shop.orders", NOW.minusSeconds(600), NASTY),
            new HomePage.Failure(false, "Refresh", "/jobs/1", NOW.minusSeconds(900), NASTY)),
        List.of(new HomePage.Sent("lyon-to-braze", NASTY, "partly", NOW.minusSeconds(3_400), 12_408, 2)));
  }

  static PoliciesPage policies() {
    var value = Optional.of(new portrait.stages.profiles.Document.Value(NASTY, "shop.contacts", NOW));
    return new PoliciesPage(
        List.of(new PoliciesPage.Policy("unification", NASTY, true, true, "The most important source: shop.contacts"),
            new PoliciesPage.Policy("newest", "The newest wins", false, true, "The most recent value")),
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

  private static List<CustomersPage.Facet> facets() {
    return List.of(new CustomersPage.Facet("City", List.of(
        new CustomersPage.FacetValue("Lyon", 12_400, false, "/customers?facet=city:Lyon"),
        new CustomersPage.FacetValue("Hamburg", 3_100, false, "/customers?facet=city:Hamburg"),
        new CustomersPage.FacetValue(NASTY, 1, true, "/customers"))),
        new CustomersPage.Facet("Birthday", List.of(
            new CustomersPage.FacetValue("1 Jan 1950 to 3 Mar 1971", 812, false, "/customers?facet=a"),
            new CustomersPage.FacetValue("3 Mar 1971 to 31 Dec 1999", 811, false, "/customers?facet=b"))));
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
    return new CustomersPage(filtered ? new CustomerFilters(NASTY, "known", "", Map.of()) : CustomerFilters.NONE,
        List.of(new CustomersPage.Choice("leather-shoe-fans", "Interested in leather shoes"),
            new CustomersPage.Choice("nasty", NASTY)),
        facets(), Optional.empty(), Optional.empty(), Optional.empty(), cards, Optional.of("next&page"), true);
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
                Optional.of(why())),
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
            Optional.of("c"), true, "5eed"),
        Optional.of(new CustomerPage.Company(id, NASTY)),
        Optional.of(new CustomerPage.Household(UUID.nameUUIDFromBytes(new byte[]{42}).toString(), 3)),
        List.of(
            new Standing("newsletter", "Newsletter", portrait.stages.consent.Status.GRANTED, true, true,
                Optional.of(SAID), List.of(SAID,
                    new Standing.Said(portrait.stages.consent.Status.DENIED, "shop.contacts", null,
                        new Identity("shop.contacts", NASTY)))),
            new Standing("advertising", NASTY, portrait.stages.consent.Status.UNKNOWN, false, false, Optional.empty(),
                List.of())),
        picture(), Optional.of(HOLDINGS));
  }

  private static IdentityPicture picture() {
    var user = new CustomerPage.Called("User", "user_id", "u-20418");
    var visitor = new CustomerPage.Called("Visitor", "anonymous_id", "mobile_guest123");
    var mail = new CustomerPage.Called("E-mail", "email", "amelie.rousseau@example.com");
    var nasty = new CustomerPage.Called("User", "user_id", NASTY);
    return new IdentityPicture(List.of(new IdentityPicture.Node(user, NOW.minusSeconds(90_000_000), false, 0, 23),
        new IdentityPicture.Node(mail, NOW.minusSeconds(90_000_000), false, 0, 69),
        new IdentityPicture.Node(nasty, NOW.minusSeconds(800_000), true, 1, 115),
        new IdentityPicture.Node(visitor, NOW.minusSeconds(9400), false, 2, 161)),
        List.of(new IdentityPicture.Link(user, mail, "seen together in shop.contacts", "shop.contacts|C-00318",
            NOW.minusSeconds(90_000_000), NOW, false, 0, "M104 23 C64 23 64 69 104 69"),
            new IdentityPicture.Link(mail, nasty, "said by " + NASTY, "", NOW.minusSeconds(800_000), NOW, true, 1,
                "M104 69 C64 69 64 115 104 115"),
            new IdentityPicture.Link(user, visitor, "seen together in live", NASTY, NOW.minusSeconds(9400), NOW, false,
                2, "M104 23 C32 23 32 161 104 161")),
        List.of(NOW.minusSeconds(90_000_000), NOW.minusSeconds(800_000), NOW.minusSeconds(9400)), 3);
  }

  private static final Holdings HOLDINGS = new Holdings(List.of(new Holding("profile store", "events", 812, false),
      new Holding("warehouse", "rows of shop.contacts", 2, false), new Holding("audit trail", "entries", 1, true)));
  private static final Standing.Said SAID = new Standing.Said(portrait.stages.consent.Status.GRANTED, NASTY, NOW,
      new Identity("email", "amelie.rousseau@example.com"));

  static TablesPage tables() {
    return new TablesPage(List.of(new TablesPage.Source("shop", "Shop CRM",
        List.of(
            new TablesPage.Table("shop.contacts", "CRM contacts", 5_034, 12, Optional.of(NOW.minusSeconds(700)), true),
            new TablesPage.Table("shop.loyalty", "Loyalty members", 2_210, 0, Optional.of(NOW.minusSeconds(690)),
                false),
            new TablesPage.Table("shop.orders", "Orders", 18_822, 3, Optional.of(NOW.minusSeconds(680)), false))),
        new TablesPage.Source("retail", NASTY,
            List.of(new TablesPage.Table("retail.lines", NASTY, 0, 0, Optional.empty(), false)))));
  }

  static TablePage table() {
    var rows = new ArrayList<List<String>>();
    for (int row = 0; row < 12; row++) {
      rows.add(List.of("C-00" + (300 + row), "Amélie", row == 3 ? NASTY : "Rousseau", "amelie" + row + "@example.com",
          "Lyon", "1988-03-14", "2026-11-0" + (row % 9 + 1) + "T09:12:00Z",
          "a rather long remark that does not fit into one cell of the table"));
    }
    return new TablePage("shop.contacts", "CRM contacts", 5_034, 2, Optional.of(NOW.minusSeconds(700)),
        Optional.of(new portrait.stages.sources.LoadFailure(NOW.minusSeconds(60),
            Problem.of(Problem.Code.INVALID_FILE, NASTY, NASTY))),
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

  private static LikelyRulePage likelyRule() {
    var histogram = new ArrayList<Long>(Collections.nCopies(19, 3L));
    histogram.add(812L);
    return new LikelyRulePage(2, "likely the same person", true,
        List.of(new LikelyRulePage.Table("crm.people", true), new LikelyRulePage.Table(NASTY, false)),
        List.of(new LikelyRulePage.Field("f0", "", "first_name", "given_name", ""),
            new LikelyRulePage.Field("f1", "address", "street, city, " + NASTY, "address", "yes"),
            new LikelyRulePage.Field("f2", "", "", "", "")),
        List.of("first_name", "street", "city", NASTY),
        List.of(new LikelyRulePage.Type("given_name",
            List.of(new LikelyRulePage.Level("level.same", "same"), new LikelyRulePage.Level("", NASTY))),
            new LikelyRulePage.Type("address", List.of(new LikelyRulePage.Level("level.same", "same")))),
        "first_name, street\n" + NASTY, "all", "0.7", true,
        Optional.of(new RulePreview("likely the same person", 4_964, 378, 18_240, 389, 2, 0, histogram,
            List.of(new RulePreview.Sample("p3", NASTY, 0.98, true, List.of(), Optional.of(likelyPair()))))));
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
    return new SegmentsPage(NASTY, home().segments().stream()
        .map(size -> new SegmentsPage.Segment(size.name(), size.title(), size.members(), false, List.of(NASTY)))
        .toList(), 6_188, 10_000, false, Optional.of("200"));
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
            started.plusSeconds(9), isDone ? started.plusSeconds(31) : null, "rule same e-mail", null),
        new TaskState("profiles", "Merge profiles", isFailed ? Status.SKIPPED : isDone ? Status.DONE : Status.QUEUED, 0,
            0, isDone ? started.plusSeconds(31) : null, isDone ? started.plusSeconds(48) : null, "", null),
        new TaskState("segments", "Segments", isFailed ? Status.SKIPPED : isDone ? Status.DONE : Status.QUEUED, 0, 0,
            isDone ? started.plusSeconds(31) : null, isDone ? started.plusMillis(31_020) : null, "", null));
    return new Job(new JobId(UUID.nameUUIDFromBytes(new byte[]{(byte) status.ordinal()})), "refresh",
        "Refresh everything", status, started, status.isEnd() ? NOW : null, "owner", tasks);
  }

  static ActivityPage activity() {
    var form = new ActivityForm("orders", "Orders", "SalesOrder", "shop.orders", "ContactId", "shop.contacts",
        "OrderedAt",
        "Order Completed", "Total <> 0", Map.of("title", "OrderId", "detail", "Total"), "shopping-cart", true,
        Map.of("OrderId", "order_id", "Total", "amount"),
        List.of(new ActivityForm.Hop("OrderId", "shop.orders", NASTY)));
    var columns = List.of(new ActivityPage.Column("OrderId", "string", "order_id"),
        new ActivityPage.Column("ContactId", "string", ""), new ActivityPage.Column("OrderedAt", "timestamp", ""),
        new ActivityPage.Column("Total", "number", "amount"), new ActivityPage.Column("Note", "string", ""));
    return new ActivityPage(form, false, List.of("shop.orders"), List.of("SalesOrder", "Feedback"), columns,
        List.of("email", "shop.contacts"), List.of("Order Completed"), List.of("bolt", "shopping-cart"),
        List.of(List.of("10482", "C-00318", "2026-07-14 09:30", "214.50", NASTY)),
        List.of(new ActivityPage.Line("2026-07-14 09:30", "Order Completed · 10482", "214.50")),
        List.of("OrderId", NASTY),
        Map.of("customer.column", List.of("customer.column was 'ContactId', but shop.orders has no such column"), "",
            List.of(NASTY)));
  }

  static NewTablePage newTable() {
    var columns = List.of(new NewTablePage.Column("ContactId", "Contact Id", "string", true),
        new NewTablePage.Column("BirthDate", "BirthDate", "date", false),
        new NewTablePage.Column("Nasty", NASTY, "string", false));
    return new NewTablePage(List.of("shop"), List.of(), "shop", "contacts", NewTablePage.Reading.NOTHING,
        Optional.of(new NewTablePage.Look("t", "contacts.csv",
            1000, columns, List.of("string", "integer", "date"), List.of(List.of("C-1", "1984-03-02", NASTY)),
            List.of("2 of the first 1000 rows cannot be read and would be refused.", NASTY))),
        List.of());
  }

  private static Explanation why() {
    return new Explanation("count('Product Viewed' within 30d) >= 3 and " + NASTY, Optional.of(true), List.of(),
        List.of(), Optional.of(NOW.plusSeconds(2_000_000)),
        List.of(new Explanation("count('Product Viewed' within 30d) >= 3", Optional.of(true),
            List.of("Product Viewed: 4 events", NASTY), List.of("e1"), Optional.empty(), List.of()),
            new Explanation(NASTY, Optional.empty(), List.of(), List.of(), Optional.empty(), List.of())));
  }

  static SegmentBuilderPage builder() {
    var estimate = new portrait.stages.segments.Estimate(NASTY, 264, 5045, List.of(),
        List.of(new portrait.stages.segments.Estimate.Part("city = 'Lyon'", 310, List.of()),
            new portrait.stages.segments.Estimate.Part(NASTY, 264,
                List.of(new portrait.stages.segments.Estimate.Part("points > 5", 300, List.of())))),
        Optional.of(new portrait.stages.segments.Estimate.Sampled(4, 31)),
        List.of("no customer has the attribute 'citty'; did you mean 'city'?", NASTY), true, List.of("newsletter"),
        41);
    return new SegmentBuilderPage("leather", NASTY, NASTY, NASTY, "Europe/Paris", "spring, " + NASTY, "newsletter",
        List.of("newsletter", NASTY),
        new SegmentBuilderPage.Guess(Optional.of(estimate), List.of(),
            customers(false).cards().stream().map(card -> new SegmentBuilderPage.Fitting(card, Optional.of(why())))
                .toList(),
            new java.util.TreeMap<>(Map.of(NASTY, Set.of("shop.orders", NASTY)))),
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

  static PeoplePage people() {
    return new PeoplePage(
        List.of(new User("owner", Role.OWNER, NOW.minusSeconds(8_000_000), "portrait", Optional.of(NOW)),
            new User("ana@example.com", Role.CONTRIBUTOR, NOW.minusSeconds(80_000), "owner",
                Optional.of(NOW.minusSeconds(3_600))),
            new User(NASTY, Role.VIEWER, NOW.minusSeconds(60), "ana@example.com", Optional.empty())),
        List.of(Role.VIEWER, Role.CONTRIBUTOR, Role.ADMIN),
        Optional.of(new OneTimePassword(NASTY, Secret.of("0123456789abcdef0123"))));
  }

  static KeysPage keys() {
    return new KeysPage(
        List.of(
            key("k1", KeyTerms.of(Role.COLLECT, "web shop"), Optional.of(NOW.minusSeconds(30)), Optional.empty()),
            key("k4", new KeyTerms(Role.VIEWER, "weekly report", Optional.empty(),
                List.of(Scope.of("odata"), Scope.of("segments:read")), Optional.of(NOW.plusSeconds(8_000_000)),
                Optional.of(5)),
                Optional.of(NOW.minusSeconds(4_000)), Optional.empty()),
            key("k3", new KeyTerms(Role.LOOKUP, "shop window", Optional.of(new LookUpLimits(List.of(),
                List.of("first_name"), List.of("last_shoe"), List.of("leather-shoe-fans", NASTY),
                List.of("https://shop.example.com"))), List.of(), Optional.empty()), Optional.empty(),
                Optional.empty()),
            key("k2", KeyTerms.of(Role.LOOKUP, NASTY), Optional.empty(), Optional.of(NOW))),
        List.of("collect", "lookup", "viewer", "contributor", "admin"), Optional.of(new NewKey("k4",
            Secret.of("pk_v_example"), KeyTerms.of(Role.VIEWER, "weekly report"),
            Optional.of(NOW.plusSeconds(80_000)))));
  }

  private static KeysPage.Key key(String id, KeyTerms terms, Optional<Instant> usedAt, Optional<Instant> revokedAt) {
    return new KeysPage.Key(new KeyInfo(id, terms, NOW.minusSeconds(80_000), "owner", usedAt, revokedAt,
        Optional.empty(), id.equals("k4") ? Optional.of(NOW.plusSeconds(80_000)) : Optional.empty()),
        revokedAt.isEmpty());
  }
}
