package portrait.stages.measures;

import java.time.Instant;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import portrait.foundation.expressions.Columns;
import portrait.foundation.expressions.Condition;
import portrait.foundation.expressions.Events;
import portrait.foundation.expressions.Expressions;
import portrait.foundation.expressions.Formula;
import portrait.foundation.expressions.Pick;
import portrait.foundation.model.ColumnType;
import portrait.foundation.model.Problem;
import portrait.foundation.model.ProblemException;
import portrait.foundation.model.Schema;
import portrait.stages.measures.MeasureTable.Calculation;
import portrait.stages.measures.MeasureTable.Dimension;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;

/// Reads measures that are tables: by dimensions, with several calculations, or about the whole business.
final class MeasureTableReader {

  private static final Pattern NAME = Pattern.compile("[A-Za-z][A-Za-z0-9_]{0,62}");
  private static final List<String> EVENT_KEYS = List.of("event", "with", "where", "within", "from", "to", "since");
  private static final int COLUMNS_MAX = 100;
  private static final Columns NONE = new Columns(new Schema(List.of()), new Schema(List.of()));

  private final JsonNode spec;
  private final Optional<Events> events;
  private final Map<String, Formula> earlier = new LinkedHashMap<>();

  private MeasureTableReader(JsonNode spec) {
    this.spec = spec;
    this.events = spec.has("event") ? Optional.of(Expressions.events(spec, "spec")) : Optional.empty();
  }

  static MeasureTable read(String name, JsonNode spec, ZoneId zone) {
    var reader = new MeasureTableReader(spec);
    var dimensions = reader.dimensions();
    var calculations = reader.calculations();
    var table = new MeasureTable(name, spec.path("title").asString(name), spec.path("description").asString(""),
        spec.path("per").asString("customer").equals("business"), reader.events, dimensions, calculations, zone);
    refuseUnfit(table);
    // Written as SQL once, so that what cannot be is refused here and not in tonight's refresh.
    TableQuery.of(table, Map.of(), Instant.EPOCH, NONE);
    return table;
  }

  private static void refuseUnfit(MeasureTable table) {
    var names = new HashSet<String>(Set.of("customerid"));
    var columns = Stream.concat(table.dimensions().stream().map(Dimension::name),
        table.calculations().stream().map(Calculation::name)).toList();
    for (String column : columns) {
      if (!names.add(column.toLowerCase(Locale.ROOT))) {
        throw wrong("two columns are named %s".formatted(column),
            "Dimensions and calculations share a table with CustomerId, so their names differ.");
      }
    }
    if (names.size() > COLUMNS_MAX) {
      throw wrong("it has %d columns but may have %d".formatted(names.size(), COLUMNS_MAX), "");
    }
    boolean isSplit = table.isOfBusiness() || !table.dimensions().isEmpty();
    if (isSplit && table.events().flatMap(events -> events.window().since()).isPresent()) {
      throw wrong("since: a window that begins with an event is about one customer",
          "It may stand in measures per customer without dimensions.");
    }
    if (!table.dimensions().isEmpty() && table.events().isEmpty()) {
      throw wrong("event is missing but dimensions split events",
          "Say which events: event: Order Completed, or \"*\".");
    }
    if (!table.uses().measures().isEmpty() && (!table.isOfBusiness() || !table.dimensions().isEmpty())) {
      throw wrong("formula uses measure.%s, but only a number about the whole business counts with others"
          .formatted(table.uses().measures().stream().sorted().findFirst().orElseThrow()),
          "Give each calculation of this table a name, and count with those: formula: \"revenue / orders\".");
    }
  }

  private List<Dimension> dimensions() {
    var dimensions = new ArrayList<Dimension>();
    spec.path("dimensions").forEachEntry((name, written) -> dimensions.add(at("dimensions." + name, () -> {
      refuseName(name);
      var of = Expressions.eventFormula(written.isString() ? written.stringValue()
          : written.path("of").asString("event.timestamp"));
      var bucket = Bucket.valueOf(written.path("bucket").asString("none").toUpperCase(Locale.ROOT));
      var type = bucket == Bucket.NONE ? written.has("type")
          ? ColumnType.of(written.get("type").stringValue())
          : type(of)
          : ColumnType.DATE;
      return new Dimension(name, Expressions.converted(of, MeasureKind.wanted(type)), bucket, type);
    })));
    return dimensions;
  }

  private static ColumnType type(Formula of) {
    return switch (Expressions.type(of)) {
      case TEXT, ANY -> ColumnType.STRING;
      case NUMBER -> ColumnType.NUMBER;
      case BOOLEAN -> ColumnType.BOOLEAN;
      case DATE -> ColumnType.DATE;
      case TIMESTAMP -> ColumnType.TIMESTAMP;
    };
  }

  private List<Calculation> calculations() {
    if (!spec.has("calculations")) {
      return List.of(calculation(MeasureTable.VALUE, spec));
    }
    for (String key : List.of("aggregate", "of", "by", "formula", "type", "default")) {
      if (spec.has(key)) {
        throw wrong("%s stands beside calculations but belongs into one of them".formatted(key), "");
      }
    }
    var calculations = new ArrayList<Calculation>();
    spec.path("calculations").forEachEntry((name, written) -> calculations.add(at("calculations." + name, () -> {
      refuseName(name);
      return calculation(name, written);
    })));
    return calculations;
  }

  private Calculation calculation(String name, JsonNode written) {
    if (written.has("formula") == written.has("aggregate")) {
      throw wrong("it has %s but must have one of them".formatted(written.has("formula")
          ? "both formula and aggregate"
          : "neither formula nor aggregate"), "aggregate computes from events, formula from other calculations.");
    }
    var raw = written.has("formula") ? formula(written.get("formula").stringValue()) : aggregate(written);
    var type = MeasureKind.type(written, raw);
    var calculation = new Calculation(name, Expressions.converted(raw, MeasureKind.wanted(type)), type,
        MeasureKind.otherwise(written.path("default")));
    earlier.put(name, calculation.whole());
    return calculation;
  }

  /// Names in it are those of calculations before it.
  private Formula formula(String text) {
    var formula = Expressions.formula(text);
    for (String name : Expressions.uses(formula).attributes().stream().sorted().toList()) {
      if (!earlier.containsKey(name)) {
        throw wrong("formula: there is no calculation '%s' before it%s".formatted(name, earlier.isEmpty() ? ""
            : "; there are " + String.join(", ", earlier.keySet())),
            "A formula counts with the calculations before it.");
      }
    }
    return Expressions.inlinedNames(formula, name -> Optional.ofNullable(earlier.get(name)));
  }

  private Formula aggregate(JsonNode written) {
    var base = events.orElseThrow(() -> wrong("event is missing but aggregate computes from events",
        "Say which events: event: Order Completed, or \"*\"."));
    return Expressions.aggregate(written.get("aggregate").stringValue(), written.path("of").asString(""),
        written.path("by").asString(""), written == spec ? base : narrowed(base, written));
  }

  /// Events of the table that the calculation's own conditions hold for.
  private static Events narrowed(Events base, JsonNode written) {
    if (!written.has("with") && !written.has("where")) {
      return base;
    }
    var own = JsonNodeFactory.instance.objectNode().put("event", "*");
    for (String key : EVENT_KEYS) {
      if (written.has(key)) {
        own.set(key, written.get(key));
      }
    }
    var where = Expressions.events(own, "spec").pick().where();
    return new Events(new Pick(base.pick().names(), new Condition.All(List.of(base.pick().where(), where))),
        base.window());
  }

  private static void refuseName(String name) {
    if (!NAME.matcher(name).matches()) {
      throw wrong("the name must start with a letter and have up to 63 letters, digits and '_'", "");
    }
  }

  private interface Reading<T> {
    T read();
  }

  private static <T> T at(String path, Reading<T> reading) {
    try {
      return reading.read();
    } catch (ProblemException wrong) {
      var problem = wrong.problem();
      String message = problem.message();
      throw new ProblemException(new Problem(problem.code(),
          path + ": " + (message.startsWith("spec.") ? message.substring(5) : message), problem.hint(),
          problem.details()), wrong);
    }
  }

  private static ProblemException wrong(String message, String hint) {
    return Problem.of(Problem.Code.INVALID_DEFINITION, message, hint).asException();
  }
}
