package portrait.doors.web;

import static portrait.doors.http.Access.needs;

import java.util.List;
import java.util.Optional;
import portrait.doors.http.Answer;
import portrait.doors.http.Door;
import portrait.doors.http.Request;
import portrait.doors.http.Routes;
import portrait.foundation.database.Database;
import portrait.foundation.database.Transaction;
import portrait.foundation.model.CustomerId;
import portrait.foundation.model.Problem;
import portrait.foundation.security.Permission;
import portrait.stages.unification.Household;
import portrait.stages.unification.Unification;

/// The list of households, and each with its members and why they are related.
final class HouseholdCards implements Door {

  private static final int PAGE = 50;
  private static final int NAMED = 4;

  private final Renderer renderer;
  private final Cards cards;
  private final Unification unification;
  private final Database database;

  HouseholdCards(Renderer renderer, Cards cards, Unification unification, Database database) {
    this.renderer = renderer;
    this.cards = cards;
    this.unification = unification;
    this.database = database;
  }

  @Override
  public void routes(Routes routes) {
    routes.get("/households", needs(Permission.VIEW).withPatience(), this::all);
    routes.get("/households/{id}", needs(Permission.VIEW), this::one);
  }

  private Answer all(Request request) {
    var text = renderer.text(request);
    var page = unification.households(request.query("cursor").orElse(""), PAGE);
    var rows = database.read(tx -> page.households().stream().map(household -> row(tx, text, household)).toList());
    return renderer.page(request, "households", text.of("nav.households"), "households",
        new HouseholdsPage(rows, page.total(), Optional.of(page.next()).filter(next -> !next.isEmpty())));
  }

  private HouseholdsPage.Row row(Transaction tx, Messages text, Household household) {
    var named = cards.of(tx, text, household.customers().stream().limit(NAMED).toList());
    return new HouseholdsPage.Row(household.id(), named.stream().map(card -> card.face().name()).toList(),
        household.customers().size(), Math.max(0, household.customers().size() - NAMED));
  }

  private Answer one(Request request) {
    String id = request.pathPart("id");
    var household = unification.household(List.of(CustomerId.of(id))).orElseThrow(() -> Problem.of(
        Problem.Code.NOT_FOUND, "there is no household of customer %s".formatted(id),
        "Households are listed on the page Households; a refresh makes them anew.").asException());
    if (!household.id().equals(id)) {
      return Answer.seeOther("/households/" + household.id());
    }
    var text = renderer.text(request);
    var members = database.read(tx -> cards.of(tx, text, household.customers()));
    String name = members.isEmpty() ? id : text.of("household.of", members.getFirst().face().name());
    return renderer.page(request, "household", name, "households",
        new HouseholdPage(name, members, unification.ties(household)));
  }
}
