package portrait.stages.unification;

import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Gatherers;
import portrait.foundation.database.Database;
import portrait.foundation.definitions.Definition;
import portrait.foundation.definitions.Definitions;
import portrait.foundation.definitions.Kind;
import portrait.foundation.jobs.Progress;
import portrait.foundation.model.CustomerId;
import portrait.foundation.model.Identity;
import portrait.foundation.model.Problem;
import portrait.foundation.warehouse.Sql;
import portrait.foundation.warehouse.Warehouse;
import portrait.foundation.warehouse.WarehouseSession;
import portrait.stages.identity.Changes;
import portrait.stages.identity.IdentityGraph;
import portrait.stages.identity.MatchLink;
import portrait.stages.policies.MergePolicy;
import portrait.stages.sources.Sources;
import portrait.stages.sources.TableDefinition;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// Several customer tables become one. Matching finds pairs of records and reports them to the identity graph; the
/// graph decides who is one customer; the merge writes one row for each.
public final class Unification {

  public static final Kind<UnificationDefinition> KIND = new UnificationKind();

  /// The name of the merge policy that stands in the definition.
  public static final String POLICY = "unification";
  /// Under which the graph keeps the links of the match rules.
  public static final String ORIGIN = "unification";
  /// Under which the graph keeps the links that match rules made between two refreshes.
  public static final String LIVE_ORIGIN = "unification live";
  private static final String LINKS = "_unification_link";
  private static final String LINK_COLUMNS = " (n BIGINT, one_table VARCHAR, one VARCHAR, other_table VARCHAR, "
      + "other VARCHAR, rule VARCHAR, score DOUBLE)";
  private static final String NEXT_LINKS = "_unification_link_next";
  private static final int SLICE = 20_000;
  private static final int KEYS_SLICE = 500;
  private static final int SAMPLES = 10;
  private static final int SEPARATIONS_MAX = 1_000_000;

  private final Definitions definitions;
  private final Sources sources;
  private final Warehouse warehouse;
  private final Clock clock;
  private volatile PoliciesInForce inForce = PoliciesInForce.NONE;
  /// What the tables and the definition were when the rules ran last in this process, so that they are not run again for
  /// the same answer. A new process may be another version, whose answer may be another.
  private volatile String matched = "";

  public Unification(Definitions definitions, Sources sources, Warehouse warehouse, Clock clock) {
    this.definitions = definitions;
    this.sources = sources;
    this.warehouse = warehouse;
    this.clock = clock;
    MatchFunctions.define(warehouse);
  }

  /// What is wrong about the tables and columns that a definition names.
  public static List<Problem> checkTables(UnificationDefinition definition, Definitions others) {
    return new UnificationKind().checkTables(definition, others);
  }

  /// The attributes that unified tables give by some definitions; what applications send is not among them.
  ///
  /// @param loaded columns of a table whose source lists none
  public static Set<String> attributes(Definitions definitions, Function<String, Collection<String>> loaded) {
    var given = new TreeSet<String>();
    definitions.all(KIND).forEach(definition -> {
      definition.tables().forEach(table -> given.addAll(UnificationKind.attributes(table, definitions, loaded)));
      definition.customId().map(UnificationDefinition.CustomId::name).ifPresent(given::add);
    });
    return given;
  }

  /// Which records of some tables are one, by the rules of a definition and by identities they share. The graph is not
  /// told: this is for what is no person.
  public List<RecordGroup> groups(UnificationDefinition of, Progress progress) {
    return warehouse.read(session -> {
      var tables = unified(session, Optional.of(of));
      try (var trial = Matching.rehearsal(session, of, tables, customTables(session, of), clock.instant(), progress)) {
        trial.run();
        return new RecordGroups(session, of, tables, clock.instant()).all();
      }
    });
  }

  /// Values of a column of any loaded table, by the key of the row; both as text without space around.
  public Map<String, String> column(String table, String column) {
    var found = new LinkedHashMap<String, String>();
    sources.definition(table).ifPresent(definition -> warehouse.read(session -> {
      UnifiedSource.of(0, new UnificationDefinition.UnifiedTable(table, true, Map.of()), definition, session,
          clock.instant()).ifPresent(
              source -> session.each(Sql.format("""
              SELECT {}, trim(CAST({} AS VARCHAR)) FROM {} WHERE {} IS NOT NULL ORDER BY 1""", source.key(),
                  source.column(column), source.from(), source.column(column)),
                  row -> found.put(row.text(1), row.text(2))));
      return found.size();
    }));
    return found;
  }

  /// Values of an attribute that applications sent, by the identity they sent it about, as of the last refresh.
  public Map<Identity, String> said(String attribute) {
    var found = new LinkedHashMap<Identity, String>();
    warehouse.read(session -> {
      if (session.exists(Identities.LIVE_TRAITS)) {
        session.each(Sql.format("""
            SELECT namespace, assignment.value, trait.value FROM %s AS trait JOIN %s AS assignment USING (number)
            WHERE name = {} AND trait.value IS NOT NULL ORDER BY 1, 2""".formatted(Identities.LIVE_TRAITS,
            Identities.ASSIGNMENTS), Sql.of("?", attribute)),
            row -> found.put(new Identity(row.text(1), row.text(2)), row.text(3)));
      }
      return found.size();
    });
    return found;
  }

  /// What is defined; empty while nobody has unified anything, when customers come from applications alone.
  public Optional<UnificationDefinition> definition() {
    return definitions.all(KIND).stream().findFirst();
  }

  /// The policy under which profiles are merged: the MergePolicy that is the default, else the merge of the definition.
  public MergePolicy policy() {
    return policies().getFirst();
  }

  /// Every merge policy there is, the one in force first. A policy that names no order has that of the unified tables.
  /// Cheap enough for every event.
  public List<MergePolicy> policies() {
    inForce = inForce.current(definitions);
    return inForce.policies();
  }

  /// The same for other definitions, such as proposed ones.
  public static List<MergePolicy> policies(Definitions definitions) {
    return PoliciesInForce.NONE.current(definitions).policies();
  }

  /// One policy by its name.
  ///
  /// @throws portrait.foundation.model.ProblemException `not_found` that lists those there are
  public static MergePolicy policy(Definitions definitions, String name) {
    return PoliciesInForce.NONE.current(definitions).named(name);
  }

  /// A query of all identities as of the last [#copyIdentities]: `number`, `namespace`, `value`, `customer`,
  /// `customer_number`.
  public Sql assignments() {
    return Sql.of("SELECT number, namespace, value, customer, customer_number FROM " + Identities.ASSIGNMENTS);
  }

  /// Runs the match rules over all records; where nothing they look at has changed since they ran last, their results stay.
  public MatchReport match(Progress progress) {
    record Run(MatchReport report, String of) {}
    var run = warehouse.write(session -> {
      Identities.create(session);
      var definition = definition();
      if (definition.isEmpty()) {
        session.execute("CREATE OR REPLACE TABLE " + Matching.RECORDS + " (id INTEGER, tab INTEGER, key VARCHAR)");
        session.execute(
            "CREATE OR REPLACE TABLE " + Matching.PAIRS + " (one INTEGER, other INTEGER, rule INTEGER, score DOUBLE)");
        return new Run(MatchReport.nothing(clock.instant()), "");
      }
      var tables = unified(session);
      var custom = customTables(session, definition.get());
      String state = state(session, definition.get(), tables, custom);
      var last = Reports.find(session, MatchReport.class).filter(_ -> state.equals(matched));
      return new Run(last.orElseGet(() -> match(session, definition.get(), tables, custom, progress)), state);
    });
    matched = run.of();
    return run.report();
  }

  private MatchReport match(WarehouseSession session, UnificationDefinition definition, List<UnifiedSource> tables,
      Map<String, String> custom, Progress progress) {
    try (var matching = new Matching(session, definition, tables, custom, clock.instant(), progress)) {
      var report = matching.run();
      var plan = LivePlan.NOTHING.current(List.of(definition));
      if (!plan.isEmpty()) {
        new LiveKeys(session, plan).write(tables);
      }
      var duplicates = new Duplicates(session, definition);
      tables.forEach(duplicates::write);
      Reports.put(session, report);
      Reports.put(session, matching.likely());
      return report;
    }
  }

  /// Everything that the results of the rules follow from: the definition, how tables are read, and their rows.
  private static String state(WarehouseSession session, UnificationDefinition definition, List<UnifiedSource> tables,
      Map<String, String> custom) {
    var state = new StringBuilder(definition.toString());
    for (var source : tables) {
      state.append('|').append(source.table()).append(rows(session, source.from()));
    }
    custom.forEach((name, table) -> state.append('|').append(name).append(rows(session, Sql.name(table))));
    return state.toString();
  }

  private static String rows(WarehouseSession session, Sql from) {
    return session.first(Sql.format(
        "SELECT count(*) || ' ' || coalesce(sum(CAST(hash(r) AS HUGEINT)), 0) FROM (SELECT * FROM {}) AS r", from),
        row -> row.text(1)).orElseThrow();
  }

  /// What the last run of the rules found; empty before the first.
  public Optional<MatchReport> lastMatch() {
    return warehouse.read(session -> Reports.find(session, MatchReport.class));
  }

  /// What the probabilistic rules found in the last run; empty before the first.
  public Optional<LikelyReport> lastLikely() {
    return warehouse.read(session -> Reports.find(session, LikelyReport.class));
  }

  /// Why a probabilistic rule joined two records, or did not; empty when none of them kept the pair.
  ///
  /// @param one a record, named by the namespace of its table's primary key and its value
  public Optional<PairExplanation> explain(Identity one, Identity other) {
    return warehouse.read(session -> definition().filter(_ -> session.exists(Matching.RECORDS))
        .flatMap(definition -> new LikelyMatches(session, definition, unified(session), false).explain(one, other)));
  }

  /// Households as the last refresh found them, the largest first.
  ///
  /// @param cursor the `next` of the page before, empty for the first
  public Household.Page households(String cursor, int limit) {
    return warehouse.read(session -> new Households(session).page(cursor, limit));
  }

  /// The household that a customer belongs to.
  ///
  /// @param customer its id and those it had before
  public Optional<Household> household(List<CustomerId> customer) {
    return warehouse.read(session -> new Households(session).of(customer));
  }

  /// Why some customers are a household.
  public List<Household.Tie> ties(Household household) {
    return warehouse.read(session -> definition().map(definition -> new Households(session).ties(household, definition,
        unified(session))).orElse(List.of()));
  }

  /// How the last merge changed the customers; empty before the first.
  public Optional<CustomerChanges> lastChanges() {
    return warehouse.read(session -> Reports.find(session, CustomerChanges.class));
  }

  /// What a rule would find in the tables as they are. Nothing is saved.
  ///
  /// @param rule as it is written in the definition
  /// @throws portrait.foundation.model.ProblemException `invalid_definition` when the definition would refuse the rule,
  ///         `not_found` without a definition or for a table that was never loaded
  public RulePreview preview(JsonNode rule, Progress progress) {
    var present = definitions.list(KIND.name()).stream().findFirst().orElseThrow(() -> Problem.of(
        Problem.Code.NOT_FOUND, "there is no Unification yet, so no tables to try the rule on",
        "Define one with its tables first.").asException());
    var spec = (ObjectNode) present.spec().deepCopy();
    spec.putArray("rules").add(((ObjectNode) rule.deepCopy()).put("active", true));
    definitions.diff(Definition.document(KIND.name(), present.name(), spec));
    var definition = KIND.parse(present.name(), spec);
    return warehouse.read(session -> {
      var tables = unified(session);
      if (!definition.likely().isEmpty()) {
        try (var trial = Matching.rehearsal(session, definition, tables, customTables(session, definition),
            clock.instant(), progress)) {
          trial.run();
          return new LikelyMatches(session, definition, tables, true).preview(trial.likely().rules().getFirst(),
              SAMPLES);
        }
      }
      for (String table : List.of(definition.rules().getFirst().left(), definition.rules().getFirst().right())) {
        if (tables.stream().noneMatch(source -> source.name().equals(table))) {
          throw Problem.of(Problem.Code.NOT_FOUND, "table %s was not loaded yet".formatted(table),
              "Load it with a refresh.").asException();
        }
      }
      var only = tables.stream().filter(source -> source.name().equals(definition.rules().getFirst().left())
          || source.name().equals(definition.rules().getFirst().right())).toList();
      try (var trial = Matching.trial(session, definition, only, customTables(session, definition), clock.instant(),
          progress)) {
        return trial.preview(trial.run(), SAMPLES);
      }
    });
  }

  /// What a run of the rules over the tables as they are would change. Nothing is changed.
  ///
  /// @param yamlOrJson definitions to try instead of those in force; empty tries those in force
  /// @throws portrait.foundation.model.ProblemException `not_found` without a definition, `invalid_definition` when the
  ///         given ones could not be applied
  public Difference difference(Optional<String> yamlOrJson, Database database, IdentityGraph graph, Progress progress) {
    var tried = yamlOrJson.map(definitions::proposed).orElse(definitions).all(KIND).stream().findFirst()
        .orElseThrow(() -> Problem.of(Problem.Code.NOT_FOUND, "there is no Unification yet",
            "Define one with its tables first.").asException());
    return warehouse.read(session -> {
      if (!session.exists(LINKS)) {
        session.execute("CREATE TEMP TABLE " + LINKS + LINK_COLUMNS);
      }
      if (!session.exists(Identities.ASSIGNMENTS)) {
        session.execute("CREATE TEMP TABLE " + Identities.ASSIGNMENTS
            + " (number BIGINT, namespace VARCHAR, value VARCHAR, customer VARCHAR, customer_number BIGINT)");
      }
      var unified = unified(session, Optional.of(tried));
      try (var trial = Matching.rehearsal(session, tried, unified, customTables(session, tried), clock.instant(),
          progress)) {
        var report = trial.run();
        nextLinks(session, Optional.of(tried), "TEMP TABLE");
        return new Rehearsal(session).compare(report, "_unification_link_next", LINKS, database, graph);
      }
    });
  }

  /// Hands on the rows that are new, changed or gone since the last time, and remembers that it did.
  ///
  /// @return how many rows
  public long changes(RecordListener listener, Progress progress) {
    return new Records(warehouse, warehouse.read(this::deduplicated)).handOn(listener, progress);
  }

  /// Hands on every row that is as it was when it was taken in last; those that changed since wait for the next refresh.
  ///
  /// @return how many rows were taken in; empty before the first refresh
  public Optional<Long> takenIn(RecordListener listener, Progress progress) {
    return new Records(warehouse, warehouse.read(this::deduplicated)).handOnTakenIn(listener, progress);
  }

  /// Those of the keys whose rows were not taken in by the last refresh.
  public List<Identity> notTakenIn(List<Identity> keys) {
    return new Records(warehouse, List.of()).unknown(keys);
  }

  /// The links that the graph was told last; empty before the first refresh.
  public Optional<Iterator<MatchLink>> matches() {
    return warehouse.read(session -> session.schema(LINKS).isEmpty()) ? Optional.empty()
        : Optional.of(new Links(LINKS));
  }

  /// Tells the graph which records the rules join now. Nothing is told when that is what they joined last time, and no
  /// row was matched in between. Then brings up to date by what single records are matched from now on.
  ///
  /// @param begun when the rules began to run
  public Optional<Changes> reportMatches(Database database, IdentityGraph graph, LiveMatching matching,
      SentRecords sent, Instant begun, Progress progress) {
    var between = database.read(matching::rowsChanged);
    var index = new LiveIndex(warehouse, database, graph, matching, progress, clock.instant());
    index.handOver(begun);
    var changes = reportMatches(database, graph, between.isPresent(), progress);
    between.ifPresent(changed -> database.write(tx -> {
      matching.rowsAreTold(tx, changed);
      return true;
    }));
    record Of(List<UnifiedSource> sources, Vocabulary vocabulary) {}
    var of = warehouse.read(session -> {
      try (var words = definition().map(found -> Vocabulary.open(session, found.custom(), customTables(session, found)))
          .orElse(Vocabulary.NONE)) {
        return new Of(unified(session), words);
      }
    });
    index.update(of.sources(), of.sources().stream().collect(Collectors.toMap(UnifiedSource::rank,
        source -> source.table().namespace())), of.vocabulary(), sent);
    return changes;
  }

  private Optional<Changes> reportMatches(Database database, IdentityGraph graph, boolean isSurelyNew,
      Progress progress) {
    var apart = keepApart(database, graph);
    boolean isNew = warehouse.write(session -> {
      session.execute("CREATE TABLE IF NOT EXISTS " + LINKS + LINK_COLUMNS);
      session.execute("ALTER TABLE " + LINKS + " ADD COLUMN IF NOT EXISTS score DOUBLE");
      nextLinks(session, definition(), "TABLE");
      return session.first(Sql.of("""
          SELECT count(*) FROM (
            (SELECT * EXCLUDE (n) FROM _unification_link_next EXCEPT SELECT * EXCLUDE (n) FROM %1$s)
            UNION ALL
            (SELECT * EXCLUDE (n) FROM %1$s EXCEPT SELECT * EXCLUDE (n) FROM _unification_link_next))"""
          .formatted(LINKS)), row -> row.number(1) > 0).orElseThrow();
    });
    if (!isNew && !isSurelyNew) {
      return apart.touched().isEmpty() ? Optional.empty() : Optional.of(apart);
    }
    var changes = graph.replaceMatches(database, ORIGIN, new Links(NEXT_LINKS), _ -> progress.check());
    warehouse.write(session -> session
        .execute("CREATE OR REPLACE TABLE " + LINKS + " AS SELECT * FROM _unification_link_next"));
    return Optional.of(Changes.sum(List.of(changes, apart)));
  }

  /// Makes what the graph keeps apart on behalf of custom matches equal to what their tables say now.
  private Changes keepApart(Database database, IdentityGraph graph) {
    var steps = new ArrayList<Changes>();
    var said = warehouse.read(session -> session.exists(CustomMatches.NEVER)
        ? Set.copyOf(session.query(Sql.of("SELECT one_table, one, other_table, other FROM " + CustomMatches.NEVER),
            row -> Set.of(new Identity(row.text(1), row.text(2)), new Identity(row.text(3), row.text(4)))))
        : Set.<Set<Identity>>of());
    var kept = database.read(tx -> graph.separations(tx, SEPARATIONS_MAX)).stream()
        .filter(separation -> separation.by().equals(CustomMatches.NEVER_NAME))
        .map(separation -> Set.of(separation.one(), separation.other())).collect(Collectors.toSet());
    for (var pair : said) {
      if (!kept.contains(pair)) {
        var two = pair.stream().sorted().toList();
        steps.add(database.write(tx -> two.stream().allMatch(identity -> graph.find(tx, identity).isPresent())
            ? graph.separate(tx, two.getFirst(), two.getLast(), CustomMatches.NEVER_NAME, clock.instant(), "")
            : Changes.NONE));
      }
    }
    for (var pair : kept) {
      if (!said.contains(pair)) {
        var two = pair.stream().sorted().toList();
        steps.add(database.write(tx -> graph.rejoin(tx, two.getFirst(), two.getLast())));
      }
    }
    return Changes.sum(steps);
  }

  /// One link per pair, under the first of its rules, numbered so that they can be read in slices.
  private void nextLinks(WarehouseSession session, Optional<UnificationDefinition> definition, String table) {
    var all = definition.map(UnificationDefinition::rules).orElse(List.of());
    var names = Sql.join(" ", all.stream()
        .map(rule -> Sql.of("WHEN " + all.indexOf(rule) + " THEN ?", rule.name())).collect(Collectors.toCollection(
            () -> new ArrayList<>(List.of(Sql.of("WHEN %d THEN ?".formatted(CustomMatches.ALWAYS),
                CustomMatches.ALWAYS_NAME))))));
    var likely = definition.map(UnificationDefinition::likely).orElse(List.of());
    for (int place = 0; place < likely.size(); place++) {
      names = Sql.format("{} {}", names,
          Sql.of("WHEN %d THEN ?".formatted(LikelyMatches.FIRST + place), likely.get(place).name()));
    }
    var tables = Sql.join(" ", unified(session, definition).stream()
        .map(source -> Sql.of("WHEN " + source.rank() + " THEN ?", source.table().namespace())).toList());
    if (names.text().isEmpty() || tables.text().isEmpty()) {
      session.execute("CREATE OR REPLACE " + table + " _unification_link_next AS FROM " + LINKS + " LIMIT 0");
      return;
    }
    session.execute(Sql.format("""
        CREATE OR REPLACE %4$s _unification_link_next AS
        SELECT row_number() OVER (ORDER BY pair.one, pair.other) AS n, CASE one.tab {} END AS one_table, one.key AS one,
          CASE other.tab {} END AS other_table, other.key AS other, CASE pair.rule {} END AS rule, pair.score
        FROM (SELECT one, other, min(rule) AS rule, arg_min(score, rule) AS score FROM %1$s GROUP BY one, other)
          AS pair
        JOIN %2$s AS one ON one.id = pair.one JOIN %2$s AS other ON other.id = pair.other
        WHERE length(one.key) <= %3$d AND length(other.key) <= %3$d"""
        .formatted(Matching.PAIRS, Matching.RECORDS, Identity.VALUE_LENGTH_MAX, table), tables, tables, names));
  }

  /// Rows of a unified table as they are now, for those who do not wait for the next refresh.
  ///
  /// @param keys of the rows that changed
  /// @return empty where only the refresh can tell: for tables that are not unified, that leave out rows which match
  ///         nothing, or whose rules have no keys yet
  public Optional<LiveRows> rows(String table, List<String> keys, Database database, LiveMatching matching) {
    var plan = matching.plan();
    var definition = definition();
    var vocabulary = database.read(tx -> matching.isReady(tx, plan) ? Optional.of(new MatchKeys(tx).vocabulary())
        : Optional.<Vocabulary>empty());
    if (definition.isEmpty() || vocabulary.isEmpty() || keys.isEmpty()) {
      return Optional.empty();
    }
    return warehouse.read(session -> {
      var all = unified(session);
      var source = all.stream().filter(each -> each.name().equals(table) && each.unified().includeAll()).findFirst();
      return source.map(found -> {
        var some = found.only(keys);
        try (var rules = Matching.ofRows(session, definition.get(), all, vocabulary.get(), clock.instant())) {
          rules.lay(some, 0);
        }
        return new LiveRows(table, found.rank(), Records.of(session, some), new LiveKeys(session, plan).of(some));
      });
    });
  }

  /// Hands on the rows by whose keys single records are found, as the last run made them; rows that were matched since are
  /// left out.
  public void matchKeys(LiveMatching matching, Consumer<LiveRows> use) {
    var plan = matching.plan();
    if (plan.isEmpty()) {
      return;
    }
    for (var source : warehouse.read(this::unified)) {
      var rows = warehouse.read(session -> session.exists(LiveKeys.TOLD) && session.exists(LiveKeys.NEXT)
          ? new LiveKeys(session, plan).unchanged(source.rank())
          : List.<String>of());
      rows.stream().filter(key -> key.length() <= Identity.VALUE_LENGTH_MAX).gather(Gatherers.windowFixed(KEYS_SLICE))
          .forEach(slice -> use.accept(LiveRows.ofKeys(source.name(), source.rank(), slice.stream()
              .map(key -> new Identity(source.table().namespace(), key)).toList(),
              warehouse.read(session -> new LiveKeys(session, plan).of(source.rank(), slice)))));
    }
  }

  /// Remembers that these rows, as they are now, were taken in.
  public void takenIn(LiveRows rows) {
    var keys = rows.records().stream().map(record -> record.key().value()).toList();
    warehouse.write(session -> {
      unified(session).stream().filter(source -> source.name().equals(rows.table())).findFirst().ifPresent(source -> {
        Records.taken(session, source.only(keys), keys);
        new LiveKeys(session, LivePlan.NOTHING).toldBetween(rows.tab(), keys);
      });
      return keys.size();
    });
  }

  /// Copies into the warehouse which customer every identity names now.
  public long copyIdentities(Database database, IdentityGraph graph, Progress progress) {
    return warehouse.write(session -> Identities.copy(session, database, graph, progress));
  }

  /// Forgets that these rows were taken in: nobody is told any more that they are gone.
  public void forgetRows(Collection<Identity> keys) {
    warehouse.write(session -> {
      if (session.exists(Records.STATE)) {
        keys.forEach(key -> session.execute(Sql.of("DELETE FROM " + Records.STATE + " WHERE source = ? AND key = ?",
            key.namespace(), key.value())));
      }
      if (session.exists(LiveKeys.TOLD)) {
        // Rows of other tables with the same key are told once more, which changes nothing.
        keys.forEach(key -> session.execute(Sql.of("DELETE FROM " + LiveKeys.TOLD + " WHERE key = ?", key.value())));
      }
      return true;
    });
  }

  /// Takes out of the copies, and of the table `Customer`, whoever is no more. Call [#copyIdentities] before.
  public void dropGone() {
    warehouse.write(session -> {
      for (String copy : List.of(Identities.LIVE_TRAITS, Identities.ADDED_TRAITS)) {
        if (session.schema(copy).isPresent()) {
          session.execute("DELETE FROM %s WHERE number NOT IN (SELECT number FROM %s)".formatted(copy,
              Identities.ASSIGNMENTS));
        }
      }
      if (session.schema("Customer").isPresent()) {
        session.execute("DELETE FROM \"Customer\" WHERE \"CustomerId\" NOT IN (SELECT customer FROM %s)"
            .formatted(Identities.ASSIGNMENTS));
      }
      return true;
    });
  }

  /// Copies into the warehouse what applications sent.
  ///
  /// @param feed hands every attribute to its argument
  public long copyLive(Consumer<Consumer<LiveTrait>> feed, Progress progress) {
    return warehouse.write(session -> Identities.copyLive(session, feed, progress));
  }

  /// Copies into the warehouse what enrichments added.
  ///
  /// @param feed hands every attribute to its argument
  public long copyAdded(Consumer<Consumer<AddedTrait>> feed, Progress progress) {
    return warehouse.write(session -> Identities.copyAdded(session, feed, progress));
  }

  /// Writes the tables `Customer` and `ConflationMatchPairs`.
  ///
  /// @param facts queries for the facts other than rows and live attributes: the number of the identity they hang on
  ///        and the times of the first and the last (`number`, `first`, `last`). Customers without any fact are left out
  /// @return how the customers changed
  public CustomerChanges merge(List<Sql> facts, Progress progress) {
    return warehouse.write(session -> {
      var unified = deduplicated(session);
      Records.create(session);
      var table = new CustomerTable(session, policy(), unified);
      long customers = table.build(facts);
      progress.expect(customers);
      progress.done(customers);
      if (!table.leftOut().isEmpty()) {
        progress.note("%d live attributes have no column in Customer, because their names are taken: %s"
            .formatted(table.leftOut().size(), table.leftOut()));
      }
      definition().ifPresent(_ -> new MatchTables(session).conflation(unified, clock.instant()));
      definition().filter(definition -> !definition.likely().isEmpty())
          .ifPresent(definition -> new LikelyMatches(session, definition, unified, false).households());
      var changes = new ChangeLog(session).compare(customers, clock.instant());
      Reports.put(session, changes);
      return changes;
    });
  }

  /// The unified tables that are there, in the order of importance.
  private List<UnifiedSource> unified(WarehouseSession session) {
    return unified(session, definition());
  }

  private List<UnifiedSource> unified(WarehouseSession session, Optional<UnificationDefinition> of) {
    var found = new ArrayList<UnifiedSource>();
    of.ifPresent(definition -> {
      for (var unified : definition.tables()) {
        sources.definition(unified.table())
            .flatMap(table -> UnifiedSource.of(definition.rank(unified.table()), unified, table, session,
                clock.instant()))
            .ifPresent(found::add);
      }
    });
    return found;
  }

  /// The same with one row for each person, as far as the duplicates of each table were found.
  private List<UnifiedSource> deduplicated(WarehouseSession session) {
    return unified(session).stream().map(source -> source.deduplicated(session)).toList();
  }

  /// Tables of custom matches that were loaded, as they are called in the warehouse.
  private Map<String, String> customTables(WarehouseSession session, UnificationDefinition definition) {
    var found = new HashMap<String, String>();
    for (var match : definition.custom()) {
      sources.definition(match.table()).map(TableDefinition::warehouseName).filter(session::exists)
          .ifPresent(table -> found.put(match.table(), table));
    }
    return found;
  }

  /// Reads the links in slices, so that no statement of the warehouse stays open while the graph works.
  private final class Links implements Iterator<MatchLink> {

    private final String table;
    private long read;
    private Iterator<MatchLink> slice = List.<MatchLink>of().iterator();

    Links(String table) {
      this.table = table;
    }

    @Override
    public boolean hasNext() {
      if (!slice.hasNext()) {
        var now = clock.instant();
        var links = warehouse.read(session -> session.query(Sql.of("""
            SELECT one_table, one, other_table, other, rule, score FROM %s
            WHERE n > ? AND n <= ? ORDER BY n""".formatted(table), read, read + SLICE),
            row -> new MatchLink(new Identity(row.text(1), row.text(2)), new Identity(row.text(3), row.text(4)),
                row.text(5), row.decimal(6), now)));
        read += SLICE;
        slice = links.iterator();
      }
      return slice.hasNext();
    }

    @Override
    public MatchLink next() {
      if (!hasNext()) {
        throw new NoSuchElementException();
      }
      return slice.next();
    }
  }
}
