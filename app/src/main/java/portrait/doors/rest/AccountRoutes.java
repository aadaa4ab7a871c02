package portrait.doors.rest;

import static portrait.doors.http.Access.needs;

import portrait.doors.http.Answer;
import portrait.doors.http.Door;
import portrait.doors.http.Request;
import portrait.doors.http.Routes;
import portrait.foundation.database.Database;
import portrait.foundation.database.Transaction;
import portrait.foundation.model.Identity;
import portrait.foundation.model.Problem;
import portrait.foundation.security.Permission;
import portrait.stages.accounts.Account;
import portrait.stages.accounts.Accounts;
import portrait.stages.enrichments.Enrichments;
import portrait.stages.identity.IdentityGraph;
import tools.jackson.databind.node.ObjectNode;

/// Accounts: companies, and the people who belong to them.
final class AccountRoutes implements Door {

  private static final String ALL = "/api/v1/accounts";
  private static final int PAGE_MAX = 500;
  private static final int CONTACTS_MAX = 1_000;

  private final Accounts accounts;
  private final Enrichments enrichments;
  private final IdentityGraph identities;
  private final Database database;

  AccountRoutes(Accounts accounts, Enrichments enrichments, IdentityGraph identities, Database database) {
    this.accounts = accounts;
    this.enrichments = enrichments;
    this.identities = identities;
    this.database = database;
  }

  @Override
  public void routes(Routes routes) {
    routes.get(ALL, needs(Permission.VIEW), this::list);
    routes.get(ALL + "/{namespace}/<value>", needs(Permission.LOOK_UP), this::one);
  }

  private Answer list(Request request) {
    String text = request.query("query").orElse("");
    String cursor = request.query("cursor").orElse("");
    int limit = request.query("limit", 1, PAGE_MAX, 100);
    var page = database.read(tx -> accounts.page(tx, text, cursor, limit));
    return Answer.json(Shapes.list("accounts", page.accounts(), AccountRoutes::brief).put("next", page.next()));
  }

  private Answer one(Request request) {
    var identity = Identity.asked(request.pathPart("namespace"), request.pathPart("value"));
    var shape = database.read(tx -> accounts.find(tx, identity).map(account -> shape(tx, account)))
        .orElseThrow(() -> Problem.of(Problem.Code.NOT_FOUND,
            "no account has this identity in the namespace %s".formatted(identity.namespace()),
            "Use the full name of a table and a key of it, or `account` and an id.").asException());
    enrichments.engagement(shape.path("accountId").asString())
        .ifPresent(engaged -> shape.set("engagement", shape(engaged)));
    return Answer.json(shape);
  }

  private static ObjectNode named(Account account) {
    return Shapes.object().put("accountId", account.id()).put("name", account.name());
  }

  private static ObjectNode brief(Account account) {
    var shape = named(account);
    var attributes = shape.putObject("attributes");
    account.attributes().forEach((name, value) -> attributes.put(name, value.value()));
    return shape.put("contacts", account.contacts());
  }

  private static ObjectNode shape(Enrichments.Engaged engaged) {
    var history = engaged.history();
    var shape = Shapes.object().put("enrichment", engaged.enrichment())
        .put("score", history.score().isPresent() ? (Long) history.score().getAsLong() : null)
        .put("emails", history.mails()).put("meetings", history.meetings()).put("daysCovered", history.days());
    return shape.set("months", Shapes.array(history.months(), month -> Shapes.object()
        .put("month", month.month().toString()).put("emails", month.mails()).put("meetings", month.meetings())));
  }

  private ObjectNode shape(Transaction tx, Account account) {
    var shape = brief(account);
    var sources = shape.putObject("sources");
    account.attributes().forEach((name, value) -> sources.put(name, value.source()));
    shape.set("records", Shapes.array(account.records(), Shapes::identity));
    shape.set("links", Shapes.array(account.links(), link -> {
      var one = Shapes.object().put("rule", link.rule()).put("score", link.score());
      one.set("one", Shapes.identity(link.one()));
      one.set("other", Shapes.identity(link.other()));
      return one;
    }));
    var hierarchy = accounts.hierarchy(tx, account);
    shape.set("parents", Shapes.array(hierarchy.above(), AccountRoutes::named));
    shape.set("children", Shapes.array(hierarchy.below(),
        child -> named(child).put("contacts", child.contacts())));
    shape.putObject("group").put("accounts", hierarchy.accounts()).put("contacts", hierarchy.contacts());
    var previous = shape.putArray("previousAccountIds");
    account.previousIds().forEach(previous::add);
    shape.set("people", Shapes.array(accounts.contacts(tx, account, CONTACTS_MAX), row -> {
      var person = Shapes.identity(row);
      identities.find(tx, row).ifPresent(customer -> person.put("customerId", customer.id().toString()));
      return person;
    }));
    return shape;
  }
}
