package portrait.doors.web;

import static portrait.doors.http.Access.needs;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import portrait.doors.http.Answer;
import portrait.doors.http.Door;
import portrait.doors.http.Request;
import portrait.doors.http.Routes;
import portrait.foundation.definitions.Definition;
import portrait.foundation.definitions.Definitions;
import portrait.foundation.model.ColumnType;
import portrait.foundation.model.Problem;
import portrait.foundation.model.ProblemException;
import portrait.foundation.security.Permission;
import portrait.processes.repair.Repair;
import portrait.stages.consent.Purpose;
import portrait.stages.identity.Namespace;
import portrait.stages.sources.ColumnDefinition;
import portrait.stages.sources.Sources;
import portrait.stages.sources.TableDefinition;
import portrait.stages.sources.TableState;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/// The columns of one source table: what each holds and means, whose identity it is, which of them are read. The form
/// edits the definition and leaves the rest of it as it was written.
final class TableColumns implements Door {

  private static final String ADDRESS = "/tables/{table}/columns";
  private static final int COLUMNS_MAX = 1_000;

  private final Renderer renderer;
  private final Sources sources;
  private final Definitions definitions;
  private final Repair repair;

  TableColumns(Renderer renderer, Sources sources, Definitions definitions, Repair repair) {
    this.renderer = renderer;
    this.sources = sources;
    this.definitions = definitions;
    this.repair = repair;
  }

  @Override
  public void routes(Routes routes) {
    var contribute = needs(Permission.CONTRIBUTE);
    routes.get(ADDRESS, contribute, request -> {
      var table = table(request);
      return renderer.page(request, "columns", table.title(), "tables", page(table, rows(table), List.of()));
    });
    routes.post(ADDRESS, contribute, this::change);
  }

  private Answer change(Request request) {
    var table = table(request);
    var text = renderer.text(request);
    var rows = sent(request, table);
    if (request.form("do").filter("suggest"::equals).isPresent()) {
      return renderer.page(request, "columns", table.title(), "tables",
          page(table, rows.stream().map(TableColumns::suggested).toList(), List.of()));
    }
    try {
      definitions.apply(edited(table, rows), request.caller().name(), Editing.of(request));
      return Renderer.done("/tables/" + table.fullName(), text.of("columns.saved"));
    } catch (ProblemException refused) {
      var mistakes = SentText.mistakes(refused.problem(), text);
      var marked = marked(rows, mistakes);
      return renderer.page(request, "columns", table.title(), "tables", page(table, marked, mistakes.stream()
          .filter(mistake -> marked.stream().noneMatch(row -> row.mistakes().contains(mistake))).toList()),
          refused.problem());
    }
  }

  /// Each mistake that names a column by its place stands beside that column.
  private static List<ColumnsPage.Row> marked(List<ColumnsPage.Row> rows, List<String> mistakes) {
    var marked = new ArrayList<ColumnsPage.Row>();
    int place = 0;
    for (var row : rows) {
      if (!row.isIncluded() || row.isEmpty()) {
        marked.add(row);
        continue;
      }
      String path = "columns[%d]".formatted(place++);
      marked.add(row.withMistakes(mistakes.stream().filter(mistake -> mistake.contains(path)).toList()));
    }
    return marked;
  }

  private static ColumnsPage.Row suggested(ColumnsPage.Row row) {
    boolean isOpen = row.semantic().isEmpty() && !row.suggested().isEmpty();
    return !isOpen ? row
        : new ColumnsPage.Row(row.was(), row.inFile(), row.name(), row.type(), row.suggested(),
            row.identity().isEmpty() ? Sources.identityOf(row.suggested()).orElse("") : row.identity(), row.consent(),
            row.isKey(), row.isIncluded(), "", row.mistakes());
  }

  private ColumnsPage page(TableState table, List<ColumnsPage.Row> rows, List<String> mistakes) {
    return new ColumnsPage(table.fullName(), rows, Arrays.stream(ColumnType.values()).map(TableColumns::text).toList(),
        Sources.meanings(), repair.namespaces().stream().map(Namespace::name).filter(name -> name.indexOf('.') < 0)
            .toList(),
        definitions.all(Purpose.KIND), mistakes);
  }

  private List<ColumnsPage.Row> rows(TableState table) {
    var meanings = sources.meaningsOf(table.fullName());
    var key = sources.definition(table.fullName()).map(TableDefinition::key).orElse(List.of());
    return Stream.concat(columns(table).map(column -> new ColumnsPage.Row(column.name(), column.inFile(), column.name(),
        text(column.type()), column.semantic().orElse(""), column.identity().orElse(""), column.consent().orElse(""),
        key.contains(column.name()),
        true, column.semantic().isPresent() ? "" : meanings.getOrDefault(column.name(), ""), List.of())),
        Stream.of(new ColumnsPage.Row("", "", "", text(ColumnType.STRING), "", "", "", false, true, "", List.of())))
        .toList();
  }

  /// Those of the definition, which may have changed since the table was loaded; those found in the file where it names
  /// none.
  private Stream<ColumnDefinition> columns(TableState table) {
    var defined = sources.definition(table.fullName()).map(TableDefinition::columns).orElse(List.of());
    return (defined.isEmpty() ? table.columns() : defined).stream()
        .filter(column -> !column.name().equals(TableDefinition.LINE_NUMBER));
  }

  private List<ColumnsPage.Row> sent(Request request, TableState table) {
    Map<String, String> meanings = sources.meaningsOf(table.fullName());
    return IntStream.range(0, COLUMNS_MAX).takeWhile(place -> request.form("was-" + place).isPresent())
        .mapToObj(place -> {
          String was = field(request, "was", place);
          String semantic = field(request, "semantic", place);
          return new ColumnsPage.Row(was, field(request, "from", place), field(request, "name", place),
              field(request, "type", place), semantic, field(request, "identity", place),
              request.form("consent-" + place).orElseGet(() -> consent(table, was)),
              request.form("key-" + place).isPresent(), request.form("include-" + place).isPresent(),
              semantic.isEmpty() ? meanings.getOrDefault(was, "") : "", List.of());
        }).toList();
  }

  /// What is written of it; the form asks only where there are purposes.
  private String consent(TableState table, String was) {
    return columns(table).filter(column -> column.name().equals(was)).findFirst().flatMap(ColumnDefinition::consent)
        .orElse("");
  }

  private static String field(Request request, String name, int place) {
    return request.form(name + "-" + place).orElse("").strip();
  }

  private String edited(TableState table, List<ColumnsPage.Row> rows) {
    int dot = table.fullName().indexOf('.');
    Definition source = definitions.find("Source", table.fullName().substring(0, dot)).orElseThrow();
    return source.edited(spec -> {
      for (var each : spec.path("tables")) {
        if (each instanceof ObjectNode one
            && one.path("name").asString("").equals(table.fullName().substring(dot + 1))) {
          edit(one, table, rows.stream().filter(row -> row.isIncluded() && !row.isEmpty()).toList());
        }
      }
    });
  }

  private void edit(ObjectNode written, TableState table, List<ColumnsPage.Row> rows) {
    var before = written.path("columns").deepCopy();
    var columns = written.putArray("columns");
    for (var row : rows) {
      columns.add(edited(known(before, table, row), row));
    }
    var key = rows.stream().filter(ColumnsPage.Row::isKey).map(ColumnsPage.Row::name).toList();
    if (key.size() > 1) {
      key.forEach(written.putArray("key")::add);
    } else {
      written.put("key", key.isEmpty() ? TableDefinition.LINE_NUMBER : key.getFirst());
    }
  }

  /// The column as it is written; as it was found where nothing is written.
  private ObjectNode known(JsonNode before, TableState table, ColumnsPage.Row row) {
    for (var column : before) {
      if (column instanceof ObjectNode one && one.path("name").asString("").equals(row.was())) {
        return one;
      }
    }
    var found = JsonMapper.shared().createObjectNode();
    columns(table).filter(column -> column.name().equals(row.was())).findFirst().ifPresent(column -> {
      column.from().ifPresent(from -> found.put("from", from));
      column.format().ifPresent(format -> found.put("format", format));
      column.zone().ifPresent(zone -> found.put("zone", zone.getId()));
    });
    return found;
  }

  private static ObjectNode edited(ObjectNode known, ColumnsPage.Row row) {
    var column = JsonMapper.shared().createObjectNode().put("name", row.name());
    column.setAll(known);
    column.put("name", row.name());
    put(column, "type", row.type().equals(text(ColumnType.STRING)) ? "" : row.type());
    put(column, "from", row.inFile().equals(row.name()) ? "" : row.inFile());
    put(column, "semantic", row.semantic());
    put(column, "identity", row.identity());
    put(column, "consent", row.consent());
    if (!row.type().equals(text(ColumnType.DATE)) && !row.type().equals(text(ColumnType.TIMESTAMP))) {
      column.remove(List.of("format", "zone"));
    }
    return column;
  }

  private static void put(ObjectNode column, String member, String value) {
    if (value.isEmpty()) {
      column.remove(member);
    } else {
      column.put(member, value);
    }
  }

  private static String text(ColumnType type) {
    return type.name().toLowerCase(Locale.ROOT);
  }

  private TableState table(Request request) {
    String name = request.pathPart("table");
    Optional<TableState> found = sources.table(name);
    return found.orElseThrow(() -> Problem.of(Problem.Code.NOT_FOUND, "there is no table %s".formatted(name),
        "A Source definition makes it.").asException());
  }
}
