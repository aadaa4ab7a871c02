package portrait.stages.sources;

import java.nio.charset.Charset;
import java.nio.charset.IllegalCharsetNameException;
import java.nio.charset.UnsupportedCharsetException;
import java.time.DateTimeException;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Stream;
import portrait.foundation.connections.Connections;
import portrait.foundation.definitions.Definitions;
import portrait.foundation.definitions.Kind;
import portrait.foundation.model.ColumnType;
import portrait.foundation.model.Problem;
import portrait.stages.sources.readers.CsvOptions;
import portrait.stages.sources.readers.FileFormat;
import tools.jackson.databind.JsonNode;

/// Reads `Source` definitions. The schema has checked the shape; here is what a schema cannot say.
final class SourceKind implements Kind<SourceDefinition> {

  private static final double CORRUPT_LIMIT = 0.05;

  @Override
  public String name() {
    return "Source";
  }

  @Override
  public SourceDefinition parse(String name, JsonNode spec) {
    var reading = new Reading(name);
    reading.name("", name);
    var tables = new ArrayList<TableDefinition>();
    var names = new HashSet<String>();
    for (int i = 0; i < spec.path("tables").size(); i++) {
      String path = "tables[%d]".formatted(i);
      var table = reading.table(path, spec.path("tables").get(i));
      if (!names.add(table.name().toLowerCase(Locale.ROOT))) {
        reading.wrong(path + ".name", table.name(), "unique in the source, ignoring case");
      }
      tables.add(table);
    }
    reading.throwIfWrong();
    return new SourceDefinition(name, spec.path("title").asString(name), tables);
  }

  /// `a_b.c` and `a.b_c` would share a table of the warehouse.
  @Override
  public List<Problem> check(SourceDefinition parsed, Definitions others) {
    var owners = new HashMap<String, String>();
    var problems = new ArrayList<Problem>();
    others.all(this).stream().filter(other -> !other.name().equals(parsed.name()))
        .flatMap(each -> each.tables().stream())
        .forEach(table -> {
          owners.put(table.warehouseName().toLowerCase(Locale.ROOT), table.fullName());
          owners.put(table.corruptName().toLowerCase(Locale.ROOT), table.fullName());
        });
    connections(parsed).filter(name -> others.one(Connections.KIND, name).isEmpty())
        .forEach(name -> problems.add(Problem.of(Problem.Code.INVALID_DEFINITION,
            "Source %s: connection was '%s' but there is none of that name".formatted(parsed.name(), name))));
    for (var table : parsed.tables()) {
      for (String name : List.of(table.warehouseName(), table.corruptName())) {
        String owner = owners.putIfAbsent(name.toLowerCase(Locale.ROOT), table.fullName());
        if (owner != null) {
          problems.add(Problem.of(Problem.Code.INVALID_DEFINITION,
              "Source %s: table %s would share the warehouse table %s with %s".formatted(parsed.name(), table.name(),
                  name, owner),
              "Give one of them another name."));
        }
      }
    }
    return problems;
  }

  @Override
  public List<String> uses(SourceDefinition source) {
    return connections(source).map(name -> Connections.KIND.name() + "/" + name).toList();
  }

  static Stream<String> connections(SourceDefinition source) {
    return source.tables().stream().flatMap(table -> table.connection().stream()).distinct();
  }

  /// One definition being read; all that is wrong with it is told at once.
  private static final class Reading {

    private final String source;
    private final List<String> wrong = new ArrayList<>();

    Reading(String source) {
      this.source = source;
    }

    void wrong(String path, Object found, String right) {
      wrong
          .add("Source %s: %s was '%s' but must be %s".formatted(source, path.isEmpty() ? "name" : path, found, right));
    }

    void throwIfWrong() {
      if (!wrong.isEmpty()) {
        var problem = Problem.of(Problem.Code.INVALID_DEFINITION, String.join("\n", wrong));
        throw problem.asException();
      }
    }

    void name(String path, String name) {
      if (!Names.isClean(name)) {
        wrong(path, name, Names.RULE);
      }
    }

    TableDefinition table(String path, JsonNode spec) {
      String name = spec.path("name").asString("");
      name(path + ".name", name);
      var columns = new ArrayList<ColumnDefinition>();
      var used = new HashSet<String>();
      for (int i = 0; i < spec.path("columns").size(); i++) {
        String at = "%s.columns[%d]".formatted(path, i);
        var column = column(at, spec.path("columns").get(i));
        if (!used.add(column.name().toLowerCase(Locale.ROOT))) {
          wrong(at + ".name", column.name(), "unique in the table, ignoring case");
        }
        columns.add(column);
      }
      var table = new TableDefinition(source, name, spec.path("title").asString(name),
          text(spec, "format").map(FileFormat::of), csv(path + ".csv", spec.path("csv")), text(spec, "path"),
          text(spec, "connection"), text(spec, "query"), texts(spec.path("key")), text(spec, "updated"),
          "upsert".equals(spec.path("mode").asString("replace"))
              ? LoadMode.UPSERT
              : LoadMode.REPLACE,
          share(path + ".corrupt_limit", spec.path("corrupt_limit")), columns);
      key(path, table, used);
      if (table.connection().isPresent() && !table.isFetched()) {
        wrong(path + ".path", "",
            "there: a file or a pattern, as the connection names its files, or a table of its database");
      }
      if (table.query().isPresent() && (table.connection().isEmpty() || table.path().isPresent())) {
        wrong(path + ".query", table.query().orElseThrow(),
            "absent: it stands instead of path, beside a connection to a database");
      }
      return table;
    }

    private void key(String path, TableDefinition table, HashSet<String> columns) {
      if (columns.contains(TableDefinition.LINE_NUMBER)) {
        wrong(path + ".columns", TableDefinition.LINE_NUMBER, "other names: this one is kept for the line of the file");
      }
      if (table.isKeyedByLine()) {
        if (table.mode() != LoadMode.REPLACE) {
          wrong(path + ".mode", "upsert", "replace, because a line number says nothing about the rows of another file");
        }
        return;
      }
      for (String key : table.key()) {
        var column = table.columns().stream().filter(each -> each.name().equals(key)).findFirst();
        if (column.isEmpty() && !table.columns().isEmpty()) {
          wrong(path + ".key", key, "one of the table's columns, or line_number alone when rows have no key");
        }
        column.filter(each -> switch (each.type()) {
          case STRING, INTEGER, DATE, TIMESTAMP -> false;
          case NUMBER, BOOLEAN, JSON -> true;
        }).ifPresent(each -> wrong(path + ".key", key, "a column of type string, integer, date or timestamp"));
      }
      table.updated().filter(updated -> !table.columns().isEmpty() && table.columns().stream()
          .noneMatch(each -> each.name().equals(updated) && each.type() != ColumnType.JSON))
          .ifPresent(updated -> wrong(path + ".updated", updated, "one of the table's columns"));
    }

    private ColumnDefinition column(String path, JsonNode spec) {
      String name = spec.path("name").asString("");
      name(path + ".name", name);
      var type = ColumnType.of(spec.path("type").asString("string"));
      var format = text(spec, "format");
      format.ifPresent(written -> {
        boolean isEpoch = written.equals(DateFormat.EPOCH_SECONDS) || written.equals(DateFormat.EPOCH_MILLIS);
        if (type != ColumnType.DATE && type != ColumnType.TIMESTAMP) {
          wrong(path + ".format", written, "absent: only columns of type date or timestamp have one");
        } else if (!isEpoch && DateFormat.inEngine(written).isEmpty()) {
          wrong(path + ".format", written,
              "made of yyyy yy MMMM MMM MM M dd d HH H hh h mm ss SSS SSSSSS a XXX and marks, or epoch_seconds or epoch_millis");
        }
      });
      return new ColumnDefinition(name, type, text(spec, "from"), text(spec, "semantic"), text(spec, "identity"),
          format,
          text(spec, "zone").flatMap(zone -> parsed(path + ".zone", zone, "a time zone such as Europe/London",
              ZoneId::of)),
          text(spec, "consent"));
    }

    private CsvOptions csv(String path, JsonNode spec) {
      var encoding = text(spec, "encoding").flatMap(
          name -> parsed(path + ".encoding", name, "a character set such as utf-8 or windows-1252", Charset::forName));
      var options = new CsvOptions(text(spec, "delimiter").map(text -> text.charAt(0)),
          text(spec, "quote").map(text -> text.isEmpty() ? '\0' : text.charAt(0)),
          text(spec, "escape").map(text -> text.charAt(0)), encoding.map(Charset::name),
          spec.has("header") ? Optional.of(spec.path("header").asBoolean()) : Optional.empty(),
          text(spec, "decimal").map(text -> text.charAt(0)), texts(spec.path("null")));
      if (options.delimiter().isPresent() && options.delimiter().equals(options.quote())) {
        wrong(path + ".quote", options.quote().orElseThrow(), "another character than the delimiter");
      }
      return options;
    }

    private double share(String path, JsonNode spec) {
      if (spec.isMissingNode()) {
        return CORRUPT_LIMIT;
      }
      double percent = Double.parseDouble(spec.asString().replace("%", ""));
      if (percent > 100) {
        wrong(path, spec.asString(), "between 0% and 100%");
      }
      return percent / 100;
    }

    private <T> Optional<T> parsed(String path, String text, String right, Function<String, T> parser) {
      try {
        return Optional.of(parser.apply(text));
      } catch (DateTimeException | IllegalCharsetNameException | UnsupportedCharsetException unknown) {
        wrong(path, text, right);
        return Optional.empty();
      }
    }

    private static Optional<String> text(JsonNode spec, String field) {
      return spec.has(field) ? Optional.of(spec.path(field).asString()) : Optional.empty();
    }

    private static List<String> texts(JsonNode spec) {
      if (spec.isArray()) {
        return spec.valueStream().map(JsonNode::asString).toList();
      }
      return spec.isMissingNode() ? List.of() : List.of(spec.asString());
    }
  }
}
