package portrait.doors.web;

import static portrait.doors.http.Access.needs;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import portrait.doors.http.Answer;
import portrait.doors.http.Door;
import portrait.doors.http.Request;
import portrait.doors.http.Routes;
import portrait.foundation.definitions.Definition;
import portrait.foundation.definitions.Definitions;
import portrait.foundation.model.ProblemException;
import portrait.foundation.security.Permission;
import portrait.stages.sources.Sources;
import portrait.stages.sources.TableState;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/// Which tables become one customer table: their order of importance, whose rows become customers alone, which rows
/// take part. The form edits the Unification and leaves the rest of it as it was written; without one it makes the first.
final class UnifiedTables implements Door {

  private static final String ADDRESS = "/unify/tables";
  private static final String KIND = "Unification";
  private static final int LAST = 1_000;

  private final Renderer renderer;
  private final Sources sources;
  private final Definitions definitions;

  UnifiedTables(Renderer renderer, Sources sources, Definitions definitions) {
    this.renderer = renderer;
    this.sources = sources;
    this.definitions = definitions;
  }

  @Override
  public void routes(Routes routes) {
    var contribute = needs(Permission.CONTRIBUTE);
    routes.get(ADDRESS, contribute, request -> renderer.page(request, "unifiedTables",
        renderer.text(request).of("unifiedTables.title"), "unify", new UnifiedTablesPage(rows(), List.of())));
    routes.post(ADDRESS, contribute, this::change);
  }

  private List<UnifiedTablesPage.Row> rows() {
    var rows = new ArrayList<UnifiedTablesPage.Row>();
    Set<String> others = sources.tables().stream().map(TableState::fullName)
        .collect(Collectors.toCollection(TreeSet::new));
    known().forEach((table, written) -> {
      others.remove(table);
      rows.add(new UnifiedTablesPage.Row(table, true, rows.size() + 1, written.path("include_all").asBoolean(true),
          written.path("where").asString(""), List.of()));
    });
    others.forEach(table -> rows.add(new UnifiedTablesPage.Row(table, false, rows.size() + 1, true, "", List.of())));
    return rows;
  }

  private Answer change(Request request) {
    var text = renderer.text(request);
    var rows = rows().stream().map(row -> sent(request, row)).toList();
    try {
      definitions.apply(edited(rows).toString(), request.caller().name());
      return Renderer.done("/unify", text.of("unifiedTables.saved"));
    } catch (ProblemException refused) {
      var mistakes = SentText.mistakes(refused.problem(), text);
      var marked = rows.stream().map(row -> new UnifiedTablesPage.Row(row.table(), row.isUsed(), row.order(),
          row.includeAll(), row.where(), mistakes.stream().filter(mistake -> isAbout(mistake, row)).toList())).toList();
      return renderer.page(request, "unifiedTables", text.of("unifiedTables.title"), "unify",
          new UnifiedTablesPage(marked, mistakes.stream()
              .filter(mistake -> rows.stream().noneMatch(row -> isAbout(mistake, row))).toList()),
          refused.problem());
    }
  }

  private static boolean isAbout(String mistake, UnifiedTablesPage.Row row) {
    return mistake.contains("where of %s".formatted(row.table())) || mistake.contains("'%s'".formatted(row.table()));
  }

  private static UnifiedTablesPage.Row sent(Request request, UnifiedTablesPage.Row known) {
    String order = request.form(known.table() + ":order").orElse("").strip();
    return new UnifiedTablesPage.Row(known.table(), request.form(known.table() + ":use").isPresent(),
        order.matches("[0-9]{1,4}") ? Integer.parseInt(order) : LAST,
        request.form(known.table() + ":all").isPresent(), request.form(known.table() + ":where").orElse("").strip(),
        List.of());
  }

  private ObjectNode edited(List<UnifiedTablesPage.Row> rows) {
    var before = definition();
    var known = known();
    var whole = JsonMapper.shared().createObjectNode().put("kind", KIND).put("name",
        before.map(Definition::name).orElse("customers"));
    var spec = before.map(definition -> (ObjectNode) definition.spec().deepCopy())
        .orElseGet(() -> JsonMapper.shared().createObjectNode());
    var tables = spec.putArray("tables");
    rows.stream().filter(UnifiedTablesPage.Row::isUsed).sorted(Comparator.comparingInt(UnifiedTablesPage.Row::order))
        .forEach(row -> {
          var table = known.containsKey(row.table()) ? known.get(row.table()).deepCopy()
              : JsonMapper.shared().createObjectNode().put("table", row.table());
          if (row.includeAll()) {
            table.remove("include_all");
          } else {
            table.put("include_all", false);
          }
          if (row.where().isEmpty()) {
            table.remove("where");
          } else {
            table.put("where", row.where());
          }
          tables.add(table);
        });
    whole.set("spec", spec);
    return whole;
  }

  private Map<String, ObjectNode> known() {
    var known = new LinkedHashMap<String, ObjectNode>();
    definition().ifPresent(definition -> definition.spec().path("tables")
        .forEach(table -> known.put(table.path("table").asString(""), (ObjectNode) table)));
    return known;
  }

  private Optional<Definition> definition() {
    return definitions.list(KIND).stream().findFirst();
  }
}
