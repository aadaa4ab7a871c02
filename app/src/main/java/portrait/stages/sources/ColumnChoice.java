package portrait.stages.sources;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import portrait.foundation.model.ColumnType;
import portrait.foundation.model.Problem;
import portrait.foundation.warehouse.Sql;
import portrait.foundation.warehouse.WarehouseSession;

/// Which columns a load fills: the defined ones; else those found when the table was first loaded, and what the file
/// has beyond them.
///
/// @param columns the line number first, when it is the key
/// @param decimal the mark before the fraction in numbers
record ColumnChoice(List<ColumnDefinition> columns, Optional<Character> decimal) {

  private static final ColumnDefinition LINE_NUMBER = ColumnDefinition.of(TableDefinition.LINE_NUMBER,
      ColumnType.INTEGER);

  /// The columns that the definition names.
  static List<ColumnDefinition> declared(TableDefinition table) {
    return table.columns().isEmpty() ? List.of() : withLineNumber(table, table.columns());
  }

  /// @param users everything that would be wrong without some columns
  static ColumnChoice of(WarehouseSession session, TableDefinition table, List<Load.Part> parts,
      Optional<List<ColumnDefinition>> remembered, LoadMode mode, UnaryOperator<List<String>> users) {
    var decimal = table.csv().decimal();
    if (!table.columns().isEmpty()) {
      var needed = mode == LoadMode.DELETE
          ? table.columns().stream().filter(column -> table.key().contains(column.name())).toList()
          : table.columns();
      checkPresent(table, parts, needed, users);
      return new ColumnChoice(declared(table), decimal);
    }
    var known = remembered.orElse(List.of()).stream().filter(column -> !column.equals(LINE_NUMBER)).toList();
    if (mode == LoadMode.DELETE && !known.isEmpty()) {
      checkPresent(table, parts, known.stream().filter(column -> table.key().contains(column.name())).toList(), users);
      return new ColumnChoice(known, decimal);
    }
    var found = Suggestions.of(session, parts.getFirst().extract());
    var columns = new ArrayList<>(known);
    found.columns().stream()
        .filter(column -> known.stream().noneMatch(one -> one.name().equalsIgnoreCase(column.name())))
        .forEach(columns::add);
    // What only later files have is taken where the others can do without, as records of JSON can.
    for (var part : parts.subList(1, parts.size())) {
      Suggestions.of(session, part.extract()).columns().stream()
          .filter(column -> columns.stream().noneMatch(one -> one.name().equalsIgnoreCase(column.name())))
          .filter(column -> parts.stream().allMatch(each -> each.extract().find(column.inFile()).isPresent()))
          .forEach(columns::add);
    }
    checkPresent(table, parts, columns, users);
    checkKey(table, columns);
    var comma = decimal.or(found::decimal);
    return new ColumnChoice(withLineNumber(table, widened(session, parts, columns, known, comma)), comma);
  }

  /// A type was found by looking at the first rows. When a later row does not fit, it is the finding that was wrong,
  /// not the row: the column becomes text.
  private static List<ColumnDefinition> widened(WarehouseSession session, List<Load.Part> parts,
      List<ColumnDefinition> columns, List<ColumnDefinition> known, Optional<Character> decimal) {
    var rules = new ColumnValues(decimal);
    var values = new ArrayList<Sql>();
    for (int i = 0; i < columns.size(); i++) {
      values.add(rules.value(columns.get(i), "c" + (i + 1)));
    }
    var result = new ArrayList<>(columns);
    for (var part : parts) {
      var rows = Sql.format("({})", part.extract().rows(names(part, columns)));
      for (var misfit : Load.misfits(session, rows, columns, values)) {
        if (!known.contains(misfit)) {
          result.set(columns.indexOf(misfit), new ColumnDefinition(misfit.name(), ColumnType.STRING, misfit.from(),
              misfit.semantic(), misfit.identity(), Optional.empty(), Optional.empty(), misfit.consent()));
        }
      }
    }
    return result;
  }

  private static List<String> names(Load.Part part, List<ColumnDefinition> columns) {
    return columns.stream().map(column -> part.extract().find(column.inFile()).orElseThrow()).toList();
  }

  private static List<ColumnDefinition> withLineNumber(TableDefinition table, List<ColumnDefinition> columns) {
    return table.isKeyedByLine() ? Stream.concat(Stream.of(LINE_NUMBER), columns.stream()).toList() : columns;
  }

  private static void checkPresent(TableDefinition table, List<Load.Part> parts, List<ColumnDefinition> columns,
      UnaryOperator<List<String>> users) {
    for (var part : parts) {
      var missing = columns.stream().filter(column -> part.extract().find(column.inFile()).isEmpty()).toList();
      if (!missing.isEmpty()) {
        throw used(changed(table, part, missing.stream().map(ColumnDefinition::inFile).toList()),
            users.apply(missing.stream().map(ColumnDefinition::name).toList())).asException();
      }
    }
  }

  private static Problem changed(TableDefinition table, Load.Part part, List<String> missing) {
    return Problem.of(Problem.Code.INVALID_FILE,
        "%s does not have the columns of %s: %s missing; found %s".formatted(part.file().getFileName(),
            table.fullName(), String.join(", ", missing) + (missing.size() == 1 ? " is" : " are"),
            String.join(", ", part.extract().columns())),
        "Say `from:` for columns that have another name in the file, and `csv: { header: ... }` or `delimiter` when the "
            + "file was read in the wrong way.");
  }

  /// The same problem with everybody who uses what is missing.
  static Problem used(Problem missing, List<String> users) {
    var problem = users.isEmpty() ? missing
        : new Problem(missing.code(), "%s; it is used: %s".formatted(missing.message(), String.join("; ", users)),
            missing.hint(), missing.details());
    for (int place = 0; place < users.size(); place++) {
      problem = problem.with("used%02d".formatted(place + 1), users.get(place));
    }
    return problem;
  }

  private static void checkKey(TableDefinition table, List<ColumnDefinition> columns) {
    Stream.concat(table.isKeyedByLine() ? Stream.of() : table.key().stream(), table.updated().stream())
        .filter(name -> columns.stream().noneMatch(column -> column.name().equals(name))).findFirst()
        .ifPresent(name -> {
          throw Problem.of(Problem.Code.INVALID_FILE,
              "%s names the column '%s', but the file has %s".formatted(table.fullName(), name,
                  String.join(", ", columns.stream().map(ColumnDefinition::name).toList())),
              "Name one of these as `key` or `updated`.").asException();
        });
  }
}
