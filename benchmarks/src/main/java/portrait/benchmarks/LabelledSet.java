package portrait.benchmarks;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;
import portrait.foundation.warehouse.Sql;
import portrait.foundation.warehouse.WarehouseSession;
import portrait.stages.matching.MatchTask;
import portrait.stages.matching.ProbabilisticRule;
import tools.jackson.databind.JsonNode;
import tools.jackson.dataformat.yaml.YAMLMapper;

/// Records whose true matches are known, as its definition file says: tables, truth, rule.
record LabelledSet(String name, JsonNode definition, Path folder) {

  private static final List<String> NAMES = List.of("febrl1", "febrl2", "febrl3", "febrl3_without_id", "fake_1000",
      "synthetic_customers", "chicago",
      "dblp_acm", "abt_buy");
  private static final Set<String> OURS = Set.of("id", "source", "record_key", "entity");

  /// The sets that ship with the benchmark, and those whose definition file lies in the folder itself.
  static List<LabelledSet> in(Path folder) throws IOException {
    var sets = new ArrayList<LabelledSet>();
    for (String name : NAMES) {
      try (InputStream file = LabelledSet.class.getResourceAsStream("match/%s.yaml".formatted(name))) {
        sets.add(new LabelledSet(name, YAMLMapper.shared().readTree(Objects.requireNonNull(file)), folder));
      }
    }
    try (var files = Files.newDirectoryStream(folder, "*.yaml")) {
      for (var file : StreamSupport.stream(files.spliterator(), false).sorted().toList()) {
        sets.add(new LabelledSet(file.getFileName().toString().replace(".yaml", ""),
            YAMLMapper.shared().readTree(file.toFile()), folder));
      }
    }
    return sets;
  }

  /// Whether all its tables are there.
  boolean isComplete() {
    return definition.path("tables").valueStream()
        .allMatch(table -> Files.isRegularFile(folder.resolve(table.path("file").asString())));
  }

  /// Lays the records into `labelled` (id, source, record_key, entity, columns) and the truth into `true_pair`
  /// (one, other).
  MatchTask lay(WarehouseSession session) {
    var tables = new ArrayList<List<String>>();
    for (int number = 0; number < definition.path("tables").size(); number++) {
      tables.add(read(session, "part" + number, definition.path("tables").get(number).path("file").asString()));
    }
    var columns = new LinkedHashSet<String>();
    tables.forEach(columns::addAll);
    columns.removeAll(OURS);
    var parts = new ArrayList<String>();
    for (int number = 0; number < tables.size(); number++) {
      var own = tables.get(number);
      parts.add("SELECT %d AS source, %s AS record_key%s FROM part%d".formatted(number,
          Sql.quoted(definition.path("tables").get(number).path("key").asString()), columns.stream()
              .map(column -> own.contains(column) ? ", " + Sql.quoted(column) : ", NULL AS " + Sql.quoted(column))
              .collect(Collectors.joining()),
          number));
    }
    session
        .execute("CREATE OR REPLACE TABLE labelled AS SELECT CAST(row_number() OVER (ORDER BY source, record_key) AS "
            + "INTEGER) AS id, * FROM (" + String.join(" UNION ALL ", parts) + ")");
    truth(session, definition.path("truth"));
    var rule = ProbabilisticRule.parse(definition.path("rule"), name).withFieldsFrom(columns);
    return new MatchTask("bench", rule, Sql.of("SELECT * FROM labelled"));
  }

  private void truth(WarehouseSession session, JsonNode truth) {
    if (truth.has("left")) {
      read(session, "truth", truth.path("file").asString());
      session.execute("""
          CREATE OR REPLACE TABLE true_pair AS SELECT DISTINCT least(l.id, r.id) AS one, greatest(l.id, r.id) AS other FROM truth
          JOIN labelled AS l ON l.source = 0 AND l.record_key = truth.%s
          JOIN labelled AS r ON r.source = %d AND r.record_key = truth.%s"""
          .formatted(Sql.quoted(truth.path("left").asString()), definition.path("tables").size() - 1,
              Sql.quoted(truth.path("right").asString())));
      return;
    }
    String entity;
    if (truth.has("pattern")) {
      entity = "SELECT id, regexp_extract(record_key, '%s', 1) AS entity FROM labelled"
          .formatted(truth.path("pattern").asString());
    } else if (truth.has("column")) {
      entity = "SELECT id, %s AS entity FROM labelled".formatted(Sql.quoted(truth.path("column").asString()));
    } else {
      read(session, "truth", truth.path("file").asString());
      entity = "SELECT labelled.id, truth.%s AS entity FROM labelled JOIN truth ON truth.%s = record_key".formatted(
          Sql.quoted(truth.path("entity").asString()), Sql.quoted(truth.path("key").asString()));
    }
    session.execute(
        "CREATE OR REPLACE TABLE true_pair AS WITH entity AS (" + entity + ") SELECT l.id AS one, r.id AS other "
            + "FROM entity AS l JOIN entity AS r ON l.entity = r.entity AND l.id < r.id");
  }

  /// Reads a CSV or Parquet file with every value as trimmed text; empty ones are missing.
  private List<String> read(WarehouseSession session, String table, String file) {
    String format = file.endsWith(".parquet") ? "SELECT CAST(COLUMNS(*) AS VARCHAR) FROM read_parquet('%s')"
        : "FROM read_csv('%s', header = true, all_varchar = true)";
    session.execute("CREATE OR REPLACE TEMP TABLE _raw AS "
        + format.formatted(folder.resolve(file).toString().replace("'", "''")));
    var names = session.query(Sql.of("SELECT column_name FROM (DESCRIBE _raw)"), row -> row.text(1));
    session.execute("CREATE OR REPLACE TABLE %s AS SELECT %s FROM _raw".formatted(table, names.stream()
        .map(name -> "nullif(trim(%s), '') AS %s".formatted(Sql.quoted(name), Sql.quoted(name.strip())))
        .collect(Collectors.joining(", "))));
    return names.stream().map(String::strip).toList();
  }
}
