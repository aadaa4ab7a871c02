package portrait.doors.web;

import static portrait.doors.http.Access.needs;

import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import portrait.doors.http.Answer;
import portrait.doors.http.Door;
import portrait.doors.http.Request;
import portrait.doors.http.Routes;
import portrait.foundation.database.Database;
import portrait.foundation.definitions.Definitions;
import portrait.foundation.model.Identity;
import portrait.foundation.model.Problem;
import portrait.foundation.security.Permission;
import portrait.processes.live.Live;
import portrait.stages.accounts.Account;
import portrait.stages.accounts.Accounts;
import portrait.stages.accounts.Hierarchy;
import portrait.stages.activities.Activities;
import portrait.stages.enrichments.Enrichments;
import portrait.stages.events.Event;
import portrait.stages.events.EventQuery;
import portrait.stages.identity.CustomerKey;
import portrait.stages.identity.IdentityGraph;

/// The list of accounts, and each with its people.
final class AccountCards implements Door {

  private static final int PAGE = 50;
  private static final int PEOPLE = 24;
  private static final int FACTS = 3;
  private static final int EVENTS = 40;

  private final Renderer renderer;
  private final Cards cards;
  private final Accounts accounts;
  private final Enrichments enrichments;
  private final IdentityGraph identities;
  private final Database database;
  private final Live live;
  private final Definitions definitions;

  AccountCards(Renderer renderer, Cards cards, Accounts accounts, Enrichments enrichments,
      IdentityGraph identities, Database database, Live live, Definitions definitions) {
    this.enrichments = enrichments;
    this.live = live;
    this.definitions = definitions;
    this.renderer = renderer;
    this.cards = cards;
    this.accounts = accounts;
    this.identities = identities;
    this.database = database;
  }

  @Override
  public void routes(Routes routes) {
    routes.get("/accounts", needs(Permission.VIEW), this::all);
    routes.get("/accounts/{id}", needs(Permission.VIEW), this::one);
  }

  private Answer all(Request request) {
    String query = request.query("q").orElse("").strip();
    var page = database.read(tx -> accounts.page(tx, query, request.query("cursor").orElse(""), PAGE));
    return renderer.page(request, "accounts", renderer.text(request).of("nav.accounts"), "accounts",
        new AccountsPage(accounts.definition().isPresent(), query, page.accounts().stream()
            .map(account -> new AccountsPage.Row(account.id(), account.name(), facts(account),
                account.records().size(), account.contacts()))
            .toList(), Optional.ofNullable(page.next())));
  }

  private static String facts(Account account) {
    return account.attributes().values().stream().map(Account.Value::value)
        .filter(value -> !value.isBlank() && !value.equals(account.name())).limit(FACTS)
        .collect(Collectors.joining(" · "));
  }

  private Answer one(Request request) {
    String id = request.pathPart("id");
    var text = renderer.text(request);
    record Found(Account account, Hierarchy hierarchy, List<CustomersPage.Card> people) {}
    var found = database.read(tx -> accounts.find(tx, Identity.asked(Accounts.ACCOUNT, id))
        .map(account -> new Found(account, accounts.hierarchy(tx, account),
            cards.of(tx, text, accounts.contacts(tx, account, PEOPLE).stream()
                .flatMap(row -> identities.find(tx, row).stream()).map(CustomerKey::id).distinct().toList()))))
        .orElseThrow(() -> Problem.of(Problem.Code.NOT_FOUND, "there is no account %s".formatted(id),
            "Search for its name on the page Accounts.").asException());
    return found.account().id().equals(id)
        ? renderer.page(request, "account", found.account().name(), "accounts",
            page(found.account(), found.hierarchy(), found.people(), text))
        : Answer.seeOther("/accounts/" + found.account().id());
  }

  /// The newest of what all its people did, each with who did it.
  private List<AccountPage.Happened> timeline(List<CustomersPage.Card> people, Messages text) {
    record Done(CustomersPage.Card by, Event event) {}
    var entries = new TimelineEntries(definitions, text);
    var query = EventQuery.newest(EVENTS).without(Activities.hidden(definitions));
    return people.stream()
        .flatMap(person -> live.events(new Identity("customer", person.id()), query).stream()
            .flatMap(page -> page.events().stream()).map(event -> new Done(person, event)))
        .sorted(Comparator.comparing((Done done) -> done.event().timestamp()).reversed()
            .thenComparing(done -> done.by().id()).thenComparing(done -> done.event().id()))
        .limit(EVENTS).map(done -> new AccountPage.Happened(done.by().id(), done.by().face().name(),
            entries.of(done.event())))
        .toList();
  }

  private AccountPage page(Account account, Hierarchy hierarchy, List<CustomersPage.Card> people, Messages text) {
    return new AccountPage(account.id(), account.name(), account.attributes().entrySet().stream()
        .filter(entry -> !entry.getValue().value().isBlank())
        .map(entry -> new CustomerPage.Attribute(Messages.label(entry.getKey()), entry.getValue().value(),
            entry.getValue().source(), List.of()))
        .toList(), account.records().stream().map(AccountCards::record).toList(),
        account.links().stream().map(link -> new AccountPage.Reason(record(link.one()), record(link.other()),
            link.rule().isEmpty() ? text.of("account.shared")
                : link.score() < 1 ? text.of("customer.whyMatchedAt", link.rule(), link.score())
                    : text.of("customer.whyMatched", link.rule())))
            .toList(),
        account.previousIds(), people, account.contacts(), timeline(people, text),
        enrichments.engagement(account.id()), named(hierarchy.above()), named(hierarchy.below()),
        new AccountPage.Group(hierarchy.accounts(), hierarchy.contacts()));
  }

  private static List<AccountPage.Named> named(List<Account> accounts) {
    return accounts.stream().map(each -> new AccountPage.Named(each.id(), each.name(), each.contacts())).toList();
  }

  private static AccountPage.Record record(Identity row) {
    return new AccountPage.Record(row.namespace(), row.value());
  }
}
