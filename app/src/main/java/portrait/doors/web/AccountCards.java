package portrait.doors.web;

import static portrait.doors.http.Access.needs;

import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
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
import portrait.stages.identity.CustomerKey;
import portrait.stages.identity.IdentityGraph;

/// The list of accounts, and each with its people.
final class AccountCards implements Door {

  private static final int PAGE = 50;
  private static final int PEOPLE = 24;
  private static final int FACTS = 3;

  private final Renderer renderer;
  private final Cards cards;
  private final Accounts accounts;
  private final IdentityGraph identities;
  private final Database database;

  AccountCards(Renderer renderer, Cards cards, Accounts accounts, IdentityGraph identities, Database database) {
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
    record Found(Account account, AccountPage page) {}
    var found = database.read(tx -> accounts.find(tx, new Identity(Accounts.ACCOUNT, id))
        .map(account -> new Found(account, page(tx, account, text)))).orElseThrow(
            () -> Problem.of(Problem.Code.NOT_FOUND, "there is no account %s".formatted(id),
                "Search for its name on the page Accounts.").asException());
    return found.account().id().equals(id)
        ? renderer.page(request, "account", found.account().name(), "accounts", found.page())
        : Answer.seeOther("/accounts/" + found.account().id());
  }

  private AccountPage page(Transaction tx, Account account, Messages text) {
    var people = accounts.contacts(tx, account, PEOPLE).stream()
        .flatMap(row -> identities.find(tx, row).stream()).map(CustomerKey::id).distinct().toList();
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
        account.previousIds(), cards.of(tx, text, people), account.contacts());
  }

  private static AccountPage.Record record(Identity row) {
    return new AccountPage.Record(row.namespace(), row.value());
  }
}
