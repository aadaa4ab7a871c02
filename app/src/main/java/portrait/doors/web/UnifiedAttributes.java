package portrait.doors.web;

import static portrait.doors.http.Access.needs;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Collectors;
import portrait.doors.http.Answer;
import portrait.doors.http.Door;
import portrait.doors.http.Request;
import portrait.doors.http.Routes;
import portrait.foundation.definitions.Definition;
import portrait.foundation.definitions.Definitions;
import portrait.foundation.model.Problem;
import portrait.foundation.model.ProblemException;
import portrait.foundation.security.Permission;
import portrait.stages.sources.ColumnDefinition;
import portrait.stages.sources.Sources;
import portrait.stages.sources.TableDefinition;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/// What the columns of unified tables become: left out, renamed, put together under one name or kept apart under two.
/// And which of several rows of one person wins. The form edits the Unification and leaves the rest as it was written.
final class UnifiedAttributes implements Door {

  private static final String ADDRESS = "/unify/attributes";
  private static final String KIND = "Unification";
  private static final String MOST_FILLED = "most_filled";

  private final Renderer renderer;
  private final Sources sources;
  private final Definitions definitions;

  UnifiedAttributes(Renderer renderer, Sources sources, Definitions definitions) {
    this.renderer = renderer;
    this.sources = sources;
    this.definitions = definitions;
  }

  @Override
  public void routes(Routes routes) {
    var contribute = needs(Permission.CONTRIBUTE);
    routes.get(ADDRESS, contribute, request -> renderer.page(request, "unifiedAttributes",
        renderer.text(request).of("unifiedAttributes.title"), "unify",
        new UnifiedAttributesPage(tables(), List.of())));
    routes.post(ADDRESS, contribute, this::change);
  }

  private Answer change(Request request) {
    var text = renderer.text(request);
    var tables = tables().stream().map(table -> marked(sent(request, table))).toList();
    boolean isTwice = tables.stream().flatMap(table -> table.columns().stream())
        .anyMatch(UnifiedAttributesPage.Column::isTwice);
    try {
      if (isTwice) {
        throw Problem.of(Problem.Code.INVALID_PARAMETER, text.of("unifiedAttributes.twice"),
            text.of("unifiedAttributes.twiceHint")).asException();
      }
      definitions.apply(edited(tables), request.caller().name(), Editing.of(request));
      return Renderer.done("/unify", text.of("unifiedTables.saved"));
    } catch (ProblemException refused) {
      return renderer.page(request, "unifiedAttributes", text.of("unifiedAttributes.title"), "unify",
          new UnifiedAttributesPage(tables, isTwice ? List.of() : SentText.mistakes(refused.problem(), text)),
          refused.problem());
    }
  }

  private List<UnifiedAttributesPage.Table> tables() {
    var tables = new ArrayList<UnifiedAttributesPage.Table>();
    int place = 0;
    for (var written : definition().spec().path("tables")) {
      String name = written.path("table").asString("");
      var preferences = written.path("deduplicate").path("columns");
      var columns = new ArrayList<UnifiedAttributesPage.Column>();
      for (String column : columns(name)) {
        columns.add(new UnifiedAttributesPage.Column(place++, column, attributes(written, column),
            winner(preferences.path(column), ""), false));
      }
      tables.add(new UnifiedAttributesPage.Table(name, winner(written.path("deduplicate"), MOST_FILLED),
          written.path("deduplicate").path("by").asString(""), columns));
    }
    return tables;
  }

  private List<String> columns(String table) {
    return sources.table(table).stream().flatMap(state -> state.columns().stream()).map(ColumnDefinition::name)
        .filter(column -> !column.equals(TableDefinition.LINE_NUMBER)).toList();
  }

  private static String attributes(JsonNode table, String column) {
    if (table.path("attributes").isEmpty()) {
      return isExcluded(table, column) ? "" : column;
    }
    return table.path("attributes").properties().stream()
        .filter(entry -> entry.getValue().asString("").equalsIgnoreCase(column)).map(Map.Entry::getKey)
        .collect(Collectors.joining(", "));
  }

  private static boolean isExcluded(JsonNode table, String column) {
    return table.path("exclude").valueStream().anyMatch(each -> each.asString("").equalsIgnoreCase(column));
  }

  private static String winner(JsonNode preference, String absent) {
    return preference.isString() ? preference.asString() : preference.path("winner").asString(absent);
  }

  private static UnifiedAttributesPage.Table sent(Request request, UnifiedAttributesPage.Table table) {
    return new UnifiedAttributesPage.Table(table.name(), request.form(table.name() + ":winner").orElse(table.winner()),
        request.form(table.name() + ":by").orElse(""), table.columns().stream()
            .map(column -> new UnifiedAttributesPage.Column(column.place(), column.name(),
                String.join(", ", names(request.form("attributes-" + column.place()).orElse(""))),
                request.form("winner-" + column.place()).orElse(""), false))
            .toList());
  }

  private static List<String> names(String written) {
    return Arrays.stream(written.split(",")).map(String::strip).filter(name -> !name.isEmpty()).distinct().toList();
  }

  /// Marks columns that become what another one of their table becomes already.
  private static UnifiedAttributesPage.Table marked(UnifiedAttributesPage.Table table) {
    var seen = new TreeSet<String>(String.CASE_INSENSITIVE_ORDER);
    return new UnifiedAttributesPage.Table(table.name(), table.winner(), table.by(), table.columns().stream()
        .map(column -> new UnifiedAttributesPage.Column(column.place(), column.name(), column.attributes(),
            column.winner(), names(column.attributes()).stream().filter(name -> !seen.add(name)).count() > 0))
        .toList());
  }

  private String edited(List<UnifiedAttributesPage.Table> tables) {
    Map<String, UnifiedAttributesPage.Table> byName = tables.stream()
        .collect(Collectors.toMap(UnifiedAttributesPage.Table::name, Function.identity(), (one, _) -> one));
    return definition().edited(spec -> spec.path("tables").forEach(written -> {
      var table = Optional.ofNullable(byName.get(written.path("table").asString("")))
          .filter(found -> !found.columns().isEmpty());
      table.ifPresent(found -> {
        map((ObjectNode) written, found);
        prefer((ObjectNode) written, found);
      });
    }));
  }

  /// Where no column has another name, it is said which are left out, so that new columns of the table come along.
  private static void map(ObjectNode written, UnifiedAttributesPage.Table table) {
    boolean isListed = !written.path("attributes").isEmpty() || table.columns().stream()
        .anyMatch(column -> !column.attributes().isEmpty() && !column.attributes().equals(column.name()));
    if (isListed) {
      written.remove("exclude");
      var attributes = written.putObject("attributes");
      table.columns()
          .forEach(column -> names(column.attributes()).forEach(name -> attributes.put(name, column.name())));
      return;
    }
    var excluded = table.columns().stream().filter(column -> column.attributes().isEmpty())
        .map(UnifiedAttributesPage.Column::name).toList();
    written.remove("exclude");
    if (!excluded.isEmpty()) {
      excluded.forEach(written.putArray("exclude")::add);
    }
  }

  private static void prefer(ObjectNode written, UnifiedAttributesPage.Table table) {
    var before = written.path("deduplicate").deepCopy();
    var deduplicate = before instanceof ObjectNode known ? known : JsonMapper.shared().createObjectNode();
    put(deduplicate, "winner", table.winner().equals(MOST_FILLED) ? "" : table.winner());
    put(deduplicate, "by", table.by());
    var known = new HashMap<String, JsonNode>();
    deduplicate.path("columns").properties().forEach(entry -> known.put(entry.getKey(), entry.getValue()));
    var columns = new LinkedHashMap<String, JsonNode>();
    var listed = new HashSet<String>();
    for (var column : table.columns()) {
      listed.add(column.name());
      if (!column.winner().isEmpty()) {
        var was = known.get(column.name());
        columns.put(column.name(), was instanceof ObjectNode one ? one.put("winner", column.winner())
            : JsonMapper.shared().getNodeFactory().stringNode(column.winner()));
      }
    }
    known.forEach((column, preference) -> {
      if (!listed.contains(column)) {
        columns.put(column, preference);
      }
    });
    deduplicate.remove("columns");
    if (!columns.isEmpty()) {
      deduplicate.putObject("columns").setAll(columns);
    }
    if (deduplicate.isEmpty()) {
      written.remove("deduplicate");
    } else {
      written.set("deduplicate", deduplicate);
    }
  }

  private static void put(ObjectNode node, String member, String value) {
    if (value.isEmpty()) {
      node.remove(member);
    } else {
      node.put(member, value);
    }
  }

  private Definition definition() {
    return definitions.list(KIND).stream().findFirst().orElseThrow(() -> Problem.of(Problem.Code.NOT_FOUND,
        "there is no Unification yet", "Choose its tables on the page Tables and order.").asException());
  }
}
