package portrait.doors.web;

import static portrait.doors.http.Access.needs;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import portrait.doors.http.Answer;
import portrait.doors.http.Door;
import portrait.doors.http.Request;
import portrait.doors.http.Routes;
import portrait.foundation.definitions.Definition;
import portrait.foundation.definitions.Definitions;
import portrait.foundation.model.ProblemException;
import portrait.foundation.security.Permission;
import portrait.stages.sources.ColumnDefinition;
import portrait.stages.sources.Sources;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.MissingNode;
import tools.jackson.databind.node.ObjectNode;

/// Which tables become one customer table: their order of importance, whose rows become customers alone, which rows
/// take part. The form edits the Unification and leaves the rest of it as it was written; without one it makes the first.
final class UnifiedTables implements Door {

  private static final String ADDRESS = "/unify/tables";
  private static final String KIND = "Unification";
  private static final int LAST = 1_000;
  private static final int CUSTOM_MAX = 100;

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
        renderer.text(request).of("unifiedTables.title"), "unify",
        page(rows(), customId().path("name").asString(""), custom(), List.of())));
    routes.post(ADDRESS, contribute, this::change);
  }

  private List<UnifiedTablesPage.Row> rows() {
    var rows = new ArrayList<UnifiedTablesPage.Row>();
    var columns = new TreeMap<String, List<String>>();
    sources.tables().forEach(table -> columns.put(table.fullName(),
        table.columns().stream().map(ColumnDefinition::name).toList()));
    var ids = new HashMap<String, String>();
    customId().path("columns")
        .forEach(each -> ids.put(each.path("table").asString(""), each.path("column").asString("")));
    var known = known();
    known.forEach((table, written) -> rows.add(new UnifiedTablesPage.Row(table, true, rows.size() + 1,
        written.path("include_all").asBoolean(true), written.path("where").asString(""), ids.getOrDefault(table, ""),
        columns.getOrDefault(table, List.of()), List.of())));
    columns.forEach((table, of) -> {
      if (!known.containsKey(table)) {
        rows.add(new UnifiedTablesPage.Row(table, false, rows.size() + 1, true, "", "", of, List.of()));
      }
    });
    return rows;
  }

  private Answer change(Request request) {
    var text = renderer.text(request);
    var rows = rows().stream().map(row -> sent(request, row)).toList();
    String customId = request.form("customId").orElse("").strip();
    var custom = custom(request);
    try {
      definitions.apply(edited(rows, customId, custom), request.caller().name(), Editing.of(request));
      return Renderer.done("/unify", text.of("unifiedTables.saved"));
    } catch (ProblemException refused) {
      var mistakes = SentText.mistakes(refused.problem(), text);
      var marked = rows.stream()
          .map(row -> row.with(mistakes.stream().filter(mistake -> isAbout(mistake, row)).toList())).toList();
      return renderer.page(request, "unifiedTables", text.of("unifiedTables.title"), "unify",
          page(marked, customId, custom, mistakes.stream()
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
        request.form(known.table() + ":id").orElse(""), known.columns(), List.of());
  }

  private String edited(List<UnifiedTablesPage.Row> rows, String customId,
      List<UnifiedTablesPage.Custom> custom) {
    var before = definition();
    var known = known();
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
    spec.remove("custom_id");
    if (!customId.isEmpty()) {
      var columns = spec.putObject("custom_id").put("name", customId).putArray("columns");
      rows.stream().filter(row -> row.isUsed() && !row.id().isEmpty())
          .sorted(Comparator.comparingInt(UnifiedTablesPage.Row::order))
          .forEach(row -> columns.addObject().put("table", row.table()).put("column", row.id()));
    }
    spec.remove("custom");
    custom.stream().filter(each -> !each.table().isEmpty()).forEach(each -> spec.withArray("custom").addObject()
        .put("type", each.type()).put("table", each.table()));
    return Definition.document(KIND, before.map(Definition::name).orElse("customers"), spec);
  }

  private UnifiedTablesPage page(List<UnifiedTablesPage.Row> rows, String customId,
      List<UnifiedTablesPage.Custom> custom, List<String> mistakes) {
    return new UnifiedTablesPage(rows, customId, withEmpty(custom),
        rows.stream().map(UnifiedTablesPage.Row::table).sorted().toList(), mistakes);
  }

  /// Tables with what people decided, as they are written.
  private List<UnifiedTablesPage.Custom> custom() {
    var written = definition().map(definition -> definition.spec().path("custom")).orElse(MissingNode.getInstance());
    return IntStream.range(0, written.size()).mapToObj(place -> new UnifiedTablesPage.Custom(place,
        written.get(place).path("type").asString(""), written.get(place).path("table").asString(""))).toList();
  }

  /// Those that the form names; one without a table is taken away.
  private static List<UnifiedTablesPage.Custom> custom(Request request) {
    var sent = new ArrayList<UnifiedTablesPage.Custom>();
    for (int place = 0; place < CUSTOM_MAX; place++) {
      String table = request.form("custom-table-" + place).orElse("");
      if (!table.isEmpty()) {
        sent.add(new UnifiedTablesPage.Custom(sent.size(), request.form("custom-type-" + place).orElse(""), table));
      }
    }
    return sent;
  }

  private static List<UnifiedTablesPage.Custom> withEmpty(List<UnifiedTablesPage.Custom> custom) {
    return Stream.concat(custom.stream(), Stream.of(new UnifiedTablesPage.Custom(custom.size(), "always", "")))
        .toList();
  }

  private JsonNode customId() {
    return definition().map(definition -> definition.spec().path("custom_id")).orElse(MissingNode.getInstance());
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
