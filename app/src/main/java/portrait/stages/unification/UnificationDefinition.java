package portrait.stages.unification;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import portrait.stages.matching.ProbabilisticRule;
import portrait.stages.policies.MergePolicy.How;
import portrait.stages.policies.MergePolicy.Rule;
import portrait.stages.policies.MergePolicy;

/// How several customer tables become one.
///
/// @param tables in order of importance, the primary table first
/// @param rules in the order in which they are tried
/// @param likely rules whose weights are learned; they run after the others
/// @param merge which value wins when records disagree, where no MergePolicy is the default
/// @param rulesTried whether a record that one rule has joined to a table is shown to the next rules for that table
/// @param custom what overrides the rules
/// @param customId the customer's own id, beside the CustomerId
/// @param live whether rules count between two refreshes, too
/// @param blockSizeMax how many records may agree on the values of a rule; a larger group is no evidence that they are
///        one person, so it is left out and reported
public record UnificationDefinition(String name, List<UnifiedTable> tables, List<MatchRule> rules,
    List<LikelyRule> likely,
    MergePolicy merge,
    RulesTried rulesTried, List<CustomMatch> custom, Optional<CustomId> customId, boolean live, int blockSizeMax) {

  public UnificationDefinition {
    tables = List.copyOf(tables);
    rules = List.copyOf(rules);
    likely = List.copyOf(likely);
    custom = List.copyOf(custom);
  }

  /// A rule of `type: probabilistic`.
  ///
  /// @param active a rule that is not is kept but does not run
  public record LikelyRule(String name, ProbabilisticRule rule, boolean active) {}

  /// An id that the customer is known by elsewhere: of the first of these columns that has a value.
  ///
  /// @param name the attribute
  /// @param columns the column by table, the first to be asked first
  public record CustomId(String name, SequencedMap<String, String> columns) {

    public CustomId {
      columns = Collections.unmodifiableSequencedMap(new LinkedHashMap<>(columns));
    }

    /// The first column wins, and nothing else says anything about it.
    Rule rule() {
      return new Rule(How.IMPORTANCE, List.copyOf(columns.keySet()), true);
    }
  }

  /// Where a table stands in the order of importance, from 0.
  int rank(String table) {
    for (int rank = 0; rank < tables.size(); rank++) {
      if (tables.get(rank).table().equals(table)) {
        return rank;
      }
    }
    throw new IllegalArgumentException(table);
  }

  /// @param table its full name: `shop.contacts`
  /// @param includeAll whether its rows become customers although nothing else is known of them
  /// @param attributes column by attribute; empty means every column under its own name
  /// @param exclude columns that are no attributes, when every column is one
  /// @param further attributes beside those, such as a custom id: column by attribute
  /// @param where a condition on the columns; other rows take no part
  /// @param deduplication how rows that are one person become one row
  public record UnifiedTable(String table, boolean includeAll, Map<String, String> attributes, List<String> exclude,
      Map<String, String> further, Optional<String> where, Deduplication deduplication) {

    public UnifiedTable {
      attributes = Collections.unmodifiableMap(new LinkedHashMap<>(attributes));
      further = Collections.unmodifiableMap(new LinkedHashMap<>(further));
      exclude = List.copyOf(exclude);
    }

    /// All rows, the most filled of duplicates.
    public UnifiedTable(String table, boolean includeAll, Map<String, String> attributes) {
      this(table, includeAll, attributes, List.of(), Map.of(), Optional.empty(), Deduplication.STANDARD);
    }
  }

  /// How rows of one table that are one person become one row.
  ///
  /// @param preference which row wins
  /// @param columns columns that have a preference of their own: the result is then put together from several rows
  /// @param byDefault whether, without a rule for duplicates, rows that are equal in every column that rules use are one
  public record Deduplication(Preference preference, Map<String, Preference> columns, boolean byDefault) {

    static final Deduplication STANDARD = new Deduplication(new Preference(Winner.MOST_FILLED, Optional.empty()),
        Map.of(),
        true);

    public Deduplication {
      columns = Collections.unmodifiableMap(new LinkedHashMap<>(columns));
    }
  }

  /// @param by the column that says how recent a row is; the table's `updated` when empty
  public record Preference(Winner winner, Optional<String> by) {}

  /// Which of several rows wins; of equals, the one with the greatest key.
  public enum Winner {
    MOST_FILLED, MOST_RECENT, LEAST_RECENT
  }

  /// What people know better than rules.
  ///
  /// @param table that holds it
  public record CustomMatch(Type type, String table) {

    /// What the table says.
    public enum Type {
      /** Two records are one person. */
      ALWAYS,
      /** Two records are not. */
      NEVER,
      /** A value that says nothing about a person, for conditions with `normalise: [bypass]`. */
      BYPASS,
      /** Two values mean the same, for conditions with `normalise: [alias]`. */
      ALIAS
    }
  }

  /// Two records are one person when all conditions hold and no exception does. Left and right are the same table in a
  /// rule that finds duplicates within it.
  ///
  /// @param active a rule that is not is kept but does not run
  /// @param live whether it counts between two refreshes; when nothing is said, where something must be the same
  public record MatchRule(String name, String left, String right, List<Condition> conditions,
      List<MatchException> exceptions, boolean active, Optional<Boolean> live) {

    public MatchRule {
      conditions = List.copyOf(conditions);
      exceptions = List.copyOf(exceptions);
    }

    /// A rule without exceptions.
    public MatchRule(String name, String left, String right, List<Condition> conditions, boolean active) {
      this(name, left, right, conditions, List.of(), active, Optional.empty());
    }

    /// Whether it compares the records of one table with each other.
    public boolean isDeduplication() {
      return left.equals(right);
    }

    /// Those of the exceptions included.
    List<Condition> allConditions() {
      return Stream.concat(conditions.stream(), exceptions.stream().map(MatchException::condition)).toList();
    }

    /// Columns of a table that it looks at.
    List<String> columns(String table) {
      return allConditions().stream()
          .flatMap(condition -> Stream.concat(left.equals(table) ? Stream.of(condition.left()) : Stream.empty(),
              right.equals(table) ? Stream.of(condition.right()) : Stream.empty()))
          .distinct().toList();
    }

    /// Columns of a table that need only be nearly the same.
    List<String> roughColumns(String table) {
      return allConditions().stream().filter(condition -> !condition.isExact())
          .flatMap(condition -> Stream.concat(left.equals(table) ? Stream.of(condition.left()) : Stream.empty(),
              right.equals(table) ? Stream.of(condition.right()) : Stream.empty()))
          .distinct().toList();
    }

    boolean hasExact() {
      return conditions.stream().anyMatch(Condition::isExact);
    }

    /// Places, among conditions and exceptions, of what is looked at pair by pair: rough conditions and all exceptions.
    List<Integer> checks() {
      return IntStream.range(0, allConditions().size())
          .filter(place -> place >= conditions.size() || !conditions.get(place).isExact()).boxed().toList();
    }

    /// Whether records that agree on its exact conditions must still be looked at pair by pair.
    boolean isRough() {
      return !conditions.stream().allMatch(Condition::isExact);
    }
  }

  /// Two columns agree, after normalising both.
  ///
  /// @param percent how alike they must be; 100 means the same
  public record Condition(String left, String right, List<Normalisation> normalise, Comparison compare, int percent) {

    public Condition {
      normalise = normalise.stream().distinct().sorted().toList();
    }

    /// The same, after normalising.
    public Condition(String left, String right, List<Normalisation> normalise) {
      this(left, right, normalise, Comparison.EDITS, 100);
    }

    /// Whether equal texts are the only ones that agree.
    boolean isExact() {
      return percent == 100 && (compare == Comparison.EDITS || compare == Comparison.JARO_WINKLER);
    }

    /// The score from which the columns agree.
    double threshold() {
      return percent / 100.0;
    }
  }

  /// Speaks against a pair that a rule found. Says nothing where one of the values is missing.
  ///
  /// @param differs whether it is the difference of the columns that speaks against the pair, as another first name does
  ///        with twins; otherwise it is their agreement
  public record MatchException(Condition condition, boolean differs) {}

  /// How far a record goes through the rules for one other table.
  public enum RulesTried {
    /** It stops at the first rule that joins it to a record of that table. */
    UNTIL_FIRST_HIT,
    /** It is shown to all of them. */
    ALL
  }
}
