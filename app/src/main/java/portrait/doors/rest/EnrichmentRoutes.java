package portrait.doors.rest;

import static portrait.doors.http.Access.needs;

import portrait.doors.http.Answer;
import portrait.doors.http.Door;
import portrait.doors.http.Request;
import portrait.doors.http.Routes;
import portrait.foundation.jobs.Jobs;
import portrait.foundation.model.Problem;
import portrait.foundation.security.Permission;
import portrait.foundation.security.Security;
import portrait.stages.enrichments.EnrichmentDefinition;
import portrait.stages.enrichments.EnrichmentReport;
import portrait.stages.enrichments.EnrichmentStart;
import portrait.stages.enrichments.Enrichments;
import portrait.stages.enrichments.providers.Provider;
import tools.jackson.databind.node.ObjectNode;

/// What others know about customers: who can be asked, what a run would ask, running it, and what came of it.
final class EnrichmentRoutes implements Door {

  private static final String ALL = "/api/v1/enrichments";
  private static final String ONE = ALL + "/{name}";
  private static final int RUNS_MAX = 200;
  private static final int CUSTOMERS_MAX = 1_000;

  private final Enrichments enrichments;
  private final Jobs jobs;
  private final Security security;

  EnrichmentRoutes(Enrichments enrichments, Jobs jobs, Security security) {
    this.enrichments = enrichments;
    this.jobs = jobs;
    this.security = security;
  }

  @Override
  public void routes(Routes routes) {
    var view = needs(Permission.VIEW);
    routes.get(ALL, view, _ -> Answer.json(Shapes.list("enrichments", enrichments.all(), this::shape)));
    routes.get("/api/v1/providers", view,
        _ -> Answer.json(Shapes.list("providers", enrichments.providers(), EnrichmentRoutes::provider)));
    routes.get(ONE, view, request -> Answer.json(whole(enrichments.one(request.pathPart("name")))));
    routes.get(ONE + "/runs", view, request -> Answer.json(Shapes.list("runs",
        enrichments.runs(name(request), request.query("limit", 1, RUNS_MAX, 50)), EnrichmentRoutes::run)));
    routes.get(ONE + "/customers", view, request -> Answer.json(Shapes.list("customers",
        enrichments.preview(name(request), request.query("limit", 1, CUSTOMERS_MAX, 100)),
        EnrichmentRoutes::enriched)));
    routes.get(ONE + "/refusals", view, request -> Answer.json(Shapes.list("refusals",
        enrichments.refusals(name(request), request.query("limit", 1, CUSTOMERS_MAX, 100)),
        each -> Shapes.object().put("customerId", each.customer().toString()).put("reason", each.reason()).put("at",
            Shapes.time(each.at())))));
    routes.post(ONE + "/run", needs(Permission.CONTRIBUTE), this::start);
    routes.post(ONE + "/again", needs(Permission.CONTRIBUTE), this::again);
    routes.post(ONE + "/check", needs(Permission.CONTRIBUTE), this::check);
    routes.post(ONE + "/try", needs(Permission.CONTRIBUTE),
        request -> Answer.json(counts(enrichments.rehearse(request.pathPart("name")))));
  }

  private String name(Request request) {
    return enrichments.one(request.pathPart("name")).name();
  }

  private static ObjectNode provider(Provider<?, ?> provider) {
    var shape = Shapes.object().put("type", provider.type()).put("title", provider.title())
        .put("help", provider.help()).put("needsConnection", provider.needsConnection());
    return shape.set("settings", Shapes.array(provider.target().fields(), ConnectionRoutes::field));
  }

  private ObjectNode shape(EnrichmentDefinition enrichment) {
    var shape = Shapes.object().put("name", enrichment.name()).put("title", enrichment.title())
        .put("provider", enrichment.provider()).put("about", enrichment.about().text())
        .put("connection", enrichment.connection().orElse(null))
        .put("segment", enrichment.segment().orElse(null)).put("output", enrichment.output())
        .put("inProfile", enrichment.isInProfile()).put("active", enrichment.isActive())
        .put("mayManage", enrichments.isManageable(enrichment))
        .put("enriched", enrichments.enriched(enrichment.name())).put("customers", enrichments.customers(enrichment));
    return shape.set("last",
        enrichments.runs(enrichment.name(), 1).stream().findFirst().map(EnrichmentRoutes::run).orElse(null));
  }

  private ObjectNode whole(EnrichmentDefinition enrichment) {
    var shape = shape(enrichment);
    var fields = shape.putObject("byField");
    enrichments.byField(enrichment).forEach(fields::put);
    enrichments.coverage(enrichment).ifPresent(coverage -> shape.putObject("coverage")
        .put("addressesSelected", coverage.addressesSelected()).put("addressesProcessed", coverage.addressesSeen())
        .put("emails", coverage.mails()).put("meetings", coverage.meetings()).put("days", coverage.days())
        .put("placesUnread", coverage.placesUnread()).put("entriesUnread", coverage.entriesUnread()));
    enrichments.start(enrichment).ifPresent(start -> shape.set("start", start(start)));
    return shape;
  }

  private static ObjectNode enriched(Enrichments.Enriched each) {
    var shape = Shapes.object().put("customerId", each.customer().toString());
    var attributes = shape.putObject("attributes");
    each.attributes().forEach((name, value) -> attributes.set(name, Shapes.value(value)));
    return shape.put("certain", each.isCertain()).put("at", Shapes.time(each.at()));
  }

  private Answer start(Request request) {
    String name = request.pathPart("name");
    var id = enrichments.start(name, request.caller().name());
    security.audit("enrichment run", "Enrichment/" + name, id.toString());
    return Answer.json(Shapes.job(jobs.find(id).orElseThrow())).withStatus(202).withHeader("Location",
        "/api/v1/jobs/" + id);
  }

  private Answer check(Request request) {
    String name = request.pathPart("name");
    var start = enrichments.check(name);
    security.audit("consent checked", "Enrichment/" + name,
        start.map(found -> found.isAllowed() ? "given" : "missing").orElse("not needed"));
    return Answer.json(start.map(EnrichmentRoutes::start).orElseGet(() -> Shapes.object().put("allowed", true)));
  }

  private static ObjectNode start(EnrichmentStart start) {
    var shape = Shapes.object().put("allowed", start.isAllowed()).put("checkedAt", Shapes.time(start.checkedAt()))
        .put("allowedAt", Shapes.time(start.allowedAt().orElse(null)))
        .put("firstRunAt", Shapes.time(start.firstRunAt().orElse(null)))
        .put("begunAt", Shapes.time(start.begunAt().orElse(null)))
        .put("askedAt", Shapes.time(start.askedAt().orElse(null)))
        .put("mailboxes", start.mailboxes().isPresent() ? (Long) start.mailboxes().getAsLong() : null);
    var missing = shape.putArray("missing");
    start.missing().forEach(missing::add);
    return shape.put("link", start.link());
  }

  private Answer again(Request request) {
    String name = request.pathPart("name");
    int questions = enrichments.askAgain(name);
    security.audit("refused questions asked again", "Enrichment/" + name, String.valueOf(questions));
    return Answer.json(Shapes.object().put("questions", questions));
  }

  private static ObjectNode run(EnrichmentReport run) {
    var shape = Shapes.object().put("id", run.id().toString()).put("status", run.status().text())
        .put("startedAt", Shapes.time(run.startedAt())).put("endedAt", Shapes.time(run.endedAt().orElse(null)))
        .put("startedBy", run.startedBy());
    shape.set("counts", counts(run.counts()));
    return shape.put("problem", run.problem().map(Problem::message).orElse(null)).put("hint",
        run.problem().map(Problem::hint).orElse(null));
  }

  private static ObjectNode counts(EnrichmentReport.Counts counts) {
    return Shapes.object().put("customers", counts.customers()).put("enriched", counts.enriched())
        .put("unchanged", counts.unchanged()).put("reused", counts.reused()).put("asked", counts.asked())
        .put("nothing", counts.nothing()).put("refused", counts.refused()).put("lacking", counts.lacking())
        .put("calls", counts.calls()).put("retries", counts.retries()).put("waitedMillis", counts.waitedMillis())
        .put("doubtful", counts.doubtful()).put("credits", counts.credits());
  }
}
