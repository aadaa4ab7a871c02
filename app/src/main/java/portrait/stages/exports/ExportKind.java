package portrait.stages.exports;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import portrait.foundation.connections.Connections;
import portrait.foundation.definitions.Definitions;
import portrait.foundation.definitions.Kind;
import portrait.foundation.model.Problem;
import portrait.stages.consent.Purpose;
import portrait.stages.exports.ExportDefinition.Cause;
import portrait.stages.exports.ExportDefinition.Column;
import portrait.stages.exports.ExportDefinition.Occasion;
import portrait.stages.measures.Measures;
import portrait.stages.segments.Segments;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Definitions of kind `Export`. What the destination asks for is checked where destinations are known, see [Exports].
final class ExportKind implements Kind<ExportDefinition> {

  @Override
  public String name() {
    return "Export";
  }

  @Override
  public ExportDefinition parse(String name, JsonNode spec) {
    var columns = new ArrayList<Column>();
    var names = new HashSet<String>();
    for (var written : spec.path("columns")) {
      var column = written.isString() ? new Column(written.asString(), written.asString())
          : new Column(written.path("name").asString(), written.path("from").asString(written.path("name").asString()));
      if (!names.add(column.name())) {
        throw Problem.of(Problem.Code.INVALID_DEFINITION, "columns has '%s' twice".formatted(column.name()))
            .asException();
      }
      columns.add(column);
    }
    var causes = spec.path("changes").valueStream()
        .map(cause -> Cause.valueOf(cause.asString().toUpperCase(Locale.ROOT)))
        .collect(Collectors.toCollection(() -> EnumSet.noneOf(Cause.class)));
    JsonNode settings = spec.path("settings");
    return new ExportDefinition(name, spec.path("title").asString(name),
        Optional.of(spec.path("connection").asString("")).filter(connection -> !connection.isEmpty()),
        spec.path("segments").valueStream().map(JsonNode::asString).distinct().toList(), columns,
        settings.isObject() ? settings : JsonMapper.shared().createObjectNode(),
        spec.path("mode").asString("incremental").equals("full"),
        causes.isEmpty() ? EnumSet.allOf(Cause.class) : causes, occasions(spec),
        Optional.of(spec.path("alert").asString("")).filter(alert -> !alert.isEmpty()),
        Optional.of(spec.path("purpose").asString("")).filter(purpose -> !purpose.isEmpty()));
  }

  private static Set<Occasion> occasions(JsonNode spec) {
    var occasions = EnumSet.allOf(Occasion.class);
    occasions.removeIf(occasion -> !occasion.isIn(spec));
    return occasions;
  }

  @Override
  public List<Problem> check(ExportDefinition export, Definitions others) {
    var problems = new ArrayList<Problem>();
    export.connection().filter(connection -> others.one(Connections.KIND, connection).isEmpty())
        .ifPresent(connection -> problems.add(Problem.of(Problem.Code.INVALID_DEFINITION,
            "connection was '%s' but there is none of that name".formatted(connection))));
    export.alert().filter(alert -> others.one(Connections.KIND, alert).isEmpty())
        .ifPresent(alert -> problems.add(Problem.of(Problem.Code.INVALID_DEFINITION,
            "alert was '%s' but there is no connection of that name".formatted(alert))));
    export.segments().stream().filter(segment -> others.one(Segments.KIND, segment).isEmpty())
        .forEach(segment -> problems.add(Problem.of(Problem.Code.INVALID_DEFINITION,
            "segments names '%s' but there is no such segment".formatted(segment))));
    export.purpose().flatMap(purpose -> Purpose.missing(others, purpose)).ifPresent(problems::add);
    export.columns().stream().map(Column::from).filter(from -> from.startsWith(Fields.MEASURE))
        .map(from -> from.substring(Fields.MEASURE.length()))
        .filter(measure -> others.one(Measures.KIND, measure).isEmpty())
        .forEach(measure -> problems.add(Problem.of(Problem.Code.INVALID_DEFINITION,
            "columns names the measure '%s' but there is none".formatted(measure))));
    return problems;
  }

  @Override
  public List<String> uses(ExportDefinition export) {
    return Stream
        .of(Stream.concat(export.connection().stream(), export.alert().stream())
            .map(connection -> Connections.KIND.name() + "/" + connection),
            export.segments().stream().map(segment -> Segments.KIND.name() + "/" + segment),
            Purpose.uses(export.purpose()).stream(),
            export.columns().stream().map(Column::from).filter(from -> from.startsWith(Fields.MEASURE))
                .map(from -> Measures.KIND.name() + "/" + from.substring(Fields.MEASURE.length())))
        .flatMap(each -> each).distinct().toList();
  }
}
