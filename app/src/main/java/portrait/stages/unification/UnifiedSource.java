package portrait.stages.unification;

import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import portrait.foundation.expressions.RowCondition;
import portrait.foundation.model.ColumnType;
import portrait.foundation.model.Problem;
import portrait.foundation.model.Schema;
import portrait.foundation.warehouse.Sql;
import portrait.foundation.warehouse.WarehouseSession;
import portrait.stages.consent.Consent;
import portrait.stages.consent.Status;
import portrait.stages.sources.ColumnDefinition;
import portrait.stages.sources.TableDefinition;
import portrait.stages.unification.UnificationDefinition.UnifiedTable;

/// A unified table as it lies in the warehouse.
///
/// @param rank its place in the order of importance
/// @param columns of the source, without the columns the product keeps for itself
/// @param from the rows that take part
/// @param isDeduplicated whether they stand for several of the table each: see [Duplicates]
record UnifiedSource(int rank, UnifiedTable unified, TableDefinition table, Schema columns, Sql from,
    boolean isDeduplicated) {

  /// The column that tells changed rows.
  private static final String ROW_HASH = "_row_hash";

  /// How identities are written. Homes from before compared e-mails as they came.
  private static final String IDENTITIES = "e-mails in lower case";

  /// Empty for a table that was never loaded.
  ///
  /// @param now what relative times of the row filter are relative to
  static Optional<UnifiedSource> of(int rank, UnifiedTable unified, TableDefinition table, WarehouseSession session,
      Instant now) {
    return session.schema(table.warehouseName()).map(schema -> {
      var columns = new Schema(schema.columns().stream().filter(column -> !column.name().equals(ROW_HASH)).toList());
      Sql all = Sql.name(table.warehouseName());
      Sql some = unified.where().map(where -> Sql.format("(SELECT c.* FROM {} AS c WHERE {})", all,
          RowCondition.read(UnificationKind.where(table.fullName()), where).sql(table.fullName(), columns, now)))
          .orElse(all);
      return new UnifiedSource(rank, unified, table, columns, some, false).withConsent();
    });
  }

  /// The same table with what it says about consent in words that mean the same everywhere.
  private UnifiedSource withConsent() {
    var said = new ArrayList<Sql>();
    var all = new ArrayList<>(columns.columns());
    consentColumns().forEach(column -> {
      String attribute = Consent.attribute(column.consent().orElseThrow());
      said.add(Sql.format(", {} AS {}", Status.of(Sql.format("c.{}", column(column.name()))), Sql.name(attribute)));
      all.add(Schema.Column.of(attribute, ColumnType.STRING));
    });
    return said.isEmpty() ? this
        : new UnifiedSource(rank, unified, table, new Schema(all),
            Sql.format("(SELECT c.*{} FROM {} AS c)", Sql.join("", said), from), isDeduplicated);
  }

  private List<ColumnDefinition> consentColumns() {
    return table.columns().stream()
        .filter(column -> column.consent().isPresent() && columns.column(column.name()).isPresent()).toList();
  }

  /// The same table with one row for each person, as far as its duplicates were found.
  UnifiedSource deduplicated(WarehouseSession session) {
    return session.exists(Duplicates.table(this))
        ? new UnifiedSource(rank, unified, table, columns, Sql.name(Duplicates.table(this)), true)
        : this;
  }

  /// Some of its rows.
  UnifiedSource only(List<String> keys) {
    return new UnifiedSource(rank, unified, table, columns,
        Sql.format("(SELECT * FROM {} WHERE {} IN ({}))", from, key(),
            Sql.join(", ", keys.stream().map(each -> Sql.of("?", each)).toList())),
        isDeduplicated);
  }

  String name() {
    return table.fullName();
  }

  /// The primary key as one text.
  Sql key() {
    return Sql.join(" || '|' || ",
        table.key().stream().map(column -> Sql.format("trim(CAST({} AS VARCHAR))", column(column))).toList());
  }

  /// The name of the key in tables that people read: `shop_contacts_ContactId`.
  String keyName() {
    return table.warehouseName() + "_" + String.join("_", table.key());
  }

  /// How many columns of the row hold something.
  Sql filled() {
    return Sql.join(" + ", columns.columns().stream()
        .map(column -> Sql.format("CAST({} IS NOT NULL AS INTEGER)", Sql.name(column.name()))).toList());
  }

  /// When the row was last changed, as far as the source says.
  Sql updated() {
    return table.updated().map(column -> Sql.format("TRY_CAST({} AS TIMESTAMP)", column(column)))
        .orElse(Sql.of("CAST(NULL AS TIMESTAMP)"));
  }

  /// What a change of means that every row must be taken in again, beside the row itself. It is kept between processes,
  /// so nothing in it may have an order of chance.
  String mapping() {
    return attributes() + "|" + table.updated() + "|" + identityColumns() + "|" + IDENTITIES;
  }

  /// An identity as it is compared and kept: text without space around it. Rows that lost against a duplicate keep theirs.
  Sql identity(String column) {
    return Sql.format("trim(CAST({} AS VARCHAR))",
        isDeduplicated ? Sql.name(Duplicates.identityColumn(column)) : column(column));
  }

  /// Attribute by attribute, the column that holds it.
  Map<String, Schema.Column> attributes() {
    var attributes = new LinkedHashMap<String, Schema.Column>();
    if (unified.attributes().isEmpty()) {
      columns.columns().stream().filter(column -> unified.exclude().stream().noneMatch(column.name()::equalsIgnoreCase))
          .forEach(column -> attributes.put(column.name(), column));
    } else {
      unified.attributes().forEach((attribute, column) -> attributes.put(attribute, existing(column)));
    }
    consentColumns().forEach(column -> {
      attributes.values().removeIf(raw -> raw.name().equalsIgnoreCase(column.name()));
      String attribute = Consent.attribute(column.consent().orElseThrow());
      attributes.put(attribute, existing(attribute));
    });
    unified.further().forEach((attribute, column) -> attributes.put(attribute, existing(column)));
    return attributes;
  }

  /// Columns that hold identities, and their namespaces.
  Map<String, String> identityColumns() {
    return table.columns().stream()
        .filter(column -> column.identity().isPresent() && columns.column(column.name()).isPresent())
        .collect(Collectors.toMap(column -> column.name(), column -> column.identity().orElseThrow(), (one, _) -> one,
            LinkedHashMap::new));
  }

  /// A column as text that can be compared: never empty text.
  Sql comparable(String name, List<Normalisation> normalisations, boolean asNumber, Vocabulary vocabulary) {
    return MatchFunctions.normal(
        Sql.format(asNumber ? "CAST(CAST({} AS DOUBLE) AS VARCHAR)" : "CAST({} AS VARCHAR)", column(name)),
        normalisations, vocabulary);
  }

  ColumnType type(String column) {
    return existing(column).type();
  }

  Sql column(String name) {
    return Sql.name(existing(name).name());
  }

  private Schema.Column existing(String name) {
    return columns.column(name).orElseThrow(() -> Problem.of(Problem.Code.INVALID_DEFINITION,
        "%s has no column '%s' but must have it: the Unification uses it".formatted(name(), name),
        "It has %s.".formatted(columns.columns().stream().map(Schema.Column::name).toList())).asException());
  }
}
