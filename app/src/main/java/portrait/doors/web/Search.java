package portrait.doors.web;

import static portrait.doors.http.Access.needs;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Stream;
import portrait.doors.http.Answer;
import portrait.doors.http.Door;
import portrait.doors.http.Request;
import portrait.doors.http.Routes;
import portrait.foundation.database.Database;
import portrait.foundation.database.Transaction;
import portrait.foundation.definitions.Definition;
import portrait.foundation.definitions.Definitions;
import portrait.foundation.model.CustomerId;
import portrait.foundation.model.Identity;
import portrait.foundation.security.Permission;
import portrait.processes.live.Live;

/// One search for everything: customers by name or any id, definitions by name or title.
final class Search implements Door {

  private static final int CUSTOMERS_SHOWN = 6;
  private static final int DEFINITIONS_SHOWN = 8;

  private final Renderer renderer;
  private final Cards cards;
  private final Live live;
  private final Definitions definitions;
  private final Database database;

  Search(Renderer renderer, Cards cards, Live live, Definitions definitions, Database database) {
    this.renderer = renderer;
    this.cards = cards;
    this.live = live;
    this.definitions = definitions;
    this.database = database;
  }

  @Override
  public void routes(Routes routes) {
    routes.get("/search", needs(Permission.VIEW), this::search);
  }

  private Answer search(Request request) {
    String query = request.query("q").orElse("").strip();
    var text = renderer.text(request);
    var page = query.isEmpty() ? new SearchPage("", List.of(), false, List.of(), false) : found(query, text);
    return request.isFragment() ? renderer.part(request, "found", "page", page)
        : renderer.page(request, "search", text.of("search.title"), "search", page);
  }

  private SearchPage found(String query, Messages text) {
    var customers = database.read(transaction -> customers(transaction, query, text));
    var named = definitions(query);
    return new SearchPage(query, customers.stream().limit(CUSTOMERS_SHOWN).toList(),
        customers.size() > CUSTOMERS_SHOWN, named.stream().limit(DEFINITIONS_SHOWN).toList(),
        named.size() > DEFINITIONS_SHOWN);
  }

  /// A CustomerId, also one given up in a merge, finds its customer; all else is looked for in attributes and identities.
  private List<CustomersPage.Card> customers(Transaction transaction, String query, Messages text) {
    return customerId(query).flatMap(id -> live.find(new Identity("customer", id.toString())))
        .map(portrait -> cards.of(transaction, text, List.of(portrait.customerId())))
        .orElseGet(() -> cards.search(transaction, text, query, Optional.empty(), Optional.empty()).cards());
  }

  private static Optional<CustomerId> customerId(String query) {
    try {
      return Optional.of(new CustomerId(UUID.fromString(query)));
    } catch (IllegalArgumentException _) {
      return Optional.empty();
    }
  }

  /// Those whose name or title begins so come before those that have it somewhere.
  private List<SearchPage.Named> definitions(String query) {
    String wanted = query.toLowerCase(Locale.ROOT);
    var first = new ArrayList<SearchPage.Named>();
    var rest = new ArrayList<SearchPage.Named>();
    definitions.kinds().stream().flatMap(kind -> definitions.list(kind).stream()).forEach(definition -> {
      String title = definition.spec().path("title").asString(definition.name());
      var words = Stream.of(definition.name(), title).map(word -> word.toLowerCase(Locale.ROOT)).toList();
      if (words.stream().anyMatch(word -> word.startsWith(wanted))) {
        first.add(named(definition, title));
      } else if (words.stream().anyMatch(word -> word.contains(wanted))) {
        rest.add(named(definition, title));
      }
    });
    return Stream.concat(first.stream(), rest.stream()).toList();
  }

  /// Kinds with a page of their own are shown there, the others as they are written.
  private static SearchPage.Named named(Definition definition, String title) {
    String place = switch (definition.kind()) {
      case "Segment" -> "/segments/";
      case "Measure" -> "/measures/";
      case "Activity" -> "/activities/";
      case "Export" -> "/exports/";
      default -> "/definitions/" + definition.kind() + "/";
    };
    return new SearchPage.Named(definition.kind(), title, place + definition.name());
  }
}
